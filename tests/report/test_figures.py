"""The figures of the report from askings counted by hand, and what of them is hidden."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest

from intake.report.askings import Back, FirstCall, Offered, Reached
from intake.report.drawing import first_call_bar, key_of, month_columns, way_back_bars
from intake.report.figures import (
    EARLY,
    FIGURES,
    HIDDEN,
    SETTLED_AFTER,
    Cell,
    Waits,
    latest_block,
    months_until,
    report_of,
)
from intake.report.file import COLUMNS, as_csv, harmless
from privacy.retention import REQUESTS_KEPT
from tests.report.cast import TODAY, asking

PLACES = [("toledo", "Toledo"), ("maumee", "Maumee"), ("oregon", "Oregon")]
FEBRUARY, SEPTEMBER, DECEMBER = date(2026, 2, 3), date(2026, 9, 7), date(2026, 12, 1)


def many(number, **changes):
    return [asking(**changes) for _ in range(number)]


def split(reached, others, **changes):
    """So many reached and so many not."""
    return many(reached, reached=Reached.TALKED, **changes) + many(others, **changes)


def reached(found):
    """How many of all of them, of each of the two months, and of the first two places."""
    lines = {line.key: line for line in [*found.months[-4:-2], *found.places[:2]]} | {"all": found.whole}
    return {key: line.cells["reached"].count for key, line in lines.items()}


def report(*groups, today=TODAY):
    return report_of([one for group in groups for one in group], PLACES, today)


def counts(line):
    return {name: cell.count for name, cell in line.cells.items()}


def asked(lines):
    return {line.key: line.asked.count if line.asked.count is not None else line.asked.why for line in lines}


def test_twelve_months_end_with_this_one():
    months = months_until(TODAY)
    assert [months[0].key, months[-1].key, len(months)] == ["2026-01", "2026-12", 12]
    # On December 21, October has been over for 50 whole days and November for 20; December will be in 11.
    assert [month.age for month in months[-3:]] == [50, 20, -11]


@pytest.mark.parametrize(
    ("today", "block"),
    [
        (date(2026, 12, 15), ["2026-07", "2026-08"]),
        (date(2026, 12, 16), ["2026-09", "2026-10"]),  # over for 30 days of November and 15 of December
        (date(2027, 2, 14), ["2026-09", "2026-10"]),
        (date(2027, 2, 15), ["2026-11", "2026-12"]),
        (date(2028, 4, 14), ["2027-11", "2027-12"]),
        (date(2028, 4, 15), ["2028-01", "2028-02"]),  # a leap year: over for 31 days of March and 14 of April
    ],
)
def test_places_are_compared_over_two_months_of_the_calendar_until_the_next_two_are_settled(today, block):
    assert [month.key for month in latest_block(months_until(today))] == block


def test_on_every_day_there_is_one_block_it_overlaps_no_other_and_nothing_of_it_is_erased_by_the_calendar():
    """A day may have 25 hours, so that one is kept in hand."""
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(9 * 365)]
    blocks = {day: latest_block(months_until(day)) for day in days}
    assert {(block[0].first.month, block[1].first.month) for block in blocks.values()} == {
        (1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12),
    }  # fmt: skip
    assert min(block[1].age for block in blocks.values()) == SETTLED_AFTER
    oldest = max(day - block[0].first for day, block in blocks.items())
    assert oldest == timedelta(days=167) < REQUESTS_KEPT - timedelta(days=1)


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


def test_every_month_stands_for_itself_and_only_two_of_them_are_in_the_total():
    found = report(many(20), many(15, asked_on=DECEMBER), many(14, asked_on=SEPTEMBER), many(12, asked_on=FEBRUARY))
    assert (found.whole.words, found.whole.asked.count) == ("September and October 2026", 34)
    assert {key: count for key, count in asked(found.months).items() if count} == {
        "2026-02": 12,
        "2026-09": 14,
        "2026-10": 20,
        "2026-12": EARLY,
    }


def test_a_month_says_the_same_whatever_the_others_hide():
    """5 asked in June, 40 in July, 60 in August, 55 in September. On September 10 July stands alone, and so it does on
    November 25: with 40 hidden and a total of 160, anyone could say that it was 5 in June."""
    year = [(5, date(2026, 6, 3)), (40, date(2026, 7, 3)), (60, date(2026, 8, 3)), (55, SEPTEMBER)]
    askings = [one for number, day in year for one in many(number, asked_on=day)]
    days = (date(2026, 9, 10), date(2026, 11, 25), TODAY)
    looks = [report([one for one in askings if one.asked_on < day], today=day) for day in days]
    assert [list(asked(look.months).values())[-7:] for look in looks] == [
        [0, 0, 0, HIDDEN, 40, 60, EARLY],  # March to September
        [0, HIDDEN, 40, 60, 55, 0, EARLY],  # May to November
        [HIDDEN, 40, 60, 55, 0, 0, EARLY],  # June to December
    ]
    # Of May and June there is nobody beside the 5.
    assert [(look.whole.words, look.whole.asked.count) for look in looks] == [
        ("All of them", None),
        ("July and August 2026", 100),
        ("September and October 2026", 55),
    ]


def test_a_month_of_a_few_is_in_no_total_and_in_no_comparison():
    found = report(many(30), many(10, asked_on=SEPTEMBER, place="maumee"))
    assert ([month.key for month in found.compared], [month.key for month in found.left_out]) == (
        ["2026-10"],
        ["2026-09"],
    )
    assert (found.whole.words, found.whole.asked.count) == ("October 2026", 30)
    assert asked(found.places) == {"toledo": 30, "maumee": 0, "oregon": 0, "": 0}


def test_where_a_few_asked_in_each_month_nothing_is_said_though_they_are_more_together():
    found = report(many(10), many(10, asked_on=SEPTEMBER))
    assert (found.compared, found.whole.words) == ([], "All of them")
    assert {line.asked for line in [found.whole, *found.places, *found.options]} == {Cell(None, why=HIDDEN)}


def test_the_total_yields_where_only_one_of_two_months_may_say_how_many_were_reached():
    """Of 40 in October 12 were reached, of 40 in September 5: with 17 in all anyone could say so."""
    assert reached(report(split(12, 28), split(5, 35, asked_on=SEPTEMBER))) == {
        "all": None,
        "2026-09": None,
        "2026-10": 12,
        "toledo": None,
        "maumee": None,
    }


def test_the_total_hides_what_both_months_hide_be_it_as_many_as_20():
    """Of 40 in each month 10 were reached. 20 is no small number, but whoever knows the rule would know two tens."""
    assert set(reached(report(split(10, 30), split(10, 30, asked_on=SEPTEMBER))).values()) == {None}
    assert reached(report(split(11, 29), split(11, 29, asked_on=SEPTEMBER))) == {
        "all": 22,
        "2026-09": 11,
        "2026-10": 11,
        "toledo": 22,
        "maumee": 0,
    }


@pytest.mark.parametrize(
    ("age", "early"),
    [
        (6, {figure.name for figure in FIGURES}),
        (7, {"reached", "back_15", "back_30", "back_45", "came", "placed"}),
        (14, {"reached", "back_15", "back_30", "back_45", "came", "placed"}),
        (15, {"back_30", "back_45", "came", "placed"}),
        (44, {"back_30", "back_45", "came", "placed"}),
        (45, set()),
    ],
)
def test_a_month_is_too_young_for_a_figure_until_it_has_been_over_for_as_many_days(age, early):
    """October is over for none of November 1."""
    months = report(many(12), today=date(2026, 11, 1) + timedelta(days=age)).months
    line = next(one for one in months if one.key == "2026-10")
    assert {name for name, cell in line.cells.items() if cell.why == EARLY} == early


def test_a_month_that_runs_or_is_just_over_says_nothing_at_all_be_they_many_or_few():
    for number in (0, 5, 50):
        *_, november = report(many(number, asked_on=date(2026, 11, 9)), today=date(2026, 12, 7)).months[:-1]
        assert (november.asked, november.waits) == (Cell(None, why=EARLY), None)
        assert set(november.cells.values()) == {Cell(None, why=EARLY)}


def test_that_few_come_between_15_and_45_days_does_not_hide_how_many_came():
    """20 came within 15 days, 4 within 30, 5 within 45, 3 later; 30 are placed and 38 are not."""
    numbers = zip(Back, (20, 4, 5, 3, 30, 38), strict=True)
    found = report([one for back, number in numbers for one in many(number, back=back)]).whole
    shown = {name: found.cells[name].count for name in ("back_15", "back_30", "back_45", "came", "placed")}
    assert shown == {"back_15": 20, "back_30": None, "back_45": None, "came": 32, "placed": 62}


# --- drawings and the file hold no more than the tables ---------------------------------------------------------------


def a_report_with_secrets():
    """Seven from Maumee, three of whom came within 15 days; everybody else is many."""
    few = many(4, place="maumee") + many(3, place="maumee", back=Back.WITHIN_15, first_call=FirstCall.OVERDUE)
    return report(many(40), many(37, place="oregon", back=Back.WITHIN_15), few)


def test_the_key_says_each_look_once_from_the_ground_up_in_words_that_are_true_of_every_column():
    """In November late and overdue can be told apart, in September not, and of October nothing."""
    lines = report(
        first_calls(date(2026, 10, 5), 5, 5, 5, 5),
        first_calls(date(2026, 11, 2), 20, 20, 20, 20),
        first_calls(SEPTEMBER, 20, 20, 20, 5),
    ).months
    looks = {key: [part.words for part in column.parts] for key, column in columns_of(lines).items()}
    assert looks["2026-11"] == ["Within one open hour", "Before it was late", "Late", "Overdue"]
    assert looks["2026-09"] == ["Within one open hour", "Before it was late", "Late or overdue"]
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
    columns = month_columns(report(many(10), many(50, asked_on=date(2026, 11, 9))).months)
    assert [(column.words, column.value) for column in columns if column.parts] == [("Nov", "50")]


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
