"""Everything goes wrong at once, on real processes: each text is sent once, or not on purpose, or a person looks.

`script/chaos` runs it with many more texts and prints how it went. What counts is the provider's own count.
"""

import os
import sys
from collections import Counter
from datetime import timedelta
from random import Random
from threading import Lock
from time import monotonic, sleep

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from followups.delivery import LEASE, STUCK_AFTER
from followups.models import KindName, Message

from .people import someone
from .processes import PATIENCE, Portal, kill, make_it_afternoon
from .text_provider import HANGS_UP, REFUSED, SILENT, TAKEN, TOO_MANY, TROUBLE, TextProvider

TEXTS = int(os.environ.get("CHAOS_TEXTS", "150"))
SEED = int(os.environ.get("CHAOS_SEED", "") or Random().randrange(10**6))
BLOWS = max(6, TEXTS // 400)  # how often something is broken on purpose
WORKERS = 3
OF_A_HUNDRED = {TAKEN: 84, TOO_MANY: 5, HANGS_UP: 4, SILENT: 2, REFUSED: 3, TROUBLE: 2}
ENDS = {"sent", "skipped", "failed", "stuck"}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(300 + TEXTS)]


class Moods:
    """How the provider answers each text: mostly well. Slow enough that something is always under way."""

    def __init__(self):
        self.chance, self.lock = Random(SEED), Lock()

    def __call__(self, text: dict[str, str]) -> str:
        with self.lock:
            (mood,) = self.chance.choices(list(OF_A_HUNDRED), list(OF_A_HUNDRED.values()))
            wait = self.chance.uniform(0, 0.05)
        sleep(wait)
        return mood


@pytest.fixture
def provider():
    with TextProvider(Moods()) as provider:
        yield provider


@pytest.fixture
def portal(provider):
    """As it is deployed, with texts that go to that provider."""
    make_it_afternoon()
    account = {"TEXTS_ACCOUNT": "AC1", "TEXTS_TOKEN": "a secret", "TEXTS_FROM": "+14195550100"}
    where = {"TEXTS_URL": provider.url, "TEXTS_ANSWER_WITHIN_SECONDS": "1", "TEXT_BAA_SIGNED_ON": "2026-01-05"}
    where["TEXT_QSOA_SIGNED_ON"] = "2026-01-05"
    portal = Portal(DEMO="0", LOG_LEVEL="INFO", **account, **where)
    yield portal
    portal.end()


def tell(words: str) -> None:
    sys.stderr.write(f"chaos: {words}\n")


def texts():
    return Message.objects.filter(kind=KindName.ACKNOWLEDGEMENT)


def settled() -> int:
    return texts().filter(status__in=ENDS).count()


def let_time_pass() -> None:
    """Nobody waits here for a lease of five minutes: what a dead worker held, and what waits to be tried again, is as
    old as it would be then. A worker that is alive and slow loses its claim too, as it would."""
    now = timezone.now()
    held = texts().filter(status="claimed", claimed_at__lte=now - timedelta(seconds=3), claimed_at__gt=now - LEASE)
    held.update(claimed_at=F("claimed_at") - LEASE)
    sending = texts().filter(status="sending", handed_over_at__gt=now - STUCK_AFTER)
    sending.filter(handed_over_at__lte=now - timedelta(seconds=8)).update(
        handed_over_at=F("handed_over_at") - STUCK_AFTER
    )
    texts().filter(status="planned", reason="trying_again").update(due_at=now)


def cut_all_connections() -> None:
    """What a restart of the database does to everybody who is connected, in the middle of whatever they do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def restart_broker(portal: Portal) -> None:
    portal.stop_broker()
    portal.start_broker()


def strike(portal: Portal, workers: list, number: int, chance: Random) -> str:
    """Mostly a worker dies where it stands, and another takes its place."""
    if number % 3 == 1:
        restart_broker(portal)
        return "the broker was restarted"
    if number % 6 == 5:
        cut_all_connections()
        return "every connection to the database was cut"
    kill(workers.pop(chance.randrange(len(workers))))
    workers.append(portal.worker())
    return "a worker was killed"


def wait_for(enough: int, portal: Portal) -> None:
    """Until so many are settled. Patience begins anew with each that is."""
    done, until = settled(), monotonic() + 2 * PATIENCE
    while done < enough:
        assert monotonic() < until, f"Seed {SEED}: {done} of {TEXTS} settled.\n{portal.log()[-3000:]}"
        sleep(0.1)
        let_time_pass()
        more = settled()
        done, until = (more, monotonic() + 2 * PATIENCE) if more != done else (done, until)


def test_whatever_breaks_each_text_is_sent_once_or_not_on_purpose_or_waits_for_a_person(portal, provider):
    chance, began = Random(SEED), monotonic()
    for number in range(TEXTS):
        someone(now=timezone.now(), phone=f"+1419{5550000 + number}")
    tell(f"{TEXTS} people, seed {SEED}, written in {monotonic() - began:.0f} s")
    began = monotonic()
    for _ in range(2):
        portal.beat()
    workers = [portal.worker() for _ in range(WORKERS)]
    for number in range(BLOWS):
        wait_for(TEXTS * (number + 1) // (BLOWS + 2), portal)
        what = strike(portal, workers, number, chance)
        tell(f"{settled()} of {TEXTS} settled, {sum(provider.taken().values())} taken; {what}")
    wait_for(TEXTS, portal)
    tell(f"all settled in {monotonic() - began:.0f} s")

    ends = Counter(texts().values_list("status", "reason"))
    taken = provider.taken()
    tell(f"ends: {dict(ends)}; taken by the provider: {sum(taken.values())}; taken twice: {twice(taken)}")
    assert twice(taken) == [], f"Seed {SEED}"
    assert sum(ends.values()) == TEXTS
    by_status = {}
    for message in texts().select_related("request__contact"):
        by_status.setdefault(message.status, []).append(taken[message.request.contact.phone])
    assert set(by_status["sent"]) == {1}
    assert set(by_status.get("failed", [])) <= {0}
    assert set(by_status) <= ENDS


def twice(taken: Counter) -> list[str]:
    return [number for number, times in taken.items() if times > 1]
