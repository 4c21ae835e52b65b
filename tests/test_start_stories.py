"""How a start is found, told as people live it: a phone without JavaScript, a desk, a clock, and a real browser."""

import pytest
import time_machine

from intake.models import CallbackRequest
from intake.states import Status
from intake.tasks import keep_the_list
from scheduling.models import FirstSession, SeatClaim
from tests.conftest import PASSWORD, PHONE_SIZE
from tests.scheduling.make import group, seats_of
from tests.test_stories import ask_to_come_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_phone(browser, live_server, no_other_machine):
    """Somebody else's, with JavaScript off."""
    context = browser.new_context(viewport=PHONE_SIZE, java_script_enabled=False, base_url=live_server.url)
    page = context.new_page()
    yield page
    context.close()


def main_of(page) -> str:
    return page.get_by_role("main").inner_text()


def request_of(page) -> CallbackRequest:
    """The one that was sent last."""
    return CallbackRequest.objects.latest("id")


def to_my_page(page) -> CallbackRequest:
    ask_to_come_back(page, tick=["label[for=id_location_1]"])
    page.get_by_role("link", name="Open my page").click()
    return request_of(page)


def take_the_call(desk, request) -> None:
    desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
    desk.get_by_label("We talked").check()
    desk.get_by_role("button", name="Log this call").click()


def test_someone_picks_a_start_staff_confirm_it_and_they_change_it(tuesday_morning, phone, desk):
    maumee, toledo = group("maumee", days=[3], seats=2), group("toledo", days=[3])

    # They pick a seat on their page. It says until when it is held, and it is no threat.
    request = to_my_page(phone)
    phone.get_by_role("button", name="Choose Maumee").click()
    assert "We hold this for you" in main_of(phone)
    assert "Until Thursday, December 3, at noon." in main_of(phone)
    assert "nothing is lost" in main_of(phone)
    assert seats_of(maumee) == (0, 1, 1)

    # The desk sees that somebody chose. The call comes first, then the seat is confirmed.
    desk.goto("/staff/")
    decide = desk.locator("table.decide")
    assert "They chose a start. Talk, then confirm." in decide.inner_text()
    assert "Wren" not in desk.content()
    decide.get_by_role("link").first.click()
    assert desk.get_by_role("button", name="Confirm this seat").count() == 0
    take_the_call(desk, request)
    desk.get_by_role("button", name="Confirm this seat").click()
    request.refresh_from_db()
    assert request.status == Status.AGREED
    assert seats_of(maumee) == (1, 0, 1)

    # Their page says so, with a file for the calendar that names nothing.
    phone.goto("/my/")
    assert "Your start" in main_of(phone)
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Put it in my calendar").click()
    assert download.value.suggested_filename == "appointment.ics"

    # They cannot make that day: one press, and other starts are there. They take another town.
    phone.get_by_role("button", name="I can’t make that start").click()
    assert seats_of(maumee) == (0, 0, 2)
    phone.get_by_role("button", name="Choose Toledo").click()
    desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
    desk.get_by_role("button", name="Confirm this seat").click()
    assert seats_of(toledo) == (1, 0, 7)

    # On the first day staff mark that they came.
    with time_machine.travel(SeatClaim.objects.live().get().session.start, tick=True):
        desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
        if "account" in desk.url:  # nobody was at the desk for days
            desk.get_by_label("Username").fill("juno")
            desk.get_by_label("Password").fill(PASSWORD)
            desk.get_by_role("button", name="Sign in").click()
            desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
        desk.get_by_role("button", name="They came", exact=True).click()
    request.refresh_from_db()
    assert request.status == Status.RETURNED
    assert SeatClaim.objects.live().get().first_session == FirstSession.CAME


def test_someone_waits_for_a_full_group_gets_a_seat_from_the_list_and_takes_it(
    tuesday_morning,
    phone,
    other_phone,
):
    maumee = group("maumee", days=[3], seats=1)

    # Somebody else holds the only seat.
    to_my_page(other_phone)
    other_phone.get_by_role("button", name="Choose Maumee").click()

    # The way is not hidden: it says that there is none, what is full, and that one can wait.
    request = to_my_page(phone)
    assert "none right now" in main_of(phone)
    phone.get_by_role("link", name="A group at another time").click()
    phone.locator("#way-2 summary").click()
    phone.locator("#way-2").get_by_role("button", name="Keep me the next seat").click()
    assert "You are on the list: A group at another time, Maumee." in main_of(phone)

    # The seat is given back. At the next tick of the clock it is kept for who waits, and for nobody else.
    other_phone.get_by_role("button", name="Give it back").click()
    keep_the_list()
    other_phone.goto(other_phone.url)
    assert "Choose Maumee" not in main_of(other_phone)
    phone.goto("/my/")
    assert "A seat came free for you" in main_of(phone)
    phone.get_by_role("button", name="Yes, I want it").click()
    assert "We hold this for you" in main_of(phone)
    claim = SeatClaim.objects.live().get()
    assert (claim.request, claim.accepted_at is not None) == (request, True)
    assert seats_of(maumee) == (0, 1, 0)


def test_staff_offer_three_and_hold_what_is_wanted_while_they_talk(tuesday_morning, phone, desk):
    for town in ("toledo", "maumee", "perrysburg", "oregon"):
        group(town, days=[3])
    request = to_my_page(phone)
    take_the_call(desk, request)

    # Only what is offered, ticked on the card.
    desk.get_by_role("button", name="Show only what I offer").click()
    for town in ("Perrysburg", "Toledo"):
        desk.locator("fieldset.starts label", has_text=town).click()
    desk.get_by_role("button", name="Offer the ticked ones").click()
    phone.goto("/my/")
    chosen = phone.get_by_role("button", name="Choose").all_inner_texts()
    assert [words.split()[1] for words in chosen] == ["Perrysburg", "Toledo"]

    # On the phone they say which: one press holds it, one more confirms it.
    desk.locator("fieldset.starts .start", has_text="Perrysburg").get_by_role("button").click()
    desk.get_by_role("button", name="Confirm this seat").click()
    request.refresh_from_db()
    assert request.status == Status.AGREED
