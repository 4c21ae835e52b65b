"""One call that the rules of calling would not allow: with a reason out of a list, written down, and soon over."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from intake import claims, moves, states
from intake.choices import OverrideReason
from intake.errors import NotPossible
from intake.models import CallbackRequest, CallOverride
from privacy import audit

LASTS = timedelta(minutes=30)


def call_anyway(reason: OverrideReason, *, request_id: int, by: Any, now: datetime) -> CallOverride:
    """`by` may make one call outside their times, sooner than the next one is planned, or after the last one (R-O2).
    What may be said, and whether a message may be left, stays as it was. The call is theirs from now.

    Raises Claimed when a colleague has the call; NotPossible when none is owed, or the safe time is open anyway.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status not in states.TO_CALL or request.is_in_window(now):
            raise NotPossible("override")
        claims.refuse_if_held_by_another(request, by, now)
        made = CallOverride.objects.create(request=request, at=now, by=by, reason=reason)
        moves.note(request, f"override_{reason}", request.status, by, now)
        audit.record(f"request.override_{reason}", by=by, subject=request, now=now)
        claims.hold(request, by, now)
        return made


def is_open(request: CallbackRequest, by: Any, now: datetime) -> bool:
    """Whether `by` gave a reason lately, and has made no call since. Two queries at most."""
    latest = request.overrides.filter(by=by, at__gt=now - LASTS).last()
    return latest is not None and not request.attempts.filter(at__gte=latest.at).exists()
