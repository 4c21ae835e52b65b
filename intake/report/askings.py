"""One asking, and how it went: pure, from bare facts of a request to the rungs it stands on.

An *asking* is one time that a person asked to come back: the form they sent, or "I want to hear from you after all" on
their page once it was over. Waking from a rest, another number and a further round of calls continue the same asking.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum
from itertools import pairwise

from intake.report.open_time import OpenTime
from intake.states import MOVES, TO_CALL, Status
from scheduling.hours import LATE, TARGET

ASKS_AGAIN = "ask_again"
PUTS_ON_THE_LIST = frozenset(name for name, move in MOVES.items() if move.target == Status.WAITING)
TALKS = frozenset(name for name, move in MOVES.items() if move.target == Status.REACHED and name != "reopen")
COMES_BACK = "return"


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
    LATER = 3
    PLACED = 4  # a confirmed seat, and they have not come
    NOT = 5


@dataclass(frozen=True)
class Step:
    """A move of the request: which, when, and whether it took it off the list of calls."""

    at: datetime
    what: str
    leaves_the_list: bool


@dataclass(frozen=True)
class SeatFact:
    """A claim on a seat. `came_on` is their first session, never that of a fresh look, which is no restart."""

    made_at: datetime
    is_placed: bool
    came_on: date | None = None


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
    again = [step.at for step in facts.steps if step.what == ASKS_AGAIN]
    edges = [facts.received_at, *again, None]
    return [_asking(facts, start, end, hours, now) for start, end in pairwise(edges)]


def _asking(facts: RequestFacts, start: datetime, end: datetime | None, hours: OpenTime, now: datetime) -> Asking:
    def during(at: datetime) -> bool:
        return start <= at and (end is None or at < end)

    steps = [step for step in facts.steps if during(step.at)]
    seats = [seat for seat in facts.seats if during(seat.made_at)]
    first_try = min(filter(during, facts.calls), default=None)
    since = max(
        (s.at for s in steps if s.what in PUTS_ON_THE_LIST and (not first_try or s.at <= first_try)), default=start
    )
    left = min((s.at for s in steps if s.leaves_the_list and s.at >= since), default=None)
    tried = first_try is not None and (left is None or first_try <= left)
    waited_until = first_try if tried else left or min(now, end or now)
    waited = hours.between(since, waited_until)
    asked_on = hours.week.local_date(start)
    is_measured = tried and hours.is_ever_open
    return Asking(
        place=facts.place,
        options=facts.options,
        asked_on=asked_on,
        waited=waited if is_measured else None,
        waited_by_calendar=waited_until - since if is_measured else None,
        first_call=_first_call(
            waited, is_measured=is_measured, is_past_noon=hours.is_past_noon_of_the_next_day(since, waited_until)
        ),
        reached=Reached.TALKED if any(step.what in TALKS for step in steps) else Reached.NOT,
        offered=_offered(start, [*filter(during, facts.offers), *(seat.made_at for seat in seats)]),
        back=_back(asked_on, _came_on(steps, seats, hours), is_placed=any(seat.is_placed for seat in seats)),
    )


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


def _came_on(steps: Sequence[Step], seats: Sequence[SeatFact], hours: OpenTime) -> date | None:
    """The day of the first session they came to; or the day staff wrote down that they were back."""
    sessions = [seat.came_on for seat in seats if seat.came_on]
    return min(sessions + [hours.week.local_date(step.at) for step in steps if step.what == COMES_BACK], default=None)


def _back(asked_on: date, came_on: date | None, *, is_placed: bool) -> Back:
    if came_on is None:
        return Back.PLACED if is_placed else Back.NOT
    days = (came_on - asked_on).days
    return next((rung for most, rung in _DAYS if days <= most), Back.LATER)


_DAYS = ((15, Back.WITHIN_15), (30, Back.WITHIN_30), (45, Back.WITHIN_45))
_OFF_THE_LIST = frozenset(Status.values) - frozenset(TO_CALL)


def leaves_the_list(before: str, after: str) -> bool:
    """Whether a move between these two takes somebody off the list of people to call."""
    return before in TO_CALL and after in _OFF_THE_LIST
