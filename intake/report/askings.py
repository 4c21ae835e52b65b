"""One asking, and how it went: pure, from bare facts of a request to the rungs it stands on.

An *asking* is one time that a person asked to come back: the form they sent, or "I want to hear from you after all" on
their page once it was over. Waking from a rest, another number and a further round of calls continue the same asking.

It stands where it stood when its month had been over for some days: what is written down later moves nobody any more,
so that two looks at a month never differ by one person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import IntEnum
from functools import partial

from intake.report.open_time import OpenTime
from intake.states import MOVES, TO_CALL, Status
from scheduling.hours import LATE, TARGET

ASKS_AGAIN = "ask_again"
PUTS_ON_THE_LIST = frozenset(name for name, move in MOVES.items() if move.target == Status.WAITING)
TALKS = frozenset(name for name, move in MOVES.items() if move.target == Status.REACHED and name != "reopen")
COMES_BACK = "return"
# Days after the end of the month, by which even its last ones are tried or overdue, talked with, and back.
TRIED_BY, TALKED_BY, SOON_BACK_BY, BACK_BY = 7, 15, 15, 45


class FirstCall(IntEnum):
    """How long it took until a person first tried to call, in open time of the place."""

    WITHIN_THE_HOUR = 0
    IN_TIME = 1  # before it was late, or no call was owed any more
    LATE = 2
    OVERDUE = 3


class Reached(IntEnum):
    TALKED = 0
    NOT = 1


class Offered(IntEnum):
    """When a start was put before them, or they chose one themselves, since they asked. Calendar time."""

    WITHIN_A_DAY = 0
    WITHIN_TWO = 1
    LATER_OR_NOT = 2


class Back(IntEnum):
    """When they came to a first session, in days since they asked."""

    WITHIN_15 = 0
    WITHIN_30 = 1
    WITHIN_45 = 2
    LATER = 3  # by 45 days after the month
    PLACED = 4  # a seat was confirmed by then, and they had not come
    NOT = 5


@dataclass(frozen=True)
class Step:
    """A move of the request: which, when, and whether it took it off the list of calls."""

    at: datetime
    what: str
    leaves_the_list: bool


@dataclass(frozen=True)
class SeatFact:
    """A claim on a seat. `came` is the day of their first session, and when that was written down. Neither it nor
    `confirmed_at` is of a fresh look, which is no restart."""

    made_at: datetime
    confirmed_at: datetime | None
    came: tuple[date, datetime] | None = None


@dataclass
class RequestFacts:
    """What the database knows of one request, without a word of theirs."""

    received_at: datetime
    place: str  # slug; "" for any town, or erased
    options: tuple[str, ...]
    steps: list[Step] = field(default_factory=list)
    calls: list[datetime] = field(default_factory=list)
    offers: list[datetime] = field(default_factory=list)
    seats: list[SeatFact] = field(default_factory=list)


@dataclass(frozen=True)
class Asking:
    """One asking. `waited` is open time until the first try and `waited_by_calendar` all time; both are None when
    nobody has tried, or nobody is ever on there."""

    place: str
    options: tuple[str, ...]
    asked_on: date
    waited: timedelta | None
    waited_by_calendar: timedelta | None
    first_call: FirstCall
    reached: Reached
    offered: Offered
    back: Back


def askings_of(facts: RequestFacts, hours: OpenTime, now: datetime) -> list[Asking]:
    """Every asking of this request, earliest first."""
    starts = [facts.received_at, *(step.at for step in facts.steps if step.what == ASKS_AGAIN)]
    ends = [*starts[1:], None]
    return [_asking(_during(facts, start, end), hours, now) for start, end in zip(starts, ends, strict=True)]


def _during(facts: RequestFacts, start: datetime, end: datetime | None) -> RequestFacts:
    """The part of it that belongs to the asking from `start` until before `end`."""

    def belongs(at: datetime) -> bool:
        return start <= at and (end is None or at < end)

    return RequestFacts(
        start,
        facts.place,
        facts.options,
        steps=[step for step in facts.steps if belongs(step.at)],
        calls=[call for call in facts.calls if belongs(call)],
        offers=[offer for offer in facts.offers if belongs(offer)],
        seats=[seat for seat in facts.seats if belongs(seat.made_at)],
    )


def _asking(facts: RequestFacts, hours: OpenTime, now: datetime) -> Asking:
    asked_on = hours.week.local_date(facts.received_at)
    over_for = partial(_over_for, asked_on, hours.week.zone)
    tried_by = over_for(TRIED_BY)
    since, until, is_tried = _first_wait(_during(facts, facts.received_at, tried_by), min(now, tried_by))
    waited, is_measured = hours.between(since, until), is_tried and hours.is_ever_open
    is_past_noon = hours.is_past_noon_of_the_next_day(since, until)
    is_reached = any(step.what in TALKS and step.at < over_for(TALKED_BY) for step in facts.steps)
    return Asking(
        place=facts.place,
        options=facts.options,
        asked_on=asked_on,
        waited=waited if is_measured else None,
        waited_by_calendar=until - since if is_measured else None,
        first_call=_first_call(waited, is_measured=is_measured, is_past_noon=is_past_noon),
        reached=Reached.TALKED if is_reached else Reached.NOT,
        offered=_offered(facts.received_at, [*facts.offers, *(seat.made_at for seat in facts.seats)]),
        back=_back(asked_on, over_for, _comings(facts, hours), [seat.confirmed_at for seat in facts.seats]),
    )


def _over_for(asked_on: date, zone: tzinfo, days: int) -> datetime:
    """The midnight at which the month of that day has been over for so many days."""
    next_month = (asked_on.replace(day=1) + timedelta(days=31)).replace(day=1)
    return datetime.combine(next_month + timedelta(days=days), time.min, zone)


def _first_wait(facts: RequestFacts, now: datetime) -> tuple[datetime, datetime, bool]:
    """Since when they were on the list, until when, and whether that was the first call. Without a call it is until
    they left the list, or until now; what came before a rest does not count."""
    call = min(facts.calls, default=None)
    listed = (step.at for step in facts.steps if step.what in PUTS_ON_THE_LIST and (not call or step.at <= call))
    since = max(listed, default=facts.received_at)
    left = min((step.at for step in facts.steps if step.leaves_the_list and step.at >= since), default=None)
    if call and (left is None or call <= left):
        return since, call, True
    return since, left or max(since, now), False


def _first_call(waited: timedelta, *, is_measured: bool, is_past_noon: bool) -> FirstCall:
    """Late after four open hours, overdue when noon of the next staffed day is over too (R-O1)."""
    if waited >= LATE:
        return FirstCall.OVERDUE if is_past_noon else FirstCall.LATE
    return FirstCall.WITHIN_THE_HOUR if is_measured and waited <= TARGET else FirstCall.IN_TIME


def _offered(start: datetime, moments: Sequence[datetime]) -> Offered:
    first = min(moments, default=None)
    if first is None or first - start > timedelta(days=2):
        return Offered.LATER_OR_NOT
    return Offered.WITHIN_A_DAY if first - start <= timedelta(days=1) else Offered.WITHIN_TWO


def _comings(facts: RequestFacts, hours: OpenTime) -> list[tuple[date, datetime]]:
    """The first sessions they came to, or the days staff wrote down that they were back; and when that was written."""
    noted = [(hours.week.local_date(step.at), step.at) for step in facts.steps if step.what == COMES_BACK]
    return [*noted, *(seat.came for seat in facts.seats if seat.came)]


def _back(
    asked_on: date,
    over_for: Callable[[int], datetime],
    comings: Sequence[tuple[date, datetime]],
    confirmed: Sequence[datetime | None],
) -> Back:
    """The first rung on which they were written down in time."""
    for most, by, rung in _DAYS:
        if any((day - asked_on).days <= most and noted < over_for(by) for day, noted in comings):
            return rung
    if any(noted < over_for(BACK_BY) for _day, noted in comings):
        return Back.LATER
    return Back.PLACED if any(at < over_for(BACK_BY) for at in confirmed if at) else Back.NOT


_DAYS = ((15, SOON_BACK_BY, Back.WITHIN_15), (30, BACK_BY, Back.WITHIN_30), (45, BACK_BY, Back.WITHIN_45))
_OFF_THE_LIST = frozenset(Status.values) - frozenset(TO_CALL)


def leaves_the_list(before: str, after: str) -> bool:
    """Whether a move between these two takes somebody off the list of people to call."""
    return before in TO_CALL and after in _OFF_THE_LIST
