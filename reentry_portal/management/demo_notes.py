"""An invented clinician's week: one note signed some days ago, and two hours to come."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model

from clinical import actions
from clinical.actions import Signer
from clinical.asam import Edition, rated
from clinical.choices import Basis, Credential, Naloxone
from clinical.models import ReassessmentNote
from intake.models import CallbackRequest
from intake.next_steps import NextStep
from intake.states import Status
from scheduling.models import AppointmentSlot, Location, Seat, SeatClaim, SlotKind, Therapist
from scheduling.picks import Kind, Pick
from scheduling.seats import hold_seat, place

HOUR, DAY, DAYS_AGO = timedelta(hours=1), timedelta(days=1), timedelta(days=6)
EARLIER = {
    "present": "Rue alone",
    "reason": "I want my mornings back.",
    "time_since": "About six weeks",
    "substance_use": "Some, on two weekends. None this week.",
    "mental_health": "Sleeps better than in spring.",
    "said_since": "It crept up on me.",
    "risk": "Asked plainly. No thoughts of harm, now or before.",
    "home": "Shares a quiet flat with a cousin.",
    "naloxone": Naloxone.GIVEN,
    "transport": "Two buses; the evening one is the hard one.",
    "strengths": "Came early, and made a list.",
    "helped": "The walk before group.",
    "hurt": "Evenings after a late shift.",
    "said_helps": "Mornings are mine.",
    "basis": Basis.NEW,
    "level_reason": "Mornings only, because of the shifts.",
    "next_step": NextStep.START,
    "restart_kind": Kind.NEW_TIME.value,
    "notice_given": True,
    "consent_given": True,
    "bills_medicaid": True,
}
LEVELS = {"assessed_level": "2.1", "placed_level": "1"}


def plant(*, now: datetime) -> None:
    """Link the demo clinician to a therapist, and give them hours and a note."""
    clinician = get_user_model().objects.get(username="clinician")
    rowan, _ = Therapist.objects.get_or_create(display_name="Rowan", defaults={"account": clinician})
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    rue = CallbackRequest.objects.filter(status=Status.RETURNED).first()
    hazel = CallbackRequest.objects.filter(status=Status.AGREED).first()
    if rue is None or hazel is None:
        return
    earlier = _booked(rowan, rue, this_hour - DAYS_AGO, clinician)
    _note(earlier, clinician, this_hour - DAYS_AGO + HOUR)
    _booked(rowan, rue, this_hour + HOUR, clinician)
    _booked(rowan, hazel, this_hour + DAY, clinician)


def _booked(therapist: Therapist, request: CallbackRequest, starts_at: datetime, by: Any) -> SeatClaim:
    slot = AppointmentSlot.objects.create(
        kind=SlotKind.REASSESS,
        therapist=therapist,
        location=request.location or Location.objects.first(),
        starts_at=starts_at,
        minutes=60,
    )
    Seat.objects.create(slot=slot)
    pick = Pick(Kind.REASSESS, slot.pk, starts_at.astimezone(slot.zone).date())
    claim = hold_seat(pick, request_id=request.pk, expires_at=starts_at, by=by, now=starts_at - DAY)
    return place(claim_id=claim.pk, by=by, now=starts_at - DAY)


def _note(claim: SeatClaim, by: Any, now: datetime) -> ReassessmentNote:
    note = actions.open_note(claim_id=claim.pk, by=by, now=now)
    who = {"note_id": note.pk, "by": by, "now": now}
    actions.save_draft({"asam_edition": Edition.THIRD}, {}, **who)
    ratings = {one.key: one.tokens[1] for one in rated(Edition.THIRD)}
    actions.save_draft(EARLIER | LEVELS, ratings, **who)
    actions.sign(Signer("Rowan (demo)", Credential.LISW_S), **who)
    return note
