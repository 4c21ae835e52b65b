"""What anyone can work out of everything that was ever shown: the months, their total, its tables, and pages of other
days. No count of 1 to 10 is among it (R-O4, docs/decisions/0017)."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from math import lcm
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.report.askings import Back, FirstCall, Offered, Reached
from intake.report.figures import EARLY, FIGURES, LADDERS, latest_block, months_until, report_of
from intake.report.small_numbers import Shown, is_small, suppress, together
from tests.report.cast import asking
from tests.report.test_small_numbers import COUNTS, ORDERS

# --- who adds and subtracts ------------------------------------------------------------------------------------------


def worked_out(people, shown):
    """The size of every set of cells that sums and differences of what is shown make known.

    `people` is how many there are in each cell, `shown` the cells that are counted in each number: a 1 for each, else
    0. Of a cell that turns out to be empty anyone can say so, and go on without it.
    """
    while True:
        weights = weights_of(shown, len(people))
        off, sizes = [0], [0]  # by set: 0 when it is known, and how many are in it
        for weight, number in zip(weights, people, strict=True):
            off += [one + weight for one in off]
            sizes += [one + number for one in sizes]
        known = [cells for cells, is_off in enumerate(off) if not is_off]
        empty = {cell for cells in known if not sizes[cells] for cell in range(len(people)) if cells >> cell & 1}
        if not empty:
            return {sizes[cells] for cells in known}
        people = [number for cell, number in enumerate(people) if cell not in empty]
        shown = [[one for cell, one in enumerate(row) if cell not in empty] for row in shown]


def weights_of(shown, cells):
    """One whole number for each cell; those of a set add up to 0 only when the set is known from what is shown."""
    free = list(orthogonal_to(shown, cells))
    return [sum(int(one[cell]) * 10 ** (9 * place) for place, one in enumerate(free)) for cell in range(cells)]


def orthogonal_to(rows, cells):
    """Every direction in which the people could be others while nothing that is shown changes, in whole numbers."""
    rows, pivots = [list(map(Fraction, row)) for row in rows], []
    for cell in range(cells):
        at = next((one for one in range(len(pivots), len(rows)) if rows[one][cell]), None)
        if at is None:
            continue
        top = len(pivots)
        rows[top], rows[at] = rows[at], rows[top]
        rows[top] = [one / rows[top][cell] for one in rows[top]]
        for other in range(len(rows)):
            if other != top and rows[other][cell]:
                times = rows[other][cell]
                rows[other] = [a - times * b for a, b in zip(rows[other], rows[top], strict=True)]
        pivots.append(cell)
    for loose in (cell for cell in range(cells) if cell not in pivots):
        one = [Fraction(cell == loose) for cell in range(cells)]
        for row, pivot in enumerate(pivots):
            one[pivot] = -rows[row][loose]
        yield [part * lcm(*(part.denominator for part in one)) for part in one]


def small_ones(people, shown):
    return sorted(size for size in worked_out(people, shown) if is_small(size))


def test_what_is_left_of_a_total_is_worked_out_and_so_is_what_an_empty_cell_gives_away():
    """Three cells. The first two together, and all of them; then the first alone is known to be empty."""
    assert worked_out([4, 20, 7], [[1, 1, 0], [1, 1, 1]]) == {0, 24, 7, 31}
    assert worked_out([0, 20, 7], [[1, 0, 0], [1, 1, 0]]) == {0, 20}
    assert small_ones([4, 20, 7], [[1, 1, 0], [1, 1, 1]]) == [7]


# --- months, and what their total may show beside them ---------------------------------------------------------------


@st.composite
def months_and_places(draw, rungs=3):
    """Two months of two places: people by month, place and rung."""
    return [[draw(st.tuples(*[COUNTS] * rungs)) for _ in range(2)] for _ in range(2)]


@st.composite
def rows_that_stand_alone(draw):
    """Of nobody or of more than a few each; up to twelve cells, so that every set of them can be tried."""
    number, rungs = draw(st.sampled_from([(1, 3), (2, 2), (2, 4), (2, 6), (3, 3), (3, 4)]))
    rows = draw(st.lists(st.tuples(*[COUNTS] * rungs), min_size=number, max_size=number))
    return [row for row in rows if not is_small(sum(row))] or [(0,) * rungs]


def cuts_of(table, order):
    return order and [cut for cut in order if cut < len(table[0])]


def beside_each_other(table, order):
    """What is shown of rows each of which stands alone, and of their total."""
    cuts = cuts_of(table, order)
    return Shown(together(table, cuts), tuple(suppress([row], cuts).total for row in table))


def cells_above(rows, rungs, cut, of):
    """Which cells a number counts: of these rows, those above the cut, or all of them at cut 0."""
    return [int(row in of and (rung < cut or not cut)) for row in range(rows) for rung in range(rungs)]


def shown_cells(table, shown):
    rows, rungs = len(table), len(table[0])
    everywhere = [cells_above(rows, rungs, cut, range(rows)) for cut in range(rungs) if shown.total[cut]]
    alone = [(row, cut) for row in range(rows) for cut in range(rungs) if shown.rows[row][cut]]
    return everywhere + [cells_above(rows, rungs, cut, [row]) for row, cut in alone]


def people_in(table):
    return [count for row in table for count in row]


@given(rows_that_stand_alone(), ORDERS)
def test_no_small_number_can_be_worked_out_of_rows_that_stand_alone_and_their_total(table, order):
    shown = beside_each_other(table, order)
    assert small_ones(people_in(table), shown_cells(table, shown)) == []


@given(rows_that_stand_alone(), ORDERS)
def test_the_total_shows_what_every_row_shows_and_nothing_else(table, order):
    shown = beside_each_other(table, order)
    assert shown.total == tuple(all(cuts) for cuts in zip(*shown.rows, strict=True))
    assert together(table[:1], cuts_of(table, order)) == shown.rows[0]


@pytest.mark.parametrize("sizes", [(11, 11), (14, 49), (40, 40), (11, 60)])
def test_who_replays_the_rule_on_the_shares_of_two_months_still_has_ten_values_to_choose_from(sizes):
    """Every two months of these sizes that have one page; a hidden share could be any of 1 to 10, or all but those."""
    pages = defaultdict(set)
    for shares in product(*[range(size + 1) for size in sizes]):
        table = [(share, size - share) for share, size in zip(shares, sizes, strict=True)]
        shown = beside_each_other(table, None)
        told = tuple(share if cuts[1] else None for share, cuts in zip(shares, shown.rows, strict=True))
        pages[told, sum(shares) if shown.total[1] else None].add(shares)
    hidden = [
        {shares[month] for shares in ones}
        for (told, _total), ones in pages.items()
        for month in (0, 1)
        if told[month] is None
    ]
    assert min(map(len, hidden)) >= 10


def of_places(people):
    return [tuple(map(sum, zip(*place, strict=True))) for place in zip(*people, strict=True)]


@given(months_and_places())
def test_a_table_of_the_total_shows_the_cuts_of_the_total_and_no_others(people):
    months, places = [tuple(map(sum, zip(*month, strict=True))) for month in people], of_places(people)
    total = together(months)
    if total[0]:
        assert suppress(places, [cut for cut in range(1, 3) if total[cut]]).total == total


@given(months_and_places())
def test_no_small_number_can_be_worked_out_of_months_and_places_together(people):
    months, places = [tuple(map(sum, zip(*month, strict=True))) for month in people], of_places(people)
    alone, total = [suppress([month]).total for month in months], together(months)
    by_place = suppress(places, [cut for cut in range(1, 3) if total[cut]]).rows if total[0] else [total] * 2
    numbers = [
        *(({0, 1}, {0, 1}, cut) for cut in range(3) if total[cut]),
        *(({month}, {0, 1}, cut) for month in (0, 1) for cut in range(3) if alone[month][cut]),
        *(({0, 1}, {place}, cut) for place in (0, 1) for cut in range(3) if by_place[place][cut]),
    ]
    cells = [(month, place, rung) for month in (0, 1) for place in (0, 1) for rung in range(3)]
    shown = [
        [int(month in of and place in at and (rung < cut or not cut)) for month, place, rung in cells]
        for of, at, cut in numbers
    ]
    assert small_ones([people[month][place][rung] for month, place, rung in cells], shown) == []


def test_the_total_of_two_months_shows_the_cuts_that_both_show():
    """The first month shows cuts 1 and 2, the other one only cut 2, as 5 stand above cut 1."""
    assert together([(20, 20, 20), (5, 20, 20)]) == (True, False, True)
    # 9 and 9 beyond cut 3 are 18, and hidden by both. Two elevens are not.
    assert together([(40, 20, 20, 9), (40, 20, 20, 9)]) == (True, True, True, False)
    assert together([(40, 20, 20, 11), (40, 20, 20, 11)]) == (True, True, True, True)
    # Of a month of ten nothing is shown, so nothing of the total.
    assert together([(40, 20), (5, 5)]) == (False, False)


# --- pages of a whole year -------------------------------------------------------------------------------------------

FIRST, LOOKS = date(2025, 7, 1), [date(2026, 1, 1) + timedelta(days=5 * number) for number in range(73)]
PLACES = [("toledo", "Toledo"), ("maumee", "Maumee")]
KINDS = {"first_call": FirstCall, "reached": Reached, "offered": Offered, "back": Back}
KNOWN_AFTER = {"first_call": 7, "reached": 15, "offered": 7}
SIZES = (0, 3, 9, 10, 11, 12, 14, 20, 25, 30, 45)


def a_year_and_a_half(chance):
    """Askings of eighteen months as they end up, with few and with many on each rung."""
    first = FIRST
    while first < date(2027, 1, 1):
        weights = {name: [chance.choice((0, 1, 1, 3, 10)) for _ in kind] for name, kind in KINDS.items()}
        for _ in range(chance.choice(SIZES)):
            rungs = {
                name: kind(chance.choices(range(len(kind)), weights[name])[0] if any(weights[name]) else 0)
                for name, kind in KINDS.items()
            }
            place = chance.choices(("toledo", "maumee", ""), weights["offered"])[0] if any(weights["offered"]) else ""
            yield asking(asked_on=first + timedelta(days=chance.randrange(28)), place=place, **rungs)
        first = (first + timedelta(days=31)).replace(day=1)


def as_known(askings, today, chance):
    """The askings of the twelve months as they look on that day: what is not known yet may look like anything."""
    age_of = {month.key: month.age for month in months_until(today)}
    for one in askings:
        age = age_of.get(f"{one.asked_on:%Y-%m}")
        if age is not None and one.asked_on <= today:
            yield one if age >= 45 else replace(one, **guesses(one, age, chance))


def guesses(one, age, chance):
    early = {name: chance.choice(list(KINDS[name])) for name, days in KNOWN_AFTER.items() if age < days}
    if age < (15 if one.back == Back.WITHIN_15 else 45):
        early["back"] = chance.choice([one.back, Back.NOT])
    return early


def answers(looks):
    """Everything that was ever said of a month, and of a block and its places: the answers by line and figure."""
    said = defaultdict(set)
    for look in looks:
        block = tuple(month.key for month in look.compared)
        lines = [*(((line.key,), "all", line) for line in look.months), (block, "all", look.whole)]
        for months, place, line in [*lines, *((block, line.key, line) for line in look.places)]:
            for name, cell in {"asked": line.asked, **line.cells}.items():
                if cell.why != EARLY and months:
                    said[months, place, name].add((cell.count, cell.why))
    return said


def counted_by(name, ladder):
    """Which rungs a figure counts; None for one of another ladder."""
    rungs = list(LADDERS[ladder])
    if name == "asked":
        return set(rungs)
    figure = next(one for one in FIGURES if one.name == name)
    return set(rungs[figure.cut :] if figure.beyond else rungs[: figure.cut]) if figure.ladder == ladder else None


def everything_shown(said, block, cells, ladder):
    """The numbers that were shown of this block, of its months, and of its places where cells are of places."""
    with_places = any(place != "all" for _month, place, _rung in cells)
    for (months, place, name), ones in said.items():
        rungs = counted_by(name, ladder)
        is_one = {count for count, _why in ones} != {None} and set(months) <= set(block) and rungs is not None
        if is_one and (with_places or place == "all"):
            yield [int(m in months and place in ("all", p) and rung in rungs) for m, p, rung in cells]


@settings(max_examples=10)
@given(st.integers(0, 2**32))
def test_a_year_of_pages_says_the_same_of_everything_and_gives_no_small_number_away(seed):
    chance = Random(seed)
    askings = list(a_year_and_a_half(chance))
    looks = [report_of(as_known(askings, day, chance), PLACES, day) for day in LOOKS]
    said = answers(looks)
    assert {key: ones for key, ones in said.items() if len(ones) > 1} == {}
    blocks = {tuple(month.key for month in latest_block(months_until(day))) for day in LOOKS}
    assert sum(map(len, blocks)) == len({month for block in blocks for month in block}) == 14
    for block in blocks:
        for ladder in LADDERS:
            places = ("toledo", "maumee", "") if ladder == "reached" else ("all",)
            cells = [(month, place, rung) for month in block for place in places for rung in LADDERS[ladder]]
            people = [
                sum(
                    f"{one.asked_on:%Y-%m}" == m and p in ("all", one.place) and getattr(one, ladder) == r
                    for one in askings
                )
                for m, p, r in cells
            ]
            assert small_ones(people, list(everything_shown(said, block, cells, ladder))) == []
