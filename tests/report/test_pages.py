"""The two pages and the file: who may open them, what they never say, and that every look is written down."""

import csv
import re
from datetime import date
from io import StringIO
from itertools import groupby
from unittest import mock

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from intake import actions
from intake.report.reading import place_names
from privacy import audit
from privacy.encryption import SealedTextField
from privacy.models import AuditEvent
from scheduling.models import Location
from tests.intake.desk_tools import SECRETS, at_the_desk, is_titled, text, wren
from tests.intake.people import MONDAY, staff
from tests.report.cast import a_year, asks, at, called, came, placed, talked
from tests.scheduling.make import group
from tests.test_looks import problems_of

pytestmark = pytest.mark.django_db
REPORT, COVERAGE, FILE = "/staff/report/", "/staff/report/coverage/", "/staff/report/figures.csv"
PAGES = (REPORT, COVERAGE, FILE)
JULY = at(7, 6, "9:00")


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def marlo():
    """The manager's desk."""
    return at_the_desk(staff("marlo", "manager"))


def shows(page, words):
    return words in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def written_down():
    """Every look at the figures."""
    looks = AuditEvent.objects.filter(action__in=("report.viewed", "coverage.viewed", "report.taken"))
    return list(looks.order_by("pk").values_list("actor", "action", "fields"))


# --- who ---------------------------------------------------------------------------------------------------------


def test_the_addresses_are_these():
    assert tuple(map(reverse, ("staff-report", "staff-coverage", "staff-figures"))) == PAGES


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("intake", 403), ("clinician", 403), ("privacy", 403), ("nobody", 403)]
)
def test_managers_read_the_figures_and_no_other_role_does(path, role, status):
    asks(JULY)
    assert at_the_desk(staff(role=role)).get(path).status_code == status
    assert len(written_down()) == (1 if status == 200 else 0)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in(path):
    answer = Client().get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/staff/account/login/")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_can_be_sent_there(path, marlo):
    assert marlo.post(path).status_code == 405


def test_only_who_may_read_it_finds_it_at_the_top_of_the_page(marlo):
    assert f'href="{REPORT}"' in text(marlo.get("/staff/"))
    assert f'href="{REPORT}"' not in text(at_the_desk(staff()).get("/staff/intake/callbackrequest/desk/"))


def test_every_look_is_written_down_with_the_kind_of_cut_and_never_its_value(marlo):
    for path in (REPORT, f"{REPORT}?place=toledo", f"{REPORT}?month=2026-07", COVERAGE, f"{COVERAGE}?place=any", FILE):
        assert marlo.get(path).status_code == 200
    assert written_down() == [
        ("marlo", "report.viewed", []),
        ("marlo", "report.viewed", ["place"]),
        ("marlo", "report.viewed", ["month"]),
        ("marlo", "coverage.viewed", []),
        ("marlo", "coverage.viewed", ["place"]),
        ("marlo", "report.taken", []),
    ]


# --- one cut at a time, and only ours ----------------------------------------------------------------------------


def eleven_in(town, **changes):
    for _ in range(11):
        called(asks(JULY, town=town, **changes), at(7, 6, "9:30"))


@pytest.mark.parametrize(
    "query",
    [
        "place=nowhere", "place=Toledo", "place=+14195550117", "option=relapse", "month=2026-13", "month=2024-01",
        "month=2026-07-06", "place=toledo&month=x",
    ],
)  # fmt: skip
def test_an_unknown_cut_is_not_found_and_leaves_no_trace(query, marlo):
    assert marlo.get(f"{REPORT}?{query}").status_code == 404
    assert written_down() == []


def test_an_unknown_place_is_not_found_on_the_coverage_either(marlo):
    assert marlo.get(f"{COVERAGE}?place=nowhere").status_code == 404


@pytest.mark.parametrize("query", ["place=toledo", "option=week_one", "month=2026-07"])
def test_a_place_an_option_or_a_month_is_shown_by_itself(query, marlo):
    eleven_in("toledo", options=["week_one"]), eleven_in("maumee"), eleven_in("oregon")
    heading = {"place": "Toledo", "option": "Start from week one", "month": "July 2026"}[query.split("=")[0]]
    page = text(marlo.get(f"{REPORT}?{query}"))
    assert shows(page, f"The first call: {heading}")
    assert shows(page, "Of 33 who asked" if "month" in query else "Of 11 who asked")
    assert shows(page, "30 min of open time until half of them were first tried")


def test_two_cuts_at_once_show_all_and_say_why(marlo):
    eleven_in("toledo"), eleven_in("maumee")
    page = text(marlo.get(f"{REPORT}?place=toledo&month=2026-07"))
    assert shows(page, "One at a time: a place, an option or a month.")
    assert shows(page, "Of 22 who asked")
    assert written_down()[-1][2] == ["month", "place"]


def test_the_page_names_the_months_that_are_compared_and_says_when_one_is_left_out(marlo):
    eleven_in("toledo"), asks(at(8, 3, "9:00"))
    page = text(marlo.get(REPORT))
    assert shows(page, "Everybody who asked in July 2026. Places and options compare July 2026: whole months, over for")
    assert shows(page, "August 2026 is left out: one to ten asked, who could be told apart.")
    assert shows(
        text(marlo.get(f"{REPORT}?month=2026-07")), "July 2026 by itself. Places and options compare July 2026:"
    )


def test_where_only_a_few_asked_the_page_says_so_and_nothing_of_them(marlo):
    asks(JULY), asks(at(8, 3, "9:00"))
    page = text(marlo.get(REPORT))
    assert shows(page, "over for 45 days, but only a few asked.")
    assert row_of(page, "Asked") == ["hidden"] * 5
    assert shows(page, "so nothing is said of them.")


def test_a_month_that_runs_is_too_early_on_the_page_of_its_own_and_in_the_file(marlo):
    """Today is November 23; October has been over for 22 days."""
    for _ in range(11):
        asks(at(11, 2, "9:00")), asks(at(10, 5, "9:00"))
    page = text(marlo.get(f"{REPORT}?month=2026-11"))
    assert shows(page, "It is too early: a month is shown when it has been over for a week.")
    assert not shows(page, "so nothing is said of them.")
    lines = text(marlo.get(FILE)).splitlines()
    assert "month,October 2026,Asked,11,11,100,," in lines
    assert {line.split(",")[-1] for line in lines if line.startswith("month,November 2026")} == {"early"}


# --- small numbers, and nobody's name ----------------------------------------------------------------------------


def ten_and_eleven():
    """Ten asked in Toledo, eleven in each of two other towns."""
    eleven_in("maumee"), eleven_in("oregon")
    for _ in range(10):
        called(asks(JULY, town="toledo"), at(7, 6, "9:30"))


def row_of(page, first_cell):
    """The cells of the row of a table that begins with these words, in the part about places."""
    part = page[page.index('id="by-place"') : page.index('id="by-option"')]
    row = re.search(rf"<tr><th scope=\"row\">{first_cell}</th>(.*?)</tr>", part, re.DOTALL).group(1)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row.split("</td>")[:-1]]


def test_without_anybody_the_report_says_so_and_counts_nothing(marlo):
    page = text(marlo.get(REPORT))
    assert "No figures yet" in page
    assert [words in page for words in ("Fewer than eleven", "who asked</th>", "Too few", "Nobody asked")] == [
        False
    ] * 4
    assert "What these mean" in page


def test_a_month_in_which_nobody_asked_says_so_and_nothing_of_hidden_numbers(marlo):
    for _person in range(11):
        asks(JULY)
    page = text(marlo.get(f"{REPORT}?month=2026-08"))
    assert "Nobody asked: August 2026" in page
    assert [words in page for words in ("Fewer than eleven", "Too few were tried", "No figures yet")] == [False] * 3


def test_ten_are_hidden_on_the_page_and_so_is_one_more_place_and_eleven_are_shown(marlo):
    """Of 32, the 11 of one town are shown. The 21 others cannot be told apart: none to 21 of them are in Toledo."""
    ten_and_eleven()
    page = text(marlo.get(REPORT))
    assert [name for _slug, name in place_names()] == ["Toledo", "Maumee", "Perrysburg", "Oregon"]
    asked, tried = row_of(page, "Asked"), row_of(page, "Tried within one open hour")
    # Which of the two of eleven goes along is drawn by lot.
    assert asked in (["hidden", "hidden", "0", "11", "0"], ["hidden", "11", "0", "hidden", "0"])
    assert tried == [cell.replace("11", "100% 11") for cell in asked]
    assert "10" not in re.findall(r"(?<![\d-])\d+(?!\d)", re.sub(r"<[^>]+>", " ", page[page.index("<section") :]))


def test_ten_are_hidden_on_the_page_of_that_place_and_in_the_file(marlo):
    ten_and_eleven()
    page = text(marlo.get(f"{REPORT}?place=toledo"))
    assert shows(page, "so nothing is said of them.")
    lines = text(marlo.get(FILE)).splitlines()
    assert "place,Toledo,Asked,,,,,hidden" in lines
    assert [f"place,{town},Asked,11,11,100,," in lines for town in ("Maumee", "Oregon")].count(True) == 1
    assert "all,July and August 2026,Asked,32,32,100,," in lines


def test_every_figure_of_the_file_is_what_was_counted_by_hand_of_the_rows_in_the_database(marlo):
    """In July, 11 asked in Maumee: tried and reached after half an hour, a seat at once, there on Friday. 12 asked in
    Oregon: tried after two hours, in vain. 13 asked in Toledo, and nobody tried."""
    river = group("maumee", days=[4], seats=11)
    for _ in range(11):
        request = talked(asks(JULY), at(7, 6, "9:30"))
        came(placed(request, at(7, 6, "9:40"), date(2026, 7, 10), what=river), at(7, 10, "21:30"))
    for _ in range(12):
        called(asks(JULY, town="oregon"), at(7, 6, "11:00"))
    for _ in range(13):
        asks(JULY, town="toledo")
    file = csv.DictReader(StringIO(text(marlo.get(FILE))))
    told = {
        which: {row["figure"]: row["people"] or row["minutes"] for row in rows}
        for which, rows in groupby(file, lambda row: row["which"])
    }
    assert list(told["July and August 2026"].values()) == [
        "36", "11", "13", "13", "11", "11", "11", "11", "11", "11", "11", "11", "120", "120", "120", "120",
    ]  # fmt: skip
    assert list(told["Maumee"].values()) == [*["11", "11", "0", "0"], *["11"] * 8, "30", "30", "30", "30"]
    assert list(told["Oregon"].values()) == [*["12", "0", "0", "0"], *["0"] * 8, "120", "120", "120", "120"]
    assert list(told["Toledo"].values()) == [*["13", "0", "13", "13"], *["0"] * 8, *[""] * 4]


def test_nothing_they_wrote_is_on_a_page_in_a_title_in_the_file_or_in_a_log(marlo, caplog):
    wren(now=JULY, phone="+14195550117")
    actions.erase(request_id=wren(now=JULY).pk, by=audit.PERSON, now=MONDAY)
    said = "".join(text(marlo.get(path)) for path in PAGES) + caplog.text
    assert [secret for secret in SECRETS if secret in said] == []
    titles = [is_titled(text(marlo.get(path))) for path in (REPORT, COVERAGE)]
    assert titles == ["Report · Desk", "Coverage · Desk"]
    assert 'filename="figures.csv"' in marlo.get(FILE)["Content-Disposition"]


def test_nothing_sealed_is_opened(marlo):
    wren(now=JULY)
    with mock.patch.object(SealedTextField, "from_db_value", side_effect=AssertionError("unsealed")):
        for path in PAGES:
            assert marlo.get(path).status_code == 200


def test_a_name_of_a_place_that_a_spreadsheet_would_run_is_made_harmless(marlo):
    Location.objects.filter(slug="toledo").update(name="=SUM(A1:A9)")
    assert "place,'=SUM(A1:A9),Asked,0,0,,," in text(marlo.get(FILE)).splitlines()


# --- many --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "queries"), [(REPORT, 14), (COVERAGE, 10), (FILE, 14)])
def test_the_number_of_queries_is_the_same_for_forty_and_for_many(path, queries, marlo, django_assert_num_queries):
    marlo.get(COVERAGE)  # the first page of a session writes that it began
    for number in (40, 200):
        a_year(number, MONDAY)
        with django_assert_num_queries(queries):
            assert marlo.get(path).status_code == 200


def test_both_pages_are_valid_and_hold_no_style_or_script_of_their_own(marlo):
    a_year(300, MONDAY)
    for path in (REPORT, f"{REPORT}?place=toledo", COVERAGE):
        page = text(marlo.get(path))
        assert re.findall(r"<style|\sstyle=|<script(?! src)|\son\w+=", page) == []
        main = page[page.index("<main") : page.index("</main>") + len("</main>")]
        start = "<!doctype html><html lang=en><head><title>x</title></head><body>"
        assert [one for one in problems_of(f"{start}{main}</body></html>") if "<rect" not in one] == []
