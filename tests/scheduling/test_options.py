"""Which restart options a person is shown, in plain cases: when, in which order, and why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from intake.choices import Help
from intake.choices import Option as Ticked
from scheduling.facts import Ledger
from scheduling.hours import Daypart
from scheduling.options import NEAREST, VIDEO, WEEKS_AHEAD, Need, Why, Wishes, best_of, find, restart_options
from scheduling.picks import BY_APPOINTMENT, Kind, Pick
from tests.scheduling.facts import (
    BOTH_CLOCK_CHANGES,
    NOW,
    SUNDAY,
    TODAY,
    TOLEDO_TIME,
    TUESDAY,
    WEDNESDAY,
    group,
    hour,
    kind_of,
    ledger_of,
    numbers,
    of_kind,
)

MINUTE = timedelta(minutes=1)


# --- the same words as the form ----------------------------------------------------------------------------------


def test_the_kinds_are_those_of_the_form():
    assert [kind.value for kind in Kind] == [ticked for ticked in Ticked.values if ticked != Ticked.UNSURE]
    assert {need.value for need in Need} <= set(Help.values)


# --- when --------------------------------------------------------------------------------------------------------


def test_a_group_that_meets_tonight_can_be_started_tonight():
    (option,) = of_kind(Kind.NEW_TIME, [group()])
    assert (option.starts_on, option.starts_at) == (TODAY, datetime(2026, 6, 1, 22, tzinfo=UTC))


def test_a_session_that_has_begun_is_over_for_a_start():
    begins = datetime(2026, 6, 1, 22, tzinfo=UTC)
    (option,) = of_kind(Kind.NEW_TIME, [group()], now=begins)
    assert option.starts_on == date(2026, 6, 3)


def test_a_closed_day_is_passed_over():
    (option,) = of_kind(Kind.NEW_TIME, [group(closed=frozenset({TODAY}))])
    assert option.starts_on == date(2026, 6, 3)


def test_a_group_that_is_closed_for_weeks_has_no_next_start():
    closed = frozenset(TODAY + timedelta(days=ahead) for ahead in range(100))
    assert of_kind(Kind.NEW_TIME, [group(closed=closed)]) == ()


@pytest.mark.parametrize("change", BOTH_CLOCK_CHANGES, ids=str)
def test_when_the_clocks_change_a_group_still_starts_at_its_time(change):
    before = datetime.combine(change - timedelta(days=1), time(12), tzinfo=TOLEDO_TIME)
    (option,) = of_kind(Kind.NEW_TIME, [group(weekdays=(SUNDAY,))], now=before)
    wall = option.starts_at.astimezone(TOLEDO_TIME)
    assert (wall.date(), wall.time()) == (change, time(18))


def test_week_one_starts_only_on_its_days_in_whatever_order_they_were_entered():
    coming = (date(2026, 6, 22), date(2026, 6, 8), date(2026, 5, 25))
    (option,) = of_kind(Kind.WEEK_ONE, [group(week_one=coming)])
    assert option.starts_on == date(2026, 6, 8)
    assert of_kind(Kind.WEEK_ONE, [group()]) == ()


def test_a_week_one_day_on_which_the_group_no_longer_meets_is_none():
    assert of_kind(Kind.WEEK_ONE, [group(week_one=(date(2026, 6, 9),))]) == ()


# --- in which order, and why -------------------------------------------------------------------------------------


@pytest.mark.parametrize("town", NEAREST)
def test_their_town_comes_first_then_the_nearest_then_unknown_ones_then_video(town):
    towns = [town, *NEAREST[town], "elsewhere", VIDEO]
    ledger = [group(number, other) for number, other in enumerate(towns)]
    found = of_kind(Kind.NEW_TIME, reversed(ledger), town=town)
    assert [option.what.town for option in found] == towns
    assert [option.why[0] for option in found[:2]] == [Why.TOWN, Why.NEAREST]
    assert found[-1].why[0] == Why.AT_HOME


def test_every_town_knows_how_far_the_others_are():
    assert all({town, *others} == set(NEAREST) for town, others in NEAREST.items())


def test_a_town_with_nothing_is_followed_by_the_nearest():
    found = of_kind(Kind.NEW_TIME, [group(1, "oregon"), group(2, "perrysburg")], town="maumee")
    assert numbers(found) == [2, 1]
    assert Why.NEAREST in found[0].why


@pytest.mark.parametrize("need", [Need.RIDE, Need.CHILD_CARE, Need.ACCESS])
def test_when_coming_is_hard_video_stands_right_after_their_town(need):
    ledger = [group(1, "perrysburg"), group(2, VIDEO), group(3, "maumee")]
    assert numbers(of_kind(Kind.NEW_TIME, ledger, town="maumee", needs=frozenset({need}))) == [3, 2, 1]
    assert numbers(of_kind(Kind.NEW_TIME, ledger, town="maumee")) == [3, 1, 2]


def test_a_time_they_asked_for_comes_before_a_town_they_asked_for():
    ledger = [group(1, "maumee", starts=time(9), ends=time(12)), group(2, "oregon")]
    found = of_kind(Kind.NEW_TIME, ledger, town="maumee", dayparts=frozenset({Daypart.EVENING}))
    assert numbers(found) == [2, 1]
    assert [option.why for option in found] == [(Why.TIME, Why.SOONEST), (Why.TOWN,)]


def test_work_hours_call_for_the_evening():
    ledger = [group(1, starts=time(9), ends=time(12)), group(2)]
    found = of_kind(Kind.NEW_TIME, ledger, needs=frozenset({Need.WORK_HOURS}))
    assert numbers(found) == [2, 1]
    assert Why.AFTER_WORK in found[0].why
    assert Why.AFTER_WORK not in found[1].why


def test_the_soonest_says_so_and_the_others_have_a_seat():
    found = of_kind(Kind.NEW_TIME, [group(1), group(2, weekdays=(WEDNESDAY,))])
    assert [option.why for option in found] == [(Why.SOONEST,), (Why.SEAT,)]


def test_another_therapist_is_only_offered_where_somebody_leads_the_group():
    ledger = [group(1, therapist_id=None), group(2)]
    assert numbers(of_kind(Kind.NEW_THERAPIST, ledger)) == [2]
    assert of_kind(Kind.NEW_THERAPIST, ledger, avoid_therapists=frozenset({2})) == ()


def test_kinds_with_nothing_are_never_hidden():
    assert [(one.kind, one.options, one.full) for one in restart_options(Wishes(), Ledger(), NOW)] == [
        (kind, (), ()) for kind in Kind
    ]


def test_the_best_three_take_turns_between_the_kinds_asked_for():
    ledger = [group(1), group(2), group(3, week_one=(date(2026, 6, 8),))]
    kinds = frozenset({Kind.WEEK_ONE, Kind.NEW_TIME})
    assert numbers(best_of(restart_options(Wishes(kinds=kinds), ledger_of(ledger), NOW), most=3)) == [3, 1, 2]


# --- hours -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", BY_APPOINTMENT)
def test_an_hour_is_an_option_of_its_own_kind_only(kind):
    talk = hour(7, kind=kind)
    found = restart_options(Wishes(), Ledger(slots=(talk,)), NOW)
    assert {one.kind: [option.pick for option in one.options] for one in found if one.options} == {
        kind: [Pick(kind, 7, TODAY)]
    }


def test_an_hour_that_has_begun_is_over():
    begins = datetime(2026, 6, 1, 18, tzinfo=UTC)
    assert numbers(of_kind(Kind.REASSESS, [hour()], now=begins - MINUTE)) == [1]
    assert of_kind(Kind.REASSESS, [hour()], now=begins) == ()


def test_an_hour_on_a_closed_day_is_not_offered():
    assert of_kind(Kind.REASSESS, [hour(closed=frozenset({TODAY}))]) == ()


def test_an_hour_beyond_the_coming_weeks_is_not_offered_yet():
    last = NOW.date() + timedelta(weeks=WEEKS_AHEAD)
    assert numbers(of_kind(Kind.REASSESS, [hour(1, day=last), hour(2, day=last, starts=time(9))])) == [2]


@pytest.mark.parametrize("change", BOTH_CLOCK_CHANGES, ids=str)
def test_when_the_clocks_change_an_hour_is_there_until_it_begins_and_on_its_day(change):
    at_noon = datetime.combine(change, time(12), tzinfo=TOLEDO_TIME).astimezone(UTC)
    talk = hour(day=change, starts=time(12))
    (option,) = of_kind(Kind.REASSESS, [talk], now=at_noon - MINUTE)
    assert (option.starts_on, option.starts_at) == (change, at_noon)
    assert of_kind(Kind.REASSESS, [talk], now=at_noon) == ()


def test_an_hour_late_in_the_evening_is_on_the_day_of_its_place():
    talk = hour(starts=time(22, 30))  # already tomorrow in UTC
    (option,) = of_kind(Kind.REASSESS, [talk], not_before=TODAY)
    assert (option.starts_on, option.starts_at.date()) == (TODAY, date(2026, 6, 2))
    assert of_kind(Kind.REASSESS, [talk], not_before=date(2026, 6, 2)) == ()


def test_hours_are_ranked_like_groups():
    facts = [
        hour(1, "maumee", starts=time(17, 30)),
        hour(2, "oregon"),
        hour(3, "maumee"),
        hour(4, "maumee", day=date(2026, 6, 2)),
        hour(5, VIDEO),
    ]
    assert numbers(of_kind(Kind.REASSESS, facts, town="maumee")) == [3, 1, 4, 2, 5]
    evening = of_kind(Kind.REASSESS, facts, town="maumee", dayparts=frozenset({Daypart.EVENING}))
    assert (numbers(evening)[0], evening[0].why) == (1, (Why.TOWN, Why.TIME))


def test_the_number_of_a_group_to_avoid_is_no_number_of_an_hour():
    assert numbers(of_kind(Kind.REASSESS, [hour(7)], avoid_groups=frozenset({7}))) == [7]
    assert of_kind(Kind.REASSESS, [hour(7)], avoid_therapists=frozenset({7})) == ()


def test_a_group_and_an_hour_of_the_same_number_are_two_of_the_best():
    found = restart_options(Wishes(), ledger_of([group(1), hour(1)]), NOW)
    assert [option.pick.kind for option in best_of(found, most=3)] == [Kind.NEW_TIME, Kind.REASSESS]


# --- full, and no sooner than ------------------------------------------------------------------------------------


def test_what_is_full_stands_apart_with_the_start_it_would_have():
    facts = [group(1, seats_left=0), group(2), hour(3, seats_left=0)]
    found = kind_of(Kind.NEW_TIME, facts)
    assert (numbers(found.options), numbers(found.full)) == ([2], [1])
    assert found.full[0].pick == Pick(Kind.NEW_TIME, 1, TODAY)
    assert numbers(kind_of(Kind.REASSESS, facts).full) == [3]


def test_a_full_group_is_none_of_the_best_and_cannot_be_found_as_a_start():
    found = restart_options(Wishes(), ledger_of([group(seats_left=0)]), NOW)
    assert best_of(found, most=3) == []
    assert find(found, Pick(Kind.NEW_TIME, 1, TODAY)) is None


def test_a_full_group_that_starts_sooner_does_not_take_the_word_soonest_from_a_free_one():
    (option,) = of_kind(Kind.NEW_TIME, [group(1, seats_left=0), group(2, weekdays=(TUESDAY,))])
    assert option.why == (Why.SOONEST,)


def test_no_start_is_before_the_day_they_named():
    facts = [group(1, week_one=(date(2026, 6, 8), date(2026, 6, 15))), hour(2), hour(3, day=date(2026, 6, 9))]
    named = {"not_before": date(2026, 6, 9)}
    assert [one.starts_on for one in of_kind(Kind.NEW_TIME, facts, **named)] == [date(2026, 6, 10)]
    assert [one.starts_on for one in of_kind(Kind.WEEK_ONE, facts, **named)] == [date(2026, 6, 15)]
    assert numbers(of_kind(Kind.REASSESS, facts, **named)) == [3]


@pytest.mark.parametrize("day", [TODAY + timedelta(weeks=WEEKS_AHEAD), date.max], ids=str)
def test_a_day_they_named_beyond_the_coming_weeks_leaves_nothing_now(day):
    found = kind_of(Kind.NEW_TIME, [group(1), group(2, seats_left=0)], not_before=day)
    assert (found.options, found.full) == ((), ())


def test_a_day_they_named_that_is_over_changes_nothing():
    assert of_kind(Kind.NEW_TIME, [group()], not_before=TODAY) == of_kind(Kind.NEW_TIME, [group()])
