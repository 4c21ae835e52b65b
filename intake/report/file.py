"""The figures as a file for a spreadsheet: fixed columns, the same numbers hidden, nothing that a cell could run."""

import csv
from collections.abc import Iterator
from io import StringIO

from intake.report.figures import FIGURES, HIDDEN, Cell, Line, Report

COLUMNS = ("by", "which", "figure", "people", "of", "percent", "minutes", "why_not")
_RUNS = ("=", "+", "-", "@", "\t", "\r")
_WAITS = {
    "median": "Half were first tried within, open time",
    "most": "Nine in ten were first tried within, open time",
    "median_by_calendar": "Half were first tried within, all time",
    "most_by_calendar": "Nine in ten were first tried within, all time",
}


def as_csv(report: Report) -> str:
    """One row for each figure of each line, whatever is hidden: the number of rows tells nothing."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for by, line in _lines(report):
        writer.writerows([by, harmless(line.words), *row] for row in _rows(line))
    return out.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and never calculates."""
    return f"'{text}" if text.startswith(_RUNS) else text


def _lines(report: Report) -> Iterator[tuple[str, Line]]:
    yield "all", report.whole
    for by, lines in (("place", report.places), ("option", report.options), ("month", report.months)):
        yield from ((by, line) for line in lines)


def _rows(line: Line) -> Iterator[list[str]]:
    yield ["Asked", *_numbers(line.asked)]
    for figure in FIGURES:
        yield [figure.words, *_numbers(line.cells[figure.name])]
    for name, words in _WAITS.items():
        minutes = str(getattr(line.waits, name)) if line.waits else ""
        yield [words, "", "", "", minutes, "" if line.waits else line.asked.why or HIDDEN]


def _numbers(cell: Cell) -> list[str]:
    return [*("" if one is None else str(one) for one in (cell.count, cell.of, cell.percent)), "", cell.why]
