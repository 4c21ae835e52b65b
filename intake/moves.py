"""How a move is made: the table asked, the status written, the step noted, the next call planned.

The only writer of a status. Called by `intake.actions` alone, inside its transaction and with the row locked.
"""

from datetime import datetime
from typing import Any

from intake import calling, states
from intake.models import CallbackRequest, HistoryEntry
from intake.states import Actor, Status
from privacy import audit
from scheduling.hours import promised_by, service_clock


class NotPossible(Exception):
    """This move does not exist from where the request stands now."""


def locked(request_id: int) -> CallbackRequest:
    return CallbackRequest.objects.select_for_update().get(pk=request_id)


def make(
    request: CallbackRequest, move_name: str, by: Any, now: datetime, wake_at: datetime | None = None
) -> CallbackRequest:
    """The only place where a status is written."""
    move = check(request, move_name, by)
    before, request.status = request.status, move.target
    request.status_since, request.wake_at = now, wake_at
    if move.target == Status.WAITING:
        start_round(request, now)
    note(request, move_name, before, by, now)
    audit.record(f"request.{move_name}", by=by, subject=request, now=now, fields=["status"])
    plan_next_call(request, now)
    return request


def check(request: CallbackRequest, move_name: str, by: Any) -> states.Move:
    if not states.can(request.status, move_name, actor_kind(by)):
        raise NotPossible(move_name)
    return states.MOVES[move_name]


def actor_kind(by: Any) -> Actor:
    return {audit.PERSON: Actor.PERSON, audit.CLOCK: Actor.CLOCK}.get(by, Actor.STAFF)


def note(request: CallbackRequest, what: str, before: str, by: Any, now: datetime) -> None:
    HistoryEntry.objects.create(
        request=request,
        at=now,
        actor_kind=actor_kind(by),
        actor=audit.actor_name(by),
        what=what,
        from_status=before,
        to_status=request.status,
    )


def calls_of_round(request: CallbackRequest) -> list[calling.Tried]:
    """The calls of this round: a person who comes back on the list starts with none."""
    calls = request.attempts.filter(at__gte=request.round_started_at).values_list("at", "outcome")
    return calling.tried(calls, request.week())


def start_round(request: CallbackRequest, now: datetime) -> None:
    """On the list from now: the clocks start, and so does the promise we can keep (R-O1, R-F6)."""
    week = request.week()
    clock = service_clock(week, now)
    request.round_started_at = now
    request.promised_by = promised_by(week, request.contact.times, now)
    request.target_at, request.late_at, request.overdue_at = clock.target_at, clock.late_at, clock.overdue_at


def plan_next_call(request: CallbackRequest, now: datetime) -> None:
    """Write when the next call may be, and save the request."""
    window = None
    if request.status in states.TO_CALL:
        window = calling.next_window(request.week(), request.contact.times, calls_of_round(request), now)
    request.call_from = window.start if window else None
    request.call_until = window.end if window else None
    request.save()
