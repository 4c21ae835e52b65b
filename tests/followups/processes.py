"""Real workers, clocks and brokers, as production runs them; every one is ended with the test that started it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection

from scheduling.models import Closure, Location
from tests.services import _end_with_parent, start_redis

PATIENCE = 45  # seconds; a bound for a machine that is busy, not an expectation


class Portal:
    """One broker of its own and the processes around it, on the database of this test."""

    def __init__(self, **environment: str):
        self.environment = environment
        self.home = Path(tempfile.mkdtemp(prefix="portal-live-"))  # short: the path of a unix socket is
        self.processes: list[subprocess.Popen] = []
        self.redis_url = start_redis(self.home / "redis")

    def worker(self, *how: str) -> subprocess.Popen:
        how = how or ("--concurrency=2", "--loglevel=DEBUG")
        return self._celery("worker", *how, "--without-mingle", "--without-gossip")

    def beat(self) -> subprocess.Popen:
        return self._celery("beat", "--schedule", str(self.home / f"schedule-{len(self.processes)}"))

    def queue(self) -> list[bytes]:
        """The messages that wait in the broker, as they are."""
        with redis.Redis.from_url(self.redis_url) as broker:
            return broker.lrange("celery", 0, -1)

    def stop_broker(self) -> None:
        with redis.Redis.from_url(self.redis_url) as broker:
            broker.shutdown(nosave=True)
        shutil.rmtree(self.home / "redis")

    def start_broker(self) -> None:
        assert start_redis(self.home / "redis") == self.redis_url

    def end(self) -> None:
        for process in self.processes:
            kill(process)
        self.stop_broker()
        shutil.rmtree(self.home)

    def log(self) -> str:
        return (self.home / "log").read_text()

    def _celery(self, *command: str) -> subprocess.Popen:
        environment = os.environ | {
            "DATABASE_URL": _url_of_test_database(),
            "REDIS_URL": self.redis_url,
            "SCHEDULER_TICK_SECONDS": "1",
            "LOG_LEVEL": "DEBUG",
            "VAR_DIR": str(self.home / "var"),
            **self.environment,
        }
        with (self.home / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "celery", "-A", "reentry_portal", *command],
                cwd=settings.BASE_DIR,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.processes.append(process)
        return process


def make_it_afternoon() -> None:
    """In Toledo it is one in the afternoon, no holiday: not by another clock, but because the town lies there now."""
    hours_east = 13 - datetime.now(UTC).hour
    Location.objects.filter(slug="toledo").update(time_zone=f"Etc/GMT{-hours_east:+d}")
    Closure.objects.all().delete()


def kill(process: subprocess.Popen) -> None:
    """SIGKILL to it and to its children, as when the machine goes away."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(true: Callable[[], object], portal: Portal) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until, f"It did not happen. The processes said:\n{portal.log()[-4000:]}"
        time.sleep(0.05)


def _url_of_test_database() -> str:
    server = urlsplit(os.environ["DATABASE_URL"])
    return server._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
