"""A clinician's reassessments: booked for today and soon, drafts to finish, notes to co-sign, looks in an emergency."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from clinical.access import about_their_people, refuse_if_not_clinician, standing_bookings
from clinical.admin.pages import page
from clinical.choices import Meaning
from clinical.models import EmergencyLook, ReassessmentNote
from intake.admin.rows import initial_of
from intake.clock import when_words
from scheduling.models import SeatClaim

SOON = timedelta(days=14)
UNFINISHED_SINCE = timedelta(days=7)  # an hour without a signed note stays here that long
LOOKS_SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Booked:
    """One hour: whose, when as the wall shows it, and how far its note is."""

    pk: int
    note: int | None
    reference: str
    initial: str
    when: str
    place: str
    state: str
    is_signed: bool


@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """Four lists with one query each. No name and no word of a note stands here."""
    now = timezone.now()
    refuse_if_not_clinician(request.user, now)
    mine = ReassessmentNote.objects.select_related("request").defer(*ReassessmentNote.SEALED)
    waiting = mine.filter(cosigner=request.user).exclude(signatures__meaning=Meaning.COSIGNER).order_by("id")
    return page(
        request,
        "day",
        "My reassessments",
        booked=[_booked(claim, now) for claim in _claims(request.user, now)],
        drafts=mine.filter(author=request.user, signed_at=None).order_by("id"),
        to_cosign=waiting,
        looks=_looks(request.user, now),
    )


def _claims(user: Any, now: datetime) -> Any:
    near = {"slot__starts_at__gte": now - UNFINISHED_SINCE, "slot__starts_at__lt": now + SOON}
    return (
        standing_bookings(user)
        .filter(**near)
        .select_related("slot__location", "request", "reassessment")
        .defer(*(f"reassessment__{name}" for name in ReassessmentNote.SEALED), "request__note")
        .order_by("slot__starts_at", "id")
    )


def _booked(claim: SeatClaim, now: datetime) -> Booked:
    note = getattr(claim, "reassessment", None)
    return Booked(
        pk=claim.pk,
        note=note.pk if note else None,
        reference=claim.request.reference,
        initial=initial_of(claim.request.name),
        when=capfirst(when_words(claim.session.start, now, claim.zone)),
        place=claim.place_name,
        state=_state(note),
        is_signed=bool(note and note.signed_at),
    )


def _state(note: ReassessmentNote | None) -> str:
    if note is None:
        return "Not begun"
    return "Signed" if note.signed_at else "Draft"


def _looks(user: Any, now: datetime) -> Any:
    """At people with a note or a start of this clinician: an alert that nobody has to go and find."""
    looks = EmergencyLook.objects.filter(about_their_people(user), at__gte=now - LOOKS_SHOWN)
    return looks.exclude(by=user).select_related("request", "by")
