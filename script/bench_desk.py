"""What opening the desk costs, with few requests and with very many: queries, and the clock. See script/bench."""

import argparse
import sys
import time
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import connection, models, reset_queries
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from intake.admin.desk import MOST_ROWS
from intake.models import CallAttempt, CallbackRequest, ContactPreference
from intake.staff_places import lift_limit, limit_to
from intake.states import Status
from privacy.roles import INTAKE_STAFF
from scheduling.models import Location

SIZES = {"small": (1_000, 100_000), "large": (1_000, 1_000_000)}
RUNS = 15
MOST_QUERIES, MOST_TIMES = 15, 1.5
# Of every thousand who ever wrote: so many stand here, with a window now, later today, or none.
THOUSAND = (
    (20, Status.WAITING, "now"),
    (20, Status.TRYING, "now"),
    (30, Status.WAITING, "later"),
    (30, Status.TRYING, "later"),
    (10, Status.TRYING, ""),
    (20, Status.REACHED, ""),
    (20, Status.NO_NUMBER, ""),
    (5, Status.AGREED, ""),
    (45, Status.RESTING, ""),
    (300, Status.DOOR_OPEN, ""),
    (400, Status.RETURNED, ""),
    (100, Status.WITHDRAWN, ""),
)


def main() -> None:
    """Print what it costs. The words about how far it is go to stderr."""
    parser = argparse.ArgumentParser(prog="script/bench desk", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    try:
        _measure(*SIZES[parser.parse_args().size])
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _measure(few: int, many: int) -> None:
    costs = {requests: _costs_with(requests) for requests in (few, many)}
    for case in costs[few]:
        for requests, found in costs.items():
            queries, milliseconds, plan = found[case]
            print(f"{case}, {requests:>9,} requests: {queries} queries, {milliseconds:7.1f} ms; call now by {plan}")
        times = costs[many][case][1] / costs[few][case][1]
        print(f"{case}: {many:,} cost {times:.2f} times as much as {few:,}")
        fits = times <= MOST_TIMES and all(found[case][0] <= MOST_QUERIES for found in costs.values())
        print(f"at most {MOST_QUERIES} queries, and {MOST_TIMES} times: {'yes' if fits else 'NO'}")


def _costs_with(requests: int) -> dict[str, tuple[int, float, str]]:
    """For a desk on a busy day, one of somebody who works for one town, and one in an hour in which nobody may be
    called: queries, milliseconds of the fastest of some runs, and how the database reads the first list."""
    _say(f"{requests:,} requests: filling the database")
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        now = timezone.now()
        client, juno = _at_the_desk()
        _fill(requests, now)
        costs = {"a busy day": _cost(client, juno, now)}
        User.objects.create_user("marlo", is_staff=True).groups.add(Group.objects.get(name=INTAKE_STAFF))
        limit_to(Location.objects.order_by("pk")[:1], user_id=juno.pk, by=juno, now=now)
        costs["one town"] = _cost(client, juno, now)
        lift_limit(user_id=juno.pk, by=juno, now=now)
        _nobody_may_be_called(now)
        return costs | {"a quiet hour": _cost(client, juno, now)}
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _cost(client: Client, reader: User, now: datetime) -> tuple[int, float, str]:
    return _queries(client), _milliseconds(client), _plan(reader, now)


def _nobody_may_be_called(now: datetime) -> None:
    """Every window that is open opens later."""
    later = {"call_from": now + timedelta(hours=6), "call_until": now + timedelta(hours=9)}
    CallbackRequest.objects.filter(call_from__lte=now).update(**later)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _at_the_desk() -> tuple[Client, User]:
    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    juno = User.objects.create_user("juno", is_staff=True)
    juno.groups.add(Group.objects.get(name=INTAKE_STAFF))
    client = Client()
    client.force_login(juno)
    return client, juno


def _queries(client: Client) -> int:
    client.get(reverse("admin:intake_callbackrequest_desk"))
    connection.force_debug_cursor = True
    reset_queries()
    page = client.get(reverse("admin:intake_callbackrequest_desk"))
    connection.force_debug_cursor = False
    assert page.content.count(b'class="reference"') >= MOST_ROWS  # there is something on it
    return len(connection.queries)


def _milliseconds(client: Client) -> float:
    took = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        client.get(reverse("admin:intake_callbackrequest_desk"))
        took.append(1000 * (time.perf_counter() - begun))
    _say(f"opened {RUNS} times")
    return min(took)  # whatever else the machine does only makes it slower


def _plan(reader: User, now: datetime) -> str:
    """How the database finds the list; a list of hardly anybody may be sorted."""
    plan = CallbackRequest.objects.for_staff(reader).due_now(now)[:MOST_ROWS].explain()
    index = next((name for name in ("request_call_now", "request_upcoming", "request_window_over") if name in plan), "")
    return f"{index}, {'sorted' if 'Sort' in plan else 'unsorted'}" if index else plan


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


# --- the requests ------------------------------------------------------------------------------------------------


def _fill(requests: int, now: datetime) -> None:
    """One of each sort by the models, and the rest copied inside the database."""
    numbers = count(1)
    juno, towns = User.objects.get(username="juno"), list(Location.objects.all())
    for share, status, window in THOUSAND:
        one = _one(status, window, towns[share % len(towns)], next(numbers), now)
        if status == Status.TRYING:
            CallAttempt.objects.create(request=one, number=1, at=now - timedelta(days=2), by=juno, outcome="no_answer")
        _copy(one, requests * share // 1000 - 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _one(status: str, window: str, town: Location, number: int, now: datetime) -> CallbackRequest:
    opens = {"now": now - timedelta(hours=1), "later": now + timedelta(hours=5)}.get(window)
    one = CallbackRequest.objects.create(
        reference=f"B{number}",
        form_key=f"b{number}",
        language="en",
        name="Wren",
        location=town,
        status=status,
        status_since=now - timedelta(days=1),
        wake_at=now + timedelta(days=7) if status == Status.RESTING else None,
        received_at=now - timedelta(days=3),
        round_started_at=now - timedelta(days=3),
        call_from=opens,
        call_until=opens + timedelta(hours=4) if opens else None,
    )
    ContactPreference.objects.create(request=one, reach_by="call", phone="+14195550117", phone_hash=f"b{number}")
    return one


def _copy(one: CallbackRequest, times: int) -> None:
    """Each copy with a reference, a moment and a contact of its own; all in three statements."""
    first = CallbackRequest.objects.latest("pk").pk
    spread = {
        "id": f"{first} + n",
        "reference": f"to_hex({first} + n)",
        "form_key": f"'copy ' || {first} + n",
        "received_at": "received_at - n * interval '1 second'",
        "status_since": "status_since - n * interval '1 second'",
        "call_until": "call_until + (n %% 97) * interval '1 minute'",
    }
    _insert(CallbackRequest, f"id = {one.pk}", times, spread)
    to_it = {"id": "DEFAULT", "request_id": f"{first} + n"}
    _insert(ContactPreference, f"request_id = {one.pk}", times, {**to_it, "phone_hash": f"to_hex({first} + n)"})
    _insert(CallAttempt, f"request_id = {one.pk}", times, to_it)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('intake_callbackrequest', 'id'), %s)", [first + times + 1])


def _insert(model: type[models.Model], which: str, times: int, changed: dict[str, Any]) -> None:
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if changed.get(field.column) != "DEFAULT"]
    values = ", ".join(changed.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {values} FROM {table}, generate_series(1, %s) AS n WHERE {which}",
            [times],
        )
