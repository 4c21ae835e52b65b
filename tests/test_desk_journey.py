"""A morning at the desk in a browser, by keyboard alone, and how its pages look to a checker of accessibility."""

from datetime import date

import pytest
import time_machine
from playwright.sync_api import Page, expect

from intake import actions, claims, staff_notes, todos
from intake.choices import ToDoKind
from tests.intake.desk_tools import HOUR, wren
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db(transaction=True)]

SIZES = [(1280, "light"), (1280, "dark"), (820, "light"), (820, "dark")]


@pytest.fixture
def people(monday_at_the_desk):
    """Somebody on every list, and a colleague on one of the calls."""
    ash = staff("ash")
    held, worried = wren(times=[]), wren(note="I want to die", language="es")
    wren(), wren(times=["afternoon"]), wren(times=["evening"]), wren(reach_by="text", times=[])
    noted = wren()
    staff_notes.add_note("Speak up", request_id=noted.pk, by=ash, now=MONDAY)
    todos.add_todo(ToDoKind.RIDE, "", date(2026, 11, 23), request_id=noted.pk, by=ash, now=MONDAY)
    actions.rest(request_id=noted.pk, weeks=2, by=ash, now=MONDAY)
    claims.claim(request_id=held.pk, by=staff("marlo", first_name="Marlo"), now=MONDAY)
    return worried


@pytest.fixture
def monday_at_the_desk():
    with time_machine.travel(MONDAY, tick=True):
        yield


def press_until(page: Page, name: str, key: str = "Tab") -> None:
    """Go on with the keyboard until the control of that name has the focus, as somebody without a mouse does."""
    for _step in range(150):
        if page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')").startswith(name):
            return
        page.keyboard.press(key)
    pytest.fail(f"The keyboard does not lead to “{name}”.")


def test_a_call_from_the_list_to_the_log_and_back_by_keyboard_alone(people, desk):
    expect(desk.get_by_role("heading", level=1)).to_have_text("Call now")
    reference = people.reference
    press_until(desk, f"Take this call {reference}")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("This call is yours")).to_be_visible()
    expect(desk.get_by_text("Their words may mean danger.")).to_be_visible()
    press_until(desk, "Call (419) 555-0117")
    for _step in range(60):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.name") == "outcome":
            break
    desk.keyboard.press("ArrowDown")
    expect(desk.get_by_label("No answer")).to_be_checked()
    press_until(desk, "Log this call")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text(f"Logged for {reference}: No answer.")).to_be_visible()
    assert people.attempts.get().outcome == "no_answer"


def test_outside_their_times_a_reason_opens_one_call_by_keyboard_alone(people, desk):
    request = wren(times=["afternoon"])
    desk.goto(f"/staff/intake/callbackrequest/{request.pk}/change/")
    press_until(desk, "Call anyway")
    desk.keyboard.press("Enter")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Space")
    expect(desk.get_by_label("They asked for a call at this time")).to_be_checked()
    press_until(desk, "Call for this reason")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="Call (419) 555-0117")).to_be_visible()


def test_the_numbers_are_kept_fresh_without_losing_ones_place(people, desk):
    desk.clock.install()
    desk.reload()
    desk.get_by_role("link", name="Look at the card").last.focus()
    before = desk.evaluate("[scrollY, document.activeElement.href, document.querySelectorAll('tr').length]")
    wren(now=MONDAY - HOUR)
    count = desk.locator("[data-list=now]")
    shown = int(count.inner_text())
    with desk.expect_response("**/desk/counts/"):
        desk.clock.run_for(61_000)
    expect(count).to_have_text(str(shown + 1))
    expect(desk.get_by_role("status")).to_have_text("The lists have changed.")
    assert before == desk.evaluate("[scrollY, document.activeElement.href, document.querySelectorAll('tr').length]")
    desk.get_by_role("link", name="Show the new lists").click()
    expect(desk.locator("table.queue.now tbody tr")).to_have_count(shown + 1)
    expect(desk.get_by_role("link", name="Show the new lists")).to_be_hidden()


def test_the_desk_is_whole_without_the_script(people, desk):
    address, jar = desk.url, desk.context.cookies()
    context = desk.context.browser.new_context(java_script_enabled=False)
    context.add_cookies(jar)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("[data-list=now]")).to_have_text("4")
    expect(page.get_by_role("link", name="Show the new lists")).to_be_hidden()
    page.get_by_role("button", name=f"Take this call {people.reference}").click()
    expect(page.get_by_text("This call is yours")).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(people, desk, accessibility_problems, size):
    width, scheme = size
    desk.set_viewport_size({"width": width, "height": 900})
    desk.emulate_media(color_scheme=scheme)
    cards = (f"/staff/intake/callbackrequest/{pk}/change/" for pk in range(people.pk - 1, people.pk + 6))
    addresses = [desk.url, *cards]
    found = {}
    for address in addresses:
        desk.goto(address)
        desk.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wide = desk.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        found[address] = accessibility_problems(desk) + (["it scrolls sideways"] if wide else [])
    assert {address: problems for address, problems in found.items() if problems} == {}
