"""Which restart options a person is shown: the laws they always keep, and the order and reasons in plain cases."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.choices import Help
from intake.choices import Option as Ticked
from scheduling.hours import Daypart
from scheduling.options import (
    NEAREST,
    VIDEO,
    WEEKS_AHEAD,
    GroupFacts,
    Kind,
    Need,
    Why,
    Wishes,
    best_of,
    restart_options,
)

TOLEDO_TIME = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # a Monday, 10 in the morning in Toledo
TODAY = date(2026, 6, 1)
MONDAY, TUESDAY, WEDNESDAY, SUNDAY = 0, 1, 2, 6
BOTH_CLOCK_CHANGES = (date(2026, 3, 8), date(2026, 11, 1))  # Sundays


def group(number=1, town="toledo", **changes) -> GroupFacts:
    """Mondays and Wednesdays from 6 to 9 in the evening, with three seats left."""
    facts = GroupFacts(
        id=number,
        town=town,
        place=town.title() or "By video",
        zone=TOLEDO_TIME,
        weekdays=(MONDAY, WEDNESDAY),
        starts=time(18),
        ends=time(21),
        therapist_id=number,
        seats_left=3,
    )
    return replace(facts, **changes)


def of_kind(kind, ledger, *, now=NOW, **wishes):
    (found,) = [one for one in restart_options(Wishes(**wishes), ledger, now) if one.kind == kind]
    return found.options


def numbers(options) -> list[int]:
    return [option.group.id for option in options]


# --- laws --------------------------------------------------------------------------------------------------------

days = st.dates(TODAY - timedelta(days=20), TODAY + timedelta(days=200))
some_groups = st.lists(
    st.builds(
        group,
        number=st.integers(1, 400),
        town=st.sampled_from(["toledo", "maumee", "perrysburg", "oregon", "elsewhere", VIDEO]),
        weekdays=st.lists(st.integers(0, 6), max_size=4, unique=True).map(tuple),
        starts=st.times(time(7), time(20)).map(lambda at: at.replace(second=0, microsecond=0)),
        therapist_id=st.none() | st.integers(1, 5),
        seats_left=st.integers(0, 3),
        week_one=st.lists(days, max_size=4).map(tuple),
        closed=st.frozensets(days, max_size=30),
    ),
    max_size=12,
    unique_by=lambda facts: facts.id,
)
some_wishes = st.builds(
    Wishes,
    kinds=st.frozensets(st.sampled_from(list(Kind))),
    town=st.sampled_from(["", "toledo", "oregon", "elsewhere"]),
    dayparts=st.frozensets(st.sampled_from(list(Daypart))),
    needs=st.frozensets(st.sampled_from(list(Need))),
    avoid_groups=st.frozensets(st.integers(1, 400), max_size=5),
    avoid_therapists=st.frozensets(st.integers(1, 5), max_size=2),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))


@given(some_wishes, some_groups, moments)
def test_nothing_full_closed_past_or_avoided_is_ever_offered(wishes, ledger, now):
    for kind in restart_options(wishes, ledger, now):
        for option in kind.options:
            assert option.group.seats_left > 0
            assert option.starts_on not in option.group.closed
            assert option.starts_on.weekday() in option.group.weekdays
            assert option.starts_at > now
            assert option.group.id not in wishes.avoid_groups
            assert option.group.therapist_id not in wishes.avoid_therapists
            assert option.why


@given(some_wishes, some_groups, moments)
def test_all_five_kinds_come_back_in_the_order_of_the_form(wishes, ledger, now):
    found = restart_options(wishes, ledger, now)
    assert [one.kind for one in found] == list(Kind)
    assert {one.kind for one in found if one.asked_for} == wishes.kinds


@given(some_wishes, some_groups, moments, st.randoms())
def test_the_order_does_not_hang_on_the_order_of_the_ledger(wishes, ledger, now, chance):
    shuffled = chance.sample(ledger, len(ledger))
    assert restart_options(wishes, ledger, now) == restart_options(wishes, shuffled, now)


@given(some_wishes, some_groups, moments)
def test_a_group_starts_at_the_same_time_on_the_wall_all_year(wishes, ledger, now):
    for kind in restart_options(wishes, ledger, now):
        for option in kind.options:
            wall = option.starts_at.astimezone(TOLEDO_TIME)
            assert (wall.date(), wall.time()) == (option.starts_on, option.group.starts)


@given(some_wishes, some_groups, moments)
def test_no_group_that_could_be_offered_is_left_out(wishes, ledger, now):
    """Whoever meets in the coming weeks on an open day, with a seat, and is not avoided, has a next start."""
    offered = set(numbers(restart_options(wishes, ledger, now)[1].options))
    coming = [now.astimezone(TOLEDO_TIME).date() + timedelta(days=ahead) for ahead in range(1, 7 * WEEKS_AHEAD)]
    wanted = {
        facts.id
        for facts in ledger
        if facts.seats_left
        and facts.id not in wishes.avoid_groups
        and facts.therapist_id not in wishes.avoid_therapists
        and any(facts.meets_on(day) for day in coming)
    }
    assert wanted <= offered


@given(some_wishes, some_groups, moments)
def test_the_best_are_different_groups_from_what_was_asked_for(wishes, ledger, now):
    kinds = restart_options(wishes, ledger, now)
    best = best_of(kinds, most=3)
    assert len(numbers(best)) == len(set(numbers(best))) <= 3
    asked = [option for kind in kinds if kind.asked_for for option in kind.options]
    assert all(option in asked for option in best) or not asked
    assert best or not any(kind.options for kind in kinds)


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
    assert [option.group.town for option in found] == towns
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


def test_kinds_without_set_times_are_by_arrangement_and_never_hidden():
    found = {one.kind: one for one in restart_options(Wishes(), [], NOW)}
    assert [kind for kind, one in found.items() if one.by_arrangement] == [Kind.REASSESS, Kind.INDIVIDUAL]
    assert [one.options for one in found.values()] == [()] * 5


def test_the_best_three_take_turns_between_the_kinds_asked_for():
    ledger = [group(1), group(2), group(3, week_one=(date(2026, 6, 8),))]
    kinds = frozenset({Kind.WEEK_ONE, Kind.NEW_TIME})
    assert numbers(best_of(restart_options(Wishes(kinds=kinds), ledger, NOW), most=3)) == [3, 1, 2]


# --- cost --------------------------------------------------------------------------------------------------------


class CountedDays(frozenset):
    """Closed days that count how often somebody asks for one."""

    asked = 0

    def __contains__(self, day) -> bool:
        CountedDays.asked += 1
        return super().__contains__(day)


def days_looked_at(groups: int) -> int:
    CountedDays.asked = 0
    closed = CountedDays({TODAY})
    ledger = [group(number, closed=closed, week_one=(date(2026, 6, 8),)) for number in range(groups)]
    assert len(of_kind(Kind.NEW_TIME, ledger)) == groups
    return CountedDays.asked


def test_ten_times_the_groups_are_ten_times_the_work():
    assert days_looked_at(400) == 10 * days_looked_at(40)
