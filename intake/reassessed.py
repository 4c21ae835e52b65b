"""What intake learns when a clinician signs a reassessment: the outcome, never the note."""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake import moves
from intake.models import FreshLook
from intake.next_steps import NextStep
from privacy import audit


def reassessed(
    *, request_id: int, level: str, restart_kind: str, next_step: NextStep, by: Any, now: datetime
) -> FreshLook:
    """Write down what was agreed, as a row that intake may see and a step of the story.

    `level` is the code alone, such as "2.1"; `restart_kind` may be empty. Called in the transaction of the signature.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        outcome = FreshLook.objects.create(
            request=request, level=level, restart_kind=restart_kind, next_step=next_step, at=now
        )
        moves.note(request, "reassessed", request.status, by, now)
        audit.record("request.reassessed", by=by, subject=request, now=now, fields=["level", "restart_kind"])
        return outcome
