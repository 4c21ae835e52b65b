"""Every public page as a browser sees it: accessible, valid, light, and asking nobody else for anything."""

import gzip

import pytest
from justhtml import JustHTML
from playwright.sync_api import Page

from tests.test_stories import ask_to_come_back

pytestmark = pytest.mark.django_db(transaction=True)

OPEN_PAGES = [
    "/",
    "/questions/",
    "/start/",
    "/safety/",
    "/privacy/",
    "/language-help/",
    "/no-such-page/",
    "/my/no-such-link-0123456789/",
]
OWN_PAGES = ["/start/sent/", "/my/", "/my/contact/", "/my/messages/", "/my/withdraw/", "/my/erase/"]
FIRST_VISIT = 14_336  # bytes: what one round trip of a new connection carries


@pytest.fixture(params=[(320, "light"), (320, "dark"), (1280, "light"), (1280, "dark")], ids=str)
def page(request, browser, live_server) -> Page:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        color_scheme=scheme,
        base_url=live_server.url,
        reduced_motion="reduce",
        bypass_csp=False,
    )
    yield context.new_page()
    context.close()


def visit_all(page: Page):
    """Every public page in turn: the open ones, a form with problems, and those of somebody who wrote."""
    for path in OPEN_PAGES:
        page.goto(path)
        yield path
    page.goto("/start/")
    page.get_by_role("button", name="Send").click()
    yield "/start/ with problems"
    ask_to_come_back(page)
    yield "/start/sent/"
    page.get_by_role("link", name="Open my page").click()
    for path in OWN_PAGES[1:]:
        page.goto(path)
        yield path


def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, accessibility_problems):
    found = {}
    for path in visit_all(page):
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found[path] = accessibility_problems(page) + (["it scrolls sideways"] if wide else [])
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_no_page_asks_another_host_for_anything(browser, live_server):
    context = browser.new_context(base_url=live_server.url, reduced_motion="reduce")
    asked = set()
    context.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page = context.new_page()
    for _path in visit_all(page):
        pass
    context.close()
    assert asked == {live_server.url.split("/")[2]}


def test_every_page_is_valid_html(client):
    client.post("/start/", {"name": "Wren", "reach_by": "call", "phone": "419 555 0117"})
    sent = client.get("/start/sent/").content.decode()
    client.get("/my/" + sent.split("/my/")[1].split("/")[0] + "/")
    problems = {}
    for path in [*OPEN_PAGES, *OWN_PAGES]:
        html = client.get(path).content.decode()
        problems[path] = [str(error) for error in JustHTML(html, collect_errors=True).errors]
    problems["problems"] = [
        str(error) for error in JustHTML(client.post("/start/").content.decode(), collect_errors=True).errors
    ]
    assert {path: errors for path, errors in problems.items() if errors} == {}


@pytest.mark.parametrize("path", ["/", "/start/"])
def test_the_first_visit_fits_one_round_trip(path, browser, live_server):
    """All requests of the visit, with their answer headers, compressed as the browser gets them."""
    context = browser.new_context(base_url=live_server.url)
    weights = {}

    def weigh(response):
        headers = "".join(f"{name}: {value}\r\n" for name, value in response.headers.items())
        weights[response.url] = len(headers) + 20 + len(gzip.compress(response.body(), 6))

    context.on("response", weigh)
    context.new_page().goto(path, wait_until="networkidle")
    context.close()
    assert len(weights) >= 3
    assert sum(weights.values()) <= FIRST_VISIT
