"""Where the parts of each drawing stand, in the units of its view box; the templates put them into SVG. Pure."""

from dataclasses import dataclass, replace
from itertools import pairwise

from intake.report.coverage import HOURS, Coverage, Hour
from intake.report.figures import FIGURES, HIDDEN, Cell, Line

WIDE, NARROW = 720, 560
_NUMBER = 96  # room for "100% (1234)" after the longest bar
_ROW = 34
_RUNGS = ("Within one open hour", "Before it was late", "Late", "Overdue")
_KINDS = ("lit", "door", "late", "overdue")
_TOO_SMALL = "Parts too small to show"


@dataclass(frozen=True)
class Part:
    """A stretch of a bar or column. `kind` says how it is filled; `words` and `value` what it is."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str
    value: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    parts: list[Part]
    says: str
    labels: int = 0  # where the words before the bars end

    @property
    def number_at(self) -> int:
        return self.width - _NUMBER + 10

    @property
    def longest(self) -> int:
        return self.width - self.labels - _NUMBER - 10


@dataclass(frozen=True)
class Column:
    """One month: its parts from the ground up, or none when it is hidden."""

    x: float
    words: str
    parts: list[Part]
    value: str


def first_call_bar(line: Line) -> Drawing | None:
    """The four rungs of the first call as one bar; those that may not be told apart are one part."""
    shares = _rung_shares(line)
    if not shares:
        return None
    parts, x = [], 0.0
    for kind, words, count in shares:
        width = WIDE * count / line.asked.of if line.asked.of else 0
        parts.append(Part(round(x, 1), 0, round(width, 1), 40, kind, words, _value(count, line.asked.of)))
        x += width
    says = ", ".join(f"{part.words}: {part.value}" for part in parts)
    return Drawing(WIDE, 40, parts, f"{says}.")


def way_back_bars(line: Line) -> Drawing:
    """One bar for each figure after the first call, as a share of those who asked."""
    names = [figure for figure in FIGURES if figure.ladder != "first_call"]
    bars = [(one.words, line.cells[one.name], "lit" if one.ladder == "back" else "door") for one in names]
    return _stacked(bars, WIDE, 230)


def comparison_bars(lines: list[Line], name: str, kind: str) -> Drawing:
    """One figure, side by side: a bar for each line."""
    return _stacked([(line.words, line.cells[name], kind) for line in lines], NARROW, 180)


def month_columns(lines: list[Line]) -> list[Column]:
    """A column for each month, as high as the number who asked, made of the rungs of the first call."""
    most = max((line.asked.count or 0 for line in lines), default=0) or 1
    room = WIDE / len(lines)
    return [_column(line, number * room, room, most) for number, line in enumerate(lines)]


def key_of(lines: list[Line]) -> list[tuple[str, str]]:
    """Kind and words of everything that the columns are made of, each kind once, from the ground up."""
    met = {(kind, words) for line in lines for kind, words, _count in _rung_shares(line)}
    # One look may stand for one rung here and two together there: the longer words are true of both.
    words = dict(sorted(met, key=lambda one: len(one[1]))) | {"mixed": _TOO_SMALL}
    return [(kind, words[kind]) for kind in (*_KINDS, "mixed") if kind in dict(met)]


COLUMN_HEIGHT, GROUND = 150, 180


def _column(line: Line, x: float, room: float, most: int) -> Column:
    parts, y = [], float(GROUND)
    for kind, words, count in _rung_shares(line):
        height = COLUMN_HEIGHT * count / most
        y -= height
        value = _value(count, line.asked.of)
        parts.append(Part(round(x + 8, 1), round(y, 1), round(room - 16, 1), round(height, 1), kind, words, value))
    return Column(round(x + room / 2, 1), line.words[:3], parts, str(line.asked.count) if parts else "–")


def _rung_shares(line: Line) -> list[tuple[str, str, int]]:
    """Kind, words and count of each stretch between open cuts; nothing when the line is hidden."""
    if line.asked.count is None:
        return []
    asked, cells = line.asked.count, line.cells
    above = {1: cells["within_hour"].count, 2: _rest(asked, cells["late"]), 3: _rest(asked, cells["overdue"])}
    edges = [(0, 0), *((cut, count) for cut, count in above.items() if count is not None), (4, asked)]
    return [(_kind(a, b), _words(a, b), high - low) for (a, low), (b, high) in pairwise(edges) if high > low]


def _words(first: int, end: int) -> str:
    return _TOO_SMALL if end - first == len(_RUNGS) else " or ".join(_RUNGS[first:end]).capitalize()


def _rest(asked: int, cell: Cell) -> int | None:
    return None if cell.count is None else asked - cell.count


def _kind(first: int, end: int) -> str:
    """Late and overdue together are late; otherwise two rungs that may not be told apart have a look of their own."""
    return _KINDS[first] if end - first == 1 or first >= _RUNGS.index("Late") else "mixed"


def _stacked(bars: list[tuple[str, Cell, str]], width: int, labels: int) -> Drawing:
    """One below the other. Hidden and early ones have no length: what is drawn of them says nothing."""
    drawing = Drawing(width, _ROW * len(bars), [], "", labels)
    parts = [_bar(row, *bar, drawing) for row, bar in enumerate(bars)]
    return replace(drawing, parts=parts, says=", ".join(f"{part.words}: {part.value}" for part in parts) + ".")


def _bar(row: int, words: str, cell: Cell, kind: str, drawing: Drawing) -> Part:
    x, y = drawing.labels + 10, row * _ROW + 7
    if cell.count is None:
        return Part(x, y, 0, 20, "none", words, "hidden" if cell.why == HIDDEN else "too early")
    width = round(drawing.longest * cell.count / cell.of, 1) if cell.of else 0
    return Part(x, y, width, 20, kind, words, _value(cell.count, cell.of))


def _value(count: int, of: int | None) -> str:
    return f"{round(100 * count / of)}% ({count})" if of else "0"


# --- the week ----------------------------------------------------------------------------------------------------

_SQUARE_WIDE, _SQUARE_HIGH, _LEFT, _TOP = 92, 30, 72, 26
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Label:
    x: int
    y: int
    words: str


@dataclass(frozen=True)
class Week:
    """Hours down, days across. The fill of a square says whether somebody is on; the line and the number in it, how
    many can be called then."""

    width: int
    height: int
    labels: list[Label]
    squares: list[Part]
    says: str


def week_picture(coverage: Coverage) -> Week:
    squares = [_square(hour, coverage) for hour in coverage.hours]
    on = sum(hour.places_on > 0 for hour in coverage.hours)
    return Week(
        width=_LEFT + 7 * _SQUARE_WIDE,
        height=_TOP + len(HOURS) * _SQUARE_HIGH,
        labels=[
            *(Label(_x(day) + _SQUARE_WIDE // 2, 16, words) for day, words in enumerate(_DAYS)),
            *(Label(_LEFT // 2, _y(hour) + 20, hour_words(hour)) for hour in HOURS),
        ],
        squares=squares,
        says=f"Somebody is on in {on} of {len(squares)} hours of the week.",
    )


def hour_words(hour: int) -> str:
    """ "8 am", "noon", "5 pm"."""
    return "noon" if hour == 12 else f"{hour % 12 or 12} {'am' if hour < 12 else 'pm'}"


def _square(hour: Hour, coverage: Coverage) -> Part:
    share = hour.can_be_called / coverage.people if coverage.people and hour.can_be_called else 0
    return Part(
        x=_x(hour.weekday) + 1,
        y=_y(hour.hour) + 1,
        width=round(share * (_SQUARE_WIDE - 14), 1),
        height=_SQUARE_HIGH - 2,
        kind="lit" if hour.places_on == coverage.places else "half" if hour.places_on else "door",
        words="",
        value="" if hour.can_be_called is None else str(hour.can_be_called),
    )


def _x(weekday: int) -> int:
    return _LEFT + weekday * _SQUARE_WIDE


def _y(hour: int) -> int:
    return _TOP + (hour - HOURS[0]) * _SQUARE_HIGH
