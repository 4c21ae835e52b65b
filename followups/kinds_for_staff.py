"""What staff are told by mail: a late call, what did not arrive, a seat to confirm, and the day at opening."""

from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from followups.kind import Kind, each_round
from followups.kinds_of_starts import each_seat, kept_until, moved_and_not_agreed
from followups.models import KindName, Message
from intake.models import CallbackRequest
from intake.states import CAN_CHOOSE, Status
from intake.undelivered import next_way_words
from scheduling.calendar import week_of_all_places
from scheduling.hours import Window
from scheduling.models import SeatClaim

AT_OPENING = timedelta(hours=4)  # later it is no word for the morning
CONFIRM_WITHIN = timedelta(hours=24)  # of the end of a hold
TELL_OF_A_MOVED_DAY_WITHIN = timedelta(hours=24)

requests = CallbackRequest.objects


def _each_undelivered(request: CallbackRequest, now: datetime) -> list[str]:
    """Once for each time that a message did not reach the person, when the desk knows it."""
    known = Message.objects.undelivered().filter(request=request).exclude(on_desk_at=None).order_by("pk")
    return [f"{message.pk} {message.on_desk_at:%Y-%m-%dT%H:%M:%S}" for message in known]


def _with_news_of_undelivered(now: datetime) -> QuerySet:
    """Whoever did not get a message of which staff were not told yet; each failure is told by its own number."""
    told = Message.objects.filter(
        kind=KindName.STAFF_UNDELIVERED,
        request=OuterRef("request"),
        occasion__startswith=Concat(Cast(OuterRef("pk"), CharField(max_length=20)), Value(" ")),
        due_at__gte=OuterRef("on_desk_at"),
    )
    news = Message.objects.undelivered().exclude(on_desk_at=None).filter(~Exists(told))
    return requests.exclude(status=Status.ERASED).filter(pk__in=news.values("request"))


def _to_be_confirmed(now: datetime) -> QuerySet:
    return SeatClaim.objects.holds().chosen().filter(expires_at__gt=now, expires_at__lte=now + CONFIRM_WITHIN)


def _moved_and_not_told(now: datetime) -> QuerySet:
    return moved_and_not_agreed(now).filter(made_at__lte=now - TELL_OF_A_MOVED_DAY_WITHIN)


# --- the day at opening ------------------------------------------------------------------------------------------


def figures_of_the_day(now: datetime) -> dict[str, int]:
    """How many wait for what: numbers, and nobody's name."""
    holds = SeatClaim.objects.filter(request__status__in=CAN_CHOOSE)
    return {
        "to_call": requests.to_call().count(),
        "to_confirm": holds.holds().chosen().filter(expires_at__gt=now).count(),
        "moved": moved_and_not_agreed(now).filter(request__status__in=CAN_CHOOSE).count(),
        "to_mark": holds.to_be_marked(timezone.localdate(now)).count(),
    }


def _day(now: datetime) -> list[str]:
    return [f"day {timezone.localdate(now):%Y-%m-%d}"]


def _is_opening(window: Window, now: datetime) -> bool:
    return window.start <= now < window.start + AT_OPENING


def _first_open_request(now: datetime) -> QuerySet:
    """One row a day carries the digest; which one matters to nobody, and the database lets no second one in."""
    if Message.objects.filter(kind=KindName.STAFF_DIGEST, occasion__in=_day(now)).exists():
        return requests.none()
    windows = week_of_all_places().windows_on(timezone.localdate(now))
    if not windows or not _is_opening(windows[0], now) or not any(figures_of_the_day(now).values()):
        return requests.none()
    first = requests.exclude(status=Status.ERASED).order_by("pk").values("pk")[:1]
    return requests.filter(pk__in=list(first.values_list("pk", flat=True)))


KINDS_FOR_STAFF = [
    Kind(
        KindName.STAFF_LATE,
        requests.past_late,
        each_round,
        still_true=lambda request, occasion, now: request.status == Status.WAITING,
    ),
    Kind(
        KindName.STAFF_UNDELIVERED,
        _with_news_of_undelivered,
        _each_undelivered,
        still_true=lambda request, occasion, now: request.status != Status.ERASED,
        facts=lambda request, occasion, now: {"next_way": next_way_words(request)},
    ),
    each_seat(KindName.STAFF_TO_CONFIRM, _to_be_confirmed, facts=kept_until),
    each_seat(KindName.STAFF_MOVED, _moved_and_not_told),
    Kind(
        KindName.STAFF_DIGEST,
        _first_open_request,
        lambda request, now: _day(now),
        still_true=lambda request, occasion, now: any(figures_of_the_day(now).values()),
        facts=lambda request, occasion, now: figures_of_the_day(now),
    ),
]
