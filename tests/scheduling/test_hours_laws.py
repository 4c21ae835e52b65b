"""What must hold for any hours at any moment, the two days a year when the clocks change included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.hours import (
    Daypart,
    Shift,
    StaffedWeek,
    promised_by,
    safe_windows,
    service_clock,
    union,
)

OHIO = ZoneInfo("America/New_York")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SUNDAY = 6
CLOCKS_GO_FORWARD = [date(2026, 3, 8), date(2027, 3, 14)]
CLOCKS_GO_BACK = [date(2026, 11, 1), date(2027, 11, 7)]


@st.composite
def shifts(draw):
    opens, closes = sorted(draw(st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=2, unique=True)))
    return Shift(draw(st.integers(0, 6)), time(*divmod(opens, 60)), time(*divmod(closes, 60)))


near_a_change = st.builds(
    lambda day, minutes: datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minutes),
    st.sampled_from(CLOCKS_GO_FORWARD + CLOCKS_GO_BACK),
    st.integers(-2 * 24 * 60, 2 * 24 * 60),
)
any_moment = near_a_change | st.datetimes(
    datetime.fromisoformat("2026-02-20"), datetime.fromisoformat("2027-11-20"), timezones=st.just(UTC)
)
soon_after = st.integers(0, 8 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
zones = st.sampled_from([OHIO, ZoneInfo("America/Chicago"), ZoneInfo("Pacific/Honolulu")])
weeks = st.builds(
    StaffedWeek,
    zone=zones,
    shifts=st.lists(shifts(), max_size=6).map(tuple),
    closed_dates=st.frozensets(st.dates(date(2026, 2, 20), date(2027, 11, 20)), max_size=8),
)
durations = st.integers(1, 40 * 60).map(lambda minutes: timedelta(minutes=minutes))
ticked = st.lists(st.sampled_from(Daypart), unique=True)


@given(weeks, any_moment, durations)
def test_adding_open_time_passes_exactly_that_much(week, start, duration):
    end = week.add_open_time(start, duration)
    if end is not None:
        assert week.open_time_between(start, end) == duration


@given(weeks, any_moment, durations)
def test_open_time_is_added_no_later_than_it_must(week, start, duration):
    end = week.add_open_time(start, duration)
    if end is not None:
        assert week.open_time_between(start, end - MINUTE) < duration


@given(weeks, any_moment, soon_after, soon_after)
def test_open_time_of_two_stretches_is_the_sum(week, first, then, later):
    middle, last = first + then, first + then + later
    whole = week.open_time_between(first, last)
    assert whole == week.open_time_between(first, middle) + week.open_time_between(middle, last)
    assert timedelta() <= whole <= last - first


@given(weeks, weeks, any_moment)
def test_together_is_open_when_either_is(one, other, at):
    assert union(one, other).is_open(at) == (one.is_open(at) or other.is_open(at))


@given(weeks, weeks, any_moment, soon_after)
def test_together_has_no_more_than_both_and_no_less_than_either(one, other, start, then):
    end = start + then
    both = union(one, other).open_time_between(start, end)
    apart = [week.open_time_between(start, end) for week in (one, other)]
    assert max(apart) <= both <= sum(apart, timedelta())


@given(weeks, any_moment, soon_after)
def test_a_place_together_with_itself_is_itself(week, start, then):
    end = start + then
    assert union(week, week).open_time_between(start, end) == week.open_time_between(start, end)


@given(weeks, ticked, any_moment)
def test_a_safe_window_is_staffed_ticked_and_to_come(week, parts, after):
    for window in safe_windows(week, parts, after):
        assert after <= window.start < window.end
        assert week.is_open(window.start)
        assert week.is_open(window.end - MINUTE / 60)
        assert week.open_time_between(window.start, window.end) == window.length


@given(weeks, ticked, any_moment)
def test_a_promise_comes_after_a_staffed_safe_moment_of_a_later_day(week, parts, received_at):
    promise = promised_by(week, parts, received_at)
    later = [
        window
        for window in safe_windows(week, parts, received_at)
        if week.local_date(window.start) > week.local_date(received_at)
    ]
    if promise is None:
        assert later == []
    else:
        assert later[0].start < promise
        assert week.local_date(promise) == week.local_date(later[0].start)


@given(weeks, any_moment)
def test_due_comes_before_late_and_late_before_overdue(week, received_at):
    clock = service_clock(week, received_at)
    if clock.target_at is None:
        assert clock.late_at is None
        assert clock.overdue_at is None
    else:
        assert received_at < clock.target_at <= clock.late_at <= clock.overdue_at


# --- the days on which the clocks change ------------------------------------------------------------------


def sundays(opens, closes):
    return StaffedWeek(OHIO, (Shift(SUNDAY, time.fromisoformat(opens), time.fromisoformat(closes)),))


def length_of(week, day):
    return sum((window.length for window in week.windows_on(day)), timedelta())


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD)
def test_a_shift_over_the_skipped_hour_is_an_hour_shorter(day):
    assert length_of(sundays("00:00", "08:00"), day) == 7 * HOUR


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD)
def test_a_shift_that_starts_in_the_skipped_hour_starts_at_the_jump(day):
    assert length_of(sundays("02:30", "08:00"), day) == 5 * HOUR


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD)
def test_a_shift_that_ends_in_the_skipped_hour_ends_at_the_jump(day):
    assert length_of(sundays("01:00", "02:30"), day) == HOUR


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD)
def test_a_shift_within_the_skipped_hour_does_not_happen(day):
    assert sundays("02:10", "02:50").windows_on(day) == []


@pytest.mark.parametrize("day", CLOCKS_GO_BACK)
def test_a_shift_over_the_hour_that_comes_twice_is_an_hour_longer(day):
    assert length_of(sundays("00:00", "08:00"), day) == 9 * HOUR


@pytest.mark.parametrize("day", CLOCKS_GO_BACK)
def test_a_shift_within_the_hour_that_comes_twice_happens_once(day):
    assert length_of(sundays("01:10", "01:50"), day) == 40 * MINUTE


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD + CLOCKS_GO_BACK)
def test_a_daytime_shift_keeps_its_wall_times_and_its_length(day):
    (window,) = sundays("08:00", "17:00").windows_on(day)
    assert window.start.astimezone(OHIO).time() == time(8)
    assert window.length == 9 * HOUR


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD + CLOCKS_GO_BACK)
def test_a_friday_evening_before_the_change_is_promised_monday_noon_on_the_wall(day):
    office = StaffedWeek(OHIO, tuple(Shift(weekday, time(8), time(17)) for weekday in range(5)))
    friday, monday = day - timedelta(days=2), day + timedelta(days=1)
    received_at = datetime.combine(friday, time(18), tzinfo=OHIO)
    assert promised_by(office, [], received_at).astimezone(OHIO) == datetime.combine(monday, time(12), tzinfo=OHIO)
    assert service_clock(office, received_at).target_at == datetime.combine(monday, time(9), tzinfo=OHIO)


@pytest.mark.parametrize("day", CLOCKS_GO_FORWARD)
def test_open_time_over_the_skipped_hour_is_real_time(day):
    around_the_clock = sundays("00:00", "23:59")
    start = datetime.combine(day, time(1, 30), tzinfo=OHIO)
    assert around_the_clock.add_open_time(start, HOUR).astimezone(OHIO).time() == time(3, 30)


@pytest.mark.parametrize("day", CLOCKS_GO_BACK)
def test_open_time_over_the_hour_that_comes_twice_is_real_time(day):
    around_the_clock = sundays("00:00", "23:59")
    start = datetime.combine(day, time(0, 30), tzinfo=OHIO)
    assert around_the_clock.add_open_time(start, 2 * HOUR).astimezone(OHIO).time() == time(1, 30)
