"""Nobody who asked can be read from an address, a title, a list, a log or a message of the desk (R-H8, R-H13).

People with unmistakable words stand in one of everything; each role walks every page, and presses what makes a message.
"""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.http import HttpResponse

from privacy.models import AuditEvent
from tests.clinical.people import AFTER, WORDS
from tests.intake.desk_tools import SECRETS, is_titled
from tests.roles_world import (
    EVERYBODY,
    LIMIT,
    PRINT,
    STAFF_NOTE,
    TO_DO,
    addresses_of_the_desk,
    arguments_of,
    somebody,
    world_of,
)
from tests.test_no_leaks import Browser, ears  # noqa: F401  the fixture that hears every logger

pytestmark = pytest.mark.django_db

CANARIES = (*SECRETS, "Sedge", "Hazel", "quillaunt", "How is", TO_DO, STAFF_NOTE, LIMIT, PRINT, *WORDS.values())
# Pages about one person, for whoever works with that person: they show what was written. Every other page is a list.
ABOUT_SOMEBODY = {
    "intake_callbackrequest_change", "intake_familymessage_change", "clinical_reassessmentnote_change",
    "clinical_reassessmentnote_sign", "clinical_reassessmentnote_cosign", "clinical_reassessmentnote_print",
    "clinical_reassessmentnote_beside", "clinical_reassessmentnote_share", "clinical_reassessmentnote_addendum",
}  # fmt: skip
# Pages that show one of them, to whoever must know it, and nothing else of the person.
SHOWS_ONE = {
    "intake_callbackrequest_print": LIMIT,
    "intake_callbackrequest_restrictions": LIMIT,
    "intake_recordprint_change": PRINT,
}
# What each role presses, by name of the address: buttons that say something afterwards.
PRESSED = {
    "intake_callbackrequest_search": {"term": "(419) 555-0117"},
    "intake_callbackrequest_attempt": {"outcome": "no_answer"},
    "intake_callbackrequest_move": {"weeks": "1"},
    "intake_callbackrequest_seat": {"go": "1"},
    "intake_callbackrequest_print": {"reason": "own_copy", "words": PRINT},
    "intake_callbackrequest_restrictions": {"kind": "other", "words": LIMIT},
    "intake_callbackrequest_note": {"words": f"Ask {STAFF_NOTE} again"},
    "intake_callbackrequest_todo": {"kind": "other", "details": f"{TO_DO} again", "due_on": "2026-06-03"},
    "intake_callbackrequest_assign": {"go": "1"},
    "intake_familymessage_seen": {"go": "1"},
    "scheduling_closure_move": {"go": "1"},
    "scheduling_closure_move_everyone": {"go": "1"},
    "clinical_reassessmentnote_open": {"go": "1"},
    "clinical_reassessmentnote_revoke": {"way": "letter"},
}


@pytest.fixture(autouse=True)
def the_same_morning():
    with time_machine.travel(AFTER, tick=False):
        yield


def told(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def words_beside(response: HttpResponse) -> str:
    """The title of the page, and the messages that it or the next one shows."""
    title = is_titled(response.content.decode()) if b"<title>" in response.content else ""
    messages = get_messages(response.wsgi_request) if hasattr(response.wsgi_request, "_messages") else []
    return " ".join([title, *map(str, messages)])


def walk(browser: Browser, world: Any) -> dict[str, list[str]]:
    """By address, what of the canaries stands where none may."""
    found, read = {}, 0
    for name, pattern in addresses_of_the_desk().items():
        path = arguments_of(name, pattern, world)
        page = browser.get(path)
        read += page.status_code == 200
        is_list = name not in ABOUT_SOMEBODY
        on_page = [canary for canary in told(page.content.decode()) if canary != SHOWS_ONE.get(name)]
        found[name] = told(words_beside(page)) + (on_page if is_list else [])
    assert read == 0 or read > 5
    return found | {f"{name} pressed": _press(browser, name, world) for name in PRESSED}


def _press(browser: Browser, name: str, world: Any) -> list[str]:
    path = arguments_of(name, addresses_of_the_desk()[name], world)
    page = browser.post(path, PRESSED[name] | {"pk": world.request.pk})
    return told(words_beside(page) + page.headers.get("Location", ""))


@pytest.mark.parametrize("role", EVERYBODY.values())
def test_no_list_title_message_address_or_log_tells_who_asked(role, ears):  # noqa: F811
    person = somebody(role)
    world, browser = world_of(person), Browser()
    browser.force_login(person)
    found = walk(browser, world)
    assert {name: canaries for name, canaries in found.items() if canaries} == {}
    assert told("\n".join(browser.addresses)) == []
    assert told("\n".join(ears.lines)) == []
    assert told("\n".join(str(vars(event)) for event in AuditEvent.objects.all())) == []
    assert any("/staff/intake/" in urlsplit(address).path for address in browser.addresses)


def test_the_canaries_are_there_to_be_found():
    """On the pages about them, for who works with them: the sweep above would see them anywhere else."""
    person = somebody("intake")
    world, browser = world_of(person), Browser()
    browser.force_login(person)
    names = ("intake_callbackrequest_change", "intake_familymessage_change")
    pages = [browser.get(arguments_of(name, addresses_of_the_desk()[name], world)) for name in names]
    text = re.sub(r"\s+", " ", " ".join(page.content.decode() for page in pages))
    wanted = {"Zebedee", "555-0117", "hard for me", "quillaunt", "How is", TO_DO, STAFF_NOTE, LIMIT}
    assert wanted <= set(told(text))


def test_those_on_paper_are_there_to_be_found():
    person = somebody("privacy")
    world, browser = world_of(person), Browser()
    browser.force_login(person)
    addresses = addresses_of_the_desk()
    pages = {name: browser.get(arguments_of(name, addresses[name], world)) for name in SHOWS_ONE}
    assert {name: told(page.content.decode()) for name, page in pages.items()} == {
        name: [canary] for name, canary in SHOWS_ONE.items()
    }
