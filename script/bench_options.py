"""What finding the restart options costs: as a pure function, and read from the database. See script/bench."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

from django.db import connection

from scheduling.facts import GroupFacts, Ledger, SlotFacts
from scheduling.hours import Daypart
from scheduling.ledger import ledger_on_offer
from scheduling.models import AppointmentSlot, Group, GroupDay, Location, Seat, Therapist, WeekOneStart
from scheduling.options import NEAREST, VIDEO, Wishes, restart_options
from scheduling.picks import BY_APPOINTMENT, Kind

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # a Monday, 10 in the morning in Toledo
TODAY = date(2026, 6, 1)
ZONE = ZoneInfo("America/New_York")
TOWNS = (*NEAREST, VIDEO)
MOST_MILLISECONDS = 20  # at 400 groups
THERAPISTS = 40
SIZES = {"small": ((40, 200), (400, 60)), "large": ((40, 1000), (400, 300), (4000, 30))}
WISHES = Wishes(
    kinds=frozenset({Kind.NEW_TIME, Kind.REASSESS}),
    town="maumee",
    dayparts=frozenset({Daypart.EVENING}),
    avoid_groups=frozenset({3}),
    avoid_therapists=frozenset({7}),
)


def main() -> None:
    """Print what it costs. The words about how far it is go to stderr."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    try:
        _measure(parser.parse_args().size)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _measure(size: str) -> None:
    sizes = SIZES[size]
    pure = {groups: _cost_of_the_function(groups, runs) for groups, runs in sizes}
    stored = {groups: _cost_with_the_database(groups, runs) for groups, runs in sizes if groups >= 400}
    _say("")
    for groups, cost in pure.items():
        print(f"restart_options, {groups:>5} groups and as many hours: {cost:8.2f} ms of the processor")
    for groups, cost in stored.items():
        print(f"with the ledger, {groups:>5} groups and as many hours: {cost:8.2f} ms on the clock")
    print(f"400 groups cost {pure[400] / pure[40]:.1f} times as much as 40")
    is_under = "yes" if pure[400] < MOST_MILLISECONDS else "NO"
    print(f"400 groups under {MOST_MILLISECONDS} ms: {is_under}")


def _cost_of_the_function(groups: int, runs: int) -> float:
    ledger = _ledger(groups, Random(groups))
    return _median(f"{groups} groups", runs, lambda: restart_options(WISHES, ledger, NOW), time.process_time)


def _cost_with_the_database(groups: int, runs: int) -> float:
    """The tables read and the options found, in a database of its own."""
    _say(f"{groups} groups in the database: filling it")
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        _fill(groups, Random(groups))
        find = lambda: restart_options(WISHES, ledger_on_offer(NOW), NOW)  # noqa: E731
        return _median(f"{groups} groups in the database", max(5, runs // 3), find, time.perf_counter)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _median(what: str, runs: int, do: Callable[[], object], clock: Callable[[], float]) -> float:
    """In milliseconds, of so many runs in this process; the first one is not counted."""
    do()
    took = []
    for run in range(1, runs + 1):
        begun = clock()
        do()
        took.append(1000 * (clock() - begun))
        if sys.stderr.isatty() or run == runs:
            _say(f"{what}: {run} of {runs}")
    return median(took)


def _say(words: str) -> None:
    """How far it is; on a terminal each line replaces the one before."""
    before, after = ("\r\033[K", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{before}{words}", end=after, file=sys.stderr, flush=True)


# --- the ledgers -------------------------------------------------------------------------------------------------


def _ledger(groups: int, chance: Random) -> Ledger:
    closed = frozenset(TODAY + timedelta(days=chance.randrange(60)) for _ in range(6))
    return Ledger(
        groups=tuple(
            GroupFacts(
                id=number,
                town=chance.choice(TOWNS),
                place="Somewhere",
                zone=ZONE,
                weekdays=_weekdays(chance),
                starts=wall_time(begins := chance.randrange(8, 20)),
                ends=wall_time(begins + 3),
                therapist_id=number % THERAPISTS,
                seats_left=chance.randrange(4),
                week_one=_week_ones(number),
                closed=closed,
            )
            for number in range(groups)
        ),
        slots=tuple(
            SlotFacts(
                id=number,
                kind=BY_APPOINTMENT[number % 2],
                town=chance.choice(TOWNS),
                place="Somewhere",
                zone=ZONE,
                day=(begins := _begins(number)).date(),
                starts=begins.time(),
                ends=(begins + timedelta(hours=1)).time(),
                starts_at=begins.astimezone(UTC),
                therapist_id=number % THERAPISTS,
                closed=closed,
            )
            for number in range(groups)
        ),
    )


def _fill(groups: int, chance: Random) -> None:
    places = [*Location.objects.order_by("pk"), None]
    led_by = Therapist.objects.bulk_create(Therapist(display_name=f"Sage {number}") for number in range(THERAPISTS))
    made = Group.objects.bulk_create(
        Group(
            name=f"River {number}",
            location=chance.choice(places),
            level_of_care="2.1",
            therapist=led_by[number % THERAPISTS],
            starts=wall_time(chance.randrange(8, 20)),
            minutes=180,
        )
        for number in range(groups)
    )
    GroupDay.objects.bulk_create(GroupDay(group=one, weekday=day) for one in made for day in _weekdays(chance))
    WeekOneStart.objects.bulk_create(
        WeekOneStart(group=one, date=day) for number, one in enumerate(made) for day in _week_ones(number)
    )
    hours = AppointmentSlot.objects.bulk_create(
        AppointmentSlot(
            kind=BY_APPOINTMENT[number % 2],
            therapist=led_by[number % THERAPISTS],
            location=chance.choice(places),
            starts_at=_begins(number).astimezone(UTC),
            minutes=60,
        )
        for number in range(groups)
    )
    Seat.objects.bulk_create(Seat(group=one) for one in made for _ in range(chance.randrange(12)))
    Seat.objects.bulk_create(Seat(slot=one) for one in hours)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _weekdays(chance: Random) -> tuple[int, ...]:
    return tuple(chance.sample(range(7), 3))


def _week_ones(number: int) -> tuple[date, ...]:
    return tuple(TODAY + timedelta(days=number % 14 + 14 * times) for times in range(4))


def _begins(number: int) -> datetime:
    """An hour that no other of the same therapist begins at; wall time of Toledo."""
    turn = number // THERAPISTS
    return datetime(2026, 6, 2, 8 + turn % 10, tzinfo=ZONE) + timedelta(days=turn // 10)
