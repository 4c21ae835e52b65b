"""From the state of the requests to rows that are due. Safe to run as often as one likes, and twice at once."""

import logging
from collections.abc import Iterator
from datetime import datetime

from followups.kinds import KINDS, Kind
from followups.models import Message
from intake.models import CallbackRequest

CHUNK = 1000

log = logging.getLogger(__name__)


def plan(*, now: datetime) -> None:
    """Write the messages that are called for and not planned yet.

    Two planners may find the same message: the unique constraint keeps one row.
    """
    for kind in KINDS.values():
        for rows in _chunks(kind, now):
            Message.objects.bulk_create(rows, ignore_conflicts=True)


def rows_to_plan(kind: Kind, now: datetime) -> Iterator[Message]:
    """What this kind is called for and has no row yet; not saved."""
    for rows in _chunks(kind, now):
        yield from rows


def _chunks(kind: Kind, now: datetime) -> Iterator[list[Message]]:
    """Those rows, for a thousand requests at a time: however many wait, no more of them are held at once."""
    # What a person wrote is not needed to plan, and one row that no key opens would stop the plan for all.
    called_for = kind.called_for(now).select_related("location").defer("name", "note").order_by("pk")
    requests = list(called_for[:CHUNK])
    while requests:
        told = Message.objects.filter(kind=kind.name, request__in=[request.pk for request in requests])
        planned = set(told.values_list("request_id", "occasion"))
        yield [row for request in requests for row in _rows(kind, request, planned, now)]
        full = len(requests) == CHUNK
        requests = list(called_for.filter(pk__gt=requests[-1].pk)[:CHUNK]) if full else []


def _rows(kind: Kind, request: CallbackRequest, planned: set, now: datetime) -> list[Message]:
    """None where there is no day for it, or where the row is broken: that one must not block the others."""
    try:
        new = [occasion for occasion in kind.occasions(request, now) if (request.pk, occasion) not in planned]
        due = {occasion: kind.due_at(request, occasion, now) for occasion in new}
    except Exception:
        log.exception("A message could not be planned")
        return []
    return [
        Message(request=request, kind=kind.name, occasion=occasion, due_at=due_at)
        for occasion, due_at in due.items()
        if due_at
    ]
