"""What the manager's two pages cost with a year of invented requests. See script/bench."""

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake.admin import report
from intake.report.reading import read_coverage
from reentry_portal.management import demo_groups, demo_year

NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)  # a Monday, 10:42 in Toledo
SIZES = {"small": 10_000, "large": 100_000}
RUNS = 5


def main() -> None:
    """Print the seconds. The words about how far it is go to stderr."""
    parser = argparse.ArgumentParser(prog="script/bench report", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    try:
        _measure(SIZES[parser.parse_args().size])
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _measure(requests: int) -> None:
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        _fill(requests)
        first = report._first_day(NOW)
        for page, draw in {
            "report": lambda: report._report(NOW),
            "coverage": lambda: read_coverage(first, NOW),
        }.items():
            _cost(f"{page}, {requests:,} requests", draw)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _fill(requests: int) -> None:
    print(f"filling it with {requests:,} requests", file=sys.stderr)
    caller = get_user_model().objects.create_user("bench")
    demo_groups.plant(by=caller, now=NOW)
    demo_year.plant(requests, by=caller, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _cost(words: str, draw: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as queries:
        draw()
    clock, processor = _median(draw, time.perf_counter), _median(draw, time.process_time)
    print(f"{words}: {clock:.2f} s on the clock, {processor:.2f} s of the processor, {len(queries)} queries")


def _median(do: Callable[[], object], clock: Callable[[], float]) -> float:
    took = []
    for _ in range(RUNS):
        begun = clock()
        do()
        took.append(clock() - begun)
    return median(took)
