"""What the search of the desk costs, with few requests and with very many. See script/bench."""

import argparse
import sys
import time
from collections.abc import Callable
from statistics import median

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from intake.models import CallbackRequest, ContactPreference
from intake.staff_places import limit_to
from scheduling.models import Location
from tests.intake.people import MONDAY, someone, staff

RUNS, WARM_UP = 40, 10
SIZES = {"small": (1_000, 100_000), "large": (1_000, 1_000_000)}
MOST_TIMES, MOST_QUERIES = 1.5, 15
PHONE, EMAIL = "+14195550117", "wren@example.org"

# Copies of one request and its contact, each with a reference, a key and hashes of its own.
_REQUESTS = """
INSERT INTO intake_callbackrequest ({columns})
SELECT {values} FROM intake_callbackrequest, generate_series(1, %s) AS n WHERE id = %s
"""
_CONTACTS = """
INSERT INTO intake_contactpreference ({columns})
SELECT {values} FROM intake_contactpreference AS one, intake_callbackrequest AS copy
WHERE one.request_id = %s AND copy.id <> one.request_id
"""
_REFERENCE = "substr(upper(lpad(to_hex(n), 6, '0')), 1, 3) || '-' || substr(upper(lpad(to_hex(n), 6, '0')), 4, 3)"


def main() -> None:
    """Print what it costs. The words about how far it is go to stderr."""
    parser = argparse.ArgumentParser(prog="script/bench search", description=__doc__)
    parser.add_argument("size", nargs="?", choices=SIZES, default="small")
    small, large = SIZES[parser.parse_args().size]
    settings.SEARCHES_PER_HOUR = 1_000_000
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing has to be collected before
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    try:
        costs = {requests: _costs(requests) for requests in (small, large)}
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    for requests, found in costs.items():
        for sort, (cost, queries) in found.items():
            print(f"search by {sort:<9} among {requests:>9,} requests: {cost:6.2f} ms, {queries} queries")
    worst = max(costs[large][sort][0] / costs[small][sort][0] for sort in costs[small])
    queries = max(number for found in costs.values() for _cost, number in found.values())
    is_good = "yes" if worst <= MOST_TIMES and queries <= MOST_QUERIES else "NO"
    print(f"{large:,} cost at most {worst:.2f} times as much as {small:,}; within {MOST_TIMES}: {is_good}")


def _costs(requests: int) -> dict[str, tuple[float, int]]:
    """By sort, the milliseconds of one page on the clock and its queries, in a database of its own."""
    _say(f"{requests:,} requests: filling the database")
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        wanted = _fill(requests)
        return {sort: _cost_of(term) for sort, term in wanted.items()}
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        connection.close()


def _fill(requests: int) -> dict[str, str]:
    """One person among copies of strangers. Returns a term of each sort that finds them."""
    wren, _token = someone(phone=PHONE, email=EMAIL)
    with connection.cursor() as cursor:
        ours = {"reference": _REFERENCE, "form_key": "'copy ' || n", "location_id": "1 + n % 4"}
        cursor.execute(_copies(_REQUESTS, CallbackRequest, ours), [requests - 1, wren.pk])
        hashes = {f"{kind}_hash": f"md5('{kind}' || copy.id) || md5(copy.id::text)" for kind in ("phone", "email")}
        cursor.execute(_copies(_CONTACTS, ContactPreference, {"request_id": "copy.id", **hashes}, "one."), [wren.pk])
        cursor.execute("ANALYZE")
    assert CallbackRequest.objects.count() == requests
    return {"phone": PHONE, "email": EMAIL, "reference": wren.reference}


def _copies(statement: str, model: type, ours: dict[str, str], prefix: str = "") -> str:
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = [ours.get(column, prefix + column).replace("%", "%%") for column in columns]
    return statement.format(columns=", ".join(columns), values=", ".join(values))


def _cost_of(term: str) -> tuple[float, int]:
    """Of the whole page, for a member of staff who is limited to one place: the harder case."""
    client, page = _signed_in(Client(SERVER_NAME="127.0.0.1")), reverse("admin:intake_callbackrequest_search")
    ask = lambda: client.post(page, {"term": term})  # noqa: E731
    assert b'scope="row"' in ask().content
    with CaptureQueriesContext(connection) as asked:
        ask()
    queries = len(asked)  # later pages begin to count anew
    return _median(ask), queries


def _signed_in(client):
    juno = User.objects.filter(username="juno").first() or staff()
    limit_to([Location.objects.get(slug="maumee")], user_id=juno.pk, by=juno, now=MONDAY)
    client.force_login(juno)
    return client


def _median(do: Callable[[], object]) -> float:
    """In milliseconds; the first few pages are not counted."""
    took = []
    for _run in range(WARM_UP + RUNS):
        begun = time.perf_counter()
        do()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took[WARM_UP:])


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
