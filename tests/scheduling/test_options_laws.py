"""What every list of restart options keeps, whatever the ledger, the wishes and the moment."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.facts import Ledger
from scheduling.hours import Daypart
from scheduling.options import VIDEO, WEEKS_AHEAD, Need, Option, Wishes, best_of, find, restart_options
from scheduling.picks import BY_APPOINTMENT, Kind
from tests.scheduling.facts import BOTH_CLOCK_CHANGES, TODAY, TOLEDO_TIME, group, hour, kind_of, ledger_of, numbers

TOWNS = ["toledo", "maumee", "perrysburg", "oregon", "elsewhere", VIDEO]
MINUTE = timedelta(minutes=1)

near_a_clock_change = st.sampled_from(BOTH_CLOCK_CHANGES).flatmap(
    lambda sunday: st.dates(sunday - timedelta(days=3), sunday + timedelta(days=3))
)
days = st.dates(TODAY - timedelta(days=150), TODAY + timedelta(days=210)) | near_a_clock_change
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)) | st.builds(
    lambda day, minutes: datetime.combine(day, time(), UTC) + minutes * MINUTE,
    near_a_clock_change,
    st.integers(0, 24 * 60),
)
wall_times = st.times(time(7), time(20)).map(lambda at: at.replace(second=0, microsecond=0))
some_groups = st.lists(
    st.builds(
        group,
        number=st.integers(1, 40),
        town=st.sampled_from(TOWNS),
        weekdays=st.lists(st.integers(0, 6), max_size=4, unique=True).map(tuple),
        starts=wall_times,
        therapist_id=st.none() | st.integers(1, 5),
        seats_left=st.integers(0, 3),
        week_one=st.lists(days, max_size=4).map(tuple),
        closed=st.frozensets(days, max_size=8),
    ),
    max_size=6,
    unique_by=lambda facts: facts.id,
)
some_hours = st.lists(
    st.builds(
        hour,
        number=st.integers(1, 40),
        town=st.sampled_from(TOWNS),
        kind=st.sampled_from(BY_APPOINTMENT),
        day=days,
        starts=wall_times,
        therapist_id=st.integers(1, 5),
        seats_left=st.integers(0, 1),
        closed=st.frozensets(days, max_size=3),
    ),
    max_size=6,
    unique_by=lambda facts: facts.id,
)
some_ledgers = st.builds(lambda groups, hours: ledger_of([*groups, *hours]), some_groups, some_hours)
some_wishes = st.builds(
    Wishes,
    kinds=st.frozensets(st.sampled_from(list(Kind))),
    town=st.sampled_from(["", "toledo", "oregon", "elsewhere"]),
    dayparts=st.frozensets(st.sampled_from(list(Daypart))),
    needs=st.frozensets(st.sampled_from(list(Need))),
    avoid_groups=st.frozensets(st.integers(1, 40), max_size=5),
    avoid_therapists=st.frozensets(st.integers(1, 5), max_size=2),
    not_before=st.just(date.min) | days,
)


def every_option(wishes, ledger, now) -> Iterator[Option]:
    """Offered or full."""
    for one in restart_options(wishes, ledger, now):
        yield from one.options + one.full


def picks(options) -> list:
    return [option.pick for option in options]


# --- never ------------------------------------------------------------------------------------------------------


@given(some_wishes, some_ledgers, moments)
def test_nothing_full_is_ever_offered_and_nothing_free_is_called_full(wishes, ledger, now):
    for one in restart_options(wishes, ledger, now):
        assert all(option.what.seats_left > 0 for option in one.options)
        assert all(option.what.seats_left <= 0 for option in one.full)


@given(some_wishes, some_ledgers, moments)
def test_nothing_closed_past_avoided_or_too_soon_is_ever_named_not_even_as_full(wishes, ledger, now):
    for option in every_option(wishes, ledger, now):
        assert option.starts_at > now
        assert option.starts_on >= wishes.not_before
        assert option.starts_on not in option.what.closed
        assert option.starts_on.weekday() in option.what.weekdays
        assert option.what.therapist_id not in wishes.avoid_therapists
        assert option.pick.is_hour or option.what.id not in wishes.avoid_groups
        assert option.why


@given(some_wishes, some_ledgers, moments)
def test_an_hour_stands_under_its_own_kind_and_a_group_under_none_of_them(wishes, ledger, now):
    for option in every_option(wishes, ledger, now):
        assert getattr(option.what, "kind", None) == (option.pick.kind if option.pick.is_hour else None)
        assert option.what in (ledger.slots if option.pick.is_hour else ledger.groups)


@given(some_wishes, some_ledgers, moments)
def test_every_start_is_at_the_same_time_on_the_wall_all_year(wishes, ledger, now):
    for option in every_option(wishes, ledger, now):
        wall = option.starts_at.astimezone(TOLEDO_TIME)
        assert (wall.date(), wall.time()) == (option.starts_on, option.what.starts)


# --- always -----------------------------------------------------------------------------------------------------


@given(some_wishes, some_ledgers, moments)
def test_all_five_kinds_come_back_in_the_order_of_the_form(wishes, ledger, now):
    found = restart_options(wishes, ledger, now)
    assert [one.kind for one in found] == list(Kind)
    assert {one.kind for one in found if one.asked_for} == wishes.kinds


@given(some_wishes, some_ledgers, moments, st.randoms())
def test_the_order_does_not_hang_on_the_order_of_the_ledger(wishes, ledger, now, chance):
    shuffled = Ledger(*(tuple(chance.sample(facts, len(facts))) for facts in (ledger.groups, ledger.slots)))
    assert restart_options(wishes, shuffled, now) == restart_options(wishes, ledger, now)


@given(some_wishes, some_ledgers, moments)
def test_full_is_exactly_what_would_be_offered_if_there_were_seats(wishes, ledger, now):
    with_seats = ledger_of(replace(facts, seats_left=1) for facts in (*ledger.groups, *ledger.slots))
    for one, if_free in zip(
        restart_options(wishes, ledger, now), restart_options(wishes, with_seats, now), strict=True
    ):
        assert if_free.full == ()
        for part in (one.options, one.full):  # and both are in that same order
            assert picks(part) == [pick for pick in picks(if_free.options) if pick in picks(part)]
        assert {*picks(one.options), *picks(one.full)} == set(picks(if_free.options))


@given(some_wishes, some_ledgers, moments)
def test_no_group_that_could_be_offered_is_left_out(wishes, ledger, now):
    """Whoever meets in the coming weeks on an open day, and is not avoided, has a next start."""
    found = restart_options(wishes, ledger, now)[1]
    coming = [now.astimezone(TOLEDO_TIME).date() + timedelta(days=ahead) for ahead in range(1, 7 * WEEKS_AHEAD)]
    wanted = {
        facts.id
        for facts in ledger.groups
        if facts.id not in wishes.avoid_groups
        and facts.therapist_id not in wishes.avoid_therapists
        and any(facts.meets_on(day) for day in coming if day >= wishes.not_before)
    }
    assert wanted <= {*numbers(found.options), *numbers(found.full)}


@given(some_wishes, some_ledgers, moments)
def test_no_hour_that_could_be_offered_is_left_out(wishes, ledger, now):
    found = {option.what.id for option in every_option(wishes, ledger, now) if option.pick.is_hour}
    assert found == {
        facts.id
        for facts in ledger.slots
        if facts.therapist_id not in wishes.avoid_therapists
        and facts.day not in facts.closed
        and facts.day >= wishes.not_before
        and timedelta() < facts.starts_at - now < timedelta(weeks=WEEKS_AHEAD)
    }


@given(some_wishes, some_ledgers, moments)
def test_the_next_start_of_a_group_is_its_very_next(wishes, ledger, now):
    for option in restart_options(wishes, ledger, now)[1].options:
        sooner = (option.starts_on - timedelta(days=ahead) for ahead in range(1, 7 * WEEKS_AHEAD))
        could_start = [day for day in sooner if day >= wishes.not_before and option.what.meets_on(day)]
        assert all(option.what.begins_on(day) <= now for day in could_start)


@given(some_wishes, some_ledgers, moments, st.sampled_from(TOWNS))
def test_a_town_with_nothing_changes_nothing_about_the_others(wishes, ledger, now, town):
    elsewhere = ledger_of(facts for facts in (*ledger.groups, *ledger.slots) if facts.town != town)
    before, after = restart_options(wishes, ledger, now), restart_options(wishes, elsewhere, now)
    for one, left in zip(before, after, strict=True):
        assert picks(left.options) == picks(option for option in one.options if option.what.town != town)
        assert picks(left.full) == picks(option for option in one.full if option.what.town != town)


@given(some_wishes, some_ledgers, moments)
def test_the_best_are_different_starts_from_what_was_asked_for(wishes, ledger, now):
    kinds = restart_options(wishes, ledger, now)
    best = best_of(kinds, most=3)
    assert len({(option.pick.is_hour, option.what.id) for option in best}) == len(best) <= 3
    asked = [option for kind in kinds if kind.asked_for for option in kind.options]
    assert all(option in asked for option in best) or not asked
    assert best or not any(kind.options for kind in kinds)


@given(some_wishes, some_ledgers, moments)
def test_what_is_offered_is_found_again_and_what_is_full_is_not(wishes, ledger, now):
    kinds = restart_options(wishes, ledger, now)
    for one in kinds:
        assert [find(kinds, option.pick) for option in one.options] == list(one.options)
        assert {find(kinds, option.pick) for option in one.full} <= {None}


# --- four hundred groups -----------------------------------------------------------------------------------------


def many(chance, number) -> Ledger:
    """So many groups and hours all over the towns, some full, some closed."""
    closed = frozenset(TODAY + timedelta(days=chance.randrange(60)) for _ in range(10))
    groups = [
        group(
            one,
            chance.choice(TOWNS),
            weekdays=tuple(chance.sample(range(7), 3)),
            starts=time(chance.randrange(8, 20)),
            seats_left=chance.randrange(3),
            closed=closed,
        )
        for one in range(number)
    ]
    hours = [
        hour(one, chance.choice(TOWNS), day=TODAY + timedelta(days=chance.randrange(60)), closed=closed)
        for one in range(number)
    ]
    return ledger_of([*groups, *hours])


@settings(max_examples=5, deadline=None)
@given(some_wishes, st.integers(0, 2**32).map(Random))
def test_among_four_hundred_groups_all_of_this_holds_too(wishes, chance):
    ledger, now = many(chance, 400), datetime(2026, 6, 1, 14, tzinfo=UTC)
    laws = [
        test_nothing_full_is_ever_offered_and_nothing_free_is_called_full,
        test_nothing_closed_past_avoided_or_too_soon_is_ever_named_not_even_as_full,
        test_full_is_exactly_what_would_be_offered_if_there_were_seats,
        test_no_group_that_could_be_offered_is_left_out,
        test_no_hour_that_could_be_offered_is_left_out,
        test_the_best_are_different_starts_from_what_was_asked_for,
    ]
    for law in laws:
        law.hypothesis.inner_test(wishes, ledger, now)


# --- cost --------------------------------------------------------------------------------------------------------


class CountedDays(frozenset):
    """Closed days that count how often somebody asks for one."""

    asked = 0

    def __contains__(self, day) -> bool:
        CountedDays.asked += 1
        return super().__contains__(day)


def days_looked_at(number: int) -> int:
    CountedDays.asked = 0
    closed = CountedDays({TODAY})
    groups = [group(one, closed=closed, week_one=(date(2026, 6, 8),)) for one in range(number)]
    hours = [hour(one, day=date(2026, 6, 8), closed=closed) for one in range(number)]
    assert len(kind_of(Kind.NEW_TIME, [*groups, *hours]).options) == number
    return CountedDays.asked


@pytest.mark.parametrize("times", [10, 100])
def test_so_many_times_the_groups_are_so_many_times_the_work(times):
    assert days_looked_at(40 * times) == times * days_looked_at(40)
