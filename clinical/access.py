"""The one way a view gets at a note: the note, or 404, and every try that ends there is written down (R-H5, R-P3).

Being a clinician is membership of the role. A superuser holds every permission and is not a clinician by that.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404

from clinical.models import EmergencyLook, ReassessmentNote
from intake.models import CallbackRequest
from privacy import audit
from privacy.roles import CLINICIAN
from scheduling.models import AppointmentSlot, Ended, SeatClaim, SlotKind

_STANDS = Q(ended_at=None) | Q(ended_how=Ended.DONE)  # a start that was given back or moved assigns nobody
_SEEN = "_is_clinician"


def is_clinician(user: Any) -> bool:
    """In the role, and still working here. Asked once for each user object."""
    if not hasattr(user, _SEEN):
        setattr(user, _SEEN, user.is_active and user.is_staff and user.groups.filter(name=CLINICIAN).exists())
    return getattr(user, _SEEN)


def note_for(user: Any, pk: int, now: datetime) -> ReassessmentNote:
    """The note, for those who may read it; anyone else gets 404, whether it exists or not."""
    note = ReassessmentNote.objects.with_what_a_page_needs().filter(pk=pk).first()
    if note is not None and may_read(user, note, now):
        return note
    raise _not_found(user, note, now)


def draft_for(user: Any, pk: int, now: datetime) -> ReassessmentNote:
    """The draft, for its author alone."""
    note = note_for(user, pk, now)
    if note.author_id != user.pk or note.signed_at:
        raise _not_found(user, note, now)
    return note


def signed_note_for(user: Any, pk: int, now: datetime) -> ReassessmentNote:
    note = note_for(user, pk, now)
    if note.signed_at is None:
        raise _not_found(user, note, now)
    return note


def booking_for(user: Any, pk: int, now: datetime) -> SeatClaim:
    """A confirmed hour for a fresh look, for the clinician whose hour it is."""
    claims = SeatClaim.objects.filter(_STANDS, pk=pk, confirmed_at__isnull=False, slot__kind=SlotKind.REASSESS)
    claim = claims.filter(slot__therapist__account=user.pk).select_related("slot__location", "request").first()
    if claim is None or not is_clinician(user):
        raise _not_found(user, None, now)
    return claim


def request_for(user: Any, pk: int, now: datetime) -> CallbackRequest:
    """A person with at least one signed note, for any clinician who gives a reason (R-H2)."""
    found = CallbackRequest.objects.filter(pk=pk, reassessments__signed_at__isnull=False).distinct().first()
    if found is None or not is_clinician(user):
        raise _not_found(user, None, now)
    return found


def may_read(user: Any, note: ReassessmentNote, now: datetime) -> bool:
    """Author; co-signer; assigned by a booking; of the same place, when the setting says so; or in an emergency.

    A draft is its author's alone.
    """
    if not is_clinician(user):
        return False
    if user.pk in {note.author_id, note.cosigner_id}:
        return True
    return note.signed_at is not None and is_one_of_theirs(user, note.request, now)


def is_one_of_theirs(user: Any, request: CallbackRequest, now: datetime) -> bool:
    """Whether this clinician may read the signed notes of this person."""
    return (
        is_assigned(user, request)
        or is_of_their_place(user, request)
        or EmergencyLook.objects.open_to(user.pk, now).filter(request=request).exists()
    )


def is_assigned(user: Any, request: CallbackRequest) -> bool:
    """The person has a confirmed start with this clinician, or had one that took place."""
    theirs = Q(slot__therapist__account=user.pk) | Q(group__therapist__account=user.pk)
    return SeatClaim.objects.filter(theirs, _STANDS, request=request, confirmed_at__isnull=False).exists()


def is_of_their_place(user: Any, request: CallbackRequest) -> bool:
    if not settings.NOTES_FOR_CLINICIANS_OF_THE_PLACE or request.location_id is None:
        return False
    hours = AppointmentSlot.objects.filter(therapist__account=user.pk, location=request.location_id)
    groups = request.location.groups.filter(therapist__account=user.pk)
    return hours.exists() or groups.exists()


def refuse_if_not_clinician(user: Any, now: datetime) -> None:
    if not is_clinician(user):
        raise _not_found(user, None, now)


def _not_found(user: Any, note: ReassessmentNote | None, now: datetime) -> Http404:
    """Written down in a transaction of its own: the page that follows is an error, and keeps nothing."""
    audit.record("note.refused", by=user, subject=note, now=now)
    return Http404()
