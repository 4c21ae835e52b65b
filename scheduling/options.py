"""Which restart options exist for one person: wishes and ledger go in, ranked concrete options come out.

Pure: no database, no clock. All five kinds always come back, in the same order, also the one with nothing in it
(R-O3). An option is never full, never past, never on a closed day, never by video unless it says so, and never a
group or a therapist the person wants to avoid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import zip_longest
from zoneinfo import ZoneInfo

from scheduling.hours import Daypart, Shift, Window, daypart_of

WEEKS_AHEAD = 8  # a group that cannot start within these has no next start
VIDEO = ""  # the town of a group that meets by video

# From each town, the others, nearest first. A town that is not here comes after those that are.
NEAREST = {
    "toledo": ("oregon", "maumee", "perrysburg"),
    "maumee": ("perrysburg", "toledo", "oregon"),
    "perrysburg": ("maumee", "toledo", "oregon"),
    "oregon": ("toledo", "perrysburg", "maumee"),
}
_THEIR_TOWN, _HOME, _NEAREST, _UNKNOWN_TOWN, _VIDEO = 0, 1, 2, 90, 99


class Kind(StrEnum):
    """The five ways back, in the order of the form; the values are those of the form."""

    WEEK_ONE = "week_one"
    NEW_TIME = "new_time"
    NEW_THERAPIST = "new_therapist"
    REASSESS = "reassess"
    INDIVIDUAL = "individual"


BY_ARRANGEMENT = (Kind.REASSESS, Kind.INDIVIDUAL)  # a time is found by talking


class Need(StrEnum):
    """The needs that change what fits; the values are those of the form."""

    RIDE = "ride"
    CHILD_CARE = "child_care"
    WORK_HOURS = "work_hours"
    ACCESS = "access"


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
    """What the person said. An empty town is any; no dayparts is any time of day."""

    kinds: frozenset[str] = frozenset()
    town: str = ""
    dayparts: frozenset[Daypart] = frozenset()
    needs: frozenset[str] = frozenset()
    avoid_groups: frozenset[int] = frozenset()
    avoid_therapists: frozenset[int] = frozenset()

    @property
    def good_times(self) -> frozenset[Daypart]:
        """The times asked for; the evening when work is what stands in the way."""
        after_work = frozenset({Daypart.EVENING} if Need.WORK_HOURS in self.needs else ())
        return self.dayparts or after_work

    @property
    def better_at_home(self) -> bool:
        return not _BETTER_AT_HOME.isdisjoint(self.needs)


@dataclass(frozen=True)
class GroupFacts:
    """One group as the ledger has it. `closed` are the dates on which its place is closed."""

    id: int
    town: str
    place: str
    zone: ZoneInfo
    weekdays: tuple[int, ...]
    starts: time
    ends: time
    therapist_id: int | None
    seats_left: int
    week_one: tuple[date, ...] = ()
    closed: frozenset[date] = frozenset()

    @property
    def by_video(self) -> bool:
        return self.town == VIDEO

    def meets_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed

    def session_on(self, day: date) -> Window:
        """In UTC: the same time on the wall, whichever way the clocks have been set since."""
        return Shift(day.weekday(), self.starts, self.ends).on(day, self.zone)


@dataclass(frozen=True)
class Option:
    """One group that this person could start, with its first day, and why it is offered."""

    group: GroupFacts
    starts_on: date
    starts_at: datetime  # UTC
    why: tuple[Why, ...]


@dataclass(frozen=True)
class KindOptions:
    """One of the five kinds with what there is of it, best first; empty when there is none right now."""

    kind: Kind
    asked_for: bool
    options: tuple[Option, ...] = ()

    @property
    def by_arrangement(self) -> bool:
        return self.kind in BY_ARRANGEMENT


@dataclass(frozen=True)
class _Start:
    """A group and the first day on which it could be started."""

    group: GroupFacts
    day: date
    at: datetime


def restart_options(wishes: Wishes, ledger: Iterable[GroupFacts], now: datetime) -> list[KindOptions]:
    """All five kinds in the order of the form, each with its options, best first. The order is always the same.

    Best is, in this order: at a good time, near, soon.
    """
    groups = [group for group in ledger if _may_be_offered(group, wishes)]
    next_sessions = [start for group in groups if (start := _first(group, _coming_days(group, now), now))]
    week_one = [start for group in groups if (start := _first(group, sorted(group.week_one), now))]
    another_person = [start for start in next_sessions if start.group.therapist_id is not None]
    starts = {Kind.WEEK_ONE: week_one, Kind.NEW_TIME: next_sessions, Kind.NEW_THERAPIST: another_person}
    return [KindOptions(kind, kind in wishes.kinds, _ranked(starts.get(kind, []), wishes)) for kind in Kind]


def best_of(kinds: Iterable[KindOptions], most: int) -> list[Option]:
    """The best of the kinds asked for, or of all when those have nothing: the kinds take turns, each group once."""
    kinds = list(kinds)
    lists = [kind.options for kind in kinds if kind.asked_for and kind.options] or [kind.options for kind in kinds]
    in_turn = (option for turn in zip_longest(*lists) for option in turn if option)
    best: dict[int, Option] = {}
    for option in in_turn:
        best.setdefault(option.group.id, option)
    return list(best.values())[:most]


def _may_be_offered(group: GroupFacts, wishes: Wishes) -> bool:
    return (
        group.seats_left > 0
        and group.id not in wishes.avoid_groups
        and group.therapist_id not in wishes.avoid_therapists
    )


# --- when it could start -----------------------------------------------------------------------------------------


def _coming_days(group: GroupFacts, now: datetime) -> Iterator[date]:
    today = now.astimezone(group.zone).date()
    return (today + timedelta(days=ahead) for ahead in range(7 * WEEKS_AHEAD))


def _first(group: GroupFacts, days: Iterable[date], now: datetime) -> _Start | None:
    """The first of these days on which the group meets and has not begun yet."""
    for day in days:
        if group.meets_on(day) and (at := group.session_on(day).start) > now:
            return _Start(group, day, at)
    return None


# --- in which order, and why -------------------------------------------------------------------------------------


def _ranked(starts: list[_Start], wishes: Wishes) -> tuple[Option, ...]:
    soonest = min((start.at for start in starts), default=None)
    in_order = sorted(starts, key=lambda start: _rank(start, wishes))
    return tuple(
        Option(start.group, start.day, start.at, _why(start, wishes, is_soonest=start.at == soonest))
        for start in in_order
    )


def _rank(start: _Start, wishes: Wishes) -> tuple[bool, int, datetime, int]:
    group = start.group
    return not _at_good_time(group, wishes), _distance(group, wishes), start.at, group.id


def _at_good_time(group: GroupFacts, wishes: Wishes) -> bool:
    return not wishes.good_times or daypart_of(group.starts) in wishes.good_times


def _distance(group: GroupFacts, wishes: Wishes) -> int:
    """Their town, then the nearest ones; video last, or right after their town when home suits them better."""
    if group.by_video:
        return _HOME if wishes.better_at_home else _VIDEO
    if wishes.town in ("", group.town):
        return _THEIR_TOWN
    nearest = NEAREST.get(wishes.town, ())
    return _NEAREST + nearest.index(group.town) if group.town in nearest else _UNKNOWN_TOWN


def _why(start: _Start, wishes: Wishes, *, is_soonest: bool) -> tuple[Why, ...]:
    reasons = [*_why_there(start.group, wishes), *_why_then(start.group, wishes)]
    if is_soonest:
        reasons.append(Why.SOONEST)
    return tuple(reasons) or (Why.SEAT,)


def _why_there(group: GroupFacts, wishes: Wishes) -> list[Why]:
    if group.by_video:
        return [Why.AT_HOME]
    if group.town == wishes.town:
        return [Why.TOWN]
    return [Why.NEAREST] if _distance(group, wishes) == _NEAREST else []


def _why_then(group: GroupFacts, wishes: Wishes) -> list[Why]:
    if not wishes.good_times or not _at_good_time(group, wishes):
        return []
    return [Why.TIME] if wishes.dayparts else [Why.AFTER_WORK]
