"""Words from staff to staff about one request: added, never changed, shown on its card alone."""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake import moves
from intake.errors import DoesNotFit, NotPossible
from intake.models import StaffNote
from intake.states import Status
from intake.tidy import tidy
from privacy import audit

LONGEST = 500  # letters


def add_note(words: str, *, request_id: int, by: Any, now: datetime) -> StaffNote:
    """The same words twice in a row from the same person are one note: a button was pressed twice.

    Raises DoesNotFit for no words or too many, and NotPossible for somebody who is erased.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        words = tidy(words, keep="\n")
        if not 0 < len(words) <= LONGEST:
            raise DoesNotFit
        if request.status == Status.ERASED:
            raise NotPossible("staff_note")
        latest = request.staff_notes.order_by("id").last()
        if latest is not None and (latest.by_id, latest.words) == (by.pk, words):
            return latest
        made = StaffNote.objects.create(request=request, at=now, by=by, words=words)
        moves.note(request, "staff_note", request.status, by, now)
        audit.record("request.staff_note", by=by, subject=request, now=now)
        return made
