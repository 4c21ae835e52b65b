"""Searching, giving, printing, limits and family at the desk, in a browser: accessible, and nothing sideways."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from intake import family, on_paper
from intake.models import FamilyMessage
from tests.intake.people import someone, staff

pytestmark = pytest.mark.django_db(transaction=True)

SEARCH, LIST = (reverse(f"admin:intake_callbackrequest_{name}") for name in ("search", "changelist"))


@pytest.fixture(params=[1280, 820])
def sign_in(request, browser, live_server):
    """A function: a page with somebody of that role in front of it, on a desk computer or a tablet."""
    size = {"width": request.param, "height": 900}
    context = browser.new_context(viewport=size, base_url=live_server.url, reduced_motion="reduce")

    def as_role(username: str, role: str):
        client = Client()
        client.force_login(staff(username, role=role))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        return context.new_page()

    yield as_role
    context.close()


@pytest.fixture
def wren():
    request, _token = someone(note="Tuesdays are hard for me.")
    return request


@pytest.fixture
def is_well(accessibility_problems):
    """A function: what is wrong with the page as it stands."""

    def look(page) -> list[str]:
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        return accessibility_problems(page) + (["it scrolls sideways"] if wide else [])

    return look


def test_juno_searches_gives_and_reads_by_keyboard_alone(sign_in, wren, is_well):
    page = sign_in("juno", "intake")
    page.goto(SEARCH)
    page.keyboard.type("(419) 555-0117")  # the box has the focus already
    page.keyboard.press("Enter")
    page.get_by_role("link", name=wren.reference).wait_for()
    assert is_well(page) == []

    page.goto(LIST)
    page.locator("input.action-select").focus()
    page.keyboard.press("Space")
    page.locator("select[name=action]").select_option("give_to_somebody")
    page.get_by_role("button", name="Go").press("Enter")
    page.get_by_label("Give them to").select_option(label="Juno")
    page.get_by_role("button", name="Show what would happen").press("Enter")
    page.get_by_role("heading", name="This is what would happen").wait_for()
    assert is_well(page) == []
    page.get_by_role("button", name="Do this").press("Enter")
    page.get_by_text("Done: with Juno now.").wait_for()
    assert is_well(page) == []


def test_juno_reads_what_family_wrote_and_sees_to_it(sign_in, wren, is_well):
    family.receive("He says: I want to die", "419 555 0199", language="en", now=wren.received_at)
    page = sign_in("juno", "intake")
    page.goto(reverse("admin:intake_familymessage_changelist"))
    assert is_well(page) == []
    page.get_by_role("link", name=f"Message {FamilyMessage.objects.get().pk}").press("Enter")
    page.get_by_role("heading", name="Say this, whoever it is about").wait_for()
    assert is_well(page) == []
    page.get_by_role("button", name="It is seen to").press("Enter")
    page.get_by_text("is seen to. It goes by itself").wait_for()


def test_the_officer_prints_a_record_under_its_banners(sign_in, wren, is_well):
    page = sign_in("linden", "privacy")
    limits = reverse("admin:intake_callbackrequest_restrictions", args=[wren.pk])
    page.goto(limits)
    page.get_by_label("Nothing to family or friends").press("Space")
    page.get_by_role("button", name="Write it down").press("Enter")
    page.get_by_text("Agreed and written down.").wait_for()
    assert is_well(page) == []

    page.goto(reverse("admin:intake_callbackrequest_print", args=[wren.pk]))
    assert is_well(page) == []
    page.get_by_role("button", name="Make the file").press("Enter")
    page.get_by_text("Nothing was printed. Say why first.").wait_for()
    assert is_well(page) == []
    page.get_by_label("Their own copy, as they asked").press("Space")
    page.get_by_label("In your words").fill("They asked at the desk")
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the file").press("Enter")
    assert download.value.suggested_filename == "record.pdf"
    page.goto(reverse("admin:intake_recordprint_changelist"))
    assert wren.reference in page.get_by_role("table").inner_text()
    assert is_well(page) == []


def test_a_manager_says_who_works_where(sign_in, is_well):
    staff("aspen", first_name="Aspen")
    page = sign_in("marlo", "manager")
    page.goto(reverse("admin:intake_placesofstaff_add"))
    assert is_well(page) == []
    page.get_by_label("Member of staff").select_option(label="Aspen")
    page.get_by_label("Maumee").press("Space")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.get_by_text("Nobody works for Toledo, Perrysburg, Oregon now.").wait_for()
    assert "Maumee" in page.get_by_role("table").inner_text()
    assert is_well(page) == []


def test_the_longest_menu_still_fits(sign_in, is_well):
    """Of somebody who may everything."""
    page = sign_in("aspen", "nobody")
    User.objects.filter(username="aspen").update(is_superuser=True)
    page.goto(SEARCH)
    assert page.get_by_role("navigation", name="Desk").get_by_role("link").count() >= 12
    assert is_well(page) == []


def test_a_card_with_a_banner_is_well(sign_in, wren, is_well):
    on_paper.restrict("health_plan", "", request_id=wren.pk, by=staff("aspen"), now=wren.received_at)
    page = sign_in("juno", "intake")
    page.goto(reverse("admin:intake_callbackrequest_change", args=[wren.pk]))
    assert page.get_by_role("note").inner_text().startswith("Do not share.")
    assert is_well(page) == []
