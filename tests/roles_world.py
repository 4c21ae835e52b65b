"""One of everything the desk has a page for, and the addresses that lead to each."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import User
from django.urls import URLPattern

from followups.models import Cadence, Incident, Message
from intake import family, on_paper, staff_notes, staff_places, todos
from intake.choices import ToDoKind
from intake.models import FamilyMessage, PlacesOfStaff
from privacy.models import AuditEvent
from scheduling.models import AppointmentSlot, Closure, Group, Location, Therapist
from tests.clinical.people import AFTER, AIDE, booked, clinician, consent_of, signed, written
from tests.intake.people import ROLES, someone, staff
from tests.scheduling.make import DAY, HOUR, NOW, group, hold, hour
from tests.test_repository import all_addresses

EVERYBODY = {"N": "nobody", "I": "intake", "C": "clinician", "M": "manager", "P": "privacy", "A": "administrator"}
TOMORROW = date(2026, 6, 2)
# What stands in the sealed words of staff about somebody, each in one place.
TO_DO, STAFF_NOTE, LIMIT, PRINT = "Thistlewick", "Brambleton", "Quincewood", "Foxglovey"
FOLDERS = ("privacy", "scheduling", "intake", "followups", "clinical", "auth", "report")


def somebody(role: str) -> User:
    """A member of staff in that role and no other; the clinician is the one the notes of the world are of."""
    if role == "clinician":
        return clinician()
    person = staff("linnea", role=role)
    User.objects.filter(pk=person.pk).update(is_superuser=role == "administrator")
    assert {one.name for one in person.groups.all()} == {ROLES[role] for role in [role] if role in ROLES}
    return User.objects.get(pk=person.pk)


def world_of(person: User) -> SimpleNamespace:
    """Wren, waiting with a held seat, a message and words of staff about her; notes of the clinician; and what managers
    keep."""
    rowan = person if person.groups.filter(name=ROLES["clinician"]).exists() else clinician()
    aide = clinician("aide", therapist="Aide")
    wren, _token = someone(now=NOW, town="toledo", email="wren@example.org", note="Tuesdays are hard for me.")
    by = {"request_id": wren.pk, "by": rowan, "now": AFTER}
    family.receive("How is Wren?", "quillaunt@canary.example", language="en", now=NOW)
    staff_places.limit_to(Location.objects.all(), user_id=aide.pk, by=rowan, now=NOW)
    note = signed(rowan, claim=booked(rowan))
    return SimpleNamespace(
        request=wren,
        claim=hold(group("toledo"), wren, starts_on=TOMORROW, now=NOW),
        message=Message.objects.create(
            request=wren, kind="acknowledgement", occasion="x", channel="text", due_at=AFTER + HOUR
        ),
        incident=Incident.objects.create(request=wren, found_at=NOW, assess_by=NOW + timedelta(days=60)),
        cadence=Cadence.objects.create(location=Location.objects.get(slug="toledo")),
        closure=Closure.objects.create(date=TOMORROW, reason="Ice"),
        slot=hour(starts_at=NOW + 9 * DAY),
        todo=todos.add_todo(ToDoKind.OTHER, f"Ask {TO_DO}", TOMORROW, **by),
        staff_note=staff_notes.add_note(f"{STAFF_NOTE} picks up", **by),
        restriction=on_paper.restrict("somebody", f"My uncle {LIMIT}", **by),
        print=on_paper.print_record("chart", f"For {PRINT}", **by),
        family=FamilyMessage.objects.get(),
        note=note,
        draft=written(rowan, claim=booked(rowan, starts_at=NOW + timedelta(minutes=1), name="Sedge")),
        booking=booked(rowan, starts_at=NOW + 2 * DAY, name="Hazel"),
        to_cosign=signed(aide, claim=booked(aide, name="Rue"), signer=AIDE, cosigner=rowan),
        consent=consent_of(note.request, rowan),
    )


# By the model at the front of the name of an address.
_ROWS: dict[str, Callable[[SimpleNamespace], Any]] = {
    "privacy_auditevent": lambda world: AuditEvent.objects.earliest("id"),
    "scheduling_location": lambda world: Location.objects.get(slug="toledo"),
    "scheduling_closure": lambda world: world.closure,
    "scheduling_appointmentslot": lambda world: AppointmentSlot.objects.get(pk=world.slot.pk),
    "scheduling_therapist": lambda world: Therapist.objects.earliest("id"),
    "scheduling_group": lambda world: Group.objects.earliest("id"),
    "intake_callbackrequest": lambda world: world.request,
    "intake_familymessage": lambda world: world.family,
    "intake_placesofstaff": lambda world: PlacesOfStaff.objects.get(),
    "intake_recordprint": lambda world: world.print,
    "followups_cadence": lambda world: world.cadence,
    "followups_incident": lambda world: world.incident,
    "followups_message": lambda world: world.message,
    "clinical_reassessmentnote": lambda world: world.note,
    "auth_user": lambda world: User.objects.get(username="aide"),
}
_ROWS_BY_NAME: dict[str, Callable[[SimpleNamespace], Any]] = {
    "clinical_reassessmentnote_open": lambda world: world.booking,
    "clinical_reassessmentnote_sign": lambda world: world.draft,
    "clinical_reassessmentnote_cosign": lambda world: world.to_cosign,
    "clinical_reassessmentnote_revoke": lambda world: world.consent,
}


def arguments_of(name: str, pattern: str, world: SimpleNamespace) -> str:
    """The pattern with its gaps filled by the world, so that whoever may open it finds something there."""
    row = _ROWS_BY_NAME.get(name) or _ROWS.get("_".join(name.split("_")[:2]))
    filled = {
        "<int:claim>": world.claim.pk,
        "<int:claim_id>": world.claim.pk,
        "<int:attempt_id>": world.claim.pk,  # of no call of theirs: the button says so
        "<int:todo_id>": world.todo.pk,
        "<int:restriction_id>": world.restriction.pk,
        "<int:other>": world.draft.pk,
        "<slug:verb>": "give-back",
        "<slug:name>": "rest",
    }
    filled |= dict.fromkeys(("<int:pk>", "<path:object_id>", "<id>"), row(world).pk) if row else {}
    for gap, value in filled.items():
        pattern = pattern.replace(gap, str(value))
    assert "<" not in pattern, f"{name} has a gap that the world does not fill: {pattern}"
    return f"/{pattern}"


def addresses_of_the_desk() -> dict[str, str]:
    """By name, every page and action of our models, of the report and of sign-ins: what Django's admin and we have
    registered."""
    walked = {pattern.name: address for address, pattern in all_addresses().items() if _is_of_a_model(address, pattern)}
    assert len(walked) > 90
    return walked


def _is_of_a_model(address: str, pattern: URLPattern) -> bool:
    """Not what anybody signed in may do to their own sign-in, nor a longer way to a page that has a name."""
    _staff, *folders = address.split("/")
    return address.startswith("staff/") and bool(pattern.name) and folders[0] in FOLDERS
