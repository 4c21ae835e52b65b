"""What intake learns when a clinician signs a reassessment: the outcome, never the note."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction

from intake import moves
from intake.errors import NotBegun, NotPossible
from intake.models import FreshLook
from intake.next_steps import NextStep
from intake.restarts import mark_first_session
from privacy import audit
from scheduling.models import FirstSession


def reassessed(
    *,
    request_id: int,
    level: str,
    restart_kind: str,
    next_step: NextStep,
    booking_id: int | None,
    by: Any,
    now: datetime,
) -> FreshLook:
    """Write down what was agreed, as a row that intake may see and a step of the story. Who signs has met the person:
    the hour they had booked is marked, so that nobody at the desk asks whether they came.

    `level` is the code alone, such as "2.1"; `restart_kind` may be empty. Called in the transaction of the signature.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        if booking_id is not None:
            _mark_that_they_came(booking_id, request_id, by, now)
            request.refresh_from_db(fields=["status"])
        outcome = FreshLook.objects.create(
            request=request, level=level, restart_kind=restart_kind, next_step=next_step, at=now
        )
        moves.note(request, "reassessed", request.status, by, now)
        audit.record("request.reassessed", by=by, subject=request, now=now, fields=["level", "restart_kind"])
        return outcome


def _mark_that_they_came(booking_id: int, request_id: int, by: Any, now: datetime) -> None:
    """Unless the desk was faster, or they met before the hour began."""
    with suppress(NotPossible, NotBegun):
        mark_first_session(FirstSession.CAME, claim_id=booking_id, request_id=request_id, by=by, now=now)
