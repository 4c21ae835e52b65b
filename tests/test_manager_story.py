"""A new town opens, told as the manager lives it: an empty place, no JavaScript, and only the keyboard."""

from datetime import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.utils import timezone

from privacy import roles
from scheduling.ledger import ledger_on_offer
from scheduling.options import Wishes, restart_options
from scheduling.picks import Kind
from tests.conftest import PASSWORD
from tests.test_stories import hidden, tab_through

pytestmark = pytest.mark.django_db(transaction=True)

NEXT_MONDAY, THE_FRIDAY_AFTER = "2026-12-07", "2026-12-11"


@pytest.fixture
def desk(tuesday_morning, browser, live_server, no_other_machine):
    """A desk computer with JavaScript off, signed in as Marlo, who manages the program."""
    marlo = get_user_model().objects.create_user("marlo", password=PASSWORD, first_name="Marlo", is_staff=True)
    marlo.groups.add(Group.objects.get(name=roles.PROGRAM_MANAGER))
    context = browser.new_context(
        viewport={"width": 1280, "height": 900},
        java_script_enabled=False,
        base_url=live_server.url,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/staff/")
    page.get_by_label("Username").fill("marlo")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "button", "Sign in")
    yield page
    context.close()


def press(page, role: str, name: str) -> None:
    """With the keyboard, as somebody without a mouse does."""
    page.get_by_role(role, name=name, exact=True).first.press("Enter")
    page.wait_for_load_state()


def fill(page, **fields: str) -> None:
    """Each field by its name; a list is chosen from by the words it shows."""
    for name, value in fields.items():
        field = page.locator(f"[name='{name}']")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)


def tick(page, *labels: str) -> None:
    for label in labels:
        page.get_by_label(label, exact=True).press("Space")


def main_words(page) -> str:
    return page.locator("#container").inner_text()


def test_a_manager_sets_up_a_new_town_with_two_groups_and_hours_from_nothing(desk):
    # Marlo adds a place, with somebody on the phone on Mondays.
    press(desk, "link", "Places")
    press(desk, "link", "Add a place")
    fill(desk, name="Sylvania", slug="sylvania", position="5")
    fill(desk, **{"staffed_hours-0-weekday": "Monday"})
    fill(desk, **{"staffed_hours-0-opens": "08:00", "staffed_hours-0-closes": "17:00"})
    press(desk, "button", "Save")
    assert "was added" in main_words(desk)

    # And somebody who leads groups there.
    press(desk, "link", "Groups")
    assert "Sylvania\nNo group meets here yet." in main_words(desk).replace("\n\n", "\n")
    press(desk, "link", "Therapists")
    press(desk, "link", "Add a therapist")
    fill(desk, display_name="Sage")
    press(desk, "button", "Save")

    # The first group: its days, its seats, and when it begins again from week one.
    press(desk, "link", "Groups")
    press(desk, "link", "Add a group")
    given = {"name": "Harbor", "location": "Sylvania", "level_of_care": "2.1 Intensive outpatient"}
    fill(desk, **given, therapist="Sage", starts="18:00", minutes="180", seats="8")
    tick(desk, "Monday", "Wednesday")
    fill(desk, **{"week_one_starts-0-date": NEXT_MONDAY})
    press(desk, "button", "Save and continue editing")

    # The second is a copy of it, in the morning; nobody is offered it until it is opened.
    press(desk, "button", "Copy this group")
    assert "Nobody is offered it" in main_words(desk)
    assert {fact.place for fact in there().groups} == {"Sylvania"}
    assert [fact.starts for fact in there().groups] == [time(18)]
    fill(desk, name="Harbor in the morning", starts="09:00")
    tick(desk, "Still taking people")
    press(desk, "button", "Save")

    # Hours with one person: three each on Monday and Friday, one after the other.
    press(desk, "link", "Hours to book")
    press(desk, "link", "Add hours")
    fill(desk, kind="One-to-one time", therapist="Sage", location="Sylvania")
    tick(desk, "Monday", "Friday")
    fill(desk, starts="13:00", ends="16:00", first=NEXT_MONDAY, last=THE_FRIDAY_AFTER)
    press(desk, "button", "Add these hours")
    assert "Hours added: 6." in main_words(desk)

    # The week shows it all, and whoever asks to come back can be offered it.
    press(desk, "link", "Groups")
    week = main_words(desk)
    told = ("Harbor", "Harbor in the morning", "Week one: Dec 7", "3 free")
    assert [words for words in told if words not in week] == []
    assert hidden(tab_through(desk)) == []
    ledger = there()
    assert [(fact.starts, fact.weekdays, fact.seats_left) for fact in ledger.groups] == [
        (time(9), (0, 2), 8),
        (time(18), (0, 2), 8),
    ]
    assert [fact.starts for fact in ledger.slots] == [time(13), time(14), time(15)] * 2
    offered = {one.kind: len(one.options) for one in restart_options(Wishes(town="sylvania"), ledger, timezone.now())}
    assert offered == {
        Kind.WEEK_ONE: 1, Kind.NEW_TIME: 2, Kind.NEW_THERAPIST: 2, Kind.REASSESS: 0, Kind.INDIVIDUAL: 6,
    }  # fmt: skip


def there():
    """What is on offer, all of it in the new town."""
    return ledger_on_offer(timezone.now())
