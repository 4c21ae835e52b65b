"""The staffed time of one place, laid out once for many questions. Pure; what it answers is what `StaffedWeek` would.

A year of requests asks the same week thousands of times; here each question is two searches in a sorted list. All
moments are UTC. Questions must lie between the first and the last day given.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import accumulate

from scheduling.hours import Daypart, StaffedWeek, Window

_DAY, _NOTHING = timedelta(days=1), timedelta()


class OpenTime:
    """Every staffed window from `first` to `last`, both included."""

    def __init__(self, week: StaffedWeek, first: date, last: date) -> None:
        self.week = week
        days = [first + _DAY * ahead for ahead in range((last - first).days + 1)]
        self._windows_of = {day: windows for day in days if (windows := week.windows_on(day))}
        self._staffed_days = list(self._windows_of)
        self._windows = [window for windows in self._windows_of.values() for window in windows]
        self._starts = [window.start for window in self._windows]
        self._so_far = list(accumulate((window.length for window in self._windows), initial=_NOTHING))

    @property
    def is_ever_open(self) -> bool:
        return bool(self._windows)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How long somebody was on, in real time; zero when `end` is not later."""
        return max(self._until(end) - self._until(start), _NOTHING)

    def is_past_noon_of_the_next_day(self, since: datetime, now: datetime) -> bool:
        """Noon of the next day on which somebody is on is over."""
        at = bisect_right(self._staffed_days, self.week.local_date(since))
        return at < len(self._staffed_days) and now >= self.week.at_noon(self._staffed_days[at])

    def safe_starts(self, dayparts: Collection[str]) -> "SafeStarts":
        """When a window that is safe for these dayparts begins and ends."""
        parts = [part for part in Daypart if part in dayparts]
        return SafeStarts(sorted(window for part in parts for window in self._cut[part]) if parts else self._windows)

    def _until(self, moment: datetime) -> timedelta:
        at = bisect_right(self._starts, moment) - 1
        if at < 0:
            return _NOTHING
        window = self._windows[at]
        return self._so_far[at] + min(moment - window.start, window.length)

    @cached_property
    def _cut(self) -> dict[Daypart, list[Window]]:
        """The windows cut to each part of the day. Two that touch stay two, which changes no first moment."""
        cut: dict[Daypart, list[Window]] = {}
        for part in Daypart:
            days = ((part.on(day, self.week.zone), windows) for day, windows in self._windows_of.items())
            inside = (window.within(bounds) for bounds, windows in days for window in windows)
            cut[part] = [window for window in inside if window.length]
        return cut


class SafeStarts:
    """Answers, for one place and one choice of dayparts, when the next safe moment comes."""

    def __init__(self, windows: Iterable[Window]) -> None:
        windows = list(windows)
        self._starts, self._ends = [one.start for one in windows], [one.end for one in windows]

    def after(self, moment: datetime) -> datetime | None:
        """The moment itself when it is safe; None when no safe one comes any more."""
        at = bisect_right(self._ends, moment)
        return max(moment, self._starts[at]) if at < len(self._starts) else None
