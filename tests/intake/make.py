"""A small cast for the tests of requests: people in every state, made by the actions real ones go through."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from intake import actions
from intake.answers import Answers, Reach
from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.states import Status
from privacy import audit
from privacy.tokens import new_token

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # a Monday, 10 in the morning in Toledo
PHONE = "+14195550142"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Three days with an open day between them, in two parts of the day.
CALLS = [NOW + HOUR, NOW + DAY + 4 * HOUR, NOW + 3 * DAY]


def reach(**changes: Any) -> Reach:
    return Reach(**{"reach_by": "call", "phone": PHONE, **changes})


def answers(*, name: str = "Wren", note: str = "", location: Any = None, **contact: Any) -> Answers:
    return Answers(name=name, note=note, location=location, reach=reach(**contact))


def sent(*, now: datetime = NOW, form_key: str = "", **changes: Any) -> tuple[CallbackRequest, str]:
    """A request that just came in, with the token of its link."""
    return actions.receive_request(
        answers(**changes), form_key=form_key or new_token(), page="start", by=audit.PERSON, now=now
    )


def caller(username: str = "juno") -> Any:
    return get_user_model().objects.get_or_create(username=username, defaults={"is_staff": True})[0]


def call(request: CallbackRequest, outcome: str = Outcome.NO_ANSWER, *, now: datetime = NOW + HOUR) -> Any:
    return actions.log_attempt(outcome, request_id=request.pk, by=caller(), now=now)


def move(request: CallbackRequest, name: str, *, by: Any = None, now: datetime = NOW + 2 * HOUR) -> Any:
    return actions.make_move(name, request_id=request.pk, by=by or caller(), now=now)


def _tried_three_times(request: CallbackRequest) -> None:
    for at in CALLS:
        call(request, now=at)


def _agreed(request: CallbackRequest) -> None:
    call(request, Outcome.TALKED)
    move(request, "agree")


def _returned(request: CallbackRequest) -> None:
    _agreed(request)
    move(request, "return")


def _door_open(request: CallbackRequest) -> None:
    _tried_three_times(request)
    move(request, "pause_calls", now=NOW + 4 * DAY)


_STORIES: dict[str, Callable[[CallbackRequest], Any]] = {
    Status.WAITING: lambda request: None,
    Status.TRYING: _tried_three_times,
    Status.REACHED: lambda request: call(request, Outcome.TALKED),
    Status.AGREED: _agreed,
    Status.RETURNED: _returned,
    Status.RESTING: lambda request: actions.rest(request_id=request.pk, weeks=2, by=audit.PERSON, now=NOW + HOUR),
    Status.NO_NUMBER: lambda request: call(request, Outcome.WRONG_NUMBER),
    Status.DOOR_OPEN: _door_open,
    Status.WITHDRAWN: lambda request: move(request, "withdraw", by=audit.PERSON),
    Status.ERASED: lambda request: actions.erase(request_id=request.pk, by=audit.PERSON, now=NOW + HOUR),
}


def standing_at(status: str, **changes: Any) -> CallbackRequest:
    """A request that got to this state by real moves. TRYING has all its calls behind it."""
    request, _token = sent(**changes)
    _STORIES[status](request)
    request.refresh_from_db()
    assert request.status == status
    return request


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together. Returns what each returned, or the error it raised."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait(30)
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(run, jobs))


def every_text_in_the_database() -> str:
    """Every column of every table as text, read with plain SQL: what somebody with a copy of the disk sees."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        texts = []
        for table in tables:
            cursor.execute(f"SELECT t::text FROM {connection.ops.quote_name(table)} AS t")
            texts += [f"{table} {row[0]}" for row in cursor.fetchall()]
    return "\n".join(texts)
