"""Which restart options exist for one person: wishes and ledger go in, ranked concrete options come out.

Pure: no database, no clock. All five kinds always come back, in the same order, also the one with nothing in it
(R-O3). An option is never full, never past, never on a closed day, never by video unless it says so, and never a
group or a therapist the person wants to avoid. What is full stands apart, for the waiting list.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache, cached_property
from itertools import zip_longest

from scheduling.facts import GroupFacts, Ledger, SlotFacts, What
from scheduling.hours import Daypart, daypart_of
from scheduling.picks import BY_APPOINTMENT, Kind, Pick

WEEKS_AHEAD = 8  # what cannot start within these has no next start
VIDEO = ""  # the town of what is by video

# From each town, the others, nearest first. A town that is not here comes after those that are.
NEAREST = {
    "toledo": ("oregon", "maumee", "perrysburg"),
    "maumee": ("perrysburg", "toledo", "oregon"),
    "perrysburg": ("maumee", "toledo", "oregon"),
    "oregon": ("toledo", "perrysburg", "maumee"),
}
_THEIR_TOWN, _HOME, _NEAREST, _UNKNOWN_TOWN, _VIDEO = 0, 1, 2, 90, 99


class Need(StrEnum):
    """The needs that change what fits; the values are those of the form."""

    RIDE = "ride"
    CHILD_CARE = "child_care"
    WORK_HOURS = "work_hours"
    ACCESS = "access"


_part_of = cache(daypart_of)  # asked for every start there is; a day has few times at which something starts
_BETTER_AT_HOME = {Need.RIDE, Need.CHILD_CARE, Need.ACCESS}


class Why(StrEnum):
    """Why an option is offered. The words for it belong to the page."""

    TOWN = "town"
    NEAREST = "nearest"
    AT_HOME = "at_home"
    TIME = "time"
    AFTER_WORK = "after_work"
    SOONEST = "soonest"
    SEAT = "seat"


@dataclass(frozen=True)
class Wishes:
    """What the person said. An empty town is any; no dayparts is any time of day; `not_before` is a day they named."""

    kinds: frozenset[str] = frozenset()
    town: str = ""
    dayparts: frozenset[Daypart] = frozenset()
    needs: frozenset[str] = frozenset()
    avoid_groups: frozenset[int] = frozenset()
    avoid_therapists: frozenset[int] = frozenset()
    not_before: date = date.min

    @cached_property
    def good_times(self) -> frozenset[Daypart]:
        """The times asked for; the evening when work is what stands in the way."""
        after_work = frozenset({Daypart.EVENING} if Need.WORK_HOURS in self.needs else ())
        return self.dayparts or after_work

    @cached_property
    def better_at_home(self) -> bool:
        return not _BETTER_AT_HOME.isdisjoint(self.needs)


@dataclass(frozen=True)
class Option:
    """One group or hour that this person could start with, its first day, and why it is offered."""

    pick: Pick
    what: What
    starts_at: datetime  # UTC
    why: tuple[Why, ...]

    @property
    def starts_on(self) -> date:
        return self.pick.starts_on


@dataclass(frozen=True)
class KindOptions:
    """One of the five kinds with what there is of it, best first; `options` is empty when there is none right now.

    `full` is what would be offered if a seat were free.
    """

    kind: Kind
    asked_for: bool
    options: tuple[Option, ...] = ()
    full: tuple[Option, ...] = ()


@dataclass(frozen=True)
class _Start:
    """Something that could be started, and its first day."""

    what: What
    day: date
    at: datetime


def restart_options(wishes: Wishes, ledger: Ledger, now: datetime) -> list[KindOptions]:
    """All five kinds in the order of the form, each with its options, best first. The order is always the same.

    Best is, in this order: at a good time, near, soon.
    """
    groups = [group for group in ledger.groups if not _is_avoided(group, wishes)]
    slots = [slot for slot in ledger.slots if not _is_avoided(slot, wishes)]
    starts = {kind: _hours(slots, kind, wishes, now) for kind in BY_APPOINTMENT}
    starts[Kind.NEW_TIME] = _next_sessions(groups, wishes, now)
    starts[Kind.WEEK_ONE] = _week_ones(groups, wishes, now)
    starts[Kind.NEW_THERAPIST] = [one for one in starts[Kind.NEW_TIME] if one.what.therapist_id is not None]
    return [_of_kind(kind, starts[kind], wishes) for kind in Kind]


def best_of(kinds: Iterable[KindOptions], most: int) -> list[Option]:
    """The best of the kinds asked for, or of all when those have nothing: the kinds take turns, each group once."""
    kinds = list(kinds)
    lists = [kind.options for kind in kinds if kind.asked_for and kind.options] or [kind.options for kind in kinds]
    in_turn = (option for turn in zip_longest(*lists) for option in turn if option)
    best: dict[tuple[bool, int], Option] = {}
    for option in in_turn:
        best.setdefault(option.pick.thing, option)
    return list(best.values())[:most]


def find(kinds: Iterable[KindOptions], pick: Pick) -> Option | None:
    """That very start, if it is still among what could be offered."""
    options = (option for one in kinds if one.kind == pick.kind for option in one.options)
    return next((option for option in options if option.pick == pick), None)


def _is_avoided(what: What, wishes: Wishes) -> bool:
    is_group = isinstance(what, GroupFacts)
    return what.therapist_id in wishes.avoid_therapists or (is_group and what.id in wishes.avoid_groups)


# --- when it could start -----------------------------------------------------------------------------------------


def _next_sessions(groups: Iterable[GroupFacts], wishes: Wishes, now: datetime) -> list[_Start]:
    return [start for group in groups if (start := _first(group, _coming_days(group, wishes, now), now))]


def _week_ones(groups: Iterable[GroupFacts], wishes: Wishes, now: datetime) -> list[_Start]:
    named = ((group, sorted(day for day in group.week_one if day >= wishes.not_before)) for group in groups)
    return [start for group, days in named if (start := _first(group, days, now))]


def _hours(slots: Iterable[SlotFacts], kind: Kind, wishes: Wishes, now: datetime) -> list[_Start]:
    last = now + timedelta(weeks=WEEKS_AHEAD)
    return [
        _Start(slot, slot.day, slot.starts_at)
        for slot in slots
        if slot.kind == kind and now < slot.starts_at < last and slot.day not in slot.closed
        if slot.day >= wishes.not_before
    ]


def _coming_days(group: GroupFacts, wishes: Wishes, now: datetime) -> Iterator[date]:
    today = now.astimezone(group.zone).date()
    first = max(today, wishes.not_before)
    return (first + timedelta(days=ahead) for ahead in range(7 * WEEKS_AHEAD - (first - today).days))


def _first(group: GroupFacts, days: Iterable[date], now: datetime) -> _Start | None:
    """The first of these days on which the group meets and has not begun yet."""
    for day in days:
        if group.meets_on(day) and (at := group.begins_on(day)) > now:
            return _Start(group, day, at)
    return None


# --- in which order, and why -------------------------------------------------------------------------------------


def _of_kind(kind: Kind, starts: list[_Start], wishes: Wishes) -> KindOptions:
    free = [start for start in starts if start.what.seats_left > 0]
    full = [start for start in starts if start.what.seats_left <= 0]
    return KindOptions(kind, kind in wishes.kinds, _ranked(kind, free, wishes), _ranked(kind, full, wishes))


def _ranked(kind: Kind, starts: list[_Start], wishes: Wishes) -> tuple[Option, ...]:
    soonest = min((start.at for start in starts), default=None)
    in_order = sorted(starts, key=lambda start: _rank(start, wishes))
    return tuple(
        Option(
            Pick(kind, start.what.id, start.day),
            start.what,
            start.at,
            _why(start, wishes, is_soonest=start.at == soonest),
        )
        for start in in_order
    )


def _rank(start: _Start, wishes: Wishes) -> tuple[bool, int, datetime, int]:
    what = start.what
    return not _at_good_time(what, wishes), _distance(what, wishes), start.at, what.id


def _at_good_time(what: What, wishes: Wishes) -> bool:
    return not wishes.good_times or _part_of(what.starts) in wishes.good_times


def _distance(what: What, wishes: Wishes) -> int:
    """Their town, then the nearest ones; video last, or right after their town when home suits them better."""
    if what.town == VIDEO:
        return _HOME if wishes.better_at_home else _VIDEO
    if wishes.town in ("", what.town):
        return _THEIR_TOWN
    nearest = NEAREST.get(wishes.town, ())
    return _NEAREST + nearest.index(what.town) if what.town in nearest else _UNKNOWN_TOWN


def _why(start: _Start, wishes: Wishes, *, is_soonest: bool) -> tuple[Why, ...]:
    reasons = [*_why_there(start.what, wishes), *_why_then(start.what, wishes)]
    if is_soonest:
        reasons.append(Why.SOONEST)
    return tuple(reasons) or (Why.SEAT,)


def _why_there(what: What, wishes: Wishes) -> list[Why]:
    if what.town == VIDEO:
        return [Why.AT_HOME]
    if what.town == wishes.town:
        return [Why.TOWN]
    return [Why.NEAREST] if _distance(what, wishes) == _NEAREST else []


def _why_then(what: What, wishes: Wishes) -> list[Why]:
    if not wishes.good_times or not _at_good_time(what, wishes):
        return []
    return [Why.TIME] if wishes.dayparts else [Why.AFTER_WORK]
