"""R-T4: nothing automatic at night, on Sunday morning or on a holiday, by the clock where the person is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followups.quiet_hours import next_allowed
from scheduling.hours import Daypart, daypart_of

TOLEDO = ZoneInfo("America/New_York")
NINE, EIGHT_PM = time(9), time(20)
CHRISTMAS = date(2026, 12, 25)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOLEDO)


def asked_at(text: str, holidays=frozenset(), times=()) -> str:
    """The wall clock in Toledo at the next allowed moment."""
    found = next_allowed(at(text), TOLEDO, NINE, EIGHT_PM, frozenset(holidays), times)
    return f"{found.astimezone(TOLEDO):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("2026-10-14 08:59", "2026-10-14 09:00"),
        ("2026-10-14 09:00", "2026-10-14 09:00"),
        ("2026-10-14 19:59", "2026-10-14 19:59"),
        ("2026-10-14 20:00", "2026-10-15 09:00"),
        ("2026-10-14 00:00", "2026-10-14 09:00"),
        ("2026-10-18 09:00", "2026-10-18 12:00"),  # a Sunday
        ("2026-10-18 11:59", "2026-10-18 12:00"),
        ("2026-10-18 12:00", "2026-10-18 12:00"),
        ("2026-10-17 20:00", "2026-10-18 12:00"),  # Saturday night
    ],
)
def test_nothing_goes_out_at_night_or_on_sunday_morning(asked, allowed):
    assert asked_at(asked) == allowed


@pytest.mark.parametrize(
    ("night_of_the_change", "opens_utc", "closes_utc"),
    [
        ("2026-03-08", "16:00", "00:00"),  # a Sunday, as they all are; from here it is summer
        ("2026-11-01", "17:00", "01:00"),
        ("2027-03-14", "16:00", "00:00"),
        ("2027-11-07", "17:00", "01:00"),
    ],
)
def test_the_hours_are_those_on_the_wall_on_the_day_the_clocks_change(night_of_the_change, opens_utc, closes_utc):
    opens = next_allowed(at(f"{night_of_the_change} 00:30"), TOLEDO, NINE, EIGHT_PM)
    assert f"{opens.astimezone(UTC):%H:%M}" == opens_utc
    last_minute = at(f"{night_of_the_change} 19:59")
    assert next_allowed(last_minute, TOLEDO, NINE, EIGHT_PM) == last_minute
    assert f"{last_minute.astimezone(UTC) + timedelta(minutes=1):%H:%M}" == closes_utc
    assert asked_at(f"{night_of_the_change} 20:00").endswith("09:00")


def test_on_a_day_twice_as_long_in_the_night_the_wait_is_real_time():
    """Half past one comes twice on that night; from the first, it is an hour more until the morning."""
    first = datetime(2026, 11, 1, 1, 30, tzinfo=TOLEDO)
    second = first.replace(fold=1)
    waits = [next_allowed(moment, TOLEDO, NINE, EIGHT_PM) - moment.astimezone(UTC) for moment in (first, second)]
    assert waits == [timedelta(hours=11, minutes=30), timedelta(hours=10, minutes=30)]


def test_a_holiday_waits_for_the_day_after():
    assert asked_at("2026-12-25 12:00", {CHRISTMAS}) == "2026-12-26 09:00"
    assert asked_at("2026-12-24 20:30", {CHRISTMAS}) == "2026-12-26 09:00"


def test_closed_days_in_a_row_end_on_a_sunday_noon():
    closed = {CHRISTMAS - timedelta(days=2), CHRISTMAS - timedelta(days=1), CHRISTMAS, date(2026, 12, 26)}
    assert asked_at("2026-12-23 09:00", closed) == "2026-12-27 12:00"


def test_three_closed_weeks_are_waited_for():
    closed = {date(2026, 8, 3) + timedelta(days=n) for n in range(21)}
    assert asked_at("2026-08-03 10:00", closed) == "2026-08-24 09:00"


@pytest.mark.parametrize(
    ("asked", "times", "allowed"),
    [
        ("2026-10-14 08:00", ["morning"], "2026-10-14 09:00"),
        ("2026-10-14 11:59", ["morning"], "2026-10-14 11:59"),
        ("2026-10-14 12:00", ["morning"], "2026-10-15 09:00"),
        ("2026-10-17 12:00", ["morning"], "2026-10-19 09:00"),  # over a Sunday, which has no morning
        ("2026-10-18 09:00", ["afternoon"], "2026-10-18 12:00"),
        ("2026-10-14 10:00", ["evening"], "2026-10-14 17:00"),
        ("2026-10-14 19:59", ["evening"], "2026-10-14 19:59"),
        ("2026-10-14 20:00", ["evening"], "2026-10-15 17:00"),
        ("2026-10-14 13:00", ["evening", "morning"], "2026-10-14 17:00"),
        ("2026-10-14 13:00", ["morning", "afternoon", "evening"], "2026-10-14 13:00"),
    ],
)
def test_nothing_goes_out_at_a_time_of_day_they_did_not_tick(asked, times, allowed):
    assert asked_at(asked, times=times) == allowed


def test_an_evening_in_which_nothing_is_sent_is_an_error_and_not_sent_at_another_hour():
    with pytest.raises(ValueError, match="60 days"):
        next_allowed(at("2026-10-14 10:00"), TOLEDO, NINE, time(17), frozenset(), ["evening"])


def test_where_sending_ends_before_noon_sunday_has_no_hours_at_all():
    found = next_allowed(at("2026-10-18 10:00"), TOLEDO, time(8), time(11, 30))
    assert found == at("2026-10-19 08:00")


def test_a_place_that_never_sends_is_an_error_and_not_an_endless_search():
    with pytest.raises(ValueError, match="60 days"):
        next_allowed(at("2026-10-14 10:00"), TOLEDO, time(20), time(9))


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
ZONES = st.sampled_from(["America/New_York", "UTC", "Pacific/Auckland", "Asia/Kathmandu"]).map(ZoneInfo)
HOURS = st.sampled_from([(time(9), time(20)), (time(8), time(21)), (time(1, 30), time(2, 30)), (time(0), time(11))])
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=40)


@given(MOMENTS, ZONES, HOURS, HOLIDAYS)
def test_the_answer_is_never_early_always_allowed_and_stays_the_same_when_asked_again(now, zone, hours, holidays):
    opens, closes = hours
    found = next_allowed(now.astimezone(zone), zone, opens, closes, holidays)
    assert found >= now
    assert found.tzinfo is UTC
    assert next_allowed(found, zone, opens, closes, holidays) == found
    local = found.astimezone(zone)
    jumped = not _exists(datetime.combine(local.date(), opens), zone)
    assert opens <= local.time() < closes or jumped
    assert local.date() not in holidays
    assert local.weekday() != 6 or local.time() >= time(12)


@given(MOMENTS, HOLIDAYS)
def test_no_earlier_hour_was_skipped(now, holidays):
    """Every whole hour before the answer is one at which nothing may go out."""
    found = next_allowed(now, TOLEDO, NINE, EIGHT_PM, holidays)
    hours = (now + timedelta(hours=n) for n in range(int((found - now) / timedelta(hours=1))))
    for moment in hours:
        wall = moment.astimezone(TOLEDO)
        early_sunday = wall.weekday() == 6 and wall.time() < time(12)
        assert wall.date() in holidays or early_sunday or not NINE <= wall.time() < EIGHT_PM


TIMES = st.frozensets(st.sampled_from(Daypart), min_size=1)


@given(MOMENTS, ZONES, HOLIDAYS, TIMES)
def test_times_they_ticked_narrow_the_hours_and_never_widen_them(now, zone, holidays, times):
    found = next_allowed(now, zone, NINE, EIGHT_PM, holidays, times)
    assert daypart_of(found.astimezone(zone).time()) in times
    assert next_allowed(found, zone, NINE, EIGHT_PM, holidays) == found
    assert next_allowed(found, zone, NINE, EIGHT_PM, holidays, times) == found
    assert found >= next_allowed(now, zone, NINE, EIGHT_PM, holidays)


@given(MOMENTS, HOLIDAYS, TIMES)
def test_no_earlier_hour_that_they_ticked_was_skipped(now, holidays, times):
    """At every whole hour before the answer nothing may go out, or it is a time of day they did not tick."""
    found = next_allowed(now, TOLEDO, NINE, EIGHT_PM, holidays, times)
    for n in range(int((found - now) / timedelta(hours=1))):
        moment = now + timedelta(hours=n)
        quiet = next_allowed(moment, TOLEDO, NINE, EIGHT_PM, holidays) > moment
        assert quiet or daypart_of(moment.astimezone(TOLEDO).time()) not in times


def _exists(wall: datetime, zone: ZoneInfo) -> bool:
    return wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == wall
