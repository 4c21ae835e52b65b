"""The last seat, asked for in browsers: one person holds it, everybody else is told kindly and shown what is next.

Against `manage.py serve` as an operator runs it: several processes on PostgreSQL, and one on a SQLite file.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from functools import partial
from threading import Barrier
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest
from django.utils import timezone

from reentry_portal.env import BASE_DIR
from scheduling.models import AppointmentSlot, Closure, Group, SeatClaim
from tests.followups.processes import PATIENCE, _url_of_test_database
from tests.intake.make import at_once, sent
from tests.scheduling.make import group, seats_of
from tests.test_server_command import GONE_WITHIN, Portal, ask, free_port, wait_for

EVERY_DAY = range(7)


class StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_answer):
        return None


class Browser:
    """One person's browser: it keeps cookies and follows no redirect by itself."""

    def __init__(self, port: int) -> None:
        self.home = f"http://127.0.0.1:{port}"
        self._opener = build_opener(HTTPCookieProcessor(), StayHere())

    def ask(self, path: str, **form: str) -> tuple[int, str]:
        """Status and page; with a form, by POST."""
        data = urlencode(form).encode() if form else None
        try:
            with self._opener.open(self.home + path, data, timeout=4 * PATIENCE) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as answer:
            with answer:
                return answer.code, answer.read().decode()

    def choose(self, pick: str, page: str) -> tuple[int, str]:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        return self.ask("/my/choose/", pick=pick, csrfmiddlewaretoken=token)


def picks_on(page: str) -> dict[int, str]:
    """By number of the group, the code of each start that has a button on the page."""
    codes = re.findall(r'name="pick" value="(new_time\.(\d+)\.[\d-]+)"', page)
    return {int(number): code for code, number in codes}


# --- run by a process of its own, on the database of the portal --------------------------------------------------


def cast(people: int) -> dict:
    """A group with one seat, another with many, nothing else, and so many people with a private link."""
    Closure.objects.all().delete()
    for model in (Group, AppointmentSlot):
        model.objects.update(is_open=False)
    last, next_one = (group(seats=seats, days=EVERY_DAY).pk for seats in (1, people))
    tokens = [sent(now=timezone.now())[1] for _ in range(people)]
    return {"last": last, "next": next_one, "tokens": tokens}


def seats_taken(*numbers: int) -> dict:
    """Of each of these groups how many seats are placed, held and free; and how many claims were ever made on both."""
    groups = Group.objects.filter(pk__in=numbers).order_by("pk")
    return {"seats": [seats_of(one) for one in groups], "claims": SeatClaim.objects.filter(group__in=groups).count()}


def run(portal: Portal, what: str) -> dict:
    program = f"""
import json, django
django.setup()
from tests.scheduling import test_last_seat_over_http as the
print(json.dumps(the.{what}))
"""
    environment = portal.environment | {"DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def portal(tmp_path):
    """Starts the portal; whatever of it is left ends with the test."""
    started: list[Portal] = []

    def start(*arguments: str, **environment: str) -> Portal:
        running = Portal(tmp_path, free_port(), *arguments, **environment)
        running.environment = running._environment(tmp_path, running.port) | environment
        started.append(running)
        assert wait_for(lambda: ask(running.port, "/healthz")[0] == 200), running.said()
        return running

    yield start
    for running in started:
        for process in running.left():
            os.kill(process, signal.SIGKILL)
        running.process.wait(GONE_WITHIN)


def everybody_wants_the_last_seat(portal: Portal, people: int) -> None:
    made = run(portal, f"cast({people})")
    last, next_one = made["last"], made["next"]
    all_have_it_before_them = Barrier(people)

    def choose(token: str) -> tuple[Browser, int, str]:
        browser = Browser(portal.port)
        assert browser.ask(f"/my/{token}/")[0] == 302
        status, page = browser.ask("/my/")
        assert (status, set(picks_on(page))) == (200, {last, next_one})
        all_have_it_before_them.wait(4 * PATIENCE)
        return browser, *browser.choose(picks_on(page)[last], page)

    answers = at_once(*(partial(choose, token) for token in made["tokens"]))
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert Counter(status for _browser, status, _page in answers) == {303: 1, 409: people - 1}, portal.said()
    assert run(portal, f"seats_taken({last}, {next_one})") == {"seats": [[0, 1, 0], [0, 0, people]], "claims": 1}

    told = [(browser, page) for browser, status, page in answers if status == 409]
    for _browser, page in told:
        assert "just taken" in page
        assert set(picks_on(page)) == {next_one}

    browser, page = told[0]
    assert browser.choose(picks_on(page)[next_one], page)[0] == 303
    assert "just taken" not in browser.ask("/my/")[1]
    assert run(portal, f"seats_taken({last}, {next_one})")["seats"] == [[0, 1, 0], [0, 1, people - 1]]
    assert "Traceback" not in portal.said()


@pytest.mark.django_db(transaction=True)
def test_of_two_hundred_people_on_postgresql_one_holds_it(portal):
    running = portal("--workers", "3", DATABASE_URL=_url_of_test_database(), REDIS_URL=os.environ["REDIS_URL"])
    everybody_wants_the_last_seat(running, 200)


def test_of_twenty_people_on_sqlite_one_holds_it(portal):
    everybody_wants_the_last_seat(portal(), 20)
