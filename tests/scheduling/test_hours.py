"""Who is on when, what we may promise, and how long a request has waited. No database, no clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduling.hours import (
    Daypart,
    ServiceClock,
    Shift,
    StaffedWeek,
    Window,
    daypart_of,
    promised_by,
    safe_windows,
    service_clock,
    union,
)

OHIO = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
MON, TUE, WED, THU = range(4)
# In November 2026, the 16th and the 23rd are Mondays and the 26th is Thanksgiving.


def week(*shifts, closed=(), zone=OHIO):
    return StaffedWeek(
        zone,
        tuple(Shift(day, time.fromisoformat(opens), time.fromisoformat(closes)) for day, opens, closes in shifts),
        frozenset(closed),
    )


def office(*, closed=(), zone=OHIO):
    return week(*((day, "08:00", "17:00") for day in range(5)), closed=closed, zone=zone)


def ohio(text):
    return datetime.fromisoformat(text).replace(tzinfo=OHIO)


def november(day, clock):
    return ohio(f"2026-11-{day:02} {clock}")


def shown(windows):
    return [(f"{w.start.astimezone(OHIO):%a %H:%M}", f"{w.end.astimezone(OHIO):%H:%M}") for w in windows]


NEVER = week()
MONDAY_EVENING = week((MON, "17:30", "20:00"))


# --- windows ----------------------------------------------------------------------------------------------


def test_a_day_has_its_shifts_in_order_and_in_utc():
    split = week((MON, "13:00", "17:00"), (MON, "08:00", "12:00"))
    windows = split.windows_on(date(2026, 11, 23))
    assert shown(windows) == [("Mon 08:00", "12:00"), ("Mon 13:00", "17:00")]
    assert {moment.tzinfo for window in windows for moment in (window.start, window.end)} == {UTC}


def test_overlapping_and_touching_shifts_are_one_window():
    crowded = week((MON, "08:00", "12:00"), (MON, "11:00", "13:00"), (MON, "13:00", "15:00"))
    assert shown(crowded.windows_on(date(2026, 11, 23))) == [("Mon 08:00", "15:00")]


def test_a_short_shift_inside_a_long_one_does_not_end_it():
    assert shown(week((MON, "08:00", "17:00"), (MON, "09:00", "10:00")).windows_on(date(2026, 11, 23))) == [
        ("Mon 08:00", "17:00")
    ]


def test_a_closed_day_has_no_window():
    assert office(closed=[date(2026, 11, 26)]).windows_on(date(2026, 11, 26)) == []


def test_the_window_that_is_open_now_is_given_from_now_on():
    coming = office().windows_from(november(20, "16:15"))
    assert shown([next(coming), next(coming)]) == [("Fri 16:15", "17:00"), ("Mon 08:00", "17:00")]


def test_at_closing_the_next_window_is_the_next_opening():
    assert shown([next(office().windows_from(november(20, "17:00")))]) == [("Mon 08:00", "17:00")]


def test_windows_of_a_place_that_is_never_staffed_come_to_an_end():
    assert list(NEVER.windows_from(november(20, "16:15"))) == []


def test_windows_go_no_further_than_sixty_days():
    last = list(office().windows_from(november(2, "07:00")))[-1]
    assert last.start.astimezone(OHIO).date() == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (november(20, "07:59:59"), False),
        (november(20, "08:00"), True),
        (november(20, "16:59:59"), True),
        (november(20, "17:00"), False),
        (november(21, "12:00"), False),
        (datetime(2026, 11, 20, 21, 30, tzinfo=UTC), True),
    ],
)
def test_open_is_from_the_first_minute_to_just_before_the_last(at, is_open):
    assert office().is_open(at) is is_open


# --- open time --------------------------------------------------------------------------------------------


def test_a_weekend_adds_no_open_time():
    assert office().open_time_between(november(20, "16:00"), november(23, "10:00")) == 3 * HOUR


def test_open_time_backwards_is_zero():
    assert office().open_time_between(november(23, "10:00"), november(20, "16:00")) == timedelta()


def test_open_time_on_a_closed_day_is_zero():
    closed = office(closed=[date(2026, 11, 26)])
    assert closed.open_time_between(november(26, "00:00"), november(27, "00:00")) == timedelta()


def test_a_start_outside_hours_counts_from_the_next_opening():
    assert office().add_open_time(november(20, "18:00"), HOUR) == november(23, "09:00")


def test_open_time_runs_on_over_the_weekend():
    assert office().add_open_time(november(20, "16:30"), HOUR) == november(23, "08:30")


def test_time_that_ends_with_the_day_ends_at_closing_and_not_at_the_next_opening():
    assert office().add_open_time(november(20, "16:00"), HOUR) == november(20, "17:00")


def test_open_time_at_a_place_that_is_never_staffed_never_passes():
    assert NEVER.add_open_time(november(20, "16:30"), HOUR) is None


# --- days -------------------------------------------------------------------------------------------------


def test_the_staffed_day_after_friday_is_monday():
    assert office().staffed_day_after(date(2026, 11, 20)) == date(2026, 11, 23)


def test_the_second_staffed_day_skips_weekend_and_closure():
    closed = office(closed=[date(2026, 11, 23)])
    assert closed.staffed_day_after(date(2026, 11, 20), 2) == date(2026, 11, 25)


def test_ten_staffed_days_of_a_weekly_place_are_ten_weeks():
    assert MONDAY_EVENING.staffed_day_after(date(2026, 11, 16), 10) == date(2027, 1, 25)


@pytest.mark.parametrize(("closed_days", "found"), [(59, date(2027, 1, 19)), (60, None)])
def test_a_place_closed_for_sixty_days_counts_as_never_staffed(closed_days, found):
    friday = date(2026, 11, 20)
    every_day = week(*((day, "08:00", "17:00") for day in range(7)))
    closed = [friday + timedelta(days=ahead) for ahead in range(1, closed_days + 1)]
    assert replace(every_day, closed_dates=frozenset(closed)).staffed_day_after(friday) == found


def test_a_place_that_is_never_staffed_has_no_next_day():
    assert NEVER.staffed_day_after(date(2026, 11, 20)) is None


# --- dayparts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "part"),
    [
        ("00:00", Daypart.MORNING),
        ("11:59", Daypart.MORNING),
        ("12:00", Daypart.AFTERNOON),
        ("16:59", Daypart.AFTERNOON),
        ("17:00", Daypart.EVENING),
        ("23:59", Daypart.EVENING),
    ],
)
def test_a_wall_time_lies_in_one_daypart(clock, part):
    assert daypart_of(time.fromisoformat(clock)) == part


def test_office_hours_offer_no_evening():
    assert office().dayparts() == [Daypart.MORNING, Daypart.AFTERNOON]


@pytest.mark.parametrize(("closes", "offered"), [("17:29", False), ("17:30", True)])
def test_a_daypart_is_offered_from_half_an_hour_on(closes, offered):
    assert (Daypart.EVENING in week((MON, "15:00", closes)).dayparts()) is offered


def test_one_evening_a_week_is_an_evening():
    assert MONDAY_EVENING.dayparts() == [Daypart.EVENING]


def test_a_place_that_is_never_staffed_offers_nothing():
    assert NEVER.dayparts() == []


def test_two_places_offer_what_either_offers():
    assert union(office(), MONDAY_EVENING).dayparts() == list(Daypart)


# --- several places ---------------------------------------------------------------------------------------


def test_a_closure_at_one_place_leaves_the_other_open():
    thanksgiving = date(2026, 11, 26)
    both = union(office(closed=[thanksgiving]), week((THU, "10:00", "11:00")))
    assert shown(both.windows_on(thanksgiving)) == [("Thu 10:00", "11:00")]


def test_places_in_other_zones_count_at_their_own_hours():
    both = union(office(), office(zone=ZoneInfo("America/Chicago")))
    assert shown(both.windows_on(date(2026, 11, 23))) == [("Mon 08:00", "18:00")]


def test_an_evening_far_west_belongs_to_our_next_day_after_midnight():
    honolulu = week((MON, "17:00", "21:00"), zone=ZoneInfo("Pacific/Honolulu"))
    both = union(week(), honolulu)
    assert shown(both.windows_on(date(2026, 11, 23))) == [("Mon 22:00", "00:00")]
    assert shown(both.windows_on(date(2026, 11, 24))) == [("Tue 00:00", "02:00")]


# --- what is safe for the person --------------------------------------------------------------------------


def test_nothing_ticked_means_any_staffed_time():
    assert next(safe_windows(office(), [], november(23, "07:00"))) == Window(
        november(23, "08:00").astimezone(UTC), november(23, "17:00").astimezone(UTC)
    )


def test_only_the_ticked_dayparts_are_safe():
    coming = safe_windows(office(), [Daypart.AFTERNOON], november(20, "13:30"))
    assert shown([next(coming), next(coming)]) == [("Fri 13:30", "17:00"), ("Mon 12:00", "17:00")]


def test_ticked_dayparts_with_a_gap_give_two_windows_a_day():
    long_day = week((MON, "08:00", "20:00"))
    coming = safe_windows(long_day, ["morning", "evening"], november(23, "07:00"))
    assert shown([next(coming), next(coming)]) == [("Mon 08:00", "12:00"), ("Mon 17:00", "20:00")]


def test_ticked_dayparts_side_by_side_are_one_window():
    coming = safe_windows(office(), ["afternoon", "morning"], november(23, "07:00"))
    assert shown([next(coming)]) == [("Mon 08:00", "17:00")]


# --- what the confirmation page promises (R-F6) -----------------------------------------------------------


def test_friday_evening_is_promised_monday_noon():
    assert promised_by(office(), [], november(20, "18:00")) == november(23, "12:00")


def test_before_a_holiday_monday_it_is_tuesday_noon():
    closed = office(closed=[date(2026, 11, 23)])
    assert promised_by(closed, [], november(20, "18:00")) == november(24, "12:00")


def test_a_morning_request_is_promised_the_next_day_even_while_somebody_is_on():
    assert promised_by(office(), [], november(23, "08:30")) == november(24, "12:00")


def test_after_midnight_the_new_day_has_begun():
    assert promised_by(office(), [], november(23, "00:10")) == november(24, "12:00")


def test_afternoon_only_is_promised_by_the_end_of_the_afternoon():
    assert promised_by(office(), ["afternoon"], november(20, "18:00")) == november(23, "17:00")


def test_morning_and_afternoon_is_promised_by_noon():
    assert promised_by(office(), ["morning", "afternoon"], november(20, "18:00")) == november(23, "12:00")


def test_nothing_is_promised_at_a_time_when_nobody_is_ever_on():
    assert promised_by(office(), ["evening"], november(20, "18:00")) is None


def test_nothing_is_promised_for_a_place_that_is_never_staffed():
    assert promised_by(NEVER, [], november(20, "18:00")) is None


def test_one_evening_a_week_is_promised_by_the_end_of_that_evening():
    assert promised_by(MONDAY_EVENING, [], november(20, "18:00")) == november(23, "20:00")
    assert promised_by(MONDAY_EVENING, [], november(23, "12:00")) == november(30, "20:00")


def test_the_date_of_asking_is_the_date_on_the_wall_here_and_not_in_utc():
    asked_on_sunday_night = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert promised_by(office(), [], asked_on_sunday_night) == november(23, "12:00")


# --- what staff are measured by (R-O1) --------------------------------------------------------------------


def test_a_monday_morning_request_is_due_late_and_overdue():
    assert service_clock(office(), november(23, "08:30")) == ServiceClock(
        target_at=november(23, "09:30"), late_at=november(23, "12:30"), overdue_at=november(24, "12:00")
    )


def test_a_friday_evening_request_is_due_on_monday():
    assert service_clock(office(), november(20, "18:00")) == ServiceClock(
        target_at=november(23, "09:00"), late_at=november(23, "12:00"), overdue_at=november(23, "12:00")
    )


def test_overdue_is_never_before_late():
    late_riser = week((TUE, "11:00", "14:00"), (WED, "11:00", "14:00"))
    clock = service_clock(late_riser, november(23, "18:00"))
    assert clock.late_at == clock.overdue_at == november(25, "12:00")


def test_where_nobody_is_ever_on_there_is_no_clock():
    assert service_clock(NEVER, november(20, "18:00")) == ServiceClock(None, None, None)


def test_where_there_are_too_few_hours_the_noon_counts_so_that_nobody_sinks():
    five_minutes_a_week = week((MON, "11:00", "11:05"))
    noon = november(23, "12:00")
    assert service_clock(five_minutes_a_week, november(20, "18:00")) == ServiceClock(noon, noon, noon)
