"""The main job, told as the people in it live it: a phone, no JavaScript, and a browser that is really there."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from followups.models import LocalDelivery
from followups.tasks import tick
from intake.models import CallbackRequest
from intake.states import Status
from privacy import roles

pytestmark = pytest.mark.django_db(transaction=True)

OHIO = ZoneInfo("America/New_York")
TUESDAY_AT_TEN = datetime(2026, 12, 1, 10, 0, tzinfo=OHIO)
PASSWORD = "a long password for a story"
PHONE_SIZE = {"width": 360, "height": 740}


@pytest.fixture
def phone(browser, live_server, no_other_machine):
    """A phone with JavaScript off."""
    context = browser.new_context(
        viewport=PHONE_SIZE, java_script_enabled=False, base_url=live_server.url, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser, live_server, settings):
    """A desk computer, signed in as Juno of the intake staff."""
    juno = get_user_model().objects.create_user("juno", password=PASSWORD, first_name="Juno", is_staff=True)
    juno.groups.add(Group.objects.get(name=roles.INTAKE_STAFF))
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, base_url=live_server.url, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto("/staff/")
    page.get_by_label("Username").fill("juno")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()


@pytest.fixture
def tuesday_morning():
    with time_machine.travel(TUESDAY_AT_TEN, tick=True):
        yield


def ask_to_come_back(phone, **more):
    phone.goto("/start/")
    phone.get_by_label("What should we call you?").fill("Wren")
    phone.locator("label[for=id_reach_by_0]").click()
    phone.get_by_label("Phone number").fill("419-555-0117")
    for selector in more.get("tick", []):
        if not phone.locator("details[open]").count():
            phone.locator("summary").click()
        phone.locator(selector).click()
    phone.get_by_role("button", name="Send").click()


def test_someone_reads_the_guide_asks_to_come_back_and_takes_it_back(phone):
    # It is late. They open the guide; the first screen says the one thing and offers two doors.
    phone.goto("/")
    assert phone.get_by_role("heading", level=1).inner_text() == "You can come back."
    assert phone.get_by_role("link", name="Call us now").first.get_attribute("href") == "tel:+18886570858"
    phone.get_by_role("link", name="Ask us to call you").first.click()

    # Two answers are enough.
    phone.get_by_label("What should we call you?").fill("Wren")
    phone.locator("label[for=id_reach_by_0]").click()
    phone.get_by_label("Phone number").fill("(419) 555 0117")
    phone.get_by_role("button", name="Send").click()

    # They learn what happens next and by when, and get a link of their own.
    assert phone.url.endswith("/start/sent/")
    told = phone.get_by_role("main").inner_text()
    request = CallbackRequest.objects.get()
    assert request.reference in told
    assert re.search(r"by (Mon|Tues|Wednes|Thurs|Fri)day at", told)
    assert "Wren" not in told
    assert "0117" not in told
    phone.get_by_role("link", name="Open my page").click()

    # The link has left the address bar, and the page tells nothing to someone looking on.
    assert phone.url.endswith("/my/")
    assert phone.title() == "Your page"
    assert "Wren" not in phone.content()
    assert "We have your note." in phone.get_by_role("main").inner_text()

    # They change their mind: one page asks, one button acts.
    phone.get_by_role("link", name="Take back my note").click()
    phone.get_by_role("button", name="Take back my note").click()
    assert "You took your note back." in phone.get_by_role("main").inner_text()
    request.refresh_from_db()
    assert request.status == Status.WITHDRAWN

    # And they leave. Back does not show the page again.
    leave = phone.request.get("/leave/", max_redirects=0)
    assert leave.status == 303
    phone.goto("/my/")
    assert "We have your note." not in phone.content()


def test_juno_sees_the_request_calls_and_moves_it(tuesday_morning, phone, desk):
    ask_to_come_back(phone, tick=["label[for=id_location_1]", "label[for=id_options_1]"])
    request = CallbackRequest.objects.get()

    # The desk shows whom to call now: a reference and an initial, not a name.
    desk.goto("/staff/")
    row = desk.get_by_role("row").filter(has_text=request.reference)
    assert "Wren" not in desk.content()
    row.get_by_role("link").first.click()

    # The card says what may be done before it shows the number.
    card = desk.locator("#content").inner_text()
    assert "Call them Wren" in card
    assert "Do NOT leave a message" in card
    assert card.index("Do NOT leave a message") < card.index("(419) 555-0117")
    assert "Wren" not in desk.title()
    assert "Wren" not in desk.url

    # Nobody answers; one step logs it. Later they talk, and a restart is agreed.
    desk.get_by_label("No answer").check()
    desk.get_by_role("button", name="Log this call").click()
    request.refresh_from_db()
    assert request.status == Status.TRYING
    desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
    desk.get_by_label("We talked").check()
    desk.get_by_role("button", name="Log this call").click()
    desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
    desk.get_by_role("button", name="A restart is agreed").click()
    request.refresh_from_db()
    assert request.status == Status.AGREED

    # The person sees it too, in words that mean nothing to an onlooker.
    phone.get_by_role("link", name="Open my page").click()
    assert "You have a plan." in phone.get_by_role("main").inner_text()


def test_one_tick_of_the_clock_puts_the_acknowledgement_into_the_outbox(tuesday_morning, phone, desk):
    ask_to_come_back(phone, tick=["label[for=id_text_ok]"])
    tick()

    delivery = LocalDelivery.objects.get()
    assert delivery.to == "+14195550117"
    assert delivery.body == (
        "Front Desk: Thanks for reaching out. A person will call by Wed noon. "
        "You can call us too: 888-657-0858. Reply STOP to stop texts."
    )
    desk.goto("/staff/followups/message/")
    assert "We have your note" in desk.get_by_role("row").nth(1).inner_text()


def test_a_form_with_problems_takes_the_focus_to_them_and_keeps_every_answer(phone):
    phone.goto("/start/?options=week_one")
    phone.locator("label[for=id_reach_by_0]").click()
    phone.get_by_label("Phone number").fill("12")
    phone.get_by_role("button", name="Send").click()

    summary = phone.get_by_role("alert")
    assert phone.title() == "Error: Start"
    assert summary.get_by_role("heading").inner_text() == "There is a problem"
    assert summary.evaluate("box => box === document.activeElement")
    assert next(link.inner_text() for link in summary.get_by_role("link").all()) == "Tell us what to call you"
    assert phone.get_by_label("Phone number").input_value() == "12"
    assert phone.locator("#id_options_0").is_checked()
