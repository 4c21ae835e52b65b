"""A small cast: Rowan, a clinician with a booked hour, Wren who comes to it, and the notes of it."""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User

from clinical import actions, disclosing
from clinical.actions import Signer
from clinical.models import DisclosureConsent, ReassessmentNote
from intake.models import CallbackRequest
from privacy.roles import CLINICIAN
from scheduling.models import SeatClaim, Therapist
from tests.intake.make import sent
from tests.scheduling.make import HOUR, NOW, hour, placed

PASSWORD = "a long password of Rowan"
_HASHED = cache(lambda: make_password(PASSWORD))  # once for all tests: it is slow on purpose
AFTER = NOW + timedelta(hours=2)  # the conversation is over, the same morning
ROWAN = Signer("Rowan Ash", "LISW-S")
LINDEN = Signer("Linden Ash", "LPCC-S")
AIDE = Signer("Rowan Ash", "CDCA")
# Sentences that must never be read outside the note; each field that takes words has one of its own.
RATINGS = {f"3_{number}": str(number % 5) for number in range(1, 7)}
WORDS = {
    "present": "Wren and an aunt called Marigold",
    "reason": "I want to be there for the quince harvest",
    "time_since": "Eleven weeks of larkspur",
    "substance_use": "Used twice in Foxglove Lane",
    "withdrawal": "Hands shook on the mulberry bus",
    "overdose": "Once, behind the hawthorn shop",
    "medications": "Buprenorphine from Doctor Sycamore",
    "physical": "A sprain from the yarrow stairs",
    "pregnancy": "Not now, says Bluebell",
    "mental_health": "Sleeps badly near the elderberry",
    "said_since": "It is like wading through nettles",
    "risk": "Asked plainly; no plan, promises thistle to call",
    "home": "A quiet room at Cowslip Court",
    "said_safety": "I lock the gorse gate",
    "work": "Nights at the peony bakery",
    "transport": "Line nine by the bracken stop",
    "childcare": "Clover stays with a neighbour",
    "legal": "A hearing in the juniper court",
    "strengths": "Keeps every sorrel promise",
    "helped": "The morning hellebore walk",
    "hurt": "Chairs in the tansy circle",
    "said_helps": "Let me sit by the willow door",
    "level_reason": "Evenings only, because of the peony nights",
    "change_asked": "Not the group of Burdock",
}
WHOLE: dict[str, Any] = {
    **WORDS,
    "encounter_on": date(2026, 6, 1),
    "starts": time(10),
    "ends": time(11),
    "naloxone": "given",
    "asam_edition": "3",
    "assessed_level": "2.1",
    "placed_level": "1",
    "basis": "new",
    "bills_medicaid": True,
    "next_step": "start",
    "restart_kind": "new_time",
    "plan_due_on": date(2026, 6, 20),
    "notice_given": True,
    "consent_given": True,
}


def clinician(username: str = "rowan", **changes: Any) -> User:
    """In the role, with a therapist of the ledger behind them unless `therapist` is None."""
    therapist = changes.pop("therapist", username.title())
    given = {"first_name": username.title(), "last_name": "Ash", "is_staff": True, "password": _HASHED()}
    person = User.objects.create(username=username, **(given | changes))
    person.groups.add(Group.objects.get(name=CLINICIAN))
    if therapist:
        Therapist.objects.create(display_name=therapist, account=person)
    return person


def booked(by: User, *, starts_at: datetime = NOW, name: str = "Wren", **changes: Any) -> SeatClaim:
    """Somebody who has this clinician's hour, from ten to eleven in the morning, confirmed two hours before."""
    request, _token = sent(now=starts_at - 3 * HOUR, name=name, **changes)
    slot = hour(starts_at=starts_at, therapist=by.therapist)
    return placed(slot, request, now=starts_at - 2 * HOUR)


def begun(by: User, *, claim: SeatClaim | None = None, now: datetime = NOW) -> ReassessmentNote:
    return actions.open_note(claim_id=(claim or booked(by)).pk, by=by, now=now)


def written(by: User, *, claim: SeatClaim | None = None, now: datetime = NOW, **changes: Any) -> ReassessmentNote:
    """A draft in which everything is said. Saved twice, as people do: the edition first."""
    note = begun(by, claim=claim, now=now)
    who = {"note_id": note.pk, "by": by, "now": now}
    given = WHOLE | changes
    actions.save_draft({"asam_edition": given["asam_edition"]}, {}, **who)
    return actions.save_draft(given, changes.pop("ratings", RATINGS), **who)


def signed(by: User, *, now: datetime = AFTER, signer: Signer = ROWAN, cosigner: Any = None, **changes: Any):
    """A signed note; `changes` are those of `written`."""
    note = written(by, **changes)
    actions.sign(signer, note_id=note.pk, by=by, now=now, cosigner=cosigner)
    note.refresh_from_db()
    return note


def added(note: ReassessmentNote, by: User, text: str = "A heron stood by", *, now: datetime = AFTER + HOUR):
    return actions.add_addendum("addendum", text, "Forgot the heron", ROWAN, note_id=note.pk, by=by, now=now)


def consent_of(request: CallbackRequest, by: User, *, now: datetime = AFTER, **changes: Any) -> DisclosureConsent:
    elements = {
        "patient_name": "Wren Zebedee",
        "discloser": "This program",
        "what": "The reassessment of June",
        "recipient": "Doctor Sycamore, Elm Street",
        "purpose": "treatment",
        "expires_on": date(2026, 12, 31),
        "ends_when": "",
        "signature": "Wren Zebedee, on paper",
        "signed_on": date(2026, 6, 1),
    }
    return disclosing.give_consent(elements | changes, request_id=request.pk, by=by, now=now)
