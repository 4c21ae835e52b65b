"""No small number is shown, and none can be worked out from what is shown (R-O4, docs/decisions/0017)."""

from collections import defaultdict
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.report.figures import ORDERS as ORDERS_OF_CUTS
from intake.report.small_numbers import FEWEST, Shown, is_small, suppress

COUNTS = st.one_of(st.integers(0, 30), st.integers(0, 3), st.integers(9, 13), st.integers(0, 400))


@st.composite
def tables(draw):
    rungs = draw(st.integers(1, 6))
    return draw(st.lists(st.tuples(*[COUNTS] * rungs), min_size=1, max_size=6))


def above(rungs, cut):
    """What is shown at this cut: the size at cut 0, else how many stand above it."""
    return sum(rungs[:cut]) if cut else sum(rungs)


def published(table, shown: Shown):
    """Every number on the page, and everything that adding and subtracting makes of it: rows hidden at one cut have a
    known sum."""
    total = [sum(column) for column in zip(*table, strict=True)]
    numbers = {}
    for cut, is_open in enumerate(shown.total):
        if is_open:
            numbers["total", cut] = above(total, cut)
        numbers |= {(row, cut): above(table[row], cut) for row, cuts in enumerate(shown.rows) if cuts[cut]}
    return numbers


def differences(table, shown):
    """The people between neighbouring open cuts, of each row and of the total, and of rows hidden at a cut together."""
    total = tuple(sum(column) for column in zip(*table, strict=True))
    for rungs, cuts in [(total, shown.total), *zip(table, shown.rows, strict=True)]:
        if cuts[0]:
            edges = [cut for cut, is_open in enumerate(cuts) if is_open and cut] + [len(rungs)]
            yield sum(rungs)
            yield from (sum(rungs[a:b]) for a, b in zip([0, *edges], edges, strict=False))
    yield from sums_of_hidden_rows(table, shown)


def sums_of_hidden_rows(table, shown):
    """Rows hidden at a cut have a sum there that is known from the total, so have more rows than those; take any two
    cuts, and all rows that are hidden at one of them."""
    end = len(table[0])
    hidden_at = {
        cut or end: {row for row in range(len(table)) if not shown.rows[row][cut]}
        for cut, is_open in enumerate(shown.total)
        if is_open
    } | {0: set()}
    for upper, lower in ((a, b) for a in hidden_at for b in hidden_at if a < b):
        yield sum(sum(table[row][upper:lower]) for row in hidden_at[upper] | hidden_at[lower])


ORDERS = st.sampled_from([None, *ORDERS_OF_CUTS.values()])


def of(table, order):
    """What is shown, with the order of the figures about coming back where the ladder is as long as theirs."""
    return suppress(table, order and [cut for cut in order if cut < len(table[0])])


@given(tables(), ORDERS)
def test_no_small_number_is_shown_or_is_a_difference_of_two_that_are(table, order):
    assert [count for count in differences(table, of(table, order)) if 0 < count < FEWEST] == []


def extreme(table, shown, row, cut, *, most: bool):
    """The largest or smallest this hidden count can be while every number on the page stays what it is.

    People are exchanged with other hidden rows, each time for one of a rung further up (or down), as long as that goes
    on; where sizes are hidden too, people first just move over. Whatever is found this way is possible.
    """
    table, same = [list(rungs) for rungs in table], published(table, shown)
    others = [other for other in range(len(table)) if other != row and not shown.rows[other][cut]]
    rungs = range(len(table[row]))
    for other in others if not shown.rows[row][0] else ():
        for one in rungs:
            _try(table, shown, same, (other, row, one, None) if most else (row, other, one, None))
    before = None
    while before != table:
        before = [list(one) for one in table]
        for other in others:
            for comes, goes in ((a, b) for a in rungs for b in rungs if (a < b if most else a > b)):
                _try(table, shown, same, (other, row, comes, goes))
    assert published(table, shown) == same
    assert min(min(one) for one in table) >= 0
    return above(table[row], cut)


def _try(table, shown, same, exchange) -> None:
    """As many as possible go over on one rung, and as many come back on the other, unless the page would change."""
    giver, taker, there, back = exchange
    number = table[giver][there] if back is None else min(table[giver][there], table[taker][back])
    trial = [list(rungs) for rungs in table]
    trial[giver][there] -= number
    trial[taker][there] += number
    if back is not None:
        trial[taker][back] -= number
        trial[giver][back] += number
    if published(trial, shown) == same:
        table[:] = trial


def secrets(table, shown):
    """Row and cut of every hidden count of which the total is shown; but where none or all of the hidden rows' people
    stand above the cut, it is known of each row and tells of nobody in particular."""
    for cut in (cut for cut, is_open in enumerate(shown.total) if is_open):
        hidden = [row for row, cuts in enumerate(shown.rows) if not cuts[cut]]
        everybody, those_above = sum(sum(table[row]) for row in hidden), sum(above(table[row], cut) for row in hidden)
        if not cut or 0 < those_above < everybody:
            yield from ((row, cut) for row in hidden)


@given(tables(), ORDERS)
def test_every_hidden_number_could_be_at_least_twelve_different_ones(table, order):
    shown = of(table, order)
    for row, cut in secrets(table, shown):
        least, most = (extreme(table, shown, row, cut, most=most) for most in (False, True))
        assert most - least >= FEWEST, (row, cut, least, most)


@given(tables())
def test_nothing_is_hidden_where_nothing_could_be_told(table):
    total = tuple(sum(column) for column in zip(*table, strict=True))
    if not any(map(is_small, [sum(total), *total, *(count for rungs in table for count in [*rungs, sum(rungs)])])):
        assert suppress(table) == Shown((True,) * len(total), ((True,) * len(total),) * len(table))


@given(tables())
def test_the_order_of_the_rows_does_not_change_the_total(table):
    assert suppress(table).total == suppress(table[::-1]).total == suppress([tuple(map(sum, zip(*table)))]).total  # noqa: B905


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([(10,)], [False]),
        ([(11,)], [True]),
        ([(0,)], [True]),
        ([(10,), (50,), (40,)], [False, False, True]),  # another one goes along, the first unless lots are drawn
        ([(10,), (50,), (0,)], [False, False, True]),  # nobody hides nobody
        ([(5,), (5,), (40,)], [False, False, False]),  # ten together are still a small number
        ([(5,), (6,), (40,)], [False, False, True]),
    ],
)
def test_a_row_of_ten_is_hidden_and_one_of_eleven_is_shown(rows, shown):
    assert [cuts[0] for cuts in suppress(rows).rows] == shown


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([(11, 11), (20, 20)], [True, True]),
        ([(10, 30), (20, 20), (25, 25)], [False, False, True]),  # ten above the cut
        ([(30, 10), (20, 20), (25, 25)], [False, False, True]),  # ten below it: 40 less 30
        ([(0, 40), (40, 0), (20, 20)], [True, True, True]),  # none, or all of them
    ],
)
def test_a_share_is_hidden_when_few_have_it_and_when_few_do_not(rows, shown):
    assert [cuts[1] for cuts in suppress(rows).rows] == shown


def test_a_cut_too_close_to_the_one_above_it_is_left_out_and_the_next_one_stands():
    assert suppress([(20, 5, 30, 40)]).total == (True, True, False, True)


def test_a_cut_that_is_opened_last_costs_no_other_one():
    table = [(30, 20, 7, 8, 20, 80), (60, 40, 30, 30, 40, 99), (60, 40, 30, 30, 40, 99)]
    assert suppress(table).rows[0] == (True, True, True, False, False, False)
    assert suppress(table, (1, 2, 4, 5, 3)).rows[0] == (True, True, True, False, True, True)


def test_no_cut_is_open_but_those_that_were_asked_for():
    assert suppress([(20, 30, 40), (50, 60, 70)], [2]).rows == ((True, False, True), (True, False, True))
    assert suppress([(20, 30, 40), (50, 60, 70)], []).total == (True, False, False)


def test_a_row_that_is_hidden_once_stays_hidden_further_down():
    assert suppress([(5, 50, 50), (60, 50, 50), (70, 50, 50)]).rows == (
        (True, False, False),
        (True, False, False),
        (True, True, True),
    )


def test_a_table_without_rows_shows_nothing_but_that_nobody_is_there():
    assert suppress([(0, 0)]) == Shown((True, True), ((True, True),))


def test_the_lot_says_which_row_goes_along():
    sizes = [(10,), (50,), (40,)]
    assert [cuts[0] for cuts in suppress(sizes, lots="aba").rows] == [False, True, False]
    assert [cuts[0] for cuts in suppress(sizes, lots="aab").rows] == [False, False, True]


def same_pages(tables, shown_of):
    """The tables that have one page, for every page that some draw of lots makes of some table."""
    pages = defaultdict(set)
    for table in tables:
        for lots in permutations("abcd"[: len(table)]):
            shown = suppress([shown_of(count, row) for row, count in enumerate(table)], lots=lots)
            if all(shown.total):
                open_rows = [all(cuts) for cuts in shown.rows]
                pages[tuple(n if is_open else None for n, is_open in zip(table, open_rows, strict=True))].add(table)
    return pages


def fewest_possible(pages):
    """How many values somebody must leave open who knows the whole rule, and all of the page, and not the lots."""
    return min(
        len({table[row] for table in tables})
        for page, tables in pages.items()
        for row, count in enumerate(page)
        if count is None
    )


def splits(total, rows, most):
    """Every way to spread that many people over the rows, none of which holds more than its most."""
    ways = product(*[range(min(total, limit) + 1) for limit in most[: rows - 1]])
    tables = ((*way, total - sum(way)) for way in ways)
    return [table for table in tables if 0 <= table[-1] <= most[-1]]


@pytest.mark.parametrize(("total", "rows"), [(11, 2), (12, 3), (21, 3), (22, 3), (31, 3), (33, 3), (22, 4)])
def test_who_replays_the_rule_on_sizes_still_has_nine_values_to_choose_from(total, rows):
    pages = same_pages(splits(total, rows, [total] * rows), lambda count, row: (count,))
    assert fewest_possible(pages) >= 9


@pytest.mark.parametrize(
    ("sizes", "total"),
    [((14, 49), 15), ((14, 14, 35), 11), ((14, 14, 35), 25), ((11, 12, 40), 30), ((20, 30, 25), 33), ((12,) * 4, 20)],
)
def test_who_replays_the_rule_on_shares_still_has_nine_values_to_choose_from(sizes, total):
    pages = same_pages(splits(total, len(sizes), sizes), lambda count, row: (count, sizes[row] - count))
    assert fewest_possible(pages) >= 9
