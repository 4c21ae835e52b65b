"""The figures of the report, each with its words, and which of them may be shown. Pure (R-O4).

Everything is a share of the askings of whole months. Each month stands by itself, and says the same at every look.
Places and options are compared over a *block*: two months of the calendar that are over for 45 days. No two blocks
overlap, and none is so old that the calendar has erased one of its requests.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cached_property
from itertools import pairwise

from intake.choices import Option
from intake.report.askings import BACK_BY, SOON_BACK_BY, TALKED_BY, TRIED_BY, Asking, Back, FirstCall, Offered, Reached
from intake.report.small_numbers import FEWEST, Rungs, is_small, suppress, together

MONTHS = 12
SHOWN_AFTER, SETTLED_AFTER = TRIED_BY, BACK_BY  # days after the end of a month: anything, and everything
HIDDEN, EARLY = "hidden", "early"
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class Figure:
    """How many of those who asked: on the rungs above the cut, or beyond it. A month must be over for `days`: from then
    on nothing can change it any more."""

    name: str
    words: str
    ladder: str
    cut: int
    days: int
    beyond: bool = False

    def count(self, rungs: Rungs) -> int:
        return sum(rungs[self.cut :] if self.beyond else rungs[: self.cut])


LADDERS: dict[str, type[IntEnum]] = {"first_call": FirstCall, "reached": Reached, "offered": Offered, "back": Back}
# The 30 and the 45 days last: few come so late, and that must not cost the figures below them. They wait as long as
# those do, whose cuts decide about theirs.
ORDERS = {"back": (1, 4, 5, 2, 3)}
FIGURES = (
    Figure("within_hour", "Tried within one open hour", "first_call", 1, TRIED_BY),
    Figure("late", "Late", "first_call", 2, TRIED_BY, beyond=True),
    Figure("overdue", "Overdue", "first_call", 3, TRIED_BY, beyond=True),
    Figure("reached", "Reached", "reached", 1, TALKED_BY),
    Figure("offered_24", "Offered within 24 hours", "offered", 1, SHOWN_AFTER),
    Figure("offered_48", "Offered within 48 hours", "offered", 2, SHOWN_AFTER),
    Figure("back_15", "Back within 15 days", "back", 1, SOON_BACK_BY),
    Figure("back_30", "Back within 30 days", "back", 2, BACK_BY),
    Figure("back_45", "Back within 45 days", "back", 3, BACK_BY),
    Figure("came", "Came to a first session", "back", 4, BACK_BY),
    Figure("placed", "Placed", "back", 5, BACK_BY),
)


@dataclass(frozen=True)
class Cell:
    """A count of people, or why there is none: HIDDEN because it or a neighbour is small, EARLY because the month has
    not been over for long enough."""

    count: int | None
    of: int | None = None
    why: str = ""

    @property
    def percent(self) -> int | None:
        return round(100 * self.count / self.of) if self.count is not None and self.of else None


@dataclass(frozen=True)
class Waits:
    """Until the first try, for half of those tried and for nine in ten: whole minutes, in open time and in all time."""

    median: int
    most: int
    median_by_calendar: int
    most_by_calendar: int


@dataclass(frozen=True)
class Line:
    """One row of the report: one place, one option, one month, or all of them."""

    key: str
    words: str
    asked: Cell
    cells: dict[str, Cell]
    waits: Waits | None


@dataclass(frozen=True)
class Month:
    """A month of the calendar. `age` is for how many whole days it has been over, below 0 while it runs."""

    first: date
    age: int

    @property
    def key(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        return f"{self.first:%B %Y}"


@dataclass(frozen=True)
class Report:
    """`compared` are the months of the latest block that `whole`, `places` and `options` are about, and `left_out`
    those of it in which so few asked that they are in none of these."""

    compared: list[Month]
    left_out: list[Month]
    whole: Line
    places: list[Line]
    options: list[Line]
    months: list[Line]


@dataclass
class _Group:
    key: str
    words: str
    askings: list[Asking]

    @cached_property
    def rungs(self) -> dict[str, Rungs]:
        """How many stand on each rung, by ladder."""
        counted = {ladder: Counter(getattr(asking, ladder) for asking in self.askings) for ladder in LADDERS}
        return {ladder: tuple(counted[ladder][rung] for rung in LADDERS[ladder]) for ladder in LADDERS}


def months_until(today: date) -> list[Month]:
    """The month of that day and the eleven before it, earliest first."""
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - _DAY).replace(day=1))
    return [_month(first, today) for first in reversed(firsts)]


def _month(first: date, today: date) -> Month:
    next_first = (first + 31 * _DAY).replace(day=1)
    return Month(first, (today - next_first).days)


def latest_block(months: Sequence[Month]) -> tuple[Month, Month]:
    """January and February, or March and April, and so on: the latest two that are settled."""
    blocks = [pair for pair in pairwise(months) if pair[0].first.month % 2]
    return [pair for pair in blocks if pair[1].age >= SETTLED_AFTER][-1]


def report_of(
    askings: Iterable[Asking], places: Sequence[tuple[str, str]], today: date, lot: Callable[[str], str] = str
) -> Report:
    """`places` are slugs and names in their order; askings without one count in a row of their own. `lot` draws, from
    the name of a row, when it goes along with hidden ones; nobody outside should be able to draw it."""
    months = months_until(today)
    of_month = {month.key: _Group(month.key, month.words, []) for month in months}
    for asking in askings:
        of_month[f"{asking.asked_on:%Y-%m}"].askings.append(asking)
    left_out = [month for month in latest_block(months) if is_small(len(of_month[month.key].askings))]
    compared = [month for month in latest_block(months) if month not in left_out]
    if left_out and not any(of_month[month.key].askings for month in compared):
        compared = []  # nobody beside the few
    block = _Block([of_month[month.key] for month in compared or left_out], lot)
    return Report(
        compared=compared,
        left_out=left_out,
        whole=_line(_Group("", _names_of(compared), block.askings), block.shown),
        places=block.side_by_side(_by_place(block.askings, places)),
        options=[block.side_by_side(_with_and_without(option, block.askings))[0] for option in Option],
        months=[_alone(of_month[month.key], month.age) for month in months],
    )


def _names_of(compared: list[Month]) -> str:
    """ "July and August 2026": a block lies in one year."""
    if not compared:
        return "All of them"
    return " and ".join([*(f"{month.first:%B}" for month in compared[:-1]), compared[-1].words])


def _by_place(askings: list[Asking], places: Sequence[tuple[str, str]]) -> list[_Group]:
    rows = [*places, ("", "Any town, or erased")]
    return [_Group(slug, name, [one for one in askings if one.place == slug]) for slug, name in rows]


def _with_and_without(option: Option, askings: list[Asking]) -> list[_Group]:
    """One option against all else: people tick several, so that the rows of options are no partition of anything."""
    ticked = [one for one in askings if option.value in one.options]
    return [
        _Group(option.value, str(option.label), ticked),
        _Group("", "", [one for one in askings if option.value not in one.options]),
    ]


class _Block:
    """The months that are compared, together. Their total shows no more than each of them leaves it to show, and the
    rows of a table no more than the total; nothing at all where so few asked."""

    def __init__(self, months: list[_Group], lot: Callable[[str], str]) -> None:
        self._lot = lot
        self.askings = [asking for month in months for asking in month.askings]
        self.shown = {ladder: together([one.rungs[ladder] for one in months], _order(ladder)) for ladder in LADDERS}

    def side_by_side(self, groups: list[_Group]) -> list[Line]:
        rows = {ladder: self._rows(ladder, groups) for ladder in LADDERS}
        return [_line(group, {ladder: rows[ladder][row] for ladder in LADDERS}) for row, group in enumerate(groups)]

    def _rows(self, ladder: str, groups: list[_Group]) -> Sequence[tuple[bool, ...]]:
        shown = self.shown[ladder]
        if not shown[0]:
            return [shown] * len(groups)
        # Lots for every ladder alike: all of them hide the same sizes.
        lots = [self._lot(group.key) for group in groups]
        cuts = [cut for cut in _order(ladder) if shown[cut]]
        return suppress([group.rungs[ladder] for group in groups], cuts, lots).rows


def _order(ladder: str) -> Sequence[int]:
    return ORDERS.get(ladder) or range(1, len(LADDERS[ladder]))


def _alone(group: _Group, age: int) -> Line:
    return _line(group, {ladder: suppress([group.rungs[ladder]], _order(ladder)).total for ladder in LADDERS}, age)


def _line(group: _Group, shown: dict[str, tuple[bool, ...]], age: int = SETTLED_AFTER) -> Line:
    asked = len(group.askings)
    why_not = EARLY if age < SHOWN_AFTER else "" if shown["reached"][0] else HIDDEN
    is_shown = not why_not

    def cell(figure: Figure) -> Cell:
        if age < figure.days:
            return Cell(None, why=EARLY)
        if not (is_shown and shown[figure.ladder][figure.cut]):
            return Cell(None, why=HIDDEN)
        return Cell(figure.count(group.rungs[figure.ladder]), asked)

    return Line(
        key=group.key,
        words=group.words,
        asked=Cell(asked, asked) if is_shown else Cell(None, why=why_not),
        cells={figure.name: cell(figure) for figure in FIGURES},
        waits=_waits(group.askings) if is_shown and shown["first_call"][1] else None,
    )


def _waits(askings: list[Asking]) -> Waits | None:
    """None below eleven people tried."""
    open_time = sorted(one.waited for one in askings if one.waited is not None)
    by_calendar = sorted(one.waited_by_calendar for one in askings if one.waited_by_calendar is not None)
    if len(open_time) < FEWEST:
        return None
    return Waits(_half(open_time), _nine_in_ten(open_time), _half(by_calendar), _nine_in_ten(by_calendar))


def _half(waits: list[timedelta]) -> int:
    """The middle one, or what lies half-way between the two in the middle."""
    low, high = waits[(len(waits) - 1) // 2], waits[len(waits) // 2]
    return (low + high) / 2 // _MINUTE


def _nine_in_ten(waits: list[timedelta]) -> int:
    """The longest of the nine in ten that were tried soonest."""
    return waits[-(-9 * len(waits) // 10) - 1] // _MINUTE
