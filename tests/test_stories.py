"""The main job, told as the people in it live it: a phone, no JavaScript, and a browser that is really there."""

import re

import pytest

from followups.models import LocalDelivery
from followups.tasks import tick
from intake.models import CallbackRequest
from intake.states import Status
from tests.conftest import PHONE_SIZE

pytestmark = pytest.mark.django_db(transaction=True)


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
    row.get_by_role("button", name="Take this call").click()

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

    delivery = LocalDelivery.objects.get(message__kind="acknowledgement")
    assert delivery.to == "+14195550117"
    assert delivery.body == (
        "Front Desk: Thanks for reaching out. A person will call by Wed noon. "
        "You can call us too: 888-657-0858. Reply STOP to stop texts."
    )
    desk.goto("/staff/followups/message/")
    assert "We have your note" in desk.get_by_role("table").inner_text()


def test_nothing_typed_comes_back_after_leaving(browser, live_server):
    """On a shared phone, Back is the first thing that somebody else presses."""
    context = browser.new_context(viewport=PHONE_SIZE, base_url=live_server.url, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    ask_to_come_back(page)
    page.goto("/safety/")
    for _ in range(2):
        page.go_back()
    assert page.url.endswith("/start/")
    assert [page.locator(box).input_value() for box in ("#id_name", "#id_phone")] == ["", ""]
    assert not page.locator("#id_reach_by_0").is_checked()
    context.close()


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


@pytest.fixture
def keyboard_phone(browser, live_server, no_other_machine):
    """A phone with JavaScript and a keyboard, and nothing else to point with."""
    context = browser.new_context(viewport=PHONE_SIZE, base_url=live_server.url, reduced_motion="reduce")
    yield context.new_page()
    context.close()


# How the element with the focus stands on the screen. Its name is "" when the focus has left the page.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return {name: ""};
  const box = one.getClientRects()[0], style = getComputedStyle(one);
  const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const label = top && top.closest("label");
  return {
    name: `${one.tagName} ${one.id || one.className} ${one.innerText || one.value}`.trim().replace(/\\s+/g, " "),
    on_top: !!top && (one.contains(top) || (!!label && label.control === one)),
    marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) ||
      style.boxShadow.includes("0px 3px"),
    place: [...document.querySelectorAll("*")].indexOf(one),
  };
}"""


def tab_through(page) -> list[dict]:
    """Every stop of the Tab key, from where the focus is, out at the end of the page and round to where it began."""
    stops: list[dict] = []
    for _press in range(100):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["name"] and stop["place"] in {one["place"] for one in stops}:
            assert stop["place"] == stops[0]["place"], f"The Tab key turns round at {stop['name']}"
            return stops
        stops += [stop] if stop["name"] else []
    raise AssertionError(f"The Tab key does not come round: {names(stops)}")


def hidden(stops: list[dict]) -> list[str]:
    return [stop["name"] for stop in stops if not (stop["on_top"] and stop["marked"])]


def names(stops: list[dict]) -> str:
    return "\n".join(stop["name"] for stop in stops)


def test_someone_with_only_a_keyboard_sees_where_they_are_and_can_leave(keyboard_phone, settings):
    phone = keyboard_phone
    phone.goto("/start/")
    phone.locator("#id_reach_by_0").press("Space")
    phone.locator("#id_phone").press("Enter")
    phone.get_by_role("alert").wait_for()
    stops = tab_through(phone)
    assert hidden(stops) == []
    for stop in ["Skip to the page", "Leave this page", "Tell us what to call you", "id_name", "id_phone", "Send"]:
        assert stop in names(stops)

    # A mark that is gone is noticed, and so is a bar that lies over everything.
    phone.evaluate("document.getElementById('id_name').style.cssText = 'outline: 0; box-shadow: none'")
    assert hidden(tab_through(phone)) == ["INPUT id_name"]
    phone.evaluate("document.querySelector('a.leave').style.top = 0")
    assert len(hidden(tab_through(phone))) >= len(stops) - 3

    ask_to_come_back(phone)
    phone.get_by_role("link", name="Open my page").press("Enter")
    phone.wait_for_url("**/my/")
    stops = tab_through(phone)
    assert hidden(stops) == []
    for stop in ["Ask in 1 week", "Stop all messages", "Take back my note", "Erase what I wrote"]:
        assert stop in names(stops)

    # Shift, three times: our own server sends them to the weather, which this test does not ask for.
    sent_to = []

    def stand_in_for_the_weather(route):
        sent_to.append(route.fetch(max_redirects=0).headers["location"])
        route.fulfill(body="Sunny", content_type="text/plain")

    phone.route("**/leave/", stand_in_for_the_weather)
    phone.keyboard.press("Shift")
    phone.keyboard.press("Shift")
    assert phone.locator(".presses").inner_text() == "Shift, press 1 more time to leave."
    assert sent_to == []
    phone.keyboard.press("Shift")
    phone.wait_for_url("**/leave/")
    assert phone.locator("body").inner_text() == "Sunny"
    assert sent_to == [settings.LEAVE_URL]
