"""Every public page as a browser sees it: accessible, valid, light, and asking nobody else for anything."""

import gzip
from html.parser import HTMLParser

import pytest
from django.contrib.auth.decorators import login_not_required
from django.urls import path as address
from django.utils import timezone
from justhtml import JustHTML
from playwright.sync_api import Page, Request

from reentry_portal import errors
from reentry_portal.urls import handler400, handler403, handler404, handler500  # noqa: F401  this is a urlconf too
from reentry_portal.urls import urlpatterns as addresses_of_the_portal
from tests.scheduling.make import DAY, group, hour
from tests.test_stories import ask_to_come_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

OPEN_PAGES = [
    "/",
    "/questions/",
    "/start/",
    "/someone-else/",
    "/someone-else/sent/",
    "/safety/",
    "/privacy/",
    "/language-help/",
    "/no-such-page/",
    "/my/no-such-link-0123456789/",
]
OWN_PAGES = [
    "/start/sent/", "/my/", "/my/contact/", "/my/messages/", "/my/withdraw/", "/my/erase/", "/my/ways/", "/my/fit/",
]  # fmt: skip
# What no visitor can bring about at will, by the name of its view in `errors`.
BROKEN_PAGES = {
    "/broken/bad_request/": 400,
    "/broken/permission_denied/": 403,
    "/broken/csrf_failure/": 403,
    "/broken/too_many/": 429,
    "/broken/server_error/": 500,
    "/broken/database_down/": 503,
}
FIRST_VISIT = 14_336  # bytes: what one round trip of a new connection carries


@login_not_required
def broken(request, name):
    return getattr(errors, name)(request)


# The portal with these pages added: the live server of this module answers from here.
urlpatterns = [*addresses_of_the_portal, address("broken/<name>/", broken)]


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
    """Every public page in turn: the open ones, the broken ones, forms with problems, and those of a person."""
    for path in OPEN_PAGES:
        page.goto(path)
        yield path
    for path, status in BROKEN_PAGES.items():
        assert page.goto(path).status == status
        yield path
    page.goto("/start/")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").wait_for()
    yield "/start/ with problems"
    ask_to_come_back(page)
    page.wait_for_url("**/start/sent/")
    yield "/start/sent/"
    page.get_by_role("link", name="Open my page").click()
    page.wait_for_url("**/my/")
    for path in OWN_PAGES[1:]:
        page.goto(path)
        yield path
    yield from visit_the_starts(page)
    page.goto("/my/contact/")
    page.get_by_label("Phone number").fill("12")
    page.get_by_role("button", name="Save this").click()
    page.get_by_role("alert").wait_for()
    yield "/my/contact/ with problems"
    page.goto("/my/erase/")
    page.get_by_role("button", name="Erase it all").click()
    page.get_by_role("heading", name="It is erased").wait_for()
    yield "/my/erase/ done"


def visit_the_starts(page: Page):
    """Something to choose from, one of each: open, full, an hour, held, waited for, just taken."""
    group("toledo"), group("maumee", seats=1), group(""), hour("individual", starts_at=timezone.now() + DAY * 3)
    full = group("oregon", seats=0)
    for path in ("/my/", "/my/ways/"):
        page.goto(path)
        yield f"{path} with starts"
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.get_by_role("button", name="Keep me the next seat").first.click()
    page.wait_for_url("**/my/")
    page.get_by_role("button", name="Choose").first.click()
    page.get_by_role("heading", name="We hold this for you").wait_for()
    yield "/my/ with a held seat and a list"
    page.goto("/my/ways/")
    code = f"new_time.{full.pk}.2026-06-02"
    page.evaluate("code => { document.querySelector('[name=pick]').value = code; }", code)
    page.get_by_role("button", name="Choose").first.click()
    page.get_by_role("alert").wait_for()
    yield "/my/ just taken"


def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, accessibility_problems):
    found = {}
    for path in visit_all(page):
        page.wait_for_load_state()
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
    answers = {path: client.get(path) for path in [*OPEN_PAGES, *BROKEN_PAGES, *OWN_PAGES]}
    answers["problems"] = client.post("/start/")
    answers["problems with the contact"] = client.post("/my/contact/", {"reach_by": "call", "phone": "12"})
    answers["erased"] = client.post("/my/erase/")
    assert {path: answers[path].status_code for path in BROKEN_PAGES} == BROKEN_PAGES
    assert "It is erased" in answers["erased"].content.decode()
    problems = {path: problems_of(answer.content.decode()) for path, answer in answers.items()}
    assert {path: errors for path, errors in problems.items() if errors} == {}


class Tags(HTMLParser):
    """What the parser of JustHTML forgives: a tag that is left open, an attribute or an id that stands twice."""

    CLOSES_ITSELF = {"meta", "link", "input", "br", "img", "hr", "path", "circle"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.problems: list[str] = []
        self.feed(html)
        self.problems += [f"<{tag}> is left open" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if len(names) < len(attrs) or names.get("id", "") in self.ids:
            self.problems.append(f"{self.get_starttag_text()} repeats itself")
        self.ids |= {names["id"]} if "id" in names else set()
        self.open += [tag] if tag not in self.CLOSES_ITSELF else []

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag in self.CLOSES_ITSELF:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else at {self.getpos()}")


def problems_of(html: str) -> list[str]:
    return [str(error) for error in JustHTML(html, collect_errors=True).errors] + Tags(html).problems


@pytest.mark.parametrize(
    "wrong", ["<div><b>x</div>", "</p>", "<p>x", "<b id=a>x</b><i id=a>y</i>", "<b id=a id=b>x</b>"]
)
def test_a_page_that_is_not_valid_is_seen(wrong):
    start = "<!doctype html><html lang=en><head><title>x</title></head><body>"
    assert problems_of(f"{start}<b id=a>x</b><br></body></html>") == []
    assert problems_of(f"{start}{wrong}</body></html>") != []


def weight(first_line: str, headers: list[dict]) -> int:
    """Bytes of a request or the head of an answer, as HTTP/1.1 writes them."""
    return len(first_line) + 4 + sum(len(header["name"]) + len(header["value"]) + 4 for header in headers)


def weights_of(request: Request) -> dict[str, int]:
    """What was asked and what came back, the body compressed as the browser gets it."""
    response = request.response()
    path = "/" + request.url.split("/", 3)[3]
    return {
        f"ask for {path}": weight(f"{request.method} {path} HTTP/1.1", request.headers_array()),
        f"answer {path}": weight(f"HTTP/1.1 {response.status} {response.status_text}", response.headers_array()),
        f"body of {path}": len(gzip.compress(response.body(), 6)),
    }


@pytest.mark.parametrize("path", ["/", "/start/", "/es/", "/es/start/"])
def test_the_first_visit_fits_one_round_trip(path, browser, live_server):
    """Every request and every answer of the visit, with their headers, and the icon."""
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    requests: list[Request] = []
    context.on("request", lambda request: requests.append(request))
    page.goto(path, wait_until="networkidle")
    # A browser without a window asks for no icon: as an image it costs the same.
    icon = page.locator("link[rel=icon]").get_attribute("href")
    page.evaluate("async address => { const icon = new Image(); icon.src = address; await icon.decode(); }", icon)
    weights = {part: size for request in requests for part, size in weights_of(request).items()}
    context.close()
    # Chromium tells only part of what it sends for a picture that a script wants; it sends as much as for the script.
    weights[f"ask for {icon}"] = max(weights[f"ask for {icon}"], weights["ask for /static/leave.js"])
    asked_for = {part.removeprefix("body of ") for part in weights if part.startswith("body")}
    assert asked_for == {path, "/static/portal.css", "/static/leave.js", "/static/icon.svg"}
    total = sum(weights.values())
    assert total <= FIRST_VISIT, f"{total} bytes, {total - FIRST_VISIT} too many: {weights}"
