"""The one way a view gets at a note: the note, or 404, and every try that ends there is written down (R-H5, R-P3).

Being a clinician is membership of the role. A superuser holds every permission and is not a clinician by that.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import Http404

from clinical.choices import Meaning
from clinical.models import DisclosureConsent, EmergencyLook, ReassessmentNote
from intake.models import CallbackRequest
from privacy import audit
from privacy.roles import CLINICIAN
from scheduling.models import AppointmentSlot, Ended, Group, SeatClaim, SlotKind

_STANDS = Q(ended_at=None) | Q(ended_how=Ended.DONE)  # a start that was given back or moved assigns nobody
_SEEN = "_is_clinician"


def is_clinician(user: Any) -> bool:
    """In the role, and still working here. Asked once for each user object, and never of people who hold no permission
    on notes: the menu of every page asks."""
    if not hasattr(user, _SEEN):
        works_here = user.is_staff and user.has_perm("clinical.view_reassessmentnote")
        setattr(user, _SEEN, works_here and user.groups.filter(name=CLINICIAN).exists())
    return getattr(user, _SEEN)


def clinicians() -> QuerySet:
    """Everybody in the role who still works here, by name."""
    people = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=CLINICIAN)
    return people.order_by("first_name", "last_name", "username")


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


def note_to_act_on(user: Any, pk: int, now: datetime) -> ReassessmentNote:
    """A signed note that this clinician may add to and share. A look in an emergency only reads."""
    note = signed_note_for(user, pk, now)
    if not may_act_on(user, note):
        raise _not_found(user, note, now)
    return note


def pair_for(user: Any, pk: int, other: int, now: datetime) -> list[ReassessmentNote]:
    """Both notes, of one request or of two that left the same number: never of people known to be two."""
    one, two = (note_for(user, key, now) for key in (pk, other))
    same_number = CallbackRequest.objects.same_contact(one.request.contact).filter(pk=two.request_id)
    if one.request_id != two.request_id and not same_number.exists():
        raise _not_found(user, two, now)
    return [one, two]


def cosigning_for(user: Any, pk: int, now: datetime) -> ReassessmentNote:
    """A signed note that waits for this clinician's signature."""
    note = signed_note_for(user, pk, now)
    if note.cosigner_id != user.pk or note.signatures.filter(meaning=Meaning.COSIGNER).exists():
        raise _not_found(user, note, now)
    return note


def standing_bookings(user: Any) -> QuerySet[SeatClaim]:
    """The confirmed hours for a fresh look of this clinician, to come or over, that nobody gave back."""
    mine = {"slot__therapist__account": user.pk, "slot__kind": SlotKind.REASSESS}
    return SeatClaim.objects.filter(_STANDS, confirmed_at__isnull=False, **mine)


def booking_for(user: Any, pk: int, now: datetime) -> SeatClaim:
    """One of those hours, for the clinician whose hour it is."""
    claim = standing_bookings(user).filter(pk=pk).first() if is_clinician(user) else None
    if claim is None:
        raise _not_found(user, None, now)
    return claim


def consent_for(user: Any, pk: int, now: datetime) -> DisclosureConsent:
    """A consent of a person whom this clinician works with."""
    consent = DisclosureConsent.objects.select_related("request__location").filter(pk=pk).first()
    if consent is None or not is_clinician(user) or not may_work_with(user, consent.request):
        raise _not_found(user, None, now)
    return consent


def request_with_notes(reference: str) -> CallbackRequest | None:
    """A person with at least one signed note, by the reference that a clinician was told (R-H2)."""
    found = CallbackRequest.objects.filter(reference=reference.strip().upper(), reassessments__signed_at__isnull=False)
    return found.distinct().first()


def may_read(user: Any, note: ReassessmentNote, now: datetime) -> bool:
    """Author; co-signer; assigned by a booking; of the same place, when the setting says so; or in an emergency.

    A draft is its author's alone.
    """
    if not is_clinician(user):
        return False
    if user.pk in {note.author_id, note.cosigner_id}:
        return True
    return note.signed_at is not None and (is_one_of_theirs(user, note.request) or _is_looking(user, note, now))


def may_act_on(user: Any, note: ReassessmentNote) -> bool:
    """Whether a reader may add to it and share it: each of them but who only looks in an emergency."""
    return user.pk in {note.author_id, note.cosigner_id} or is_one_of_theirs(user, note.request)


def may_work_with(user: Any, request: CallbackRequest) -> bool:
    """Wrote or co-signs one of this person's notes, or is one of their clinicians."""
    return _own_notes(user).filter(request=request).exists() or is_one_of_theirs(user, request)


def is_one_of_theirs(user: Any, request: CallbackRequest) -> bool:
    return is_assigned(user, request) or is_of_their_place(user, request)


def is_assigned(user: Any, request: CallbackRequest) -> bool:
    """The person has a confirmed start with this clinician, or had one that took place."""
    return _starts_with(user).filter(request=request).exists()


def about_their_people(user: Any) -> Q:
    """Rows of a `request` of which this clinician wrote or co-signs a note, or that has a start with them."""
    return Q(request__in=_own_notes(user).values("request")) | Q(request__in=_starts_with(user).values("request"))


def is_of_their_place(user: Any, request: CallbackRequest) -> bool:
    if not settings.NOTES_FOR_CLINICIANS_OF_THE_PLACE or request.location_id is None:
        return False
    if not CallbackRequest.objects.for_staff(user).filter(pk=request.pk).exists():
        return False
    hours = AppointmentSlot.objects.filter(therapist__account=user.pk, location=request.location_id)
    groups = Group.objects.filter(therapist__account=user.pk, location=request.location_id)
    return hours.exists() or groups.exists()


def refuse_if_not_clinician(user: Any, now: datetime) -> None:
    if not is_clinician(user):
        raise _not_found(user, None, now)


def _own_notes(user: Any) -> QuerySet[ReassessmentNote]:
    return ReassessmentNote.objects.filter(Q(author=user.pk) | Q(cosigner=user.pk))


def _starts_with(user: Any) -> QuerySet[SeatClaim]:
    theirs = Q(slot__therapist__account=user.pk) | Q(group__therapist__account=user.pk)
    return SeatClaim.objects.filter(theirs, _STANDS, confirmed_at__isnull=False)


def _is_looking(user: Any, note: ReassessmentNote, now: datetime) -> bool:
    return EmergencyLook.objects.open_to(user.pk, now).filter(request=note.request_id).exists()


def _not_found(user: Any, note: ReassessmentNote | None, now: datetime) -> Http404:
    """Written down in a transaction of its own: the page that follows is an error, and keeps nothing."""
    audit.record("note.refused", by=user, subject=note, now=now)
    return Http404()
