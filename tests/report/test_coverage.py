"""When people can be called against when somebody is on: hand-counted weeks, and nothing small in any of them."""

from datetime import date, time
from itertools import chain

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from intake.report.coverage import SLOTS, ToCall, coverages
from intake.report.drawing import hour_words, week_picture
from intake.report.open_time import OpenTime
from intake.report.reading import read_coverage
from intake.report.small_numbers import is_small
from scheduling.hours import Daypart, Shift, StaffedWeek, union
from scheduling.models import StaffedHours
from tests.report.cast import NOW, OHIO, asks, at

MORNING, AFTERNOON, EVENING = Daypart
ANY_TIME = frozenset(Daypart)
OFFICE = tuple(Shift(day, time(8), time(17)) for day in range(5))
FIRST, LAST = date(2026, 1, 1), date(2027, 2, 28)
MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
MONDAY_AT_TEN, SATURDAY_MORNING = at(9, 14, "10:00"), at(9, 19, "9:30")


def laid_out(**shifts):
    """Open time of places by slug, and of all together."""
    weeks = {slug: StaffedWeek(OHIO, there) for slug, there in shifts.items()}
    weeks[""] = union(*weeks.values())
    return {slug: OpenTime(week, FIRST, LAST) for slug, week in weeks.items()}


def many(number, *parts, when=MONDAY_AT_TEN, place="toledo"):
    return [ToCall(when, place, frozenset(parts) or ANY_TIME)] * number


def covered(*groups, **shifts):
    there = shifts or {"toledo": OFFICE}
    return coverages(chain(*groups), laid_out(**there), [(slug, slug.title()) for slug in there], NOW)


def all_places(*groups, **shifts):
    return covered(*groups, **shifts)[0]


def hours_of(coverage):
    return {(hour.weekday, hour.hour): hour for hour in coverage.hours}


def test_people_who_can_only_be_called_when_nobody_is_on_are_counted():
    there = all_places(many(20, MORNING), many(15, EVENING), many(12))
    assert (there.people, there.unreached) == (47, 15)
    hours = hours_of(there)
    assert [hours[MON, hour].can_be_called for hour in (8, 11, 12, 16, 17, 20)] == [32, 32, 12, 12, 27, 27]
    assert [hours[SUN, hour].unreached for hour in (8, 12, 17)] == [0, 0, 15]
    assert [hours[day, 9].places_on for day in range(7)] == [1, 1, 1, 1, 1, 0, 0]


def test_one_evening_hour_would_have_reached_all_who_left_only_the_evening():
    there = all_places(many(20, MORNING), many(15, EVENING), many(12))
    hours = hours_of(there)
    assert {hours[day, hour].gain for day in range(7) for hour in (17, 18, 19, 20)} == {15}
    assert {hours[SAT, hour].gain for hour in range(8, 17)} == {0}
    assert [(hour.weekday, hour.hour, hour.gain) for hour in there.best[:2]] == [(MON, 17, 15), (MON, 18, 15)]


def test_an_hour_before_the_first_safe_one_would_have_reached_people_sooner():
    """Asked on Saturday at half past nine; the first hour in which somebody is on is Monday's at eight."""
    hours = hours_of(all_places(many(13, when=SATURDAY_MORNING)))
    sooner = {slot for slot, hour in hours.items() if hour.gain}
    assert sooner == {(SAT, hour) for hour in range(9, 21)} | {(SUN, hour) for hour in range(8, 21)}
    assert {hours[slot].gain for slot in sooner} == {13}


def test_an_hour_that_does_not_suit_them_would_have_reached_nobody_sooner():
    hours = hours_of(all_places(many(13, MORNING, when=SATURDAY_MORNING)))
    assert {slot for slot, hour in hours.items() if hour.gain} == {
        *((SAT, hour) for hour in (9, 10, 11)),
        *((SUN, hour) for hour in (8, 9, 10, 11)),
    }


def test_with_an_evening_shift_nobody_is_left_out_and_the_other_evenings_would_be_sooner():
    """Asked on Monday morning, with an evening on Wednesdays only."""
    there = all_places(many(15, EVENING), toledo=(*OFFICE, Shift(WED, time(17), time(20))))
    hours = hours_of(there)
    assert there.unreached == 0
    assert [hours[day, 18].gain for day in range(7)] == [15, 15, 0, 0, 0, 0, 0]
    assert hours[WED, 18].places_on == 1


def test_the_clock_change_moves_no_hour_of_the_week():
    """Asked on Saturday, October 31, before the clocks go back: Sunday's hours are those on the wall."""
    hours = hours_of(all_places(many(13, when=at(10, 31, "19:30"))))
    assert {slot for slot, hour in hours.items() if hour.gain} == {
        (SAT, 19),
        (SAT, 20),
        *((SUN, hour) for hour in range(8, 21)),
    }


def test_each_place_counts_its_own_people_against_its_own_hours():
    whole, toledo, maumee, any_town = covered(
        many(20, EVENING),
        many(30, MORNING),
        many(25, EVENING, place="maumee"),
        many(40, MORNING, place="maumee"),
        many(14, EVENING, place=""),
        many(16, MORNING, place=""),
        toledo=OFFICE,
        maumee=(*OFFICE, Shift(TUE, time(17), time(19))),
    )
    assert [(one.people, one.unreached) for one in (whole, toledo, maumee, any_town)] == [
        (145, 20), (50, 20), (65, 0), (30, 0),
    ]  # fmt: skip
    assert [hours_of(one)[TUE, 18].places_on for one in (whole, toledo, maumee)] == [1, 0, 1]
    assert [one.key for one in (whole, toledo, maumee, any_town)] == ["", "toledo", "maumee", "any"]


# --- small numbers -----------------------------------------------------------------------------------------------


def numbers(coverage):
    """Everything that is shown of one place, by name; None where it is hidden."""
    told = {"people": coverage.people, "unreached": coverage.unreached}
    for hour in coverage.hours:
        slot = hour.weekday, hour.hour
        told |= {("suits", slot): hour.can_be_called, ("unreached", slot): hour.unreached, ("gain", slot): hour.gain}
    return told


def test_ten_people_are_hidden_wherever_they_would_show():
    there = all_places(many(40, MORNING), many(10, EVENING))
    assert (there.people, there.unreached) == (50, None)
    assert {hours_of(there)[MON, 18].gain, hours_of(there)[MON, 18].can_be_called} == {None}
    assert there.best == []
    assert all_places(many(40, MORNING), many(11, EVENING)).unreached == 11


def test_a_few_who_left_two_parts_of_the_day_are_not_given_away_by_adding_up():
    """Twenty mornings, twenty afternoons and three of both: 23 and 23 of 43 would say that three have both."""
    hours = hours_of(all_places(many(20, MORNING), many(20, AFTERNOON), many(3, MORNING, AFTERNOON)))
    assert {hours[MON, 9].can_be_called, hours[MON, 14].can_be_called} == {None}


def test_a_few_whom_nobody_reaches_are_not_given_away_by_their_parts():
    """Where mornings only are staffed: 20 afternoons, 20 evenings, and 3 of both, whom nobody reaches."""
    mornings = tuple(Shift(day, time(8), time(12)) for day in range(5))
    groups = [many(40, MORNING), many(20, AFTERNOON), many(20, EVENING), many(3, AFTERNOON, EVENING)]
    there = all_places(*groups, toledo=mornings)
    assert there.unreached == 43
    assert {hours_of(there)[MON, hour].unreached for hour in (13, 18)} == {None}


PEOPLE = st.lists(
    st.builds(
        many,
        st.one_of(st.integers(0, 40), st.integers(8, 13)),
        st.sampled_from(list(Daypart)),
        st.sampled_from(list(Daypart)),
        when=st.sampled_from([MONDAY_AT_TEN, SATURDAY_MORNING, at(10, 31, "19:30")]),
        place=st.sampled_from(["toledo", "maumee", ""]),
    ),
    max_size=9,
)


@given(PEOPLE)
def test_no_number_of_any_week_is_small_and_no_difference_between_two_that_count_the_same(groups):
    whole, *rows = [numbers(one) for one in covered(*groups, toledo=OFFICE, maumee=OFFICE[:2])]
    for told in (whole, *rows):
        assert [name for name, count in told.items() if count is not None and is_small(count)] == []
        pairs = [(told["people"], count) for count in told.values()]
        pairs += [(told["suits", slot], told["unreached", slot]) for slot in SLOTS]
        pairs += [(told["unreached"], told["unreached", slot]) for slot in SLOTS]
        pairs += [(told["gain", slot], told["unreached", slot]) for slot in SLOTS]
        assert [pair for pair in pairs if None not in pair and is_small(pair[0] - pair[1])] == []
    for name, count in whole.items():
        hidden = [row for row in rows if row[name] is None]
        rest = (count or 0) - sum(row[name] or 0 for row in rows)
        assert count is None or not is_small(rest), name
        assert count is None or len(hidden) != 1, name


# --- drawn and read ----------------------------------------------------------------------------------------------


def test_the_picture_holds_the_numbers_that_may_be_shown_and_no_other():
    picture = week_picture(all_places(many(40, MORNING), many(10, EVENING)))
    assert {square.value for square in picture.squares} == {"", "0"}  # the mornings and evenings, and no afternoon
    shown = week_picture(all_places(many(20, MORNING), many(15, EVENING), many(12)))
    assert {square.value for square in shown.squares} == {"32", "12", "27"}
    assert [square.kind for square in shown.squares[:7]] == ["lit"] * 5 + ["door"] * 2
    assert shown.says == "Somebody is on in 45 of 91 hours of the week."


def test_hours_are_said_as_people_say_them():
    assert [hour_words(hour) for hour in (8, 12, 13, 20)] == ["8 am", "noon", "1 pm", "8 pm"]


@pytest.fixture
def december():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.django_db
def test_only_who_asked_for_a_call_and_did_not_erase_it_is_counted(december, django_assert_num_queries):
    """Eleven in Maumee want a call in the evening, when nobody is on; one wants a text."""
    for number in range(11):
        asks(at(10, 5, "9:00"), times=["evening"], phone=f"+1419555010{number % 10}")
    asks(at(10, 5, "9:00"), reach_by="text", text_ok=True, times=["evening"])
    with django_assert_num_queries(5):
        whole = read_coverage(date(2026, 1, 1), NOW)[0]
    assert (whole.people, whole.unreached) == (11, 11)
    StaffedHours.objects.filter(location__slug="maumee", weekday=0).update(closes=time(20))
    with django_assert_num_queries(5):
        assert read_coverage(date(2026, 1, 1), NOW)[0].unreached == 0
