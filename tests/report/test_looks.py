"""The two pages in a browser, with a year on them: accessible, no wider than the screen, and usable by keyboard."""

import pytest
from django.conf import settings
from django.utils import timezone

from tests.intake.desk_tools import at_the_desk
from tests.intake.people import staff
from tests.report.cast import a_year

pytestmark = pytest.mark.django_db(transaction=True)
REPORT, COVERAGE = "/staff/report/", "/staff/report/coverage/"


@pytest.fixture
def manager(browser, live_server):
    """A function that opens the browser of a manager, of that width and scheme, with a year of requests to look at."""
    a_year(400, timezone.now())
    session = at_the_desk(staff(role="manager")).cookies[settings.SESSION_COOKIE_NAME].value
    contexts = []

    def opened(width=1280, scheme="light"):
        size = {"width": width, "height": 740}
        context = browser.new_context(viewport=size, color_scheme=scheme, base_url=live_server.url)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def test_axe_finds_nothing_and_no_page_scrolls_sideways(manager, accessibility_problems):
    found = {}
    for width, scheme in ((320, "light"), (820, "dark"), (1280, "light")):
        page = manager(width, scheme)
        for path in (REPORT, f"{REPORT}?place=oregon", COVERAGE):
            page.goto(path)
            wide = page.evaluate("document.documentElement.scrollWidth")
            found[width, scheme, path] = accessibility_problems(page) + ([f"{wide} wide"] if wide > width else [])
    assert {key: problems for key, problems in found.items() if problems} == {}


def test_a_manager_looks_at_one_town_and_at_the_coverage_with_the_keyboard_alone(manager):
    page = manager()
    page.goto("/staff/")
    press_on_the_way_to(page, "Report")
    page.wait_for_url(f"**{REPORT}")
    press_on_the_way_to(page, "Place")
    page.keyboard.type("Maumee")
    press_on_the_way_to(page, "Show")
    page.wait_for_url("**/staff/report/?place=maumee**")
    assert page.get_by_role("heading", name="The first call: Maumee").is_visible()
    press_on_the_way_to(page, "Coverage")
    page.wait_for_url(f"**{COVERAGE}")
    assert page.get_by_role("img", name="When somebody is on").is_visible()


def press_on_the_way_to(page, name):
    """Tab until the focus is on what is called so, see that it shows there, and press Enter; a list is only reached."""
    label = (
        "const here = document.activeElement, label = here.labels?.[0]; return label?.firstChild.data ?? here.innerText"
    )
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ {label} }})()").strip() == name:
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    if page.evaluate("document.activeElement.tagName") != "SELECT":
        page.keyboard.press("Enter")


def test_every_letter_of_a_drawing_can_be_read_on_each_screen(manager):
    """In pixels; where a drawing would be too small, only its table is there."""
    letters = "one => parseFloat(getComputedStyle(one).fontSize) * one.getScreenCTM().a"
    found = {}
    for width in (360, 820, 1280):
        page = manager(width)
        for path in (REPORT, COVERAGE):
            page.goto(path)
            seen = "[...document.querySelectorAll('.drawing text')].filter(one => one.getClientRects().length)"
            found[width, path] = min(page.evaluate(f"{seen}.map({letters})"))
    assert {key: size for key, size in found.items() if size < 9} == {}


def test_on_paper_there_is_no_furniture_and_every_table_is_whole(manager):
    page = manager()
    page.goto(REPORT)
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Show").is_visible()
    assert not page.locator("#header").is_visible()
    assert (
        page.evaluate("[...document.querySelectorAll('.sideways')].map(one => getComputedStyle(one).overflowX)")
        == ["visible"] * 3
    )
