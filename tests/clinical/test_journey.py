"""A clinician's morning in Chromium, by keyboard: booking, draft, lost session, resume, sign, addendum, print."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from clinical.models import NoteAddendum, NoteSignature, ReassessmentNote
from tests.clinical.desk import at, desk_of
from tests.clinical.people import PASSWORD, added, booked, clinician, consent_of, signed, written
from tests.scheduling.make import DAY, HOUR

pytestmark = pytest.mark.django_db(transaction=True)
MOST_TABS = 400


def cookie_of(user, live_server) -> dict:
    session = desk_of(user).cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}


def to(page: Page, role: str, name: str) -> None:
    """Tab until that is in focus: what cannot be reached by keyboard is not there."""
    wanted = page.get_by_role(role, name=name, exact=True).first
    wanted.wait_for()
    for _ in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} cannot be reached by keyboard")


def press(page: Page, role: str, name: str) -> None:
    to(page, role, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, name: str, words: str) -> None:
    to(page, "textbox", name)
    page.keyboard.type(words)


def pick(page: Page, group: str, words: str) -> None:
    """A radio button of that question: Tab to the question, Space on the first, arrows on to the one."""
    radios = page.get_by_role("group", name=group, exact=True).get_by_role("radio")
    names = page.get_by_role("group", name=group, exact=True).locator("label").all_inner_texts()
    for _ in range(MOST_TABS):
        if radios.evaluate_all("all => all.includes(document.activeElement)"):
            break
        page.keyboard.press("Tab")
    if not radios.evaluate_all("all => all.some(one => one.checked)"):
        page.keyboard.press("Space")
    for _ in range(names.index(words)):
        page.keyboard.press("ArrowDown")
    assert page.get_by_role("group", name=group, exact=True).get_by_role("radio", name=words, exact=True).is_checked()


def choose(page: Page, name: str, words: str) -> None:
    to(page, "combobox", name)
    page.keyboard.type(words)


def sign_in(page: Page) -> None:
    page.get_by_label("Username").fill("rowan")
    page.get_by_label("Password").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_clinicians_morning_by_keyboard(browser, live_server, accessibility_problems):
    rowan = clinician()
    now = timezone.now().replace(second=0, microsecond=0)
    claim = booked(rowan, starts_at=now - DAY, note="Tuesdays are hard for me.")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto("/staff/")
    sign_in(page)
    press(page, "link", "My reassessments")
    assert accessibility_problems(page) == []

    press(page, "button", f"Begin {claim.request.reference}")
    expect(page.get_by_text("Tuesdays are hard for me.")).to_be_visible()
    write(page, "Who was there", "Wren")
    write(page, "Why they want to come back, in their words", "For the quince harvest")
    press(page, "button", "Save and go on (Why now)")
    expect(page.get_by_text("Saved. You can go away and come back to it.")).to_be_visible()
    assert page.url.endswith("#section-since")
    assert accessibility_problems(page) == []

    write(page, "Risk to themselves or to others", "Asked; none today")
    Session.objects.all().delete()
    press(page, "button", "Save and go on (Safety)")
    expect(page.get_by_label("Username")).to_be_visible()
    sign_in(page)
    expect(page.get_by_text("What you had typed is here")).to_be_visible()
    expect(page.get_by_label("Why they want to come back")).to_have_value("For the quince harvest")
    expect(page.get_by_label("Risk to themselves or to others")).to_have_value("Asked; none today")

    pick(page, "Naloxone", "Given today")
    pick(page, "ASAM edition", "Third edition (2013)")
    press(page, "button", "Save and go on (What fits now)")
    for number, name in enumerate(page.locator("[id^=id_rating_]").all(), start=1):
        label = page.locator(f"label[for={name.get_attribute('id')}]").inner_text()
        assert label.startswith(str(number))
        choose(page, label, str(number % 5))
    choose(page, "Level assessed", "2.1")
    choose(page, "Level agreed", "1 Out")
    pick(page, "Assessment", "A new assessment, made today")
    pick(page, "Next step", "They start as agreed")
    choose(page, "Restart agreed", "a group")
    pick(page, "Privacy notice given", "Yes")
    pick(page, "Consent to services given", "Yes")
    press(page, "button", "Save, then sign")
    expect(page.locator("#id_level_reason_error")).to_have_text("The two levels differ. Write down why.")
    assert page.locator(".why").count() == 1
    assert accessibility_problems(page) == []

    write(page, "Why they differ", "Evenings only, because of work")
    press(page, "button", "Save, then sign")
    assert accessibility_problems(page) == []
    choose(page, "Your credential", "LISW-S")
    to(page, "checkbox", "I wrote this note, and it is true and complete")
    page.keyboard.press("Space")
    write(page, "Your password", "not the password")
    press(page, "button", "Sign")
    expect(page.locator("#id_password_error")).to_have_text("That is not your password.")
    assert accessibility_problems(page) == []
    write(page, "Your password", PASSWORD)
    press(page, "button", "Sign")
    expect(page.get_by_text("Signed. Intake sees the level")).to_be_visible()
    assert NoteSignature.objects.get().by == rowan
    assert accessibility_problems(page) == []

    press(page, "link", "Add or correct")
    pick(page, "Kind", "Addendum: something to add")
    write(page, "What you add", "A heron stood by")
    write(page, "Why", "Forgot it")
    choose(page, "Your credential", "LISW-S")
    write(page, "Your password", PASSWORD)
    assert accessibility_problems(page) == []
    press(page, "button", "Add to the note")
    assert NoteAddendum.objects.get().text == "A heron stood by"

    press(page, "link", "Print")
    assert accessibility_problems(page) == []
    assert page.pdf(format="Letter").startswith(b"%PDF")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 820, 1280])
def test_axe_finds_nothing_and_no_page_of_notes_scrolls_sideways(
    width, scheme, browser, live_server, accessibility_problems
):
    rowan, linden = clinician(), clinician("linden")
    now = timezone.now().replace(second=0, microsecond=0)
    note = signed(rowan, claim=booked(rowan, starts_at=now - 3 * DAY), now=now)
    added(note, rowan, now=now)
    consent = consent_of(note.request, rowan, now=now)
    draft = written(rowan, claim=booked(rowan, starts_at=now - DAY), asam_edition="4", now=now)
    booked(rowan, starts_at=now + HOUR, name="Sedge", phone="+14195550119")
    desk_of(linden).post(at("emergency"), {"reference": note.request.reference, "reason": "In the hospital tonight"})
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    context.add_cookies([cookie_of(rowan, live_server)])
    page = context.new_page()
    pages = [at(name, note) for name in ("change", "print", "addendum", "share", "consent")]
    pages += [at("changelist"), at("emergency"), at("revoke", consent), at("beside", draft, note)]
    pages += [at("change", draft), at("change", draft) + "?check"]
    found = {}
    for address in pages:
        assert page.goto(live_server.url + address).status == 200
        wide = page.evaluate("document.documentElement.scrollWidth") != width
        found[address] = accessibility_problems(page) + (["it scrolls sideways"] if wide else [])
    assert {address: problems for address, problems in found.items() if problems} == {}
    assert ReassessmentNote.objects.count() == 2
    context.close()
