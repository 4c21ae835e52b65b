"""When people can be called, when somebody is on, and what one more staffed hour would have reached. Pure (PRODUCT).

People here left a number to call. Which parts of the day suit them is known, the weekday is not: what they wrote about
times is sealed and never opened for a count.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import combinations

from intake.report.open_time import OpenTime
from intake.report.small_numbers import FEWEST, Rungs, Shown, suppress
from scheduling.hours import WORTH_OFFERING, Daypart, Shift, StaffedWeek, daypart_of

FIRST_HOUR, LAST_HOUR = 8, 20  # calls are made between 8 in the morning and 9 in the evening
HOURS = range(FIRST_HOUR, LAST_HOUR + 1)
WEEK = timedelta(days=7)
_HOUR = timedelta(hours=1)
PATTERNS = tuple(frozenset(some) for size in (1, 2, 3) for some in combinations(Daypart, size))
Slot = tuple[int, int]  # weekday, 0 is Monday, and hour
SLOTS = [(weekday, hour) for hour in HOURS for weekday in range(7)]


@dataclass(frozen=True)
class ToCall:
    """Somebody who asked for a call: when, where ("" for any town), and which parts of the day are fine."""

    received_at: datetime
    place: str
    dayparts: frozenset[Daypart]


@dataclass
class _Tally:
    """Raw counts of one place. `sooner` counts, for each hour that is not staffed, whose first safe moment would have
    come sooner with it, without those whom nobody can reach at all."""

    people: int = 0
    patterns: Counter[frozenset[Daypart]] = field(default_factory=Counter)
    unreached: Counter[frozenset[Daypart]] = field(default_factory=Counter)
    sooner: Counter[Slot] = field(default_factory=Counter)

    def can_be_called(self, part: Daypart) -> int:
        return sum(count for pattern, count in self.patterns.items() if part in pattern)

    def unreached_in(self, part: Daypart) -> int:
        return sum(count for pattern, count in self.unreached.items() if part in pattern)

    @property
    def reached(self) -> int:
        return self.people - self.unreached.total()

    def with_few_overlaps(self) -> bool:
        """The sizes of the three parts add up to a little more than everybody: a few people have several."""
        more = sum(self.can_be_called(part) for part in Daypart) - self.people
        return 0 < more < 2 * FEWEST


@dataclass(frozen=True)
class Hour:
    """One hour of the week. `places_on` is how many places are staffed; each count is None where it is hidden.

    `can_be_called`: to whom it suits. `unreached`: those among them whom nobody can reach now. `gain`: whom somebody on
    in this hour would have reached, those and everybody whose first safe moment would have come sooner.
    """

    weekday: int
    hour: int
    places_on: int
    can_be_called: int | None
    unreached: int | None
    gain: int | None

    @property
    def at_least(self) -> int:
        """What may be said of the gain: all of it, or else those among them whom nobody can reach now."""
        return self.gain if self.gain is not None else self.unreached or 0


@dataclass(frozen=True)
class Coverage:
    """Of one place, or of all. `people` left a number to call, `unreached` can be called only when nobody is on."""

    key: str
    words: str
    places: int
    people: int | None
    unreached: int | None
    hours: list[Hour]

    @property
    def best(self) -> list[Hour]:
        """The hours to add first: those that would have helped most, as far as it may be told."""
        told = [hour for hour in self.hours if hour.at_least and hour.places_on < self.places]
        return sorted(told, key=lambda hour: (-hour.at_least, hour.weekday, hour.hour))


def coverages(
    people: Iterable[ToCall],
    hours: dict[str, OpenTime],
    places: Sequence[tuple[str, str]],
    now: datetime,
    lot: Callable[[str], str] = str,
) -> list[Coverage]:
    """All places together first, then each, then those to whom any town would do. `hours` are by slug, and `lot` is
    what `figures.report_of` says."""
    tallies = {slug: _Tally() for slug in [*(slug for slug, _name in places), ""]}
    counted = _Counting(hours, now)
    for person in people:
        counted.add(person, tallies[person.place])
    rows, names = list(tallies.values()), [*(name for _slug, name in places), "Any town"]
    staffed = {slug: _staffed_slots(hours[slug]) for slug, _name in places}
    total, masks = _together(rows), _Masks(rows, [lot(f"coverage {slug}") for slug in tallies])
    everywhere = _coverage("", "All places", total, masks.total, list(staffed.values()))
    return [
        everywhere,
        *(
            _coverage(
                slug or "any", name, tally, masks.of_row(row), [staffed[slug]] if slug else list(staffed.values())
            )
            for row, (slug, name, tally) in enumerate(zip(tallies, names, rows, strict=True))
        ),
    ]


class _Counting:
    """Counts people in, one place and one choice of dayparts laid out at a time."""

    def __init__(self, hours: dict[str, OpenTime], now: datetime) -> None:
        self._hours, self._now = hours, now
        self._safe = {
            (slug, pattern): open_time.safe_starts(pattern) for slug, open_time in hours.items() for pattern in PATTERNS
        }
        self._free = {slug: _unstaffed_slots(open_time) for slug, open_time in hours.items()}

    def add(self, person: ToCall, tally: _Tally) -> None:
        where = person.place, person.dayparts
        tally.people += 1
        tally.patterns[person.dayparts] += 1
        if self._safe[where].after(self._now) is None:
            tally.unreached[person.dayparts] += 1
            return
        first = self._safe[where].after(person.received_at)
        tally.sooner.update(self._sooner(person, first or person.received_at + WEEK))

    def _sooner(self, person: ToCall, first: datetime) -> Iterator[Slot]:
        """The hours of the week, not staffed now and fine with this person, that lie between asking and the first safe
        moment; at most a week, in which each comes once."""
        zone = self._hours[person.place].week.zone
        at = person.received_at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
        last = min(first.astimezone(zone), at + WEEK)  # in one zone Python compares and adds wall times
        while at < last:
            slot = at.weekday(), at.hour
            if self._free[person.place].get(slot) in person.dayparts:
                yield slot
            at += _HOUR


class _Masks:
    """Which counts of each place, and of all, may be shown: one ladder for each kind of count."""

    def __init__(self, rows: list[_Tally], lots: list[str]) -> None:
        total = _together(rows)
        self._unreached = suppress([_by_pattern(row) for row in rows], lots=lots)
        self._parts = {part: suppress([_by_part(row, part) for row in rows], lots=lots) for part in Daypart}
        self._gains = {slot: suppress([_by_gain(row, slot) for row in rows], lots=lots) for slot in SLOTS}
        few_in_rows = any(row.with_few_overlaps() for row in rows)
        self.total = _Mask(self, None, with_parts=not total.with_few_overlaps())
        self._rows = [_Mask(self, row, with_parts=not few_in_rows) for row in range(len(rows))]

    def of_row(self, row: int) -> "_Mask":
        return self._rows[row]

    def at(self, shown: Shown, row: int | None) -> tuple[bool, ...]:
        return shown.total if row is None else shown.rows[row]


@dataclass(frozen=True)
class _Mask:
    masks: _Masks
    row: int | None  # None for all of them
    with_parts: bool

    def people(self) -> bool:
        return self.masks.at(self.masks._unreached, self.row)[0]

    def unreached(self) -> bool:
        return self.people() and self.masks.at(self.masks._unreached, self.row)[1]

    def part(self, part: Daypart) -> bool:
        return self.with_parts and self.people() and self.masks.at(self.masks._parts[part], self.row)[1]

    def unreached_in(self, part: Daypart) -> bool:
        every_pattern = all(self.masks.at(self.masks._unreached, self.row))
        return every_pattern and self.masks.at(self.masks._parts[part], self.row)[2]

    def gain(self, slot: Slot) -> bool:
        return self.people() and self.masks.at(self.masks._gains[slot], self.row)[2]


def _by_pattern(tally: _Tally) -> Rungs:
    """Whom somebody can reach, then the others by the very parts of the day they left us."""
    return (tally.reached, *(tally.unreached[pattern] for pattern in PATTERNS))


def _by_part(tally: _Tally, part: Daypart) -> Rungs:
    """To whom this part does not suit, whom somebody can reach, whom nobody can."""
    unreached, suits = tally.unreached_in(part), tally.can_be_called(part)
    return (tally.people - suits, suits - unreached, unreached)


def _by_gain(tally: _Tally, slot: Slot) -> Rungs:
    """Whom nobody can reach and this hour would, who would have been reached sooner, everybody else."""
    sooner, unreached = tally.sooner[slot], tally.unreached_in(_part_of(slot))
    return (unreached, sooner, tally.people - unreached - sooner)


def _together(rows: list[_Tally]) -> _Tally:
    total = _Tally(people=sum(row.people for row in rows))
    for row in rows:
        total.patterns.update(row.patterns)
        total.unreached.update(row.unreached)
        total.sooner.update(row.sooner)
    return total


def _coverage(key: str, words: str, tally: _Tally, mask: _Mask, staffed: list[frozenset[Slot]]) -> Coverage:
    return Coverage(
        key=key,
        words=words,
        places=len(staffed),
        people=tally.people if mask.people() else None,
        unreached=tally.unreached.total() if mask.unreached() else None,
        hours=[_hour(slot, tally, mask, sum(slot in there for there in staffed)) for slot in SLOTS],
    )


def _hour(slot: Slot, tally: _Tally, mask: _Mask, places_on: int) -> Hour:
    part = _part_of(slot)
    return Hour(
        weekday=slot[0],
        hour=slot[1],
        places_on=places_on,
        can_be_called=tally.can_be_called(part) if mask.part(part) else None,
        unreached=tally.unreached_in(part) if mask.unreached_in(part) else None,
        gain=sum(_by_gain(tally, slot)[:2]) if mask.gain(slot) else None,
    )


def _part_of(slot: Slot) -> Daypart:
    return daypart_of(time(slot[1]))


def _unstaffed_slots(hours: OpenTime) -> dict[Slot, Daypart]:
    staffed = _staffed_slots(hours)
    return {slot: _part_of(slot) for slot in SLOTS if slot not in staffed}


def _staffed_slots(hours: OpenTime) -> frozenset[Slot]:
    """The hours of the week in which somebody is on for half an hour or more, closed days aside."""
    shifts = _shifts_of(hours.week)
    return frozenset(slot for slot in SLOTS if any(_covers(shift, slot) for shift in shifts))


def _shifts_of(week: StaffedWeek) -> list[Shift]:
    return [*week.shifts, *(shift for other in week.also for shift in _shifts_of(other))]


def _covers(shift: Shift, slot: Slot) -> bool:
    weekday, hour = slot
    begins, ends = (timedelta(hours=one.hour, minutes=one.minute) for one in (shift.opens, shift.closes))
    inside = min(ends, (hour + 1) * _HOUR) - max(begins, hour * _HOUR)
    return shift.weekday == weekday and inside >= WORTH_OFFERING
