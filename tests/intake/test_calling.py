"""When the next call may be, for any hours, wishes and earlier calls; and when calling may stop."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from intake import calling
from intake.calling import (
    LEAST_DAYS,
    MOST_CALLS,
    OPEN_DAYS_AFTER_CALL,
    Tried,
    may_pause_calls,
    next_window,
    tried,
)
from intake.outcomes import Outcome
from scheduling.hours import Daypart, Shift, StaffedWeek, daypart_of

TOLEDO = ZoneInfo("America/New_York")
OFFICE = StaffedWeek(TOLEDO, tuple(Shift(day, time(8), time(17)) for day in range(5)))
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # Monday, 10 in the morning in Toledo

HALF_HOURS = [time(hour, minute) for hour in range(24) for minute in (0, 30)]


@st.composite
def shifts(draw):
    opens, closes = sorted(draw(st.lists(st.sampled_from(HALF_HOURS), min_size=2, max_size=2, unique=True)))
    return Shift(draw(st.integers(0, 6)), opens, closes)


weeks = st.builds(
    StaffedWeek,
    st.just(TOLEDO),
    st.lists(shifts(), max_size=8).map(tuple),
    st.frozensets(st.dates(date(2026, 10, 25), date(2026, 11, 20)), max_size=6),
)
wishes = st.lists(st.sampled_from([part.value for part in Daypart]), unique=True)
# Around the night on which the clocks go back.
moments = st.datetimes(datetime(2026, 10, 26), datetime(2026, 11, 6)).map(lambda moment: moment.replace(tzinfo=UTC))
earlier_calls = st.lists(st.integers(0, 5 * 24 * 60), max_size=MOST_CALLS).map(sorted)


def _tried(week, now, minutes_ago):
    return tried(((now - timedelta(minutes=minutes), Outcome.NO_ANSWER) for minutes in reversed(minutes_ago)), week)


@settings(max_examples=300)
@given(weeks, wishes, moments, earlier_calls)
def test_the_next_window_is_ahead_staffed_and_inside_the_ticked_parts_of_the_day(week, times, now, minutes_ago):
    window = next_window(week, times, _tried(week, now, minutes_ago), now)
    assume(window is not None)
    assert now <= window.start < window.end
    middle = window.start + window.length / 2
    for moment in (window.start, middle, window.end - timedelta(seconds=1)):
        assert week.is_open(moment)
        local = moment.astimezone(TOLEDO)
        assert daypart_of(local.time()) in (times or list(Daypart))


@settings(max_examples=300)
@given(weeks, wishes, moments, st.lists(st.integers(0, 5 * 24 * 60), min_size=1, max_size=2))
def test_after_a_call_the_next_one_is_on_a_later_open_day(week, times, now, minutes_ago):
    calls = _tried(week, now, minutes_ago)
    window = next_window(week, times, calls, now)
    assume(window is not None)
    last_day, next_day = max(call.day for call in calls), week.local_date(window.start)
    open_days = [last_day + timedelta(days=ahead) for ahead in range(1, (next_day - last_day).days + 1)]
    assert len([day for day in open_days if week.windows_on(day)]) >= OPEN_DAYS_AFTER_CALL[len(calls)]


@settings(max_examples=300)
@given(weeks, wishes, moments, st.lists(st.integers(0, 5 * 24 * 60), min_size=1, max_size=2))
def test_the_next_call_is_in_another_part_of_the_day_whenever_they_leave_us_one(week, times, now, minutes_ago):
    calls = _tried(week, now, minutes_ago)
    window = next_window(week, times, calls, now)
    assume(window is not None)
    used = {call.daypart for call in calls}
    fresh = [part for part in (times or list(Daypart)) if part not in used]
    another = next_window(week, fresh, calls, now) if fresh else None
    assert (daypart_of(window.start.astimezone(TOLEDO).time()) in used) == (another is None)


@given(weeks, wishes, moments)
@settings(deadline=None)
def test_after_the_last_call_there_is_no_next_one(week, times, now):
    dayparts = (Daypart.MORNING, Daypart.AFTERNOON, Daypart.MORNING)
    spread = [Tried(now.date() - timedelta(days=3 - n), daypart) for n, daypart in enumerate(dayparts)]
    assert next_window(week, times, spread, now) is None


def test_where_nobody_is_on_there_is_no_window():
    assert next_window(StaffedWeek(TOLEDO), [], [], NOW) is None
    assert next_window(OFFICE, ["evening"], [], NOW) is None
    assert next_window(StaffedWeek(TOLEDO), [], [Tried(date(2026, 6, 1), Daypart.MORNING)], NOW) is None


@pytest.mark.parametrize(
    ("times", "starts"),
    [
        ([], "2026-06-01T14:00:00+00:00"),
        (["morning"], "2026-06-01T14:00:00+00:00"),
        (["afternoon"], "2026-06-01T16:00:00+00:00"),
        (["evening", "afternoon"], "2026-06-01T16:00:00+00:00"),
    ],
)
def test_the_first_window_is_the_first_safe_one(times, starts):
    assert next_window(OFFICE, times, [], NOW).start.isoformat() == starts


def test_the_cadence_is_day_two_in_another_part_of_the_day_and_then_day_four():
    first = Tried(date(2026, 6, 1), Daypart.MORNING)
    second = next_window(OFFICE, [], [first], NOW)
    assert second.start.isoformat() == "2026-06-02T16:00:00+00:00"
    third = next_window(OFFICE, [], [first, Tried(date(2026, 6, 2), Daypart.AFTERNOON)], second.start)
    assert third.start.isoformat() == "2026-06-04T12:00:00+00:00"


def test_a_call_on_friday_is_followed_by_one_on_monday_and_on_tuesday_after_a_holiday():
    friday = Tried(date(2026, 9, 4), Daypart.AFTERNOON)
    now = datetime(2026, 9, 4, 19, tzinfo=UTC)
    assert OFFICE.local_date(next_window(OFFICE, [], [friday], now).start) == date(2026, 9, 7)
    closed = StaffedWeek(TOLEDO, OFFICE.shifts, frozenset({date(2026, 9, 7)}))
    assert closed.local_date(next_window(closed, [], [friday], now).start) == date(2026, 9, 8)


DAYS = [date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 4)]


@pytest.mark.parametrize(
    ("days", "dayparts", "may"),
    [
        (DAYS, "mam", True),
        (DAYS, "mmm", False),
        (DAYS[:2], "ma", False),
        ([DAYS[0], DAYS[0], DAYS[1]], "mam", False),
        ([*DAYS, DAYS[2]], "mmmm", False),
        ([], "", False),
    ],
)
def test_calls_may_pause_after_three_on_three_days_in_two_parts_of_the_day(days, dayparts, may):
    parts = {"m": Daypart.MORNING, "a": Daypart.AFTERNOON}
    assert may_pause_calls([Tried(day, parts[part]) for day, part in zip(days, dayparts, strict=True)]) is may


def test_one_part_of_the_day_is_enough_when_they_leave_us_only_one():
    mornings = [Tried(day, Daypart.MORNING) for day in DAYS]
    assert calling.dayparts_to_call_in(OFFICE, ["morning", "evening"]) == 1
    assert may_pause_calls(mornings, 1)
    assert not may_pause_calls(mornings, calling.dayparts_to_call_in(OFFICE, []))
    assert not may_pause_calls(mornings[: LEAST_DAYS - 1], 1)


@pytest.mark.parametrize(
    "calls",
    [
        [(0, 10), (0, 15), (1, 10)],  # on two days only
        [(0, 9), (2, 9), (4, 10)],  # in one part of the day only
    ],
)
def test_nobody_is_stuck_between_no_more_calls_and_too_early_to_stop(calls):
    """Three calls that are not enough to stop are not enough to give up either."""
    made = [NOW.replace(hour=hour + 4) + timedelta(days=day) for day, hour in calls]
    so_far = tried([(moment, Outcome.NO_ANSWER) for moment in made], OFFICE)
    assert not may_pause_calls(so_far)
    window = next_window(OFFICE, [], so_far, made[-1])
    further = tried([(window.start, Outcome.NO_ANSWER)], OFFICE)
    assert may_pause_calls(so_far + further)
    assert next_window(OFFICE, [], so_far + further, window.start) is None


def test_who_asked_for_another_time_on_the_third_call_is_called_once_more():
    made = [NOW + timedelta(days=0), NOW + timedelta(days=1, hours=5), NOW + timedelta(days=3)]
    outcomes = [Outcome.NO_ANSWER, Outcome.NO_ANSWER, Outcome.ASKED_LATER]
    so_far = tried(list(zip(made, outcomes, strict=True)), OFFICE)
    window = next_window(OFFICE, [], so_far, made[-1])
    assert window is not None
    missed_again = tried([(window.start, Outcome.NO_ANSWER)], OFFICE)
    assert next_window(OFFICE, [], so_far + missed_again, window.start) is None
