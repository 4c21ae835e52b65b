"""Every page of the desk that there is, opened in a browser by somebody who may: accessible, and nothing sideways."""

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from tests.clinical.people import AFTER
from tests.roles_world import EVERYBODY, addresses_of_the_desk, arguments_of, somebody, world_of
from tests.test_roles import MAY

pytestmark = pytest.mark.django_db(transaction=True)

# No page but a file or numbers for a script; and what only sends on to another page.
NO_PAGES = {"staff-figures", "intake_callbackrequest_counts", "clinical_reassessmentnote_print"}


@pytest.fixture(autouse=True)
def the_same_morning():
    with time_machine.travel(AFTER, tick=False):
        yield


def pages_of(letter: str) -> list[str]:
    """The names of what this role is the first of all roles to open, so that each page is looked at once."""
    return [name for name, (may_open, _press) in MAY.items() if may_open[:1] == letter and name not in NO_PAGES]


@pytest.mark.parametrize("width", [1280, 820])
@pytest.mark.parametrize("letter", ["I", "C", "M", "P", "A"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(letter, width, browser, live_server, accessibility_problems):
    person, client = somebody(EVERYBODY[letter]), Client()
    world = world_of(person)
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    page, addresses, found = context.new_page(), addresses_of_the_desk(), {}
    for name in pages_of(letter):
        answer = page.goto(arguments_of(name, addresses[name], world))
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        problems = accessibility_problems(page) + (["it scrolls sideways"] if wide else [])
        found[name] = problems if answer.status == 200 else [f"it answers {answer.status}"]
    context.close()
    assert len(found) > 0
    assert {name: problems for name, problems in found.items() if problems} == {}
