"""Every write to a note: begun, saved, signed, co-signed, added to; and a look in an emergency.

All verbs are atomic and take `by` (a clinician) and `now` (an aware datetime). Who may is `access`'s to say; who signs
has shown who they are on the page before (R-L4). Locks are taken as intake takes them: the request, then what hangs on
it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from clinical import canonical, completeness
from clinical.access import standing_bookings
from clinical.asam import rated
from clinical.choices import NEEDS_COSIGNATURE, AddendumKind, Meaning, Modality
from clinical.errors import (
    ChangedMeanwhile,
    Incomplete,
    NeedsSupervisor,
    NoLongerBooked,
    NoReason,
    NotADraft,
    NotSigned,
    NotTheirs,
    SavedMeanwhile,
    TooManyLooks,
)
from clinical.interview import ASKED
from clinical.models import EmergencyLook, NoteAddendum, NoteSignature, ReassessmentNote
from clinical.models.emergency import LEAST_LETTERS, MOST_LOOKS
from intake import moves
from intake.next_steps import NextStep
from intake.reassessed import reassessed
from intake.states import Status
from privacy import audit
from scheduling.models import SeatClaim


@dataclass(frozen=True)
class Signer:
    """How the person who signs is printed under the note."""

    printed_name: str
    credential: str


# --- the draft ---------------------------------------------------------------------------------------------------


def open_note(*, claim_id: int, by: Any, now: datetime) -> ReassessmentNote:
    """The note of this booking: begun with what is known, or the one that is there.

    Raises NotTheirs, and NoLongerBooked when there is none and the hour is not theirs any more.
    """
    with transaction.atomic():
        moves.locked(SeatClaim.objects.values_list("request_id", flat=True).get(pk=claim_id))
        claim = SeatClaim.objects.select_for_update(of=("self",)).select_related("slot__location").get(pk=claim_id)
        note = ReassessmentNote.objects.filter(booking=claim).first()
        if note is None:
            if not standing_bookings(by).filter(pk=claim_id).exists():
                raise NoLongerBooked
            note = ReassessmentNote.objects.create(author=by, begun_at=now, saved_at=now, **_known(claim))
            audit.record("note.begun", by=by, subject=note, now=now)
        elif note.author_id != by.pk:
            raise NotTheirs
        return note


def save_draft(
    changes: Mapping[str, Any], ratings: Mapping[str, str], *, note_id: int, by: Any, now: datetime, seen: str = ""
) -> ReassessmentNote:
    """Keep what was typed, whole or not. Another edition starts its ratings and levels anew.

    `seen` is the `saved_at` of the draft it was typed over, in ISO form; empty asks nothing. Raises NotADraft, and
    SavedMeanwhile when the draft was saved since.
    """
    with transaction.atomic():
        note = _locked_draft(note_id, by)
        if seen and seen != note.saved_at.isoformat():
            raise SavedMeanwhile
        before = note.asam_edition
        changed = [name for name in ASKED if name in changes and getattr(note, name) != changes[name]]
        for name in changed:
            setattr(note, name, changes[name])
        note.ratings = _written(ratings, note.asam_edition)
        if note.asam_edition != before:
            note.ratings = note.assessed_level = note.placed_level = ""
        note.saved_at = now
        note.save()
        audit.record("note.saved", by=by, subject=note, now=now, fields=changed)
        return note


# --- signing -----------------------------------------------------------------------------------------------------


def sign(
    signer: Signer, *, note_id: int, by: Any, now: datetime, cosigner: Any = None, seen: str = ""
) -> NoteSignature:
    """Sign the note for good, and tell intake the outcome. Of two pages that sign at once, one finds it signed.

    `seen` is the SHA-256 of the draft as it was read; empty asks nothing. Raises NotADraft, NoLongerBooked,
    ChangedMeanwhile, Incomplete and NeedsSupervisor.
    """
    with transaction.atomic():
        request = moves.locked(ReassessmentNote.objects.values_list("request_id", flat=True).get(pk=note_id))
        note = _locked_draft(note_id, by)
        if request.status == Status.ERASED or not _still_stands(note, by):
            raise NoLongerBooked
        if seen and seen != canonical.note_sha256(note):
            raise ChangedMeanwhile
        problems = completeness.missing(note, now)
        if problems:
            raise Incomplete(problems)
        _refuse_alone(signer, by, cosigner)
        _close(note, cosigner, now)
        signature = _put_signature(note, signer, Meaning.AUTHOR, by, now)
        _tell_intake(note, by, now)
        audit.record("note.signed", by=by, subject=note, now=now)
        return signature


def cosign(signer: Signer, *, note_id: int, by: Any, now: datetime) -> NoteSignature:
    """The named supervisor stands for it too. Raises NotSigned, NotTheirs, NotADraft when it was done before, and
    NeedsSupervisor when their own credential needs one."""
    if signer.credential in NEEDS_COSIGNATURE:
        raise NeedsSupervisor
    with transaction.atomic():
        note = _locked_signed(note_id)
        if note.cosigner_id != by.pk:
            raise NotTheirs
        if note.signatures.filter(meaning=Meaning.COSIGNER).exists():
            raise NotADraft
        signature = _put_signature(note, signer, Meaning.COSIGNER, by, now)
        audit.record("note.cosigned", by=by, subject=note, now=now)
        return signature


def add_addendum(
    kind: AddendumKind, text: str, reason: str, signer: Signer, *, note_id: int, by: Any, now: datetime
) -> NoteAddendum:
    """Add to a signed note, or set something right. The note itself stays as it is. Raises NotSigned and NoReason."""
    if not text.strip() or not reason.strip():
        raise NoReason
    with transaction.atomic():
        note = _locked_signed(note_id)
        last = note.addenda.last()
        added = NoteAddendum(
            note=note,
            number=last.number + 1 if last else 1,
            kind=kind,
            text=text,
            reason=reason,
            by=by,
            at=now,
            previous_sha256=last.own_sha256 if last else note.content_sha256,
            printed_name=signer.printed_name,
            credential=signer.credential,
        )
        added.own_sha256 = canonical.addendum_sha256(added)
        added.save()
        audit.record("note.added_to", by=by, subject=note, now=now)
        return added


# --- looking in an emergency ---------------------------------------------------------------------------------------


def look_in_emergency(reason: str, *, request_id: int, by: Any, now: datetime) -> EmergencyLook:
    """Open one person's notes to this clinician for a few hours. It stands in the log and on the desks of the
    clinicians who know the person. Raises NoReason, also for dots and digits, and TooManyLooks."""
    if sum(map(str.isalpha, reason)) < LEAST_LETTERS:
        raise NoReason
    with transaction.atomic():
        moves.locked(request_id)
        if EmergencyLook.objects.counted_for(by.pk, now).filter(request=request_id).count() >= MOST_LOOKS:
            raise TooManyLooks
        look = EmergencyLook.objects.create(
            request_id=request_id, by=by, reason=reason, at=now, expires_at=now + settings.EMERGENCY_LOOK
        )
        audit.record("note.emergency_look", by=by, subject=look, now=now)
        return look


# --- parts of the verbs above --------------------------------------------------------------------------------------


def _known(claim: SeatClaim) -> dict[str, Any]:
    slot = claim.what
    return {
        "request_id": claim.request_id,
        "booking": claim,
        "encounter_on": claim.starts_on,
        "starts": slot.starts,
        "ends": slot.ends,
        "location": slot.location,
        "modality": Modality.IN_PERSON if slot.location else Modality.VIDEO,
    }


def _locked_draft(note_id: int, by: Any) -> ReassessmentNote:
    note = ReassessmentNote.objects.select_for_update(of=("self",)).get(pk=note_id)
    if note.signed_at is not None:
        raise NotADraft
    if note.author_id != by.pk:
        raise NotTheirs
    return note


def _locked_signed(note_id: int) -> ReassessmentNote:
    note = ReassessmentNote.objects.select_for_update(of=("self",)).get(pk=note_id)
    if note.signed_at is None:
        raise NotSigned
    return note


def _still_stands(note: ReassessmentNote, by: Any) -> bool:
    return note.booking_id is None or standing_bookings(by).filter(pk=note.booking_id).exists()


def _refuse_alone(signer: Signer, by: Any, cosigner: Any) -> None:
    """Nobody co-signs for themselves, and some may not sign alone."""
    if cosigner.pk == by.pk if cosigner else signer.credential in NEEDS_COSIGNATURE:
        raise NeedsSupervisor


def _written(ratings: Mapping[str, str], edition: str) -> str:
    """The ratings of this edition as text; empty when nothing is rated yet."""
    known = {one.key: ratings[one.key] for one in rated(edition) if ratings.get(one.key)}
    return json.dumps(known, sort_keys=True) if known else ""


def _close(note: ReassessmentNote, cosigner: Any, now: datetime) -> None:
    note.signed_at, note.cosigner = now, cosigner
    note.is_late = note.over_at is not None and completeness.is_late(note.over_at, now)
    note.content_sha256 = canonical.note_sha256(note)
    note.save()


def _put_signature(note: ReassessmentNote, signer: Signer, meaning: Meaning, by: Any, now: datetime) -> NoteSignature:
    signature = NoteSignature(
        note=note,
        by=by,
        printed_name=signer.printed_name,
        credential=signer.credential,
        meaning=meaning,
        at=now,
        note_sha256=note.content_sha256,
    )
    signature.own_sha256 = canonical.signature_sha256(signature)
    signature.save()
    return signature


def _tell_intake(note: ReassessmentNote, by: Any, now: datetime) -> None:
    reassessed(
        request_id=note.request_id,
        level=note.placed_level,
        restart_kind=note.restart_kind,
        next_step=NextStep(note.next_step),
        booking_id=note.booking_id,
        by=by,
        now=now,
    )
