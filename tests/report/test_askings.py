"""How each asking went, against what was counted by hand beforehand (R-O4). Times are wall times in Ohio."""

from datetime import date, timedelta

import pytest
import time_machine

from intake import actions, corrections
from intake.report.askings import Back, FirstCall, Offered, Reached
from intake.report.reading import read_askings
from privacy import audit
from scheduling.models import Closure, Location, StaffedHours
from tests.intake.make import caller
from tests.report.cast import (
    NOW,
    a_fresh_look,
    asks,
    asks_again_after_three_calls,
    at,
    called,
    came,
    moves,
    placed,
    talked,
)

pytestmark = pytest.mark.django_db
JANUARY = date(2026, 1, 1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def december():
    with time_machine.travel(NOW, tick=False):
        yield


def found():
    return read_askings(JANUARY, NOW)


def the_only_one():
    (asking,) = found()
    return asking


def waited():
    """Open time, all time and the rung of the only asking."""
    one = the_only_one()
    return one.waited, one.waited_by_calendar, one.first_call


def test_the_spring_weekend_is_an_hour_shorter_on_the_calendar_only():
    """Friday 16:30 to 17:00, and Monday 8:00 to 8:30. From Friday to Monday it is 64 hours on the wall, 63 in truth."""
    called(asks(at(3, 6, "16:30")), at(3, 9, "8:30"))
    assert waited() == (HOUR, 63 * HOUR, FirstCall.WITHIN_THE_HOUR)


def test_the_autumn_weekend_is_an_hour_longer_on_the_calendar_only():
    """Asked on Saturday noon. Monday 8:00 to 10:00 is open; on the wall it is 46 hours, in truth 47."""
    called(asks(at(10, 31, "12:00")), at(11, 2, "10:00"))
    assert waited() == (2 * HOUR, 47 * HOUR, FirstCall.IN_TIME)


def test_a_federal_holiday_is_no_open_time():
    """Wednesday 16:00 to 17:00, nothing on Thanksgiving, Friday 8:00 to 9:00."""
    Closure.objects.get_or_create(location=None, date=date(2026, 11, 26))
    called(asks(at(11, 25, "16:00")), at(11, 27, "9:00"))
    assert waited() == (2 * HOUR, 41 * HOUR, FirstCall.IN_TIME)


def test_a_closed_day_is_none_where_it_is_closed_and_an_open_one_next_door():
    """In Perrysburg two hours on Monday, none on Tuesday, four and a half on Wednesday, past its noon. In Maumee two on
    Monday and three on Tuesday: late, and not noon yet."""
    Closure.objects.create(location=Location.objects.get(slug="perrysburg"), date=date(2026, 9, 15))
    called(asks(at(9, 14, "15:00"), town="perrysburg"), at(9, 16, "12:30"))
    called(asks(at(9, 14, "15:00")), at(9, 15, "11:00"))
    assert [(one.place, one.waited, one.first_call) for one in found()] == [
        ("perrysburg", 6 * HOUR + 30 * MINUTE, FirstCall.OVERDUE),
        ("maumee", 5 * HOUR, FirstCall.LATE),
    ]


def test_a_call_on_the_weekend_itself_waited_no_open_time_at_all():
    called(asks(at(9, 19, "10:00")), at(9, 19, "11:15"))
    assert waited() == (timedelta(), HOUR + 15 * MINUTE, FirstCall.WITHIN_THE_HOUR)


@pytest.mark.parametrize(
    ("clock", "rung"),
    [
        ("10:00", FirstCall.WITHIN_THE_HOUR),
        ("10:01", FirstCall.IN_TIME),
        ("12:59", FirstCall.IN_TIME),
        ("13:00", FirstCall.LATE),
    ],
)
def test_the_hour_ends_with_its_last_minute_and_late_begins_with_the_fourth_hour(clock, rung):
    called(asks(at(9, 14, "9:00")), at(9, 14, clock))
    assert the_only_one().first_call == rung


def test_who_was_never_tried_is_overdue_now_and_has_no_waiting_time():
    """Friday 16:00 to 17:00 and Monday 8:00 to 12:30."""
    asks(at(12, 18, "16:00"))
    assert waited() == (None, None, FirstCall.OVERDUE)


def test_who_has_waited_for_less_than_four_open_hours_is_not_late_yet():
    asks(at(12, 21, "9:00"))
    assert waited() == (None, None, FirstCall.IN_TIME)


def test_who_took_it_back_in_time_was_owed_no_call():
    moves(asks(at(9, 14, "9:00")), "withdraw", at(9, 14, "12:30"), by=audit.PERSON)
    assert waited() == (None, None, FirstCall.IN_TIME)


def test_who_took_it_back_after_five_open_hours_was_late():
    moves(asks(at(9, 14, "9:00")), "withdraw", at(9, 14, "14:00"), by=audit.PERSON)
    assert the_only_one().first_call == FirstCall.LATE


def test_a_rest_before_the_first_call_does_not_count_and_is_the_same_asking():
    request = asks(at(8, 10, "9:00"))
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=at(8, 10, "9:10"))
    actions.wake_the_resting(now=at(8, 17, "9:10"))
    called(request, at(8, 17, "9:40"))
    assert waited() == (30 * MINUTE, 30 * MINUTE, FirstCall.WITHIN_THE_HOUR)
    assert the_only_one().asked_on == date(2026, 8, 10)


def test_a_second_return_is_a_second_asking_with_a_clock_of_its_own():
    request = asks_again_after_three_calls(at(7, 6, "9:00"), at(8, 24, "9:00"))
    talked(request, at(8, 24, "9:20"))
    assert [(one.asked_on, one.waited, one.reached) for one in found()] == [
        (date(2026, 7, 6), HOUR, Reached.NOT),
        (date(2026, 8, 24), 20 * MINUTE, Reached.TALKED),
    ]


def test_an_asking_before_the_year_is_left_out_and_the_second_one_stays():
    asks_again_after_three_calls(at(12, 1, "9:00", 2025), at(1, 12, "9:00"))
    assert [one.asked_on for one in found()] == [date(2026, 1, 12)]


def test_another_form_of_the_same_person_is_another_asking():
    asks(at(7, 6, "9:00")), asks(at(8, 3, "9:00"))
    assert len(found()) == 2


def test_what_was_erased_still_counts_without_place_and_option():
    request = talked(asks(at(8, 3, "10:00"), options=["week_one"]), at(8, 3, "10:40"))
    actions.erase(request_id=request.pk, by=audit.PERSON, now=at(8, 3, "11:00"))
    one = the_only_one()
    assert (one.place, one.options, one.waited, one.reached) == ("", (), 40 * MINUTE, Reached.TALKED)


def test_who_comes_on_friday_is_back_after_four_days_and_was_offered_a_start_the_same_day():
    request = talked(asks(at(7, 13, "9:00"), options=["new_time", "week_one"]), at(7, 13, "9:30"))
    came(placed(request, at(7, 13, "9:40"), date(2026, 7, 17)), at(7, 17, "21:30"))
    one = the_only_one()
    assert (one.reached, one.offered, one.back) == (Reached.TALKED, Offered.WITHIN_A_DAY, Back.WITHIN_15)
    assert (one.place, one.options) == ("maumee", ("new_time", "week_one"))


@pytest.mark.parametrize(
    ("day", "rung"),
    [
        (at(8, 17, "12:00"), Back.WITHIN_15),
        (at(8, 18, "12:00"), Back.WITHIN_30),
        (at(9, 1, "12:00"), Back.WITHIN_30),
        (at(9, 2, "12:00"), Back.WITHIN_45),
        (at(9, 16, "12:00"), Back.WITHIN_45),
        (at(9, 17, "12:00"), Back.LATER),
    ],
)
def test_days_until_back_are_counted_on_the_calendar_from_the_day_of_asking(day, rung):
    """Asked on August 2: fifteen days later it is the 17th."""
    moves(talked(asks(at(8, 2, "22:30")), at(8, 3, "9:00")), "return", day)
    assert the_only_one().back == rung


def test_who_has_a_seat_and_has_not_come_is_placed():
    placed(talked(asks(at(7, 13, "9:00")), at(7, 13, "9:30")), at(7, 13, "9:40"), date(2026, 7, 17))
    assert the_only_one().back == Back.PLACED


def test_a_fresh_look_is_an_offer_and_no_way_back_yet():
    request = talked(asks(at(7, 13, "9:00")), at(7, 13, "9:30"))
    a_fresh_look(request, at(7, 13, "9:40"), at(7, 14, "10:00"))
    one = the_only_one()
    assert (one.offered, one.back) == (Offered.WITHIN_A_DAY, Back.NOT)


@pytest.mark.parametrize(
    ("moment", "rung"),
    [
        (at(9, 15, "9:00"), Offered.WITHIN_A_DAY),
        (at(9, 15, "9:01"), Offered.WITHIN_TWO),
        (at(9, 16, "9:00"), Offered.WITHIN_TWO),
        (at(9, 16, "9:01"), Offered.LATER_OR_NOT),
    ],
)
def test_a_start_counts_as_offered_by_the_hours_of_the_calendar(moment, rung):
    request = talked(asks(at(9, 14, "9:00")), at(9, 14, "9:30"))
    placed(request, moment, date(2026, 9, 18))
    assert the_only_one().offered == rung


def logged_by_mistake(request, when):
    """Logged as talked, and taken back four minutes later."""
    call = talked(request, when).attempts.get()
    corrections.take_back(attempt_id=call.pk, request_id=request.pk, by=call.by, now=when + 4 * MINUTE)


def test_a_call_that_was_taken_back_ended_no_wait_and_reached_nobody():
    """Logged at 9:10, and the first real one at 15:00 reached them: six open hours, and not noon of the next day."""
    request = asks(at(9, 14, "9:00"))
    logged_by_mistake(request, at(9, 14, "9:10"))
    called(request, at(9, 14, "15:00"))
    assert waited() == (6 * HOUR, 6 * HOUR, FirstCall.LATE)
    assert the_only_one().reached == Reached.NOT
    talked(request, at(9, 16, "9:00"))
    assert the_only_one().reached == Reached.TALKED


def test_who_was_only_called_by_mistake_was_never_called_is_not_reached_and_late():
    """Nobody has called by half past twelve: seven open hours on Friday, four and a half today."""
    logged_by_mistake(asks(at(12, 18, "10:00")), at(12, 18, "10:10"))
    assert waited() == (None, None, FirstCall.OVERDUE)
    assert the_only_one().reached == Reached.NOT


def looked_at(when):
    """The rungs of the only asking at an earlier moment, as far as a month is shown by then."""
    (one,) = read_askings(JANUARY, when)
    return one.first_call, one.waited, one.reached, one.offered, one.back


def test_a_first_call_after_the_month_is_over_for_a_week_changes_nothing_any_more():
    """Asked on Friday, July 31; overdue on Monday noon. August 8 begins when July has been over for seven days."""
    request = asks(at(7, 31, "9:00"))
    before = looked_at(at(8, 8, "0:00"))
    called(request, at(8, 10, "9:00"))
    assert looked_at(NOW) == before == (FirstCall.OVERDUE, None, Reached.NOT, Offered.LATER_OR_NOT, Back.NOT)


def test_a_first_call_within_that_week_counts():
    called(asks(at(7, 31, "9:00")), at(8, 7, "9:00"))
    assert looked_at(NOW) == looked_at(at(8, 8, "0:00"))
    assert waited()[0] == 45 * HOUR  # eight on Friday, four times nine, one on the next Friday


@pytest.mark.parametrize(("moment", "rung"), [(at(8, 15, "11:00"), Reached.TALKED), (at(8, 16, "0:00"), Reached.NOT)])
def test_who_is_reached_within_fifteen_days_after_the_month_was_reached(moment, rung):
    talked(asks(at(7, 20, "9:00")), moment)
    assert the_only_one().reached == rung


@pytest.mark.parametrize(
    ("marked", "rung"),
    [
        (at(8, 15, "23:59"), Back.WITHIN_15),
        (at(8, 16, "0:00"), Back.WITHIN_30),
        (at(9, 14, "23:59"), Back.WITHIN_30),
        (at(9, 15, "0:00"), Back.PLACED),
    ],
)
def test_a_first_session_counts_from_when_it_was_written_down(marked, rung):
    """They came on July 17, four days after asking. July has been over for 15 days when August 16 begins, and for 45
    when September 15 does."""
    request = talked(asks(at(7, 13, "9:00")), at(7, 13, "9:30"))
    came(placed(request, at(7, 13, "9:40"), date(2026, 7, 17)), marked)
    assert the_only_one().back == rung


def test_who_comes_later_than_45_days_after_the_month_is_not_back_in_its_figures():
    """August has been over for 45 days when October 16 begins."""
    for day, rung in ((at(10, 15, "12:00"), Back.LATER), (at(10, 16, "0:00"), Back.NOT)):
        moves(talked(asks(at(8, 2, "22:30")), at(8, 3, "9:00")), "return", day)
        assert found()[-1].back == rung


@pytest.mark.parametrize(("confirmed", "rung"), [(at(9, 14, "23:00"), Back.PLACED), (at(9, 15, "9:00"), Back.NOT)])
def test_a_seat_counts_when_it_was_confirmed_within_45_days_after_the_month(confirmed, rung):
    placed(talked(asks(at(7, 13, "9:00")), at(7, 13, "9:30")), confirmed, date(2026, 9, 18))
    assert the_only_one().back == rung


def test_where_nobody_is_ever_on_nothing_is_measured_and_nobody_is_late():
    StaffedHours.objects.filter(location__slug="oregon").delete()
    called(asks(at(9, 14, "9:00"), town="oregon"), at(9, 17, "9:00"))
    assert waited() == (None, None, FirstCall.IN_TIME)


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    asks(at(9, 14, "9:00"))
    with django_assert_num_queries(8):
        found()
    request = talked(asks(at(7, 13, "9:00")), at(7, 13, "9:30"))
    placed(request, at(7, 13, "9:40"), date(2026, 7, 17))
    asks_again_after_three_calls(at(7, 6, "9:00"), at(8, 24, "9:00"))
    with django_assert_num_queries(8):
        assert len(found()) == 4


def test_a_talk_that_was_taken_back_is_no_talk_and_nothing_else_changes():
    request = asks(at(7, 13, "9:00"))
    before = the_only_one()
    call = talked(request, at(7, 13, "9:30")).attempts.get()
    assert the_only_one() != before
    corrections.take_back(attempt_id=call.pk, request_id=request.pk, by=caller(), now=at(7, 13, "9:35"))
    assert the_only_one() == before
