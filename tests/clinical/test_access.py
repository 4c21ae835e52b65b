"""Who may read a note, page by page and role by role; everybody else finds nothing, and the try is written down."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client

from clinical import actions
from clinical.errors import TooManyLooks
from clinical.models import Disclosure, DisclosureConsent, EmergencyLook, NoteAddendum, ReassessmentNote
from intake.staff_places import limit_to
from privacy.models import AuditEvent
from privacy.roles import CLINICIAN, INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER
from scheduling import seats
from tests.clinical.desk import at, desk_of, text_of
from tests.clinical.people import AFTER, AIDE, WHOLE, booked, clinician, consent_of, signed, written
from tests.intake.make import at_once
from tests.scheduling.make import DAY, HOUR, NOW, hour, placed
from tests.test_repository import all_addresses, an_example_of

pytestmark = pytest.mark.django_db
PAGES = sorted(address for address in all_addresses() if address.startswith("staff/clinical/"))
MODELS = ["reassessmentnote", "notesignature", "noteaddendum", "emergencylook", "disclosureconsent", "disclosure"]
# What an admin usually makes, and what somebody would try.
TRIED = [
    f"/staff/clinical/{model}/{rest}"
    for model in MODELS
    for rest in ("", "?q=thistle", "add/", "{pk}/", "{pk}/delete/", "{pk}/history/", "export/", "{pk}/change/?_popup=1")
] + ["/staff/clinical/"]
# Open to every clinician: no word of a note stands there.
FOR_ANY_CLINICIAN = {
    "/staff/clinical/",
    "/staff/clinical/reassessmentnote/",
    "/staff/clinical/reassessmentnote/emergency/",
}


@pytest.fixture(autouse=True)
def after_the_hour():
    with time_machine.travel(AFTER, tick=False):
        yield


def somebody(role: str) -> User:
    if role == "another clinician":
        return clinician("juniper")
    person = User.objects.create(username="marlo", is_staff=True, is_superuser=role == "superuser")
    if role not in ("superuser", "nobody"):
        person.groups.add(Group.objects.get(name=role))
    if role == "clinician who left":
        person.is_staff = False
    return person


def is_there(client: Client, address: str, method: str) -> bool:
    """Whether anything but "not found" and "not like this" comes back."""
    return getattr(client, method)(address).status_code not in {404, 405}


def addresses_of(note: ReassessmentNote, consent) -> list[str]:
    """Every page and every usual guess, with the numbers of rows that are really there."""
    pages = [re.sub(r"<int:\w+>", str(note.pk), address) for address in PAGES]
    pages = [address.replace(f"consent/{note.pk}", f"consent/{consent.pk}") for address in pages]
    pages = [address.replace(f"booking/{note.pk}", f"booking/{note.booking_id}") for address in pages]
    return [f"/{address}" for address in pages] + [address.format(pk=note.pk) for address in TRIED]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "role", ["nobody", INTAKE_STAFF, PROGRAM_MANAGER, PRIVACY_OFFICER, "superuser", "another clinician"]
)
def test_to_everybody_else_no_page_of_a_note_exists(role, method):
    note = signed(clinician())
    client = desk_of(somebody(role))
    addresses = addresses_of(note, consent_of(note.request, note.author))
    found = {address for address in addresses if is_there(client, address, method)}
    own = FOR_ANY_CLINICIAN - ({at("changelist")} if method == "post" else set())
    assert {address.split("?")[0] for address in found} == (own if "clinician" in role else set())
    refused = AuditEvent.objects.filter(action="note.refused", actor=client_name(role))
    assert refused.filter(subject_key=str(note.pk)).exists()
    assert not AuditEvent.objects.filter(action="note.read").exists()


def client_name(role: str) -> str:
    return "juniper" if "clinician" in role else "marlo"


def test_the_author_finds_them_so_that_there_was_something_to_find():
    note = signed(clinician())
    desk = desk_of(note.author)
    addresses = addresses_of(note, consent_of(note.request, note.author))
    found = {address for address in addresses if is_there(desk, address, "get")}
    assert len(PAGES) == 12
    assert {at("change", note), at("print", note), at("addendum", note), at("share", note)} <= found
    assert not [address for address in found if re.search("add/|delete|history|export", address)]


@pytest.mark.parametrize("role", [INTAKE_STAFF, PROGRAM_MANAGER, PRIVACY_OFFICER, "superuser"])
def test_no_other_page_of_the_desk_says_a_word_of_it(role):
    note = signed(clinician(), note="Tuesdays are hard for me.")
    client = desk_of(somebody(role))
    client.raise_request_exception = False
    kind, user = ContentType.objects.get_for_model(ReassessmentNote), f"/staff/auth/user/{note.author_id}"
    pages = [
        "/staff/?all",
        "/staff/intake/callbackrequest/desk/",
        f"/staff/intake/callbackrequest/{note.request_id}/change/",
        "/staff/privacy/auditevent/",
        f"/staff/r/{kind.pk}/{note.pk}/",
        "/staff/auth/user/",
        f"{user}/delete/",
        f"{user}/history/",
        "/staff/autocomplete/?app_label=clinical&model_name=reassessmentnote&field_name=request",
    ]
    words = "".join(client.get(page, follow=True).content.decode() for page in pages)
    leaked = [
        sentence for sentence in WHOLE.values() if isinstance(sentence, str) and " " in sentence and sentence in words
    ]
    assert leaked == []
    assert "My reassessments" not in words


def test_an_assigned_clinician_reads_what_is_signed_and_no_draft():
    note, juniper = signed(clinician()), clinician("juniper")
    draft = written(note.author, claim=booked(note.author, starts_at=NOW + 2 * HOUR))
    assert desk_of(juniper).get(at("change", note)).status_code == 404
    theirs = placed(hour("individual", therapist=juniper.therapist, starts_at=NOW + DAY), note.request)
    assert WHOLE["risk"] in text_of(desk_of(juniper).get(at("change", note)))
    for name in ("change", "sign"):
        assert desk_of(juniper).get(at(name, draft)).status_code == 404
    seats.give_back(claim_id=theirs.pk, by=juniper, now=AFTER)
    assert desk_of(juniper).get(at("change", note)).status_code == 404


@pytest.mark.parametrize(
    ("setting", "town", "status"), [(True, "toledo", 200), (True, "oregon", 404), (False, "toledo", 404)]
)
def test_a_clinician_of_the_same_place_reads_it_only_when_the_setting_says_so(setting, town, status, settings):
    from scheduling.models import Location

    settings.NOTES_FOR_CLINICIANS_OF_THE_PLACE = setting
    rowan, juniper = clinician(), clinician("juniper")
    note = signed(rowan, claim=booked(rowan, location=Location.objects.get(slug="toledo")))
    hour(town=town, therapist=juniper.therapist, starts_at=NOW + DAY)
    assert desk_of(juniper).get(at("change", note)).status_code == status


def test_a_limit_to_other_places_narrows_that_setting_and_keeps_ones_own_people(settings):
    from scheduling.models import Location

    settings.NOTES_FOR_CLINICIANS_OF_THE_PLACE = True
    rowan, juniper = clinician(), clinician("juniper")
    note = signed(rowan, claim=booked(rowan, location=Location.objects.get(slug="toledo")))
    hour(town="toledo", therapist=juniper.therapist, starts_at=NOW + DAY)
    for person in (rowan, juniper):
        limit_to([Location.objects.get(slug="maumee")], user_id=person.pk, by=person, now=NOW)
    assert [desk_of(person).get(at("change", note)).status_code for person in (rowan, juniper)] == [200, 404]


def test_who_leaves_the_role_or_the_house_finds_nothing_any_more():
    note = signed(clinician())
    note.author.groups.remove(Group.objects.get(name=CLINICIAN))
    assert desk_of(note.author).get(at("change", note)).status_code == 404
    note.author.groups.add(Group.objects.get(name=CLINICIAN))
    assert desk_of(User.objects.get(pk=note.author_id)).get(at("change", note)).status_code == 200
    User.objects.filter(pk=note.author_id).update(is_active=False)
    assert desk_of(User.objects.get(pk=note.author_id)).get(at("change", note)).status_code in {302, 404}


def test_a_superuser_in_the_role_is_a_clinician_like_any_other():
    note = signed(clinician())
    linden = clinician("linden", is_superuser=True)
    assert desk_of(linden).get(at("changelist")).status_code == 200
    assert desk_of(linden).get(at("change", note)).status_code == 404


# --- in an emergency ----------------------------------------------------------------------------------------------


def look(user, note, **changes):
    given = {"reference": note.request.reference, "reason": "In the hospital tonight"}
    return desk_of(user).post(at("emergency"), given | changes)


def test_in_an_emergency_notes_open_for_a_few_hours_and_the_author_sees_it():
    note, juniper = signed(clinician()), clinician("juniper")
    assert look(juniper, note).status_code == 303
    assert at("change", note) in text_of(desk_of(juniper).get(at("emergency")))
    assert WHOLE["risk"] in text_of(desk_of(juniper).get(at("change", note)))
    alert = text_of(desk_of(note.author).get(at("changelist")))
    for words in ("Somebody looked in an emergency", "juniper", "In the hospital tonight"):
        assert words in alert
    event = AuditEvent.objects.get(action="note.emergency_look")
    assert (event.actor, event.subject_key) == ("juniper", str(EmergencyLook.objects.get().pk))
    with time_machine.travel(AFTER + timedelta(hours=4), tick=False):
        assert desk_of(juniper).get(at("change", note)).status_code == 404


@pytest.mark.parametrize(
    "change", [{"reason": ""}, {"reason": "   "}, {"reason": "."}, {"reason": "12 34 56"}, {"reference": "222-222"}]
)
def test_without_a_reason_or_a_note_nothing_opens(change):
    note, juniper = signed(clinician()), clinician("juniper")
    assert 'class="why"' in text_of(look(juniper, note, **change))
    assert not EmergencyLook.objects.exists()
    assert desk_of(juniper).get(at("change", note)).status_code == 404


def test_only_clinicians_look_in_an_emergency_and_only_at_that_person():
    rowan = clinician()
    note = signed(rowan)
    other = signed(rowan, claim=booked(rowan, starts_at=NOW + 2 * HOUR, name="Sedge"), now=AFTER + DAY)
    assert look(somebody("superuser"), note).status_code == 404
    juniper = clinician("juniper")
    look(juniper, note)
    assert desk_of(juniper).get(at("change", other)).status_code == 404


def test_a_look_in_an_emergency_reads_and_does_nothing_else():
    note, juniper = signed(clinician()), clinician("juniper")
    consent = consent_of(note.request, note.author)
    look(juniper, note)
    desk = desk_of(juniper)
    to_act = [*(at(name, note) for name in ("addendum", "share", "consent")), at("revoke", consent)]
    assert [page for page in to_act for method in ("get", "post") if is_there(desk, page, method)] == []
    read = text_of(desk.get(at("change", note)))
    assert WHOLE["risk"] in read
    assert [page for page in to_act if page in read] == []
    assert at("print", note) in read
    assert is_there(desk, at("print", note), "get")
    placed(hour("individual", therapist=juniper.therapist, starts_at=NOW + DAY), note.request)
    assert [page for page in to_act if not is_there(desk, page, "get")] == []
    assert (NoteAddendum.objects.count(), Disclosure.objects.count(), DisclosureConsent.objects.count()) == (0, 0, 1)


def test_a_look_is_shown_to_the_cosigner_and_to_whom_the_person_has_a_start_with():
    linden, hazel, juniper = clinician("linden"), clinician("hazel"), clinician("juniper")
    note = signed(clinician(), signer=AIDE, cosigner=linden)
    placed(hour("individual", therapist=hazel.therapist, starts_at=NOW + DAY), note.request)
    look(juniper, note)
    User.objects.filter(pk=note.author_id).update(is_active=False)
    shown = {
        one.username: "Somebody looked in an emergency" in text_of(desk_of(one).get(at("changelist")))
        for one in (linden, hazel, juniper, clinician("reed"))
    }
    assert shown == {"linden": True, "hazel": True, "juniper": False, "reed": False}


def test_a_look_cannot_be_renewed_for_ever():
    note, juniper = signed(clinician()), clinician("juniper")
    assert [look(juniper, note).status_code for _ in range(3)] == [303, 303, 303]
    assert "You have looked three times in thirty days." in text_of(look(juniper, note))
    assert EmergencyLook.objects.count() == 3
    assert AuditEvent.objects.filter(action="note.refused", actor="juniper").count() == 1
    assert look(clinician("linden"), note).status_code == 303
    with time_machine.travel(AFTER + 31 * DAY, tick=False):
        assert look(juniper, note).status_code == 303


@pytest.mark.django_db(transaction=True)
def test_of_many_looks_at_once_three_open():
    note, juniper = signed(clinician()), clinician("juniper")
    who = {"request_id": note.request_id, "by": juniper, "now": AFTER}
    answers = at_once(*[lambda: actions.look_in_emergency("In the hospital tonight", **who)] * 5)
    assert sum(isinstance(one, TooManyLooks) for one in answers) == 2
    assert EmergencyLook.objects.count() == 3


def test_strangers_are_sent_to_sign_in():
    for page in PAGES:
        response = Client().get(an_example_of(page))
        assert response.status_code in {302, 404}


def test_a_clinician_lands_on_their_reassessments_and_nobody_else_does():
    assert desk_of(clinician("juniper")).get("/staff/")["Location"] == "/staff/clinical/reassessmentnote/"
    assert desk_of(clinician("hazel")).get("/staff/?all").status_code == 200
    for role in ("superuser", PROGRAM_MANAGER, INTAKE_STAFF):
        User.objects.filter(username="marlo").delete()
        assert desk_of(somebody(role)).get("/staff/").headers.get("Location") != "/staff/clinical/reassessmentnote/"
