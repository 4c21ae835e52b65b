"""What the ledger says of each group and each hour, as far as it counts for deciding. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduling.hours import Shift
from scheduling.picks import Kind


@lru_cache(maxsize=5000)  # many groups begin at the same moment
def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    return Shift(day.weekday(), wall, wall).on(day, zone).start


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

    def meets_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed

    def begins_on(self, day: date) -> datetime:
        """In UTC: the same time on the wall, whichever way the clocks have been set since."""
        return _moment(day, self.starts, self.zone)


@dataclass(frozen=True)
class SlotFacts:
    """One hour that can be booked, for a kind by appointment; `day`, `starts` and `ends` are those of its place."""

    id: int
    kind: Kind
    town: str
    place: str
    zone: ZoneInfo
    day: date
    starts: time
    ends: time
    starts_at: datetime  # UTC
    therapist_id: int
    seats_left: int = 1
    closed: frozenset[date] = frozenset()

    @property
    def weekdays(self) -> tuple[int, ...]:
        return (self.day.weekday(),)


What = GroupFacts | SlotFacts


@dataclass(frozen=True)
class Ledger:
    """All that could be offered, full groups and taken hours too."""

    groups: tuple[GroupFacts, ...] = ()
    slots: tuple[SlotFacts, ...] = ()
