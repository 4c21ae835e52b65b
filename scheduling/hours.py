"""When somebody is on to call people. Wall-clock shifts go in, real elapsed time comes out.

Pure: no database, no clock. Every datetime taken must be aware, in any zone. Every datetime returned is in
UTC, because adding hours to a local datetime counts wall time, and is wrong when the clocks change that day.
Days, dayparts and noon are those of the week's own `zone`.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

HORIZON_DAYS = 60  # a place with nobody on for this long counts as never staffed
WORTH_OFFERING = timedelta(minutes=30)  # a daypart that staff only brush against is not offered to people
TARGET = timedelta(hours=1)  # open hours until the first call (R-O1)
LATE = timedelta(hours=4)  # open hours (R-O1)

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_NOON = timedelta(hours=12)  # of wall time since midnight


class Daypart(StrEnum):
    """The parts of a day that a person can tick as safe for a call."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def bounds(self) -> tuple[timedelta, timedelta]:
        """First moment, and the moment it is over, as wall time since midnight."""
        return _BOUNDS[self]

    def on(self, day: date, zone: ZoneInfo) -> "Window":
        begins, ends = self.bounds
        return Window(_instant(day, begins, zone), _instant(day, ends, zone))


_BOUNDS = {
    Daypart.MORNING: (timedelta(), _NOON),
    Daypart.AFTERNOON: (_NOON, timedelta(hours=17)),
    Daypart.EVENING: (timedelta(hours=17), _DAY),
}


@dataclass(frozen=True, order=True)
class Window:
    """A stretch of real time, in UTC: `start` belongs to it, `end` does not."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def length(self) -> timedelta:
        return max(self.end - self.start, timedelta())

    def within(self, other: "Window") -> "Window":
        """The part inside `other`; its length is zero when they do not meet."""
        return Window(max(self.start, other.start), min(self.end, other.end))


@dataclass(frozen=True)
class Shift:
    """Every week on `weekday` (0 is Monday), somebody is on from `opens` to `closes`, wall times there."""

    weekday: int
    opens: time
    closes: time

    def on(self, day: date, zone: ZoneInfo) -> Window:
        return Window(
            _instant(day, _since_midnight(self.opens), zone),
            _instant(day, _since_midnight(self.closes), zone),
        )

    def reaches_into(self, part: Daypart) -> bool:
        begins, ends = part.bounds
        inside = min(_since_midnight(self.closes), ends) - max(_since_midnight(self.opens), begins)
        return inside >= WORTH_OFFERING


@dataclass(frozen=True)
class StaffedWeek:
    """The weekly shifts of one place, less the dates on which it is closed; or of several places together.

    `zone` says what a day is. `also` holds other places that count as well, each with its own closures and
    zone: a closure of one place takes away only that place's part. `union` makes such a week.
    """

    zone: ZoneInfo
    shifts: tuple[Shift, ...] = ()
    closed_dates: frozenset[date] = frozenset()
    also: tuple["StaffedWeek", ...] = ()

    def local_date(self, at: datetime) -> date:
        """The date on the wall calendar of this week's zone."""
        return at.astimezone(self.zone).date()

    def at_noon(self, day: date) -> datetime:
        """Noon of that day in this week's zone, given in UTC."""
        return _instant(day, _NOON, self.zone)

    def windows_on(self, day: date) -> list[Window]:
        """The staffed windows of one local day, earliest first, touching shifts joined. In UTC."""
        whole_day = Window(_instant(day, timedelta(), self.zone), _instant(day, _DAY, self.zone))
        windows = [*self._own_windows_on(day), *self._windows_elsewhere_around(day)]
        return _joined(window.within(whole_day) for window in windows)

    def windows_from(self, now: datetime) -> Iterator[Window]:
        """The coming windows in UTC, the one that is open now from `now` on. Ends after HORIZON_DAYS."""
        today, now = self.local_date(now), now.astimezone(UTC)
        for ahead in range(HORIZON_DAYS + 1):
            for window in self.windows_on(today + timedelta(days=ahead)):
                if window.end > now:
                    yield replace(window, start=max(window.start, now))

    def is_open(self, at: datetime) -> bool:
        """Is somebody on at this moment? The closing minute itself is closed."""
        return any(at in window for window in self.windows_on(self.local_date(at)))

    def open_time_between(self, start: datetime, end: datetime) -> timedelta:
        """How long somebody was on between two moments, in real time; zero when `end` is not later."""
        asked = Window(start.astimezone(UTC), end.astimezone(UTC))
        first, last = self.local_date(start), self.local_date(end)
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        windows = (window for day in days for window in self.windows_on(day))
        return sum((window.within(asked).length for window in windows), timedelta())

    def add_open_time(self, start: datetime, duration: timedelta) -> datetime | None:
        """The moment, in UTC, at which somebody has been on for `duration` since `start`.

        A start outside hours counts from the next opening. None when the hours of the next HORIZON_DAYS
        are too few, which is always so for a place that is never staffed.
        """
        left = duration
        for window in self.windows_from(start):
            if left <= window.length:
                return window.start + left
            left -= window.length
        return None

    def staffed_day_after(self, day: date, n: int = 1) -> date | None:
        """The n-th local day after `day` on which somebody is on; None when HORIZON_DAYS pass without one."""
        for _ in range(n):
            coming = (day + timedelta(days=ahead) for ahead in range(1, HORIZON_DAYS + 1))
            found = next((other for other in coming if self.windows_on(other)), None)
            if found is None:
                return None
            day = found
        return day

    def dayparts(self) -> list[Daypart]:
        """What the form may offer: the dayparts that some shift reaches into for half an hour or more."""
        shifts = self._all_shifts()
        return [part for part in Daypart if any(shift.reaches_into(part) for shift in shifts)]

    def _own_windows_on(self, day: date) -> list[Window]:
        if day in self.closed_dates:
            return []
        return [shift.on(day, self.zone) for shift in self.shifts if shift.weekday == day.weekday()]

    def _windows_elsewhere_around(self, day: date) -> Iterator[Window]:
        for week in self.also:
            # In another zone our day also holds the end of their day before, or the start of the one after.
            margin = 0 if week.zone == self.zone else 1
            for away in range(-margin, margin + 1):
                yield from week.windows_on(day + timedelta(days=away))

    def _all_shifts(self) -> list[Shift]:
        return [*self.shifts, *(shift for week in self.also for shift in week._all_shifts())]


@dataclass(frozen=True)
class ServiceClock:
    """When the first call is due, late and overdue, in UTC (R-O1). All are None where nobody is ever on."""

    target_at: datetime | None
    late_at: datetime | None
    overdue_at: datetime | None


def daypart_of(wall: time) -> Daypart:
    """The daypart in which this wall time lies."""
    return next(part for part in Daypart if _since_midnight(wall) < part.bounds[1])


def union(first: StaffedWeek, *others: StaffedWeek) -> StaffedWeek:
    """Several places as one: open while anyone is on anywhere. Days are those of the first place's zone."""
    return StaffedWeek(first.zone, also=(first, *others))


def safe_windows(week: StaffedWeek, dayparts: Collection[str], after: datetime) -> Iterator[Window]:
    """The coming staffed windows, in UTC, cut to the dayparts the person ticked; none ticked means any."""
    for window in week.windows_from(after):
        yield from _cut_to_dayparts(window, dayparts, week)


def promised_by(week: StaffedWeek, dayparts: Collection[str], received_at: datetime) -> datetime | None:
    """By when we may promise a call, in UTC (R-F6); None when nobody is on at a time that is safe for them.

    It is a later day than the one of asking: noon if the first safe window of that day starts before noon,
    else the end of that window.
    """
    received_on = week.local_date(received_at)
    for window in safe_windows(week, dayparts, received_at):
        day = week.local_date(window.start)
        if day > received_on:
            noon = week.at_noon(day)
            return noon if window.start < noon else window.end
    return None


def service_clock(week: StaffedWeek, received_at: datetime) -> ServiceClock:
    """What staff are measured by: 1 open hour, 4 open hours, noon of the next staffed day (R-O1).

    Counted over the whole week, not over the person's dayparts. `overdue_at` is never before `late_at`.
    Where hours are so few that HORIZON_DAYS do not hold 1 or 4 of them, that noon counts instead.
    """
    next_day = week.staffed_day_after(week.local_date(received_at))
    if next_day is None:
        return ServiceClock(None, None, None)
    noon = week.at_noon(next_day)
    target_at = week.add_open_time(received_at, TARGET) or noon
    late_at = week.add_open_time(received_at, LATE) or max(target_at, noon)
    return ServiceClock(target_at, late_at, overdue_at=max(late_at, noon))


def _cut_to_dayparts(window: Window, dayparts: Collection[str], week: StaffedWeek) -> list[Window]:
    if not dayparts:
        return [window]
    day = week.local_date(window.start)
    return _joined(window.within(part.on(day, week.zone)) for part in Daypart if part in dayparts)


def _joined(windows: Iterable[Window]) -> list[Window]:
    """Earliest first, empty ones dropped, overlapping and touching ones made one."""
    joined: list[Window] = []
    for window in sorted(window for window in windows if window.length):
        if joined and window.start <= joined[-1].end:
            joined[-1] = replace(joined[-1], end=max(joined[-1].end, window.end))
        else:
            joined.append(window)
    return joined


def _since_midnight(wall: time) -> timedelta:
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second)


def _instant(day: date, since_midnight: timedelta, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clock on the wall shows this time.

    A time that the clock shows twice is its first showing. A time that the clock skips is the moment of the
    jump, so that a shift does not lose more of that day than the hour that never was.
    """
    wall = datetime.combine(day, time.min) + since_midnight
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if _wall_clock(moment, zone) == wall:
        return moment
    moment = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)  # just before the jump
    while _wall_clock(moment, zone) < wall:
        moment += _MINUTE
    return moment


def _wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
