"""The run itself: people, workers, two clocks, and blows while they work. Says at the end what became of it."""

import argparse
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Lock
from time import monotonic, sleep
from urllib.parse import parse_qs, urlsplit

from django.db import connection
from django.db.models import F
from django.utils import timezone

from followups.delivery import LEASE, STUCK_AFTER
from followups.models import Message
from tests import services
from tests.followups.chaos import count
from tests.followups.chaos.crowd import crowd
from tests.followups.processes import PATIENCE, Portal, kill, make_it_afternoon
from tests.followups.text_provider import (
    HANGS_UP,
    NO_ID,
    REFUSED,
    SAYS_TROUBLE,
    SILENT,
    TAKEN,
    TOO_MANY,
    TROUBLE,
    TextProvider,
)

OF_A_HUNDRED = {TAKEN: 82, TOO_MANY: 5, HANGS_UP: 4, SILENT: 2, REFUSED: 3, TROUBLE: 2, NO_ID: 1, SAYS_TROUBLE: 1}
LOOK_EVERY = 0.1  # seconds
LIKE_PRODUCTION = ("--pool", "threads", "--concurrency", "4")


def main() -> None:
    """Print the figures. Ends with 1 when a text was taken twice or a message was lost."""
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("messages", type=int)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--seed", type=int, default=Random().randrange(10**6))
    given = parser.parse_args()
    connection.creation.create_test_db(verbosity=0, serialize=False)
    people = given.messages // len(count.TO_EACH)
    with TextProvider(Moods(given.seed)) as provider, portal(provider, people) as at_work:
        run = Run(at_work, provider, people, given.workers, Random(given.seed))
        figures = {"seed": given.seed, **run.through()}
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    sys.exit(1 if figures["wrong"] else 0)


class Moods:
    """How the provider answers each text: mostly well. Slow enough that something is always under way."""

    def __init__(self, seed: int):
        self.chance, self.lock = Random(seed), Lock()

    def __call__(self, text: dict[str, str]) -> str:
        with self.lock:
            (mood,) = self.chance.choices(list(OF_A_HUNDRED), list(OF_A_HUNDRED.values()))
            wait = self.chance.uniform(0, 0.3)
        sleep(wait)
        return mood


@contextmanager
def portal(provider: TextProvider, people: int) -> Iterator[Portal]:
    """As it is deployed, with texts that go to that provider. The more people, the longer a look at all of them takes:
    the clocks give it time."""
    make_it_afternoon()
    account = {"TEXTS_ACCOUNT": "AC1", "TEXTS_TOKEN": "a secret", "TEXTS_FROM": "+14195550100"}
    where = {"TEXTS_URL": provider.url, "TEXTS_ANSWER_WITHIN_SECONDS": "1"}
    where |= dict.fromkeys(["TEXT_BAA_SIGNED_ON", "TEXT_QSOA_SIGNED_ON"], "2026-01-05")
    tick = str(1 + people // 1000)
    portal = Portal(DEMO="0", LOG_LEVEL="INFO", SCHEDULER_TICK_SECONDS=tick, **account, **where)
    try:
        yield portal
    finally:
        portal.end()


class Run:
    """One run. The blows come by chance, each sort at least once, and more of them under more messages."""

    def __init__(self, portal: Portal, provider: TextProvider, people: int, workers: int, chance: Random):
        self.portal, self.provider, self.people, self.chance = portal, provider, people, chance
        self.texts = len(count.TO_EACH) * people
        self.hands = workers
        sorts = [self.kill_a_worker, self.kill_a_worker, self.restart_redis, self.stop_postgres, self.pull_the_plug]
        self.blows = sorts * max(1, people // 1000)
        chance.shuffle(self.blows)

    def through(self) -> dict:
        """Everything, to the end. Returns the figures."""
        crowd(self.people, now=timezone.now())
        self.tell(f"{self.people} people, {len(self.blows)} blows to come")
        began = monotonic()
        self.clocks = [self.portal.beat() for _ in range(2)]
        self.workers = [self.worker() for _ in range(self.hands)]
        for number, blow in enumerate(self.blows, start=1):
            self.wait_for(partial(self.is_under_way, number / (len(self.blows) + 1)))
            blow()
            self.tell(blow.__name__)
        self.wait_for(self.all_told)
        seconds = monotonic() - began
        while self.clocks:
            kill(self.clocks.pop())
        self.wait_for(self.all_told)
        return self.figures(seconds)

    # --- blows ---------------------------------------------------------------------------------------------------

    def worker(self):
        return self.portal.worker(*LIKE_PRODUCTION)

    def kill_a_worker(self) -> None:
        """It dies where it stands, and another takes its place."""
        kill(self.workers.pop(self.chance.randrange(len(self.workers))))
        self.workers.append(self.worker())

    def restart_redis(self) -> None:
        self.portal.stop_broker()
        self.portal.start_broker()

    def stop_postgres(self) -> None:
        """An upgrade: what is under way is broken off."""
        self._restart_postgres(signal.SIGINT)

    def pull_the_plug(self) -> None:
        """Nobody hears a goodbye, and PostgreSQL mends itself from its log."""
        self._restart_postgres(signal.SIGQUIT)

    def _restart_postgres(self, how: signal.Signals) -> None:
        connection.close()
        services.stop_postgres(data_of_postgres(), how)
        sleep(self.chance.uniform(0, 2))
        services.run_postgres(data_of_postgres())

    # --- until it is over ----------------------------------------------------------------------------------------

    def is_under_way(self, part: float) -> bool:
        """So much is settled, and a text is on its way: a blow into silence would show nothing."""
        at_work = Message.objects.filter(status="sending")
        return count.ended() >= part * self.texts and at_work.exists()

    def all_told(self) -> bool:
        """Every text is settled, and staff have been told of each that did not arrive."""
        return count.ended() == self.texts and count.nobody_is_owed_anything()

    def wait_for(self, true: Callable[[], bool]) -> None:
        """Patience begins anew with each message that is settled."""
        settled, until, renewed = -1, monotonic(), False
        while not true():
            if count.ended() != settled:
                settled, until, renewed = count.ended(), monotonic() + 2 * PATIENCE, False
            assert monotonic() < until, f"It stands still.\n{count.ends()}\n{self.portal.log()[-3000:]}"
            deaf = not renewed and monotonic() > until - PATIENCE
            self.restart_what_ended(deaf=deaf)
            renewed = renewed or deaf
            sleep(LOOK_EVERY * (1 + self.people / 500))  # each look costs more where there are more
            let_time_pass()

    def restart_what_ended(self, *, deaf: bool) -> None:
        """What the restart policy and the health check of docker-compose do: a process that ended by itself begins
        anew, and so does a worker that hears nothing any more."""
        for processes, anew in [(self.workers, self.worker), (self.clocks, self.portal.beat)]:
            for number, process in enumerate(processes):
                if process.poll() is not None or (deaf and processes is self.workers):
                    kill(process)
                    processes[number] = anew()

    def figures(self, seconds: float) -> dict:
        return {
            "messages": Message.objects.count(),
            "people": self.people,
            "seconds": round(seconds),
            "messages a second": round(Message.objects.count() / seconds, 1),
            "blows": dict(Counter(blow.__name__ for blow in self.blows)),
            "ends": count.ends(),
            "taken by the provider": len(self.provider.texts),
            "taken twice": count.taken_twice(self.provider),
            "wrong": count.wrong(self.provider, self.people),
        }

    def tell(self, what: str) -> None:
        sys.stderr.write(f"chaos: {count.ended()} of {self.texts} settled, {len(self.provider.texts)} taken; {what}\n")


def data_of_postgres() -> Path:
    return Path(parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0])


def let_time_pass() -> None:
    """Nobody waits here for a lease of five minutes: what a dead worker held, and what waits to be tried again or for
    a first text, is as old as it would be then. A worker that is alive and slow loses its claim too, as it would."""
    now = timezone.now()
    held = Message.objects.filter(status="claimed", claimed_at__lte=now - timedelta(seconds=5))
    held.filter(claimed_at__gt=now - LEASE).update(claimed_at=F("claimed_at") - LEASE)
    sending = Message.objects.filter(status="sending", handed_over_at__lte=now - timedelta(seconds=8))
    sending.filter(handed_over_at__gt=now - STUCK_AFTER).update(handed_over_at=F("handed_over_at") - STUCK_AFTER)
    waits = Message.objects.filter(status="planned", reason__in=["trying_again", "first_text_first"])
    waits.filter(due_at__gt=now).update(due_at=now)
