"""The layout of staffed time says what the staffed week itself says, also when the clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.report.open_time import OpenTime
from scheduling.hours import LATE, Daypart, Shift, StaffedWeek, safe_windows, service_clock, union

ZONE = ZoneInfo("America/New_York")
FIRST, LAST = date(2026, 2, 20), date(2026, 3, 31)  # the clocks change on March 8
MOMENTS = st.datetimes(datetime(2026, 2, 21), datetime(2026, 3, 20), timezones=st.just(UTC))
SHIFTS = st.builds(
    lambda day, opens, hours: Shift(day, time(opens), time(opens + hours)),
    st.integers(0, 6),
    st.integers(0, 18),
    st.integers(1, 5),
)
CLOSED = st.frozensets(st.dates(FIRST, LAST), max_size=5)
ONE = st.builds(StaffedWeek, zone=st.just(ZONE), shifts=st.lists(SHIFTS, max_size=6).map(tuple), closed_dates=CLOSED)
WEEKS = st.one_of(ONE, st.builds(union, ONE, ONE))
OFFICE = StaffedWeek(ZONE, tuple(Shift(day, time(8), time(17)) for day in range(5)))


@given(WEEKS, MOMENTS, MOMENTS)
def test_open_time_is_what_the_week_says(week, start, end):
    assert OpenTime(week, FIRST, LAST).between(start, end) == week.open_time_between(start, end)


@given(WEEKS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_late_and_overdue_are_what_the_clock_of_the_desk_says(week, since, waited):
    there, clock, now = OpenTime(week, FIRST, LAST + timedelta(days=70)), service_clock(week, since), since + waited
    if clock.late_at is None or not week.add_open_time(since, timedelta(hours=4)):
        return  # fewer than four open hours in two months: the desk falls back on noon, the report says nothing
    is_late = there.between(since, now) >= LATE
    assert is_late == (now >= clock.late_at)
    assert (is_late and there.is_past_noon_of_the_next_day(since, now)) == (now >= clock.overdue_at)


@given(WEEKS, st.sets(st.sampled_from(list(Daypart))), MOMENTS)
def test_the_next_safe_moment_is_the_start_of_the_next_safe_window(week, dayparts, moment):
    window = next(safe_windows(week, dayparts, moment), None)
    there = OpenTime(week, FIRST, LAST + timedelta(days=70)).safe_starts(dayparts)
    assert there.after(moment) == (window.start if window else None)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (datetime(2026, 3, 6, 16), datetime(2026, 3, 9, 9), 2),  # a weekend with a short Sunday
        (datetime(2026, 3, 7, 12), datetime(2026, 3, 7, 20), 0),
    ],
)
def test_a_weekend_is_not_open_time(start, end, hours):
    there = OpenTime(OFFICE, FIRST, LAST)
    assert there.between(start.replace(tzinfo=ZONE), end.replace(tzinfo=ZONE)) == timedelta(hours=hours)


def test_a_place_where_nobody_is_ever_on_is_never_open_and_has_no_noon_to_be_overdue_at():
    there = OpenTime(StaffedWeek(ZONE), FIRST, LAST)
    monday = datetime(2026, 3, 2, 12, tzinfo=ZONE)
    assert not there.is_ever_open
    assert not there.is_past_noon_of_the_next_day(monday, monday + timedelta(days=20))
