"""What every test can count on: no network, a clean cache, templates without undefined variables, a browser."""

import shutil
import sys
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import hypothesis
import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connections
from django.template.base import Node
from django.utils import translation

from privacy import roles
from reentry_portal.env import BASE_DIR

PHONE_SIZE = {"width": 360, "height": 740}
PASSWORD = "a long password for a story"
TUESDAY_AT_TEN = datetime(2026, 12, 1, 10, 0, tzinfo=ZoneInfo("America/New_York"))
HERE = {"127.0.0.1", "::1", "localhost"}
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",  # it will not start as root otherwise; it only ever opens our own pages
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


class UndefinedVariableFails(str):
    """A `string_if_invalid` that fails the test when one of our own templates prints an unknown variable.

    Django asks `if string_if_invalid`, then `"%s" in string_if_invalid`, then formats it. In templates of other
    packages, which lean on silent variables, this stays the empty string it inherits from.
    """

    def __bool__(self) -> bool:
        return _in_our_template()

    def __contains__(self, key: str) -> bool:
        return key == "%s" and _in_our_template()

    def __mod__(self, variable: object) -> str:
        pytest.fail(f"Undefined template variable “{variable}” in {_template_being_rendered()}")


def _template_being_rendered() -> str:
    """The file of the innermost template tag or variable that is being rendered right now."""
    frame = sys._getframe(1)
    while frame:
        node = frame.f_locals.get("self")
        if isinstance(node, Node) and getattr(node, "origin", None):
            return str(node.origin)
        frame = frame.f_back
    return ""


def _in_our_template() -> bool:
    name = Path(_template_being_rendered())
    return name.is_relative_to(BASE_DIR) and ".venv" not in name.parts


def pytest_configure() -> None:
    # A machine that is busy is no failure: nothing here is timed.
    hypothesis.settings.register_profile("patient", deadline=None)
    hypothesis.settings.load_profile("patient")
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariableFails()
    # Plain names, no manifest: nothing has to be collected before a test.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    sys.addaudithook(_refuse_other_machines)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits empties the database afterwards: bring back the rows that came with the migrations."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        commits = {"transactional_db", "live_server"} & set(item.fixturenames)
        if commits or (mark and mark.kwargs.get("transaction")):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Playwright's event loop gives its thread a second connection; it must know the rows of the migrations too."""
    first = connections["default"]
    if hasattr(first, "_test_serialized_contents"):  # only there when some test of this run commits
        type(first)._test_serialized_contents = first._test_serialized_contents


_refused: list[str] = []
_allowed_hosts = HERE | {urlsplit(settings.REDIS_URL).hostname}


def _refuse_other_machines(event: str, arguments: tuple) -> None:
    """Sees every connection and name look-up of this process, whichever library makes it."""
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
    elif event == "socket.getaddrinfo":
        address = arguments[:1]
    else:
        return
    host = address[0] if isinstance(address, tuple) else None  # a string is the path of a unix socket
    if host and str(host) not in _allowed_hosts:
        _refused.append(str(host))
        raise ConnectionRefusedError(f"A test tried to reach {host}.")


@pytest.fixture(autouse=True)
def no_other_machine():
    """Fails the test even when the code under test swallows the error. Yields the list of refused hosts."""
    _refused.clear()
    yield _refused
    refused = sorted(set(_refused))
    _refused.clear()
    assert not refused, f"The test tried to reach {', '.join(refused)}."


@pytest.fixture(autouse=True)
def english_again():
    """A page under /es/ leaves its language active in the thread of the test client."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert program, "The browser tests need Chromium: apt-get install chromium"
    return {**browser_type_launch_args, "executable_path": program, "args": BROWSER_ARGUMENTS}


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


@pytest.fixture
def requests_elsewhere(context):
    """The addresses on other hosts that the browser has asked for so far. It reaches none of them."""
    elsewhere: list[str] = []

    def note(request):
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in HERE:
            elsewhere.append(request.url)

    context.on("request", note)
    return elsewhere


@pytest.fixture(scope="session")
def accessibility_problems():
    """A function: the page's axe findings as lines, empty when there are none."""
    axe = Axe()

    def find(page) -> list[str]:
        found = axe.run(page).response["violations"]
        return [f"{one['id']}: {node['target']} {one['help']}" for one in found for node in one["nodes"]]

    return find
