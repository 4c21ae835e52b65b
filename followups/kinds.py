"""One entry per message: which requests call for it, how often, when, and whether it is still true at sending."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import F, QuerySet

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
    still_true: Callable[[CallbackRequest, datetime], bool]
    to_staff: bool = False


def _once(request: CallbackRequest) -> str:
    return "once"


def _each_round(request: CallbackRequest) -> str:
    """Once for each time the request was put on the list."""
    return f"round {request.round_started_at:%Y-%m-%dT%H:%M:%S}"


def _at_once(request: CallbackRequest, now: datetime) -> datetime:
    return now


def _on_open_day_seven(request: CallbackRequest, now: datetime) -> datetime | None:
    """Ten in the morning of the seventh open day; None where nobody works seven more days, or where that hour
    was over before the first call: "our last note" must not be the first thing a person hears."""
    week = request.week()
    day = week.staffed_day_after(week.local_date(request.round_started_at), LAST_NOTE_ON_OPEN_DAY)
    at = datetime.combine(day, LAST_NOTE_AT, tzinfo=week.zone) if day else None
    return at if at and at > now else None


def _missed_in_this_round(now: datetime) -> QuerySet:
    """One filter for both, so that it is one and the same call that was missed and is of this round."""
    missed = requests.filter(attempts__outcome__in=MISSED, attempts__at__gte=F("round_started_at"))
    return requests.filter(status=Status.TRYING, pk__in=missed.values("pk"))


def _promise_still_stands(request: CallbackRequest, now: datetime) -> bool:
    """The acknowledgement says by when somebody calls: sent after that hour it would be a broken promise."""
    return request.status in TO_CALL and (request.promised_by is None or now < request.promised_by)


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in [
        Kind(
            KindName.ACKNOWLEDGEMENT,
            lambda now: requests.filter(status=Status.WAITING, received_at__gt=now - ACKNOWLEDGE_WITHIN),
            _once,
            _at_once,
            _promise_still_stands,
        ),
        Kind(
            KindName.MISSED_CALL,
            _missed_in_this_round,
            _each_round,
            _at_once,
            lambda request, now: request.status == Status.TRYING,
        ),
        Kind(
            KindName.LAST_NOTE,
            lambda now: requests.filter(status=Status.TRYING),
            _each_round,
            _on_open_day_seven,
            lambda request, now: request.status == Status.TRYING,
        ),
        Kind(
            KindName.STAFF_LATE,
            requests.past_late,
            _each_round,
            _at_once,
            lambda request, now: request.status == Status.WAITING,
            to_staff=True,
        ),
    ]
}
