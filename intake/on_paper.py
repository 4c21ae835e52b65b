"""Limits on sharing that were agreed, and a record going to paper (R-P4, R-P14, R-P15)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake.errors import NoReason, NotPossible
from intake.models import RecordPrint, Restriction
from intake.moves import locked
from intake.states import Status
from privacy import audit
from privacy.part2 import PART2_NOTICE_VERSION

# The names of what is on the paper, never the values (R-H5).
FIELDS_ON_PAPER = ("name", "phone", "email", "avoid_times", "note", "restriction_words")


def restrict(kind: str, words: str, *, request_id: int, by: Any, now: datetime) -> Restriction:
    """Agreed with the person: from now on this is not shared. Shown as a banner on the card and on paper. The same
    limit twice is one.

    Raises NotPossible for somebody who is erased.
    """
    with transaction.atomic():
        request = locked(request_id)
        if request.status == Status.ERASED:
            raise NotPossible("restrict")
        for there in request.restrictions.active().filter(kind=kind):
            if there.words == words:
                return there
        limit = Restriction.objects.create(request=request, kind=kind, words=words, since=now, set_by=by)
        audit.record("restriction.agreed", by=by, subject=request, now=now, fields=["kind", "words"])
        return limit


def end_restriction(*, restriction_id: int, request_id: int, by: Any, now: datetime) -> bool:
    """It does not bind any more; that it did stays. Returns whether there was one to end."""
    with transaction.atomic():
        request = locked(request_id)
        ended = request.restrictions.active().filter(pk=restriction_id).update(ended_at=now, ended_by=by)
        if ended:
            audit.record("restriction.ended", by=by, subject=request, now=now, fields=["ended_at"])
        return bool(ended)


def print_record(reason: str, words: str, *, request_id: int, by: Any, now: datetime) -> RecordPrint:
    """Write down that the record goes to paper, and why. Raises NoReason. The words are sealed; the log names the
    sort of reason only. Of somebody who is erased none are kept: nothing would take them away again."""
    with transaction.atomic():
        request = locked(request_id)
        kept = "" if request.status == Status.ERASED else words.strip()
        if reason not in RecordPrint.Reason.values or not (kept or request.status == Status.ERASED):
            raise NoReason
        printed = RecordPrint.objects.create(
            request=request,
            reason=reason,
            words=kept,
            notice_version=PART2_NOTICE_VERSION,
            made_by=by,
            made_at=now,
        )
        audit.record("request.printed", by=by, subject=request, now=now, fields=FIELDS_ON_PAPER, note=reason)
        return printed
