"""A call that was logged by mistake is taken back, by whoever logged it and at once: a row more, never one less."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from intake import claims, moves, states
from intake.by_text import ByText
from intake.errors import TooLateToTakeBack
from intake.models import CallAttempt, CallbackRequest, CallCorrection, HistoryEntry
from intake.outcomes import MOVE_OF, Outcome
from intake.states import Actor
from privacy import audit

WITHIN = timedelta(minutes=10)
STANDS_AFTER = WITHIN + timedelta(minutes=1)  # who pressed in the last second may wait for the row a while
# These forget a number or stop messages: that cannot be put back.
_LOSES_SOMETHING = (Outcome.WRONG_NUMBER, Outcome.ASKED_TO_STOP)
# A move of staff ends these; taken back, they would not come again.
_PUT_BEFORE_STAFF = ("undelivered", *(f"text_{what}" for what in ByText))


def take_back(*, attempt_id: int, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """The call counts no more, and the request stands where it stood before it, on the same call.

    Raises TooLateToTakeBack unless it is the last step of all, of these minutes, by the same person, and safe to undo.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        attempt = can_be_taken_back(request, by, now)
        step = _step_of(attempt) if attempt and attempt.pk == attempt_id else None
        if attempt is None or step is None:
            raise TooLateToTakeBack
        CallCorrection.objects.create(attempt=attempt, at=now, by=by)
        if request.first_attempt_at == attempt.at:
            request.first_attempt_at = None
        moves.put_back(request, step, by, now)
        audit.record("request.call_taken_back", by=by, subject=request, now=now, fields=["status"])
        claims.hold(request, by, now)
        return request


def can_be_taken_back(request: CallbackRequest, by: Any, now: datetime) -> CallAttempt | None:
    """The call that `by` may still take back, if any. Four queries at most."""
    attempt = request.attempts.last()
    if attempt is None or attempt.by_id != by.pk or now - attempt.at > WITHIN:
        return None
    return attempt if _can_be_undone(attempt, request) else None


def in_doubt_until(request: CallbackRequest, now: datetime) -> datetime | None:
    """From when on its last call stands, while somebody may still take that one back; else None. No query for whom
    nobody has called, nor for a request that has stood where it stands for longer."""
    if request.first_attempt_at is None or request.status_since + STANDS_AFTER <= now:
        return None
    attempt = request.attempts.last()
    if attempt is None or attempt.at + STANDS_AFTER <= now:
        return None
    return attempt.at + STANDS_AFTER if _can_be_undone(attempt, request) else None


def _can_be_undone(attempt: CallAttempt, request: CallbackRequest) -> bool:
    """It lost and ended nothing, and nothing has happened since."""
    if attempt.outcome in _LOSES_SOMETHING:
        return False
    step = _step_of(attempt)
    if step is None or step != request.history.last() or step.from_status not in states.TO_CALL:
        return False
    return not _ended_something(step)


def _step_of(attempt: CallAttempt) -> HistoryEntry | None:
    """The step of the story that this call made."""
    move = MOVE_OF[Outcome(attempt.outcome)]
    return HistoryEntry.objects.filter(request=attempt.request_id, at=attempt.at, what=move).last()


def _ended_something(step: HistoryEntry) -> bool:
    before = HistoryEntry.objects.filter(request=step.request_id, pk__lt=step.pk)
    last_move = before.filter(actor_kind=Actor.STAFF, what__in=states.MOVES).last()
    return before.filter(pk__gt=last_move.pk if last_move else 0, what__in=_PUT_BEFORE_STAFF).exists()
