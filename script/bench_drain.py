"""How fast a long list of due messages is delivered, beside a task that does nothing on the same workers and broker."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from followups import planner
from followups.models import KindName, Message
from intake.models import Consent
from reentry_portal.celery import app
from tests.followups.chaos.crowd import crowd
from tests.followups.processes import Portal, make_it_afternoon

SIZES = {"small": (3_000, 2_000), "large": (100_000, 20_000)}  # due messages, and tasks that do nothing
WORKERS = 2
LIKE_PRODUCTION = ("--pool", "threads", "--concurrency", "4", "--include", "script.bench_nothing")
TICK = 10  # seconds
MOST_GROWTH = 1.1  # from a tenth of the list to its end: a list that is held in memory would weigh far more
PARTS = 10


def main() -> None:
    """Print what it costs. The words about how far it is go to stderr."""
    parser = argparse.ArgumentParser(prog="script/bench drain", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    parser.add_argument("--minutes", type=int, help="stop delivering after so many, and say how far it came")
    given = parser.parse_args()
    try:
        with _database():
            _measure(*SIZES[given.size], 60 * given.minutes if given.minutes else float("inf"))
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@contextmanager
def _database() -> Iterator[None]:
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _measure(messages: int, tasks: int, seconds: float) -> None:
    _fill(messages)
    _plan(messages)
    _hand_in(tasks)
    portal = Portal(REDIS_URL=settings.REDIS_URL, SCHEDULER_TICK_SECONDS=str(TICK), LOG_LEVEL="INFO")
    try:
        workers = [portal.worker(*LIKE_PRODUCTION).pid for _ in range(WORKERS)]
        bare = _rate_of_nothing(tasks)
        ours = Drain(messages, workers, seconds).rate()
        print(f"a task that does nothing: {bare:8.1f} a second\na message delivered:      {ours:8.1f} a second")
        print(f"one message costs as much as {bare / ours:.1f} tasks that do nothing")
    finally:
        portal.end()


# --- what is due -------------------------------------------------------------------------------------------------


def _fill(people: int) -> None:
    """So many who wait for the acknowledgement of their note, and had their first text long ago."""
    _say(f"{people} people: writing them")
    make_it_afternoon()
    crowd(people, now=timezone.now())
    long_ago = timezone.now() - timedelta(days=30)
    told = {
        "kind": KindName.OPT_IN,
        "status": "sent",
        "channel": "text",
        "due_at": long_ago,
        "handed_over_at": long_ago,
    }
    each = Consent.objects.filter(kind="text").values_list("pk", "request").iterator(chunk_size=2000)
    Message.objects.bulk_create((Message(request_id=who, occasion=str(yes), **told) for yes, who in each), 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _plan(people: int) -> None:
    """By the planner itself: what it takes with so many requests, the first time and when nothing is new."""
    for when in ("all of them new", "none of them new"):
        before, begun = _forget_the_peak(), time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            planner.plan(now=timezone.now())
        took, grew = time.perf_counter() - begun, _memory("self", "VmHWM") - before
        print(
            f"planning with {people} requests, {when}: {took:.1f} s, {len(asked)} queries, {grew:.0f} MB more at most"
        )


def _forget_the_peak() -> float:
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("self", "VmRSS")


def _memory(process: int | str, what: str = "VmRSS") -> float:
    """In megabytes, as Linux counts it."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(what))


# --- a task that does nothing ------------------------------------------------------------------------------------


def _hand_in(tasks: int) -> None:
    _say(f"{tasks} tasks that do nothing: handing them in")
    with app.producer_pool.acquire() as producer:
        for _ in range(tasks):
            app.send_task("script.bench_nothing.nothing", producer=producer)


def _rate_of_nothing(tasks: int) -> float:
    """From the moment when all workers are awake."""
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        waiting: Callable[[], int] = lambda: broker.llen("celery")  # noqa: E731
        _until(lambda: waiting() < 0.9 * tasks)
        left, begun = waiting(), time.perf_counter()
        _until(lambda: not waiting())
        return left / (time.perf_counter() - begun)


def _until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.02)


# --- draining ----------------------------------------------------------------------------------------------------


class Drain:
    """Ticks as the clock gives them, until nothing is due or the time is over."""

    def __init__(self, messages: int, workers: list[int], seconds: float):
        self.messages, self.workers, self.seconds = messages, workers, seconds
        self.marks: list[tuple[float, int]] = []  # when how many had gone
        self.memory: list[list[float]] = []  # of each worker, at each mark

    def rate(self) -> float:
        """Messages a second; says on the way how steadily it went, by whom, and with how much memory."""
        used = [_processor(worker) for worker in self.workers]
        begun = next_tick = time.perf_counter()
        while (now := time.perf_counter()) < begun + self.seconds and (not self.marks or self.gone() < self.messages):
            if now >= next_tick:
                app.send_task("followups.tasks.tick", expires=TICK)
                next_tick += TICK
            self._mark(now)
            time.sleep(0.5)
        self._mark(time.perf_counter(), last=True)
        self._say_how(used)
        (first, none), (last, gone) = self.marks[0], self.marks[-1]
        return (gone - none) / (last - first)

    def gone(self) -> int:
        return Message.objects.filter(kind=KindName.ACKNOWLEDGEMENT, status="sent").count()

    def _mark(self, now: float, last: bool = False) -> None:
        """At the first message, and then at each tenth of the list, or of the time."""
        gone, since = self.gone(), self.marks[0][0] if self.marks else now
        part = max(gone / self.messages, (now - since) / self.seconds)
        if gone and (last or part >= len(self.marks) / PARTS):
            self.marks.append((now, gone))
            self.memory.append([_memory(worker) for worker in self.workers])
            _say(f"{gone} of {self.messages} delivered")

    def _say_how(self, used: list[float]) -> None:
        pairs = zip(self.marks, self.marks[1:], strict=False)
        rates = [(there - here) / (later - earlier) for (earlier, here), (later, there) in pairs if later > earlier]
        still_due = Message.objects.due(timezone.now()).count()
        print(f"delivered: {self.marks[-1][1]} of {self.messages}; still due: {still_due}")
        print(f"slowest and fastest tenth: {min(rates):.1f} and {max(rates):.1f} a second")
        for worker, before in zip(self.workers, used, strict=True):
            print(f"worker {self.workers.index(worker) + 1}: {_processor(worker) - before:.0f} s of the processor")
        early, middle, end = (sum(self.memory[at]) for at in (1, len(self.memory) // 2, -1))
        print(f"memory of the workers at a tenth, in the middle, at the end: {early:.0f}, {middle:.0f}, {end:.0f} MB")
        print(f"memory is flat: {'yes' if end < MOST_GROWTH * early else 'NO'}")


def _processor(process: int) -> float:
    """Seconds that it has had."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
