"""Who is on a call, so that two people never call the same person. A claim ends with the next step, or goes stale."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from intake import moves, states
from intake.colleagues import name_of
from intake.errors import Claimed, NotPossible, OutsideTheirTimes
from intake.models import CallbackRequest
from privacy import audit


def claim(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """`by` takes this call; whoever has it already goes on having it, from now. A stale claim is taken over.

    Raises Claimed when a colleague has it, with their name and since when; NotPossible when no call is owed; and
    OutsideTheirTimes when their safe time is not open, for which there is `overrides.call_anyway`.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status not in states.TO_CALL:
            raise NotPossible("claim")
        refuse_if_held_by_another(request, by, now)
        if not request.is_in_window(now) and not is_held_by(request, by, now):
            raise OutsideTheirTimes
        hold(request, by, now)
        return request


def release(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Let go of a call that was not made. Raises NotPossible when it is not theirs."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.claimed_by_id != by.pk:
            raise NotPossible("release")
        _let_go(request, by, now)
        return request


def release_for(holder: Any, *, request_id: int, by: Any, now: datetime) -> None:
    """`holder` is not on this call any more: it is of a town they no longer work for. Safe to do twice."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.claimed_by_id == holder.pk:
            _let_go(request, by, now)


def hold(request: CallbackRequest, by: Any, now: datetime) -> None:
    """Write down that `by` is on this call. For verbs that hold the lock and looked who has it."""
    before, request.claimed_by, request.claimed_at = request.claimed_by_id, by, now
    request.save(update_fields=["claimed_by", "claimed_at"])
    if before != by.pk:
        _note(request, "claim_taken_over" if before else "claimed", by, now)


def refuse_if_held_by_another(request: CallbackRequest, by: Any, now: datetime) -> None:
    """Raises Claimed, with the name of whoever is on this call and since when. The person and the clock go first."""
    if moves.actor_kind(by) == states.Actor.STAFF and is_held_by_another(request, by, now):
        raise Claimed(name_of(request.claimed_by), request.claimed_at)


def is_held(request: CallbackRequest, now: datetime) -> bool:
    """Somebody is on this call, and not for so long that they have most likely forgotten it."""
    return request.claimed_at is not None and now - request.claimed_at < settings.CLAIM_LASTS


def is_held_by(request: CallbackRequest, user: Any, now: datetime) -> bool:
    return is_held(request, now) and request.claimed_by_id == user.pk


def is_held_by_another(request: CallbackRequest, user: Any, now: datetime) -> bool:
    return is_held(request, now) and request.claimed_by_id != user.pk


def _let_go(request: CallbackRequest, by: Any, now: datetime) -> None:
    request.claimed_by = request.claimed_at = None
    request.save(update_fields=["claimed_by", "claimed_at"])
    _note(request, "claim_released", by, now)


def _note(request: CallbackRequest, step: str, by: Any, now: datetime) -> None:
    moves.note(request, step, request.status, by, now)
    audit.record(f"request.{step}", by=by, subject=request, now=now, fields=["claimed_by"])
