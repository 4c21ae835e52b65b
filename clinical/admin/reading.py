"""A signed note as it is read: on the page, on paper, and beside another one. Each time it is written down (R-H5)."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinical.access import may_act_on, may_read, pair_for, signed_note_for
from clinical.admin.pages import page
from clinical.choices import Meaning
from clinical.models import DisclosureConsent, ReassessmentNote
from clinical.readers import readers_of
from clinical.reading import day_in_words, told
from privacy import audit
from privacy.part2 import LONG_NOTICE, SHORT_NOTICE


def signed_page(request: HttpRequest, note: ReassessmentNote, now: datetime) -> HttpResponse:
    """The note with its signatures and addenda, what can be done with it, and who has read it."""
    with transaction.atomic():
        audit.record("note.read", by=request.user, subject=note, now=now)
        return page(
            request,
            "signed",
            note.request.reference,
            **context_of(note),
            readers=readers_of(note),
            others=_others(request.user, note, now),
            may_act=may_act_on(request.user, note),
            may_cosign=_waits_for(request.user, note),
            consents=DisclosureConsent.objects.filter(request=note.request_id).select_related("revocation"),
            in_force=set(_in_force(note, now)),
            disclosures=note.disclosures.select_related("made_by"),
        )


@require_safe
def print_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The note alone, dressed for paper, with the notice of Part 2."""
    now = timezone.now()
    note = signed_note_for(request.user, pk, now)
    with transaction.atomic():
        audit.record("note.printed", by=request.user, subject=note, now=now)
        return page(request, "print", note.request.reference, **context_of(note))


@require_safe
def beside(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Two notes side by side, the older one on the left; a draft may be one of them."""
    now = timezone.now()
    pair = pair_for(request.user, pk, other, now)
    notes = sorted(pair, key=lambda one: (one.encounter_on or date.max, one.pk))
    with transaction.atomic():
        for one in notes:
            audit.record("note.beside", by=request.user, subject=one, now=now)
        return page(
            request, "beside", notes[-1].request.reference, notes=[context_of(one) for one in notes], back_to=pk
        )


def context_of(note: ReassessmentNote) -> dict[str, Any]:
    """The note in words, with what stands under it. Original first, addenda after it in their order."""
    return {
        "note": note,
        "day": day_in_words(note.encounter_on) if note.encounter_on else "No day yet",
        "told": told(note),
        "signatures": note.signatures.select_related("by"),
        "addenda": note.addenda.select_related("by"),
        "waits_for": note.cosigner if _waits_for(note.cosigner, note) else None,
        "long_notice": LONG_NOTICE,
        "short_notice": SHORT_NOTICE,
    }


def _waits_for(user: Any, note: ReassessmentNote) -> bool:
    if user is None or note.cosigner_id != user.pk:
        return False
    return not note.signatures.filter(meaning=Meaning.COSIGNER).exists()


def _others(user: Any, note: ReassessmentNote, now: datetime) -> list[ReassessmentNote]:
    """Other signed notes of the same request that may be read beside this one."""
    others = ReassessmentNote.objects.about(note.request_id).signed().exclude(pk=note.pk)
    others = others.select_related("request__location").defer(*ReassessmentNote.SEALED)
    return [one for one in others if may_read(user, one, now)]


def _in_force(note: ReassessmentNote, now: datetime) -> Any:
    consents = DisclosureConsent.objects.in_force(timezone.localdate(now)).filter(request=note.request_id)
    return consents.values_list("pk", flat=True)
