"""Who is on a call, so that two people never call the same person. A claim ends with the next step, or goes stale."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from intake import moves, states
from intake.errors import Claimed, NotPossible
from intake.models import CallbackRequest
from privacy import audit


def claim(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """`by` takes this call; whoever has it already goes on having it, from now. A stale claim is taken over.

    Raises Claimed when a colleague has it, with their name and since when; and NotPossible when no call is owed.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status not in states.TO_CALL:
            raise NotPossible("claim")
        if is_held_by_another(request, by, now):
            raise Claimed(name_of(request.claimed_by), request.claimed_at)
        hold(request, by, now)
        return request


def release(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Let go of a call that was not made. Raises NotPossible when it is not theirs."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.claimed_by_id != by.pk:
            raise NotPossible("release")
        request.claimed_by = request.claimed_at = None
        request.save(update_fields=["claimed_by", "claimed_at"])
        _note(request, "claim_released", by, now)
        return request


def hold(request: CallbackRequest, by: Any, now: datetime) -> None:
    """Write down that `by` is on this call. For verbs that hold the lock and looked who has it."""
    before, request.claimed_by, request.claimed_at = request.claimed_by_id, by, now
    request.save(update_fields=["claimed_by", "claimed_at"])
    if before != by.pk:
        _note(request, "claim_taken_over" if before else "claimed", by, now)


def is_held(request: CallbackRequest, now: datetime) -> bool:
    """Somebody is on this call, and not for so long that they have most likely forgotten it."""
    return request.claimed_at is not None and now - request.claimed_at < settings.CLAIM_LASTS


def is_held_by(request: CallbackRequest, user: Any, now: datetime) -> bool:
    return is_held(request, now) and request.claimed_by_id == user.pk


def is_held_by_another(request: CallbackRequest, user: Any, now: datetime) -> bool:
    return is_held(request, now) and request.claimed_by_id != user.pk


def name_of(user: Any) -> str:
    """What colleagues call a member of staff."""
    return user.get_short_name() or user.get_username()


def _note(request: CallbackRequest, step: str, by: Any, now: datetime) -> None:
    moves.note(request, step, request.status, by, now)
    audit.record(f"request.{step}", by=by, subject=request, now=now, fields=["claimed_by"])
