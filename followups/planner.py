"""From the state of the requests to rows that are due. Safe to run as often as one likes, and twice at once."""

import logging
from datetime import datetime

from followups.kinds import KINDS, Kind
from followups.models import Message
from intake.models import CallbackRequest

log = logging.getLogger(__name__)


def plan(*, now: datetime) -> None:
    """Write the messages that are called for and not planned yet.

    Two planners may find the same message: the unique constraint keeps one row.
    """
    for kind in KINDS.values():
        _plan_kind(kind, now)


def _plan_kind(kind: Kind, now: datetime) -> None:
    called_for = kind.called_for(now)
    planned = set(
        Message.objects.filter(kind=kind.name, request__in=called_for.values("pk")).values_list(
            "request_id", "occasion"
        )
    )
    # What a person wrote is not needed to plan, and one row that no key opens would stop the plan for all.
    requests = called_for.select_related("location").defer("name", "note").order_by("id")
    wanted = ((request, occasion) for request in requests for occasion in kind.occasions(request))
    new = [(request, occasion) for request, occasion in wanted if (request.pk, occasion) not in planned]
    rows = filter(None, (_row(kind, request, occasion, now) for request, occasion in new))
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def _row(kind: Kind, request: CallbackRequest, occasion: str, now: datetime) -> Message | None:
    """None where there is no day for it, or where the row is broken: that one must not block the others."""
    try:
        due_at = kind.due_at(request, now)
    except Exception:
        log.exception("A message could not be planned")
        return None
    if due_at is None:
        return None
    return Message(request=request, kind=kind.name, occasion=occasion, due_at=due_at)
