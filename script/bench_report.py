"""What the manager's two pages cost with a year of invented requests, on a private PostgreSQL.

.venv/bin/python -m script.bench_report [requests], 10,000 unless another number is given. Ctrl-C stops it.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import median

NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)  # a Monday, 10:42 in Toledo
RUNS = 5
TIMES = ([], [], [], ["morning"], ["afternoon"], ["evening"], ["evening"], ["morning", "evening"])
WISHES = ([], ["week_one"], ["new_time"], ["new_time", "new_therapist"], ["reassess"], ["individual"], ["unsure"])
# How it went, and how often: untried, tried in vain, talked, talked and offered, placed, came, asked to wait, erased.
STORIES = ("waiting", "trying", "reached", "offered", "placed", "came", "resting", "erased")
WEIGHTS = (2, 14, 16, 14, 12, 34, 4, 4)


def main() -> None:
    """Print the seconds. The words about how far it is go to stderr."""
    import tests.services  # noqa: F401  starts PostgreSQL, before Django reads its settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reentry_portal.settings")
    import django

    django.setup()
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    try:
        _measure(number)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _measure(number: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from intake.admin import report

    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        print(f"filling it with {number} requests", file=sys.stderr)
        fill(number, NOW)
        first = report._first_day(NOW)
        pages = {
            "report": lambda: report._report(NOW),
            "coverage": lambda: report.read_coverage(first, NOW),
        }
        for page, draw in pages.items():
            with CaptureQueriesContext(connection) as queries:
                draw()
            clock, processor = _median(draw, time.perf_counter), _median(draw, time.process_time)
            costs = f"{clock:.2f} s on the clock, {processor:.2f} s of the processor"
            print(f"{page}, {number} requests: {costs}, {len(queries)} queries")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _median(do: Callable[[], object], clock: Callable[[], float]) -> float:
    took = []
    for _ in range(RUNS):
        begun = clock()
        do()
        took.append(clock() - begun)
    return median(took)


# --- a year of requests, as rows ---------------------------------------------------------------------------------


def fill(number: int, now: datetime) -> None:
    """Rows written straight into the tables: the actions would take an hour, and what they do is not measured here."""
    from django.contrib.auth import get_user_model

    from intake.models import CallAttempt, CallbackRequest, ContactPreference, HistoryEntry, Offer

    chance, caller = Random(number), get_user_model().objects.get_or_create(username="bench")[0]
    places, group = _there()
    stories = [_Told(chance, now, places, group) for _ in range(number)]
    requests = CallbackRequest.objects.bulk_create([story.request() for story in stories], batch_size=2000)
    pairs = list(zip(requests, stories, strict=True))
    for model, rows in {
        ContactPreference: [story.contact(request) for request, story in pairs],
        HistoryEntry: [row for request, story in pairs for row in story.steps(request)],
        CallAttempt: [row for request, story in pairs for row in story.calls(request, caller)],
        Offer: [row for request, story in pairs for row in story.offers(request)],
    }.items():
        model.objects.bulk_create(rows, batch_size=2000)
    _seats(pairs)


class _Told:
    """One invented request, from asking to wherever it got."""

    def __init__(self, chance: Random, now: datetime, places: list, group: object) -> None:
        self.chance, self.now, self.group = chance, now, group
        self.kind = chance.choices(STORIES, WEIGHTS)[0]
        self.asked = now - timedelta(minutes=chance.randrange(2, 364 * 24 * 60))
        self.place = chance.choices(places, (40, 25, 14, 9, 12))[0]
        self.tried = _in_office_hours(self.asked + timedelta(minutes=chance.choice((9, 25, 50, 90, 200, 400, 1500))))
        self.came = self.asked + timedelta(days=chance.choice((3, 6, 9, 12, 20, 28, 40, 70)))

    def request(self):
        from intake.models import CallbackRequest
        from privacy.tokens import new_reference, new_token

        gone = self.kind == "erased"
        status = {"offered": "reached", "placed": "agreed", "came": "returned"}.get(self.kind, self.kind)
        return CallbackRequest(
            reference=new_reference(),
            form_key=new_token(),
            language="en",
            name="" if gone else "Wren",
            location=None if gone else self.place,
            options=[] if gone else self.chance.choice(WISHES),
            status=status,
            status_since=self.asked,
            wake_at=self.now + timedelta(days=9) if status == "resting" else None,
            received_at=self.asked,
            round_started_at=self.asked,
        )

    def contact(self, request):
        from intake.models import ContactPreference

        reach_by = self.chance.choice(("call", "call", "call", "call", "text", "email"))
        return ContactPreference(request=request, reach_by=reach_by, times=self.chance.choice(TIMES))

    def steps(self, request):
        yield self._step(request, "received", "", "waiting", self.asked)
        if self.kind in ("reached", "offered", "placed", "came"):
            yield self._step(request, "reach", "waiting", "reached", self.tried)
        if self.kind in ("resting", "erased"):
            move = "rest" if self.kind == "resting" else "erase"
            yield self._step(request, move, "waiting", self.kind, self.asked + timedelta(minutes=30))

    def _step(self, request, what: str, before: str, after: str, at: datetime):
        from intake.models import HistoryEntry

        return HistoryEntry(
            request=request, at=at, actor_kind="staff", actor="bench", what=what, from_status=before, to_status=after
        )

    def calls(self, request, caller):
        from intake.models import CallAttempt

        if self.kind in ("trying", "reached", "offered", "placed", "came"):
            outcome = "no_answer" if self.kind == "trying" else "talked"
            yield CallAttempt(request=request, number=1, at=self.tried, by=caller, outcome=outcome)

    def offers(self, request):
        from intake.models import Offer

        if self.kind in ("offered", "placed", "came"):
            at = self.tried + timedelta(hours=self.chance.choice((0, 0, 2, 30, 60)))
            yield Offer(request=request, kind="new_time", group=self.group, starts_on=self.came.date(), made_at=at)


def _seats(pairs) -> None:
    from scheduling.models import SeatClaim

    placed = [(request, story) for request, story in pairs if story.kind in ("placed", "came")]
    SeatClaim.objects.bulk_create(
        [
            SeatClaim(
                request=request,
                kind="new_time",
                group=story.group,
                starts_on=story.came.date(),
                made_at=story.tried,
                expires_at=story.tried + timedelta(days=1),
                confirmed_at=story.tried,
                ended_at=story.tried + timedelta(days=99),
                ended_how="left",
                first_session="came" if story.kind == "came" else "",
                first_session_marked_at=story.came if story.kind == "came" else None,
            )
            for request, story in placed
        ],
        batch_size=2000,
    )


def _there():
    """The places, None for any town; and one group for everybody's seats."""
    from datetime import time as wall_time

    from scheduling.models import Group, Location

    given = {"level_of_care": "2.1", "starts": wall_time(18), "minutes": 180}
    return [*Location.objects.all(), None], Group.objects.get_or_create(name="River", defaults=given)[0]


def _in_office_hours(moment: datetime) -> datetime:
    """The same moment, or nine in the morning of the next workday there."""
    from django.utils import timezone

    local = timezone.localtime(moment)
    while local.weekday() > 4 or not 8 <= local.hour < 17:
        local = (local + timedelta(days=local.hour >= 8)).replace(hour=9, minute=local.minute)
    return local


if __name__ == "__main__":
    main()
