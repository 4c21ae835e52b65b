"""From the state of the requests to rows that are due. Safe to run as often as one likes, and twice at once."""

from datetime import datetime

from followups.kinds import KINDS, Kind
from followups.models import Message


def plan(*, now: datetime) -> int:
    """Write the messages that are called for and not planned yet. Returns how many were new.

    Two planners may find the same message: the unique constraint keeps one row.
    """
    return sum(_plan_kind(kind, now) for kind in KINDS.values())


def _plan_kind(kind: Kind, now: datetime) -> int:
    called_for = kind.called_for(now).select_related("location")
    planned = set(
        Message.objects.filter(kind=kind.name, request__in=called_for.values("pk")).values_list(
            "request_id", "occasion"
        )
    )
    rows = [
        Message(request=request, kind=kind.name, occasion=kind.occasion(request), due_at=due_at)
        for request in called_for
        if (request.pk, kind.occasion(request)) not in planned and (due_at := kind.due_at(request, now))
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
