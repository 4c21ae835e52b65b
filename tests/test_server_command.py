"""`manage.py serve`, as an operator meets it: it starts, says where, stops, and leaves nothing behind."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reentry_portal.env import BASE_DIR

READY_WITHIN = 60  # seconds, on a busy machine
GONE_WITHIN = 30


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return trial.getsockname()[1]


def ask(port: int, path: str) -> tuple[int, dict]:
    """Status and JSON of an answer; status 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
    except OSError:
        return 0, {}


def wait_for(happens, within: float = READY_WITHIN):
    until = time.monotonic() + within
    while time.monotonic() < until:
        if found := happens():
            return found
        time.sleep(0.1)
    return None


def processes_of(session: int) -> list[int]:
    """Every process of that session that still runs: what was started, whoever its parent is now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _parent, _group, owner = entry.read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it ended while we looked
            continue
        if int(owner) == session and state != "Z":
            found.append(int(entry.parent.name))
    return found


class Portal:
    """`manage.py serve` on SQLite, without a broker, in a session of its own."""

    def __init__(self, folder: Path, port: int, *arguments: str, **environment: str) -> None:
        self.port, self.output = port, folder / "output"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, BASE_DIR / "manage.py", "serve", *arguments],
                cwd=folder,
                env=self._environment(folder, port) | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _environment(self, folder: Path, port: int) -> dict[str, str]:
        # HOME is a folder that cannot be written, as in a container.
        own = {"VAR_DIR": str(folder / "var"), "PORT": str(port), "HOME": "/proc", "SCHEDULER_TICK_SECONDS": "1"}
        return {**os.environ, **own, "DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite3'}", "REDIS_URL": ""}

    def said(self) -> str:
        return self.output.read_text()

    def ready(self) -> dict | None:
        def look():
            status, parts = ask(self.port, "/readyz")
            return parts if status == 200 or self.process.poll() is not None else None

        return wait_for(look)

    def stop(self, how: signal.Signals) -> int:
        """Stop it like a terminal does, the whole group at once. Returns the exit code."""
        os.killpg(self.process.pid, how) if how == signal.SIGINT else self.process.send_signal(how)
        return self.process.wait(GONE_WITHIN)

    def left(self) -> list[int]:
        return processes_of(self.process.pid)


@pytest.fixture
def portal(tmp_path):
    """Starts portals on one database; whatever a test leaves running ends here."""
    started: list[Portal] = []

    def start(*arguments: str, **environment: str) -> Portal:
        started.append(Portal(tmp_path, free_port(), *arguments, **environment))
        return started[-1]

    yield start
    for one in started:
        for process in one.left():
            os.kill(process, signal.SIGKILL)
        one.process.wait(GONE_WITHIN)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_command_brings_up_every_part_and_stopping_it_leaves_no_process(portal, how):
    running = portal()
    parts = running.ready()

    assert parts["ready"], running.said()
    assert ask(running.port, "/healthz") == (200, {"up": True})
    assert parts["scheduler"], "the worker ran a task that the clock sent"
    assert len(running.left()) == 2, "gunicorn's own process and the one that serves"
    assert running.said().count(f"The portal answers on http://127.0.0.1:{running.port}/") == 1
    assert running.stop(how) == 0, running.said()
    assert running.left() == []
    assert "Traceback" not in running.said()


def test_the_sign_ins_are_printed_in_demo_mode_at_every_start(portal):
    for _start in range(2):
        running = portal(DEMO_PASSWORD="canary-password-of-the-demo")
        assert running.ready(), running.said()
        running.stop(signal.SIGTERM)
        assert "canary-password-of-the-demo" in running.said()


def test_the_sign_ins_name_the_port_that_answers(portal):
    port = free_port()
    running = portal("--port", str(port), SITE_URL="")
    assert wait_for(lambda: "Demo sign-ins" in running.said()), running.said()
    assert f"Demo sign-ins at http://127.0.0.1:{port}/staff/" in running.said()


def test_an_address_that_was_set_is_kept(portal):
    running = portal("--port", str(free_port()), SITE_URL="http://desk.test")
    assert wait_for(lambda: "Demo sign-ins" in running.said()), running.said()
    assert "Demo sign-ins at http://desk.test/staff/" in running.said()


def test_a_portal_that_is_not_a_demo_has_no_invented_people_and_keeps_ticking(portal):
    running = portal(DEMO="0")
    assert running.ready(), running.said()
    time.sleep(4)

    assert ask(running.port, "/readyz")[1]["scheduler_age"] <= 3
    assert "sign-in" not in running.said().lower()


def test_a_second_start_keeps_the_data_and_collects_nothing_anew(portal, tmp_path):
    first = portal()
    assert first.ready(), first.said()
    first.stop(signal.SIGTERM)
    collected = (tmp_path / "var/static/staticfiles.json").stat().st_mtime

    second = portal()
    assert second.ready(), second.said()
    assert (tmp_path / "var/static/staticfiles.json").stat().st_mtime == collected, "nothing changed, nothing collected"


def test_static_files_are_served_compressed_and_for_ever(portal):
    running = portal()
    assert running.ready(), running.said()
    with urllib.request.urlopen(f"http://127.0.0.1:{running.port}/", timeout=5) as page:
        style = re.search(r'href="(/static/portal\.[^"]+\.css)"', page.read().decode())

    request = urllib.request.Request(f"http://127.0.0.1:{running.port}{style[1]}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=5) as sheet:
        assert sheet.headers["Content-Encoding"] == "gzip"
        assert "immutable" in sheet.headers["Cache-Control"]


def test_a_taken_port_is_said_plainly_and_before_anything_else():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be used .* Address already in use"):
            call_command("serve", port=port)


def test_two_processes_without_a_broker_are_refused(settings):
    settings.REDIS_URL = ""

    with pytest.raises(CommandError, match="Without REDIS_URL the portal is one process"):
        call_command("serve", workers=2)


def test_with_a_broker_only_the_pages_are_served(portal):
    running = portal("--workers", "2", REDIS_URL=os.environ["REDIS_URL"])

    assert wait_for(lambda: ask(running.port, "/healthz")[0] == 200), running.said()
    assert "Worker and beat are processes of their own" in running.said()
    assert running.stop(signal.SIGTERM) == 0
    assert running.left() == []


def test_killing_the_first_process_takes_the_other_one_along(portal):
    running = portal()
    assert running.ready(), running.said()
    os.kill(running.process.pid, signal.SIGKILL)

    assert wait_for(lambda: not running.left(), GONE_WITHIN), "a portal without a parent still runs"
