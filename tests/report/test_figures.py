"""The figures of the report from askings counted by hand, and what of them is hidden."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from intake.report.askings import Back, FirstCall, Offered, Reached
from intake.report.drawing import first_call_bar, key_of, month_columns, way_back_bars
from intake.report.figures import EARLY, FIGURES, HIDDEN, Cell, Waits, months_until, report_of
from intake.report.file import COLUMNS, as_csv, harmless
from tests.report.cast import TODAY, asking

PLACES = [("toledo", "Toledo"), ("maumee", "Maumee"), ("oregon", "Oregon")]
OCTOBER, DECEMBER = date(2026, 10, 5), date(2026, 12, 1)


def many(number, **changes):
    return [asking(**changes) for _ in range(number)]


def report(*groups, today=TODAY):
    return report_of([one for group in groups for one in group], PLACES, today)


def counts(line):
    return {name: cell.count for name, cell in line.cells.items()}


def asked(lines):
    return {line.key: line.asked.count if line.asked.count is not None else line.asked.why for line in lines}


def test_twelve_months_end_with_this_one_and_those_that_are_settled_are_named():
    months = months_until(TODAY)
    assert [months[0].key, months[-1].key, len(months)] == ["2026-01", "2026-12", 12]
    # July began less than 180 days ago, October has been over for 51 days, November for 21.
    assert [month.key for month in months if month.is_settled] == ["2026-07", "2026-08", "2026-09", "2026-10"]
    assert [month.age for month in months[-3:]] == [51, 21, -10]


def test_every_figure_of_a_hundred_askings_is_what_was_counted():
    """Of the first call: 40, 25, 20, 15. Talked with 60. Offered 30, 20, 50. Back: 12, 11, 13, 14, 20, 30."""
    rungs = {
        "first_call": [0] * 40 + [1] * 25 + [2] * 20 + [3] * 15,
        "reached": [0] * 60 + [1] * 40,
        "offered": [0] * 30 + [1] * 20 + [2] * 50,
        "back": [0] * 12 + [1] * 11 + [2] * 13 + [3] * 14 + [4] * 20 + [5] * 30,
    }
    kinds = {"first_call": FirstCall, "reached": Reached, "offered": Offered, "back": Back}
    askings = [asking(**{name: kinds[name](rungs[name][number]) for name in kinds}) for number in range(100)]
    whole = report(askings).whole
    assert whole.asked == Cell(100, 100)
    assert counts(whole) == {
        "within_hour": 40,
        "late": 35,
        "overdue": 15,
        "reached": 60,
        "offered_24": 30,
        "offered_48": 50,
        "back_15": 12,
        "back_30": 23,
        "back_45": 36,
        "came": 50,
        "placed": 70,
    }
    assert whole.cells["overdue"].percent == 15


def test_half_and_nine_in_ten_of_those_tried():
    """10, 20, ... 110 minutes: the middle of eleven is 60, and nine in ten of them, rounded up, are ten: 100."""
    minutes = [timedelta(minutes=10 * number) for number in range(1, 12)]
    tried = [asking(waited=one, waited_by_calendar=2 * one, first_call=FirstCall.IN_TIME) for one in minutes]
    assert report(tried).whole.waits == Waits(60, 100, 120, 200)


def test_of_an_even_number_half_is_between_the_two_in_the_middle():
    minutes = [timedelta(minutes=10 * number) for number in range(1, 13)]
    tried = [asking(waited=one, waited_by_calendar=one, first_call=FirstCall.IN_TIME) for one in minutes]
    assert report(tried).whole.waits == Waits(65, 110, 65, 110)


def test_ten_that_were_tried_have_no_waiting_time():
    untried = {"waited": None, "waited_by_calendar": None, "first_call": FirstCall.IN_TIME}
    assert report(many(10, first_call=FirstCall.IN_TIME), many(30, **untried)).whole.waits is None


def test_a_place_of_ten_is_hidden_with_the_smallest_other_one_and_one_of_eleven_is_shown():
    found = report(many(30), many(10, place="maumee"), many(20, place="oregon"), many(11, place=""))
    assert found.whole.asked.count == 71
    assert asked(found.places) == {"toledo": 30, "maumee": HIDDEN, "oregon": 20, "": HIDDEN}
    shown = report(many(30), many(11, place="maumee"))
    assert asked(shown.places) == {"toledo": 30, "maumee": 11, "oregon": 0, "": 0}


def test_what_is_hidden_has_no_count_no_share_and_no_waiting_time():
    found = report(many(30), many(10, place="maumee"), many(20, place="oregon"))
    hidden = next(line for line in found.places if line.key == "maumee")
    assert set(hidden.cells.values()) == {Cell(None, why=HIDDEN)}
    assert hidden.waits is None


def test_ten_of_many_are_hidden_and_so_are_all_but_ten():
    found = report(many(30), many(10, reached=Reached.TALKED)).whole.cells["reached"]
    assert found == report(many(10), many(30, reached=Reached.TALKED)).whole.cells["reached"] == Cell(None, why=HIDDEN)
    assert report(many(29), many(11, reached=Reached.TALKED)).whole.cells["reached"].percent == 28


def test_ten_in_all_say_nothing_and_nobody_at_all_says_nought():
    assert report(many(10)).whole.asked == Cell(None, why=HIDDEN)
    assert set(counts(report(many(10)).whole).values()) == {None}
    assert report().whole.asked == Cell(0, 0)
    assert report().whole.cells["reached"].percent is None


def test_an_option_is_hidden_when_all_but_a_few_ticked_it():
    found = report(many(30, options=("week_one", "new_time")), many(5, options=("week_one",)), many(6))
    assert asked(found.options) == {
        "week_one": HIDDEN,  # six did not
        "new_time": 30,  # eleven did not
        "new_therapist": 0,
        "reassess": 0,
        "individual": 0,
        "unsure": 0,
    }


def test_months_that_are_not_settled_stand_for_themselves_and_never_in_the_total():
    found = report(many(20), many(15, asked_on=DECEMBER), many(12, asked_on=date(2026, 2, 3)))
    assert found.whole.asked.count == 20
    assert {key: count for key, count in asked(found.months).items() if count} == {
        "2026-02": 12,
        "2026-10": 20,
        "2026-12": 15,
    }


def test_a_month_is_too_young_for_a_figure_until_it_has_been_over_for_as_many_days():
    days = {name: many(12, asked_on=day) for name, day in (("november", date(2026, 11, 9)), ("december", DECEMBER))}
    november, december = report(*days.values()).months[-2:]
    early = {name: {key for key, cell in line.cells.items() if cell.why == EARLY} for name, line in [("n", november)]}
    assert early["n"] == {"back_30", "back_45", "came", "placed"}
    too_early = {key for key, cell in december.cells.items() if cell.why == EARLY}
    assert too_early == {figure.name for figure in FIGURES} - {"within_hour", "late", "overdue", "reached"}


# --- drawings and the file hold no more than the tables ---------------------------------------------------------------


def a_report_with_secrets():
    """Seven from Maumee, three of whom came within 15 days; everybody else is many."""
    few = many(4, place="maumee") + many(3, place="maumee", back=Back.WITHIN_15, first_call=FirstCall.OVERDUE)
    return report(many(40), many(37, place="oregon", back=Back.WITHIN_15), few)


def test_the_key_says_each_look_once_from_the_ground_up_in_words_that_are_true_of_every_column():
    """In November late and overdue can be told apart, in December not, and of October nothing."""
    lines = report(
        first_calls(OCTOBER, 5, 5, 5, 5),
        first_calls(date(2026, 11, 2), 20, 20, 20, 20),
        first_calls(DECEMBER, 20, 20, 20, 5),
    ).months
    looks = {key: [part.words for part in column.parts] for key, column in columns_of(lines).items()}
    assert looks["2026-11"] == ["Within one open hour", "Before it was late", "Late", "Overdue"]
    assert looks["2026-12"] == ["Within one open hour", "Before it was late", "Late or overdue"]
    assert looks["2026-10"] == ["Parts too small to show"]
    assert key_of(lines) == [
        ("lit", "Within one open hour"),
        ("door", "Before it was late"),
        ("late", "Late or overdue"),
        ("overdue", "Overdue"),
        ("mixed", "Parts too small to show"),
    ]
    assert key_of([]) == []


def first_calls(day, *numbers):
    """So many who asked on that day, for each rung of the first call."""
    return [one for rung, number in zip(FirstCall, numbers, strict=True) for one in calls(number, rung, day)]


def calls(number, rung, day):
    return many(number, first_call=rung, asked_on=day)


def columns_of(lines):
    return dict(zip([line.key for line in lines], month_columns(lines), strict=True))


def test_a_drawing_says_hidden_where_the_table_does_and_draws_nothing():
    found = a_report_with_secrets()
    maumee = next(line for line in found.places if line.key == "maumee")
    assert first_call_bar(maumee) is None
    assert {(part.value, part.width) for part in way_back_bars(maumee).parts} == {("hidden", 0)}


def test_rungs_that_may_not_be_told_apart_are_drawn_as_one():
    parts = first_call_bar(report(many(40), many(3, first_call=FirstCall.OVERDUE)).whole).parts
    assert [(part.words, part.value, part.kind) for part in parts] == [
        ("Parts too small to show", "100% (43)", "mixed")
    ]
    parts = first_call_bar(
        report(many(40), many(12, first_call=FirstCall.LATE), many(5, first_call=FirstCall.OVERDUE)).whole
    ).parts
    assert [(part.words, part.value) for part in parts] == [
        ("Within one open hour", "70% (40)"),
        ("Late or overdue", "30% (17)"),
    ]


def test_a_hidden_month_has_no_column():
    columns = month_columns(report(many(10), many(50, asked_on=DECEMBER)).months)
    assert [(column.words, column.value) for column in columns if column.parts] == [("Dec", "50")]


def test_the_file_has_the_same_rows_whatever_is_hidden():
    rows = list(csv.reader(StringIO(as_csv(a_report_with_secrets()))))
    empty = list(csv.reader(StringIO(as_csv(report()))))
    assert rows[0] == empty[0] == list(COLUMNS)
    assert [row[:3] for row in rows] == [row[:3] for row in empty]


def test_no_number_of_the_file_is_small():
    rows = list(csv.DictReader(StringIO(as_csv(a_report_with_secrets()))))
    numbers = [int(row[name]) for row in rows for name in ("people", "of") if row[name]]
    assert max(numbers) == 84
    assert [number for number in numbers if 0 < number < 11] == []
    assert (_row(rows, "Toledo")["people"], _row(rows, "Oregon")["why_not"]) == ("40", "hidden")


def _row(rows, which):
    return next(row for row in rows if row["which"] == which and row["figure"] == "Asked")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_file_can_be_run_by_a_spreadsheet(start):
    name = f"{start}HYPERLINK(1)"
    found = report_of(many(20, place="x"), [("x", name)], TODAY)
    assert harmless(name) == f"'{name}"
    assert {row["which"] for row in csv.DictReader(StringIO(as_csv(found), newline="")) if row["by"] == "place"} == {
        f"'{name}",
        "Any town, or erased",
    }
