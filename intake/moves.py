"""How a move is made: the table asked, the status written, the step noted, the next call planned.

The only writer of a status. Called by the verbs of this app (`actions`, `restarts`, `waiting_list`, `wishes`,
`reassessed`), inside their transaction and with the row locked.
"""

from datetime import datetime
from typing import Any

from intake import calling, states
from intake.errors import NotPossible
from intake.models import CallbackRequest, HistoryEntry, Offer
from intake.states import Actor, Status
from privacy import audit
from scheduling import seats, waitlist
from scheduling.hours import StaffedWeek, Window, promised_by, service_clock
from scheduling.models import LeftTheList


def locked(request_id: int) -> CallbackRequest:
    return CallbackRequest.objects.select_for_update().get(pk=request_id)


def make(
    request: CallbackRequest, move_name: str, by: Any, now: datetime, wake_at: datetime | None = None
) -> CallbackRequest:
    """The only place where a status is written."""
    move = check(request, move_name, by)
    before, request.status = request.status, move.target
    request.status_since, request.wake_at = now, wake_at
    request.claimed_by = request.claimed_at = None  # whoever was on this call, it is over
    if move.target == Status.ERASED or actor_kind(by) == Actor.STAFF:
        request.by_text = request.undelivered = ""  # whoever moves it has looked at it
    if move.target == Status.WAITING:
        start_round(request, now)
    if move.target in states.HAS_NO_SEAT:
        seats.give_back_all(request_id=request.pk, by=by, now=now)
    if move.target == Status.NO_NUMBER:
        seats.give_back_missed(request_id=request.pk, by=by, now=now)
    if move.target in states.WAITS_FOR_NO_SEAT:
        Offer.objects.of(request).update(ended_at=now)
        waitlist.leave(request_id=request.pk, how=LeftTheList.LEFT, by=by, now=now)
    note(request, move_name, before, by, now)
    audit.record(f"request.{move_name}", by=by, subject=request, now=now, fields=["status"])
    plan_next_call(request, now)
    return request


def put_back(request: CallbackRequest, step: HistoryEntry, by: Any, now: datetime) -> None:
    """Undo the step of a call that was logged by mistake. No move of the table: the request stands where it stood
    before, in the same round, since the same moment."""
    moved = request.history.that_stand().filter(pk__lt=step.pk, what__in=["received", *states.MOVES])
    before, request.status = request.status, step.from_status
    request.status_since = moved.values_list("at", flat=True).last() or request.received_at
    note(request, "call_taken_back", before, by, now)
    plan_next_call(request, now)


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


def calls_of_round(request: CallbackRequest, week: StaffedWeek) -> list[calling.Tried]:
    """The calls of this round: a person who comes back on the list starts with none."""
    calls = [(one.at, one.outcome) for one in request.attempts.all() if one.at >= request.round_started_at]
    return calling.tried(calls, week)


def start_round(request: CallbackRequest, now: datetime) -> None:
    """On the list from now: the clocks start, and so does the promise we can keep (R-O1, R-F6)."""
    week = request.week()
    clock = service_clock(week, now)
    request.round_started_at = now
    promise(request, now)
    request.target_at, request.late_at, request.overdue_at = clock.target_at, clock.late_at, clock.overdue_at


def promise(request: CallbackRequest, now: datetime) -> None:
    """By when they may expect us, for somebody who waits for the first call; the staff's clocks are not touched."""
    if request.status == Status.WAITING:
        request.promised_by = promised_by(request.week(), request.contact.times, now)


def promised_day_is_closed(request: CallbackRequest) -> bool:
    """The day on which we said we would call has been closed since."""
    week = request.week()
    return request.promised_by is not None and not week.windows_on(week.local_date(request.promised_by))


def plan_next_call(request: CallbackRequest, now: datetime) -> None:
    """Write when the next call may be, and save the request."""
    window = _next_window(request, request.week(), now)
    request.call_from = window.start if window else None
    request.call_until = window.end if window else None
    request.save()


def is_out_of_date(request: CallbackRequest, week: StaffedWeek, now: datetime) -> bool:
    """What is written is not what these hours say. A window that is open stays as it is until it ends."""
    window = _next_window(request, week, now)
    if window is None or request.call_from is None:
        return (window is None) != (request.call_from is None)
    return request.call_until != window.end or max(request.call_from, now) != window.start


def _next_window(request: CallbackRequest, week: StaffedWeek, now: datetime) -> Window | None:
    if request.status not in states.TO_CALL:
        return None
    return calling.next_window(week, request.contact.times, calls_of_round(request, week), now)
