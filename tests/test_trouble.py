"""The database really stops while people are writing: they are told so, with the phone number, and it comes back.

And a page that stayed open too long leads back to a page that opens, in every language.
"""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reentry_portal.env import BASE_DIR
from tests.intake.make import sent
from tests.services import run_postgres, start_postgres, stop_postgres
from tests.test_server_command import free_port, wait_for


class Visitor:
    """A browser without pictures: keeps cookies, follows where it is sent."""

    def __init__(self, port: int):
        self.base = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def open(self, path: str, answers: dict | None = None) -> tuple[int, str]:
        """Status and page; status 0 while nobody answers."""
        data = urllib.parse.urlencode(answers).encode() if answers else None
        try:
            with self.opener.open(self.base + path, data, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def open_the_form(self) -> None:
        _status, page = self.open("/start/")
        self.token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]

    def send_the_form(self) -> tuple[int, str]:
        answers = {"name": "Wren", "reach_by": "call", "phone": "419 555 0117"}
        return self.open("/start/", {"csrfmiddlewaretoken": self.token, **answers})


@pytest.fixture
def database():
    """A PostgreSQL of its own, so that it can be stopped. Yields its URL and its folder."""
    with tempfile.TemporaryDirectory(prefix="portal-trouble-") as home:
        Path(home).chmod(0o711)  # PostgreSQL runs as another user when we are root
        data = Path(home) / "postgres"
        yield start_postgres(data).replace("/portal?", "/postgres?"), data


@pytest.fixture
def portal(database, tmp_path):
    """The portal as gunicorn serves it, on that database. Returns its port."""
    environment = {**os.environ, "DATABASE_URL": database[0], "VAR_DIR": str(tmp_path)}
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=BASE_DIR, env=environment, check=True)
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "--threads", "2", "--no-control-socket"]
    server = subprocess.Popen([*command, "reentry_portal.wsgi"], cwd=BASE_DIR, env=environment)
    assert wait_for(lambda: Visitor(port).open("/healthz")[0] == 200)
    yield port
    server.terminate()
    server.wait(30)


def test_a_database_that_stops_gets_its_own_page_and_the_guide_stays_open(portal, database):
    visitor = Visitor(portal)
    visitor.open_the_form()

    stop_postgres(database[1], signal.SIGQUIT)
    status, page = visitor.send_the_form()
    assert status == 503
    assert "We can’t save this right now" in page
    assert "tel:+18886570858" in page
    assert "tel:988" in page
    assert visitor.open("/")[0] == 200
    assert visitor.open("/start/")[0] == 503
    assert visitor.open("/readyz")[0] == 503

    run_postgres(database[1])
    status, page = visitor.send_the_form()
    assert status == 200
    assert "We have your note" in page
    stop_postgres(database[1], signal.SIGQUIT)


# --- The database fails where the session is kept ---------------------------------------------------------------


def fails(error):
    def fail(*args, **kwargs):
        raise error("The connection is gone")

    return fail


def says_trouble(answer) -> bool:
    return answer.status_code == 503 and "We can’t save this right now" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_session_that_cannot_be_saved_gets_the_page_for_that(error, monkeypatch):
    _request, token = sent(now=timezone.now())
    visitor = Client(raise_request_exception=False)
    monkeypatch.setattr(SessionStore, "save", fails(error))
    answer = visitor.get(reverse("my-link", args=[token]))
    assert says_trouble(answer)
    assert answer["Retry-After"] == "120"
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_session_that_cannot_be_read_gets_the_page_for_that(error, monkeypatch):
    colleague = Client(raise_request_exception=False)
    colleague.force_login(User.objects.create_superuser("juno"))
    monkeypatch.setattr(SessionStore, "load", fails(error))
    assert says_trouble(colleague.get(reverse("admin:intake_callbackrequest_desk")))
    assert says_trouble(colleague.get(reverse("my")))


@pytest.mark.django_db
def test_any_other_failure_is_still_our_fault(monkeypatch):
    colleague = Client(raise_request_exception=False)
    colleague.force_login(User.objects.create_superuser("juno"))
    monkeypatch.setattr(SessionStore, "load", fails(RuntimeError))
    answer = colleague.get(reverse("admin:intake_callbackrequest_desk"))
    assert answer.status_code == 500
    assert "We can’t save this right now" not in answer.content.decode()


# --- A page that was open too long ------------------------------------------------------------------------------

DESK = "/staff/intake/callbackrequest/"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent_to", "again"),
    [
        (f"{DESK}7/attempt/", f"{DESK}7/change/"),
        (f"{DESK}7/move/take_back/", f"{DESK}7/change/"),
        (f"{DESK}desk/", f"{DESK}desk/"),
        ("/staff/scheduling/closure/prefill/", "/staff/scheduling/closure/"),
        ("/staff/account/login/", "/staff/account/login/"),
        ("/my/later/", "/my/"),
        ("/my/messages/", "/my/"),
        ("/es/my/later/", "/es/my/"),
        ("/start/", "/start/"),
        ("/es/start/", "/es/start/"),
    ],
)
def test_every_way_on_from_a_stale_form_opens(sent_to, again):
    stale = Client(enforce_csrf_checks=True)
    answer = stale.post(sent_to)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert f'<a class="go" href="{again}">' in page
    languages = re.findall(r'<a href="([^"]+)" lang="\w+" hreflang', page)
    assert bool(languages) is not sent_to.startswith("/staff/")  # the desk speaks one language
    assert [path for path in (again, *languages) if stale.get(path).status_code == 405] == []
