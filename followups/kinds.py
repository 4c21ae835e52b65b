"""One entry per message: which requests call for it, how often, when, and whether it is still true at sending."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from followups.models import KindName
from intake.models import CallbackRequest
from intake.outcomes import MISSED
from intake.states import TO_CALL, Status

ACKNOWLEDGE_WITHIN = timedelta(days=2)  # later than that, a thank-you would only be odd
LAST_NOTE_ON_OPEN_DAY = 7
LAST_NOTE_AT = time(10)  # wall time at the place

requests = CallbackRequest.objects


@dataclass(frozen=True)
class Kind:
    """`occasion` says how often: a request gets each kind once for each value it returns."""

    name: KindName
    called_for: Callable[[datetime], QuerySet]
    occasion: Callable[[CallbackRequest], str]
    due_at: Callable[[CallbackRequest, datetime], datetime | None]
    still_true: Callable[[CallbackRequest], bool]
    to_staff: bool = False


def _once(request: CallbackRequest) -> str:
    return "once"


def _each_round(request: CallbackRequest) -> str:
    """Once for each time the request was put on the list."""
    return f"round {request.round_started_at:%Y-%m-%dT%H:%M:%S}"


def _at_once(request: CallbackRequest, now: datetime) -> datetime:
    return now


def _on_open_day_seven(request: CallbackRequest, now: datetime) -> datetime | None:
    """Ten in the morning of the seventh open day, or None where nobody works seven more days."""
    week = request.week()
    day = week.staffed_day_after(week.local_date(request.round_started_at), LAST_NOTE_ON_OPEN_DAY)
    return datetime.combine(day, LAST_NOTE_AT, tzinfo=week.zone) if day else None


KINDS = {
    kind.name: kind
    for kind in [
        Kind(
            KindName.ACKNOWLEDGEMENT,
            lambda now: requests.filter(status=Status.WAITING, received_at__gt=now - ACKNOWLEDGE_WITHIN),
            _once,
            _at_once,
            lambda request: request.status in TO_CALL,
        ),
        Kind(
            KindName.MISSED_CALL,
            lambda now: requests.filter(status=Status.TRYING, attempts__outcome__in=MISSED).distinct(),
            _each_round,
            _at_once,
            lambda request: request.status == Status.TRYING,
        ),
        Kind(
            KindName.LAST_NOTE,
            lambda now: requests.filter(status=Status.TRYING),
            _each_round,
            _on_open_day_seven,
            lambda request: request.status == Status.TRYING,
        ),
        Kind(
            KindName.STAFF_LATE,
            lambda now: requests.past_late(now),
            _each_round,
            _at_once,
            lambda request: request.status == Status.WAITING,
            to_staff=True,
        ),
    ]
}
