"""One entry per message: which requests call for it, how often, when, and whether it is still true at sending."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import CharField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Cast

from followups.models import STAFF_KINDS, KindName, Message
from intake.models import CallbackRequest
from intake.outcomes import MISSED
from intake.states import TO_CALL, Status

ACKNOWLEDGE_WITHIN = timedelta(days=2)  # later than that, a thank-you would only be odd
LAST_NOTE_ON_OPEN_DAY = 7
LAST_NOTE_AT = time(10)  # wall time at the place
LAST_NOTE_FOR = (Status.TRYING, Status.DOOR_OPEN)  # closing words, for exactly those whose calls are paused too
LAST_NOTE_WITHIN = timedelta(days=60)  # of this round; for half a year of paused ones it is not worked out each minute

requests = CallbackRequest.objects


@dataclass(frozen=True)
class Kind:
    """`occasions` says how often: a request gets each kind once for each value in it."""

    name: KindName
    called_for: Callable[[datetime], QuerySet]
    occasions: Callable[[CallbackRequest], list[str]]
    due_at: Callable[[CallbackRequest, datetime], datetime | None]
    still_true: Callable[[CallbackRequest, datetime], bool]

    @property
    def to_staff(self) -> bool:
        return self.name in STAFF_KINDS


def _once(request: CallbackRequest) -> list[str]:
    return ["once"]


def _each_round(request: CallbackRequest) -> list[str]:
    """Once for each time the request was put on the list."""
    return [f"round {request.round_started_at:%Y-%m-%dT%H:%M:%S}"]


def _each_undelivered(request: CallbackRequest) -> list[str]:
    """Once for each message that did not reach the person."""
    undelivered = Message.objects.undelivered().filter(request=request).order_by("pk")
    return [str(pk) for pk in undelivered.values_list("pk", flat=True)]


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


def _with_news_of_undelivered(now: datetime) -> QuerySet:
    """Whoever did not get a message of which staff were not told yet; each failure is told by its own number."""
    told = Message.objects.filter(
        kind=KindName.STAFF_UNDELIVERED,
        request=OuterRef("request"),
        occasion=Cast(OuterRef("pk"), CharField(max_length=40)),
    )
    news = Message.objects.undelivered().filter(~Exists(told))
    return requests.exclude(status=Status.ERASED).filter(pk__in=news.values("request"))


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
            lambda now: requests.filter(status__in=LAST_NOTE_FOR, round_started_at__gt=now - LAST_NOTE_WITHIN),
            _each_round,
            _on_open_day_seven,
            lambda request, now: request.status in LAST_NOTE_FOR,
        ),
        Kind(
            KindName.STAFF_LATE,
            requests.past_late,
            _each_round,
            _at_once,
            lambda request, now: request.status == Status.WAITING,
        ),
        Kind(
            KindName.STAFF_UNDELIVERED,
            _with_news_of_undelivered,
            _each_undelivered,
            _at_once,
            lambda request, now: request.status != Status.ERASED,
        ),
    ]
}
