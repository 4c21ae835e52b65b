"""The only part of the report that asks the database. Nothing sealed is read, and the number of queries is fixed."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from intake.choices import ReachBy
from intake.models import CallAttempt, CallbackRequest, HistoryEntry, Offer
from intake.report.askings import (
    ASKS_AGAIN,
    COMES_BACK,
    PUTS_ON_THE_LIST,
    TALKS,
    Asking,
    RequestFacts,
    SeatFact,
    Step,
    askings_of,
    leaves_the_list,
)
from intake.report.coverage import Coverage, ToCall, coverages
from intake.report.open_time import OpenTime
from intake.states import TO_CALL, Status
from privacy.lookup import keyed_hash
from scheduling.calendar import Weeks
from scheduling.hours import HORIZON_DAYS, Daypart
from scheduling.models import FirstSession, Location, SeatClaim
from scheduling.picks import Kind

_AHEAD = timedelta(days=HORIZON_DAYS)


def read_askings(first: date, now: datetime) -> list[Asking]:
    """Every asking since that day. Eight queries, and two for each place; no row is read one by one."""
    hours, facts = _Hours(first, now), _facts(_asked_since(first))
    found = (asking for one in facts.values() for asking in askings_of(one, hours.at(one.place), now))
    return [asking for asking in found if asking.asked_on >= first]


def read_coverage(first: date, now: datetime) -> list[Coverage]:
    """Of everybody who asked since that day and whose times are still there. Five queries, and two for each place."""
    moment = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    rows = CallbackRequest.objects.filter(received_at__gte=moment, contact__reach_by=ReachBy.CALL)
    rows = rows.exclude(status=Status.ERASED).order_by("pk")
    columns = rows.values_list("received_at", "location__slug", "contact__times")
    people = (ToCall(at, slug or "", _dayparts(times)) for at, slug, times in columns)
    hours, places = _Hours(first, now), place_names()
    return coverages(people, {slug: hours.at(slug) for slug in [*dict(places), ""]}, places, now, drawn_lot)


def drawn_lot(row: str) -> str:
    """Which row goes along with hidden ones, drawn by a key that only this portal has: the same at every look."""
    return keyed_hash("report", row)


def place_names() -> list[tuple[str, str]]:
    """Slug and name of every place, also of one that takes nobody new, in the order of the guide. One query."""
    return list(Location.objects.order_by("position", "slug").values_list("slug", "name"))


def _dayparts(times: list[str]) -> frozenset[Daypart]:
    """None ticked means any."""
    return frozenset(Daypart(one) for one in times) or frozenset(Daypart)


class _Hours:
    """The open time of each place, laid out when it is first asked for; "" is that of all places together."""

    def __init__(self, first: date, now: datetime) -> None:
        self._weeks, self._places = Weeks(), {place.slug: place for place in Location.objects.all()}
        self._first, self._last = first, timezone.localdate(now) + _AHEAD
        self._laid_out: dict[str, OpenTime] = {}

    def at(self, slug: str) -> OpenTime:
        if slug not in self._laid_out:
            week = self._weeks.of(self._places.get(slug))
            self._laid_out[slug] = OpenTime(week, self._first, self._last)
        return self._laid_out[slug]


def _asked_since(first: date) -> QuerySet[CallbackRequest]:
    """Sent, or asked for again on their page, since the beginning of that day."""
    moment = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    again = HistoryEntry.objects.filter(what=ASKS_AGAIN, at__gte=moment).values("request")
    return CallbackRequest.objects.filter(Q(received_at__gte=moment) | Q(pk__in=again))


def _facts(asked: QuerySet[CallbackRequest]) -> dict[int, RequestFacts]:
    rows = asked.order_by("pk").values_list("pk", "received_at", "location__slug", "options")
    facts = {pk: RequestFacts(at, slug or "", tuple(options)) for pk, at, slug, options in rows}
    for pk, step in _steps(asked):
        facts[pk].steps.append(step)
    for pk, at in _of(CallAttempt, asked).values_list("request", "at"):
        facts[pk].calls.append(at)
    for pk, at in _of(Offer, asked).values_list("request", "made_at"):
        facts[pk].offers.append(at)
    for pk, seat in _seats(asked):
        facts[pk].seats.append(seat)
    return facts


def _of(model: Any, asked: QuerySet[CallbackRequest]) -> QuerySet:
    return model.objects.filter(request__in=asked.order_by().values("pk")).order_by("pk")


def _steps(asked: QuerySet[CallbackRequest]) -> Iterator[tuple[int, Step]]:
    """The step of a call that was taken back is none: it reached nobody and took nobody off the list."""
    told = Q(what__in=PUTS_ON_THE_LIST | TALKS | {COMES_BACK})
    left = Q(from_status__in=TO_CALL) & ~Q(to_status__in=TO_CALL)
    entries = HistoryEntry.objects.that_stand().filter(told | left, request__in=asked.order_by().values("pk"))
    columns = ("request", "at", "what", "from_status", "to_status")
    for pk, at, what, before, after in entries.order_by("pk").values_list(*columns):
        yield pk, Step(at, what, leaves_the_list(before, after))


def _seats(asked: QuerySet[CallbackRequest]) -> Iterator[tuple[int, SeatFact]]:
    """Held or had. A fresh look is something to choose, and neither a seat in the end nor a first session."""
    columns = ("request", "made_at", "kind", "confirmed_at", "first_session", "starts_on", "first_session_marked_at")
    for pk, made_at, kind, confirmed_at, first, starts_on, marked_at in _of(SeatClaim, asked).values_list(*columns):
        if kind == Kind.REASSESS:
            yield pk, SeatFact(made_at, confirmed_at=None)
        else:
            yield pk, SeatFact(made_at, confirmed_at, (starts_on, marked_at) if first == FirstSession.CAME else None)
