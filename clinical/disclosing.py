"""Consents to disclose, taking them back, and giving a note to somebody outside (42 CFR 2.31 to 2.33; R-P6, R-P10).

All verbs are atomic and take `by` and `now`, as in `clinical.actions`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from clinical.errors import NoConsent, NoReason, NotSigned
from clinical.models import ConsentRevocation, Disclosure, DisclosureConsent, ReassessmentNote
from clinical.part2 import CONSENT_WORDING_VERSION, RIGHT_TO_REVOKE, RISKS
from privacy import audit
from privacy.part2 import PART2_NOTICE_VERSION

ELEMENTS = (
    "patient_name",
    "discloser",
    "what",
    "recipient",
    "purpose",
    "expires_on",
    "ends_when",
    "signature",
    "signed_on",
)


def give_consent(elements: Mapping[str, Any], *, request_id: int, by: Any, now: datetime) -> DisclosureConsent:
    """Record a consent the person signed, with the wording of the day. The database refuses one with a part missing."""
    with transaction.atomic():
        consent = DisclosureConsent.objects.create(
            **{name: elements[name] for name in ELEMENTS},
            request_id=request_id,
            right_to_revoke=RIGHT_TO_REVOKE,
            risks=RISKS,
            wording_version=CONSENT_WORDING_VERSION,
            taken_by=by,
            taken_at=now,
        )
        audit.record("consent.recorded", by=by, subject=consent, now=now)
        return consent


def revoke_consent(way: ConsentRevocation.Way, *, consent_id: int, by: Any, now: datetime) -> ConsentRevocation:
    """From here on nothing more goes out under it; what went out stays in the log. Safe to do twice."""
    with transaction.atomic():
        consent = DisclosureConsent.objects.select_for_update().get(pk=consent_id)
        revocation, is_new = ConsentRevocation.objects.get_or_create(
            consent=consent, defaults={"way": way, "recorded_by": by, "recorded_at": now}
        )
        if is_new:
            audit.record("consent.taken_back", by=by, subject=consent, now=now)
        return revocation


def disclose(reason: str, *, note_id: int, consent_id: int, by: Any, now: datetime) -> Disclosure:
    """Log that the note goes to whom the consent names, decided at this moment. Raises NoReason, NotSigned, NoConsent.

    Taking a consent back waits for this lock, so a disclosure is before it or does not happen.
    """
    if not reason.strip():
        raise NoReason
    with transaction.atomic():
        note = ReassessmentNote.objects.get(pk=note_id)
        if note.signed_at is None:
            raise NotSigned
        consent = _consent_in_force(note, consent_id, timezone.localdate(now))
        disclosed = Disclosure.objects.create(
            note=note,
            consent=consent,
            recipient=consent.recipient,
            purpose=consent.purpose,
            reason=reason,
            notice_version=PART2_NOTICE_VERSION,
            made_by=by,
            made_at=now,
        )
        audit.record("note.disclosed", by=by, subject=note, now=now)
        return disclosed


def _consent_in_force(note: ReassessmentNote, consent_id: int, today: date) -> DisclosureConsent:
    """Locked first and asked afterwards: whoever takes it back meanwhile is seen."""
    DisclosureConsent.objects.select_for_update().filter(pk=consent_id).first()
    consent = DisclosureConsent.objects.in_force(today).filter(pk=consent_id, request=note.request_id).first()
    if consent is None:
        raise NoConsent
    return consent
