"""What each role finds at the desk: where it lands, the pages that are open to it, and a menu that fits any screen."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from intake import family
from intake.admin.pages import pages_of
from intake.models import PlacesOfStaff
from privacy import audit
from scheduling.models import Closure
from tests.intake.desk_tools import at_the_desk
from tests.intake.people import MONDAY, staff
from tests.intake.test_desk import text
from tests.roles_world import somebody, world_of

INTAKE = ["Call now", "All requests", "Search", "Family"]
WRITING = ["Messages", "The coming seven days", "The words of every message"]
PLACES = ["Groups", "Therapists", "Hours to book", "Places", "Closed days"]
MANAGING = ["When we write", "Report", "Coverage"]
PRIVACY = ["On paper", "Who did what", "Incidents"]
THEIRS = {
    "nobody": [],
    "intake": [*INTAKE, *WRITING, *PLACES],
    "clinician": ["My reassessments", "Hours to book"],
    "manager": ["Search", *WRITING, *MANAGING, *PLACES, "Who works where", "Incidents"],
    "privacy": ["Search", *PRIVACY],
    "administrator": [
        *INTAKE, *WRITING, *MANAGING, *PLACES, "Who works where", *PRIVACY, "Sign-ins",
    ],
}  # fmt: skip
ALL_PAGES = "/staff/?all"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(somebody(role))
    return client


def held(*words: str, on: str) -> list[bool]:
    return [one in on for one in words]


def doors_of(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"><b>', page)


@pytest.mark.django_db
@pytest.mark.parametrize("role", THEIRS)
def test_the_page_of_all_pages_holds_those_of_the_role_and_each_opens(role):
    client = signed_in(role)
    page = text(client.get(ALL_PAGES))
    assert re.findall(r'<a href="[^"]+"><b>([^<]+)</b> <small>[^<]+\.</small>', page) == THEIRS[role]
    assert {client.get(door).status_code for door in doors_of(page)} <= {200}


@pytest.mark.django_db
def test_whoever_has_no_role_yet_is_told_whom_to_ask():
    assert "Your sign-in has no role yet. Ask the person who looks after sign-ins." in text(
        signed_in("nobody").get("/staff/")
    )


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["manager", "privacy"])
def test_managers_and_whoever_answers_for_privacy_land_on_their_pages(role):
    page = text(signed_in(role).get("/staff/"))
    assert held("<h1>Your pages</h1>", "Recent actions", "View site", on=page) == [True, False, False]


@pytest.mark.django_db
def test_no_app_has_a_page_of_its_own():
    client = signed_in("manager")
    assert client.get("/staff/scheduling/").headers["Location"] == ALL_PAGES
    assert client.get("/staff/clinical/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["intake", "manager", "privacy", "administrator"])
def test_every_page_is_called_on_itself_what_it_is_called_everywhere(role):
    """In its heading, in the title, and where the path to it ends."""
    client = signed_in(role)
    for page in pages_of(User.objects.get(username="linnea")):
        words, html = str(page.words), text(client.get(page.url))
        crumb = re.search(r'<span aria-current="page">([^<]+)</span></div>', html)
        found = re.search(r"<h1>([^<]+)</h1>", html)[1], re.search(r"<title>([^<]+)</title>", html)[1], crumb[1]
        assert found == (words, f"{words} · Desk", words)


# --- the menu ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page_of(browser, live_server):
    """A function: the page of all pages of that role, at that width, in a browser that runs no script unless told."""
    contexts = []

    def opened(role: str, width: int, scripts: bool = False, scheme: str = "light") -> Page:
        session = at_the_desk(somebody(role)).cookies[settings.SESSION_COOKIE_NAME].value
        size = {"width": width, "height": 740}
        how = {"java_script_enabled": scripts, "color_scheme": scheme, "base_url": live_server.url}
        context = browser.new_context(viewport=size, **how)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        page.goto(ALL_PAGES)
        return page

    yield opened
    for context in contexts:
        context.close()


def menu(page: Page):
    return page.get_by_role("navigation", name="Desk", exact=True)


def tabbed(page: Page, steps: int) -> list[str]:
    """The words of whatever has the focus at each step, as long as it can be seen whole."""
    words = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        one = page.locator(":focus")
        box, width = one.bounding_box(), page.viewport_size["width"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        words.append(one.inner_text())
    return words


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 360, 820, 1280])
@pytest.mark.parametrize("role", ["manager", "administrator"])
def test_every_item_of_the_menu_is_reached_by_keyboard_at_any_width(role, width, page_of):
    page = page_of(role, width)
    pages = [one for one in pages_of(User.objects.get(username="linnea")) if one.in_menu]
    if width < 640:
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
    else:
        assert page.get_by_role("button", name="Menu").count() == 0
        page.get_by_role("link", name="Desk", exact=True).focus()
    assert tabbed(page, len(pages)) == [str(one.words) for one in pages]
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{pages[-1].url}")
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.django_db(transaction=True)
def test_on_a_phone_the_menu_opens_and_shuts_again(page_of):
    page = page_of("intake", 360)
    assert not menu(page).get_by_role("link").first.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert menu(page).get_by_role("link", name="Closed days").is_visible()
    page.keyboard.press("Escape")
    assert not menu(page).get_by_role("link").first.is_visible()


@pytest.mark.django_db(transaction=True)
def test_at_a_desk_the_longest_menu_of_a_role_stands_on_one_line_with_the_way_out(page_of):
    page = page_of("manager", 1280)
    tops = {round(one.bounding_box()["y"]) for one in menu(page).get_by_role("link").all()}
    assert len(tops) == 1
    out = page.get_by_role("button", name="Sign out").bounding_box()
    assert out["y"] < tops.pop() + 44
    assert out["x"] + out["width"] < 1280


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (820, "dark"), (1280, "light"), (1280, "dark")])
def test_the_menu_and_the_page_of_all_pages_are_accessible(width, scheme, page_of, accessibility_problems):
    page = page_of("administrator", width, scripts=True, scheme=scheme)
    if width < 640:
        page.get_by_role("button", name="Menu").click()
    assert accessibility_problems(page) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (820, "light"), (1280, "dark")])
def test_every_page_of_the_desk_fits_the_screen_and_is_accessible(width, scheme, page_of, accessibility_problems):
    page = page_of("administrator", width, scripts=True, scheme=scheme)
    world_of(User.objects.get(username="linnea"))
    found = {}
    for one in pages_of(User.objects.get(username="linnea")):
        page.goto(one.url)
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[one.url] = accessibility_problems(page) + ([f"{wide} wide"] if wide > width else [])
    assert {url: problems for url, problems in found.items() if problems} == {}


@pytest.mark.django_db
def test_pages_of_one_row_speak_our_words_too():
    client, day = signed_in("manager"), Closure.objects.create(date="2031-03-05", reason="Ice")
    history = text(client.get(reverse("admin:scheduling_closure_history", args=[day.pk])))
    assert [words in history for words in ("Nobody has changed this here.", "admin site", ">Home<")] == [
        True,
        False,
        False,
    ]
    delete = text(client.get(reverse("admin:scheduling_closure_delete", args=[day.pk])))
    assert held("Yes, delete it", "Are you sure", "Objects", on=delete) == [True, False, False]
    change = text(client.get(reverse("admin:scheduling_closure_change", args=[day.pk])))
    assert f'<a href="{reverse("admin:scheduling_closure_changelist")}">Closed days</a>' in change


@pytest.mark.django_db
def test_a_list_counts_without_naming_and_offers_no_stock_action():
    client, address = signed_in("manager"), reverse("admin:intake_placesofstaff_changelist")
    empty = text(client.get(address))
    assert [words in empty for words in ("Nothing here yet.", "0 who works where", "Delete selected")] == [
        True,
        False,
        False,
    ]
    limit = PlacesOfStaff.objects.create(user=User.objects.get(username="linnea"))
    full = text(client.get(address))
    assert held("1 in all", "limit to places", "Delete selected", on=full) == [True, False, False]
    chosen = {"action": "delete_selected", "_selected_action": [limit.pk], "post": "yes"}
    client.post(address, chosen)
    assert PlacesOfStaff.objects.filter(pk=limit.pk).exists()


@pytest.mark.django_db
def test_who_did_what_is_told_in_words_and_by_the_clock_of_the_office():
    audit.record("request.print_refused", by=staff("marlo"), now=MONDAY)
    page = text(signed_in("privacy").get(reverse("admin:privacy_auditevent_changelist")))
    assert "Mon, Nov 23, 2026, 10:42 am" in page
    assert '<td class="field-done">Request: print refused</td>' in page


@pytest.mark.django_db
def test_a_message_from_family_is_listed_with_its_language_by_name(client):
    family.receive("¿Cómo ayudo?", "quillaunt@canary.example", language="es", now=MONDAY)
    page = text(signed_in("intake").get(reverse("admin:intake_familymessage_changelist")))
    assert '<td class="field-spoken">Spanish</td>' in page
    assert "at 10:42 am</td>" in page


@pytest.mark.django_db
def test_a_search_for_what_cannot_be_typed_says_so_in_our_words():
    page = text(signed_in("intake").post(reverse("admin:intake_callbackrequest_search"), {"term": "a\0b"}))
    assert held("This is no reference, number or address.", "Null characters", on=page) == [True, False]
