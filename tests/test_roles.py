"""Every page and action of the desk, and who may: one literal table, nobody included (R-H8).

A new address or action fails here until somebody has written down who may use it.
"""

import pytest
import time_machine
from django.contrib import admin
from django.db import transaction
from django.test import Client, RequestFactory

from tests.clinical.people import AFTER
from tests.roles_world import EVERYBODY, addresses_of_the_desk, arguments_of, somebody, world_of

pytestmark = pytest.mark.django_db

# By the name of the address, who may open it and who may press it: I intake, C clinician (of the person whose note it
# is), M manager, P privacy officer, A administrator. N, a member of staff in no role, stands nowhere.
MAY = {
    "privacy_auditevent_changelist": ("PA", "PA"),
    "privacy_auditevent_add": ("", ""),
    "privacy_auditevent_history": ("PA", "PA"),
    "privacy_auditevent_delete": ("", ""),
    "privacy_auditevent_change": ("PA", ""),
    "scheduling_location_changelist": ("IMA", "IMA"),
    "scheduling_location_add": ("MA", "MA"),
    "scheduling_location_history": ("IMA", "IMA"),
    "scheduling_location_delete": ("", ""),
    "scheduling_location_change": ("IMA", "MA"),
    "scheduling_closure_prefill_holidays": ("", "MA"),
    "scheduling_closure_touches": ("MA", ""),
    "scheduling_closure_move_everyone": ("", "MA"),
    "scheduling_closure_move": ("", "MA"),
    "scheduling_closure_changelist": ("IMA", "IMA"),
    "scheduling_closure_add": ("MA", "MA"),
    "scheduling_closure_history": ("IMA", "IMA"),
    "scheduling_closure_delete": ("MA", "MA"),
    "scheduling_closure_change": ("IMA", "MA"),
    "scheduling_appointmentslot_changelist": ("ICMA", "ICMA"),
    "scheduling_appointmentslot_add": ("MA", "MA"),
    "scheduling_appointmentslot_history": ("ICMA", "ICMA"),
    "scheduling_appointmentslot_delete": ("", ""),
    "scheduling_appointmentslot_change": ("ICMA", "MA"),
    "scheduling_therapist_changelist": ("IMA", "IMA"),
    "scheduling_therapist_add": ("MA", "MA"),
    "scheduling_therapist_history": ("IMA", "IMA"),
    "scheduling_therapist_delete": ("", ""),
    "scheduling_therapist_change": ("IMA", "MA"),
    "scheduling_group_calendar": ("IMA", ""),
    "scheduling_group_copy": ("", "MA"),
    "scheduling_group_changelist": ("IMA", "IMA"),
    "scheduling_group_add": ("MA", "MA"),
    "scheduling_group_history": ("IMA", "IMA"),
    "scheduling_group_delete": ("", ""),
    "scheduling_group_change": ("IMA", "MA"),
    "intake_callbackrequest_changelist": ("IA", "IA"),
    "intake_callbackrequest_desk": ("IA", ""),
    "intake_callbackrequest_counts": ("IA", ""),
    "intake_callbackrequest_claim": ("", "IA"),
    "intake_callbackrequest_release": ("", "IA"),
    "intake_callbackrequest_override": ("", "IA"),
    "intake_callbackrequest_back": ("", "IA"),
    "intake_callbackrequest_todo": ("", "IA"),
    "intake_callbackrequest_done": ("", "IA"),
    "intake_callbackrequest_note": ("", "IA"),
    "intake_callbackrequest_assign": ("", "IA"),
    "intake_callbackrequest_search": ("IMPA", "IMPA"),
    "intake_callbackrequest_change": ("IA", ""),
    "intake_callbackrequest_attempt": ("", "IA"),
    "intake_callbackrequest_offer": ("", "IA"),
    "intake_callbackrequest_hold": ("", "IA"),
    "intake_callbackrequest_wait": ("", "IA"),
    "intake_callbackrequest_choice": ("", "IA"),
    "intake_callbackrequest_keep_away": ("", "IA"),
    "intake_callbackrequest_seat": ("", "IA"),
    "intake_callbackrequest_print": ("MPA", "MPA"),
    "intake_callbackrequest_restrictions": ("IPA", "IPA"),
    "intake_callbackrequest_end_restriction": ("", "IPA"),
    "intake_callbackrequest_seen": ("", "IA"),
    "intake_callbackrequest_seen_undelivered": ("", "IA"),
    "intake_callbackrequest_move": ("", "IA"),
    "intake_familymessage_changelist": ("IA", "IA"),
    "intake_familymessage_change": ("IA", ""),
    "intake_familymessage_seen": ("", "IA"),
    "intake_placesofstaff_changelist": ("MA", "MA"),
    "intake_placesofstaff_add": ("MA", "MA"),
    "intake_placesofstaff_history": ("MA", "MA"),
    "intake_placesofstaff_delete": ("MA", "MA"),
    "intake_placesofstaff_change": ("MA", "MA"),
    "intake_recordprint_changelist": ("PA", "PA"),
    "intake_recordprint_add": ("", ""),
    "intake_recordprint_history": ("PA", "PA"),
    "intake_recordprint_delete": ("", ""),
    "intake_recordprint_change": ("PA", ""),
    "followups_incident_changelist": ("MPA", "MPA"),
    "followups_incident_add": ("", ""),
    "followups_incident_history": ("MPA", "MPA"),
    "followups_incident_delete": ("", ""),
    "followups_incident_change": ("MPA", ""),
    "followups_cadence_changelist": ("MA", "MA"),
    "followups_cadence_add": ("MA", "MA"),
    "followups_cadence_history": ("MA", "MA"),
    "followups_cadence_delete": ("MA", "MA"),
    "followups_cadence_change": ("MA", "MA"),
    "followups_message_coming": ("IMA", ""),
    "followups_message_words": ("IMA", ""),
    "followups_message_changelist": ("IMA", "IMA"),
    "followups_message_add": ("", ""),
    "followups_message_history": ("IMA", "IMA"),
    "followups_message_delete": ("", ""),
    "followups_message_change": ("IMA", ""),
    "clinical_reassessmentnote_changelist": ("C", ""),
    "clinical_reassessmentnote_emergency": ("C", "C"),
    "clinical_reassessmentnote_open": ("", "C"),
    "clinical_reassessmentnote_change": ("C", "C"),
    "clinical_reassessmentnote_sign": ("C", "C"),
    "clinical_reassessmentnote_cosign": ("C", "C"),
    "clinical_reassessmentnote_addendum": ("C", "C"),
    "clinical_reassessmentnote_print": ("C", ""),
    "clinical_reassessmentnote_beside": ("C", ""),
    "clinical_reassessmentnote_share": ("C", "C"),
    "clinical_reassessmentnote_consent": ("C", "C"),
    "clinical_reassessmentnote_revoke": ("C", "C"),
    "staff-report": ("MA", ""),
    "staff-coverage": ("MA", ""),
    "staff-figures": ("MA", ""),
    "auth_user_password_change": ("A", "A"),
    "auth_user_changelist": ("A", "A"),
    "auth_user_add": ("A", "A"),
    "auth_user_history": ("A", "A"),
    "auth_user_delete": ("", ""),
    "auth_user_change": ("A", "A"),
}
# By model, what can be done to ticked rows of its list.
ACTIONS = {
    "intake.CallbackRequest": {"give_to_somebody": "IA"},
    "followups.Message": {"send_again": "IMA", "call_off": "IMA", "did_leave": "IMA", "did_not_leave": "IMA"},
    "scheduling.AppointmentSlot": {"put_on": "MA", "take_off": "MA"},
}
SENT = {
    "intake_callbackrequest_print": {"reason": "own_copy", "words": "They asked"},
    "intake_callbackrequest_move": {"weeks": "1"},
}
FORM = {"go": "1"}  # no page of ours is ever sent with nothing at all in it


@pytest.fixture(autouse=True)
def the_same_morning():
    with time_machine.travel(AFTER, tick=False):
        yield


def opens(client: Client, method: str, path: str, form: dict[str, str]) -> bool:
    """Whether it is theirs. What it does is undone at once, so that the next one finds everything in its place."""
    with transaction.atomic():
        response = client.get(path) if method == "get" else client.post(path, form)
        transaction.set_rollback(True)
    assert response.status_code in {200, 302, 303, 403, 404, 405}, (path, response.status_code)
    assert "account/login" not in response.headers.get("Location", ""), path
    return response.status_code in {200, 302, 303}


def test_every_address_of_the_desk_is_in_the_table():
    assert set(addresses_of_the_desk()) == set(MAY)


@pytest.mark.parametrize("letter", EVERYBODY)
def test_who_may_open_and_press_what(letter):
    person = somebody(EVERYBODY[letter])
    world, client = world_of(person), Client()
    client.force_login(person)
    found = {}
    for name, pattern in addresses_of_the_desk().items():
        path = arguments_of(name, pattern, world)
        found[name] = tuple(opens(client, method, path, SENT.get(name, FORM)) for method in ("get", "post"))
    assert found == {name: (letter in may_open, letter in may_press) for name, (may_open, may_press) in MAY.items()}


def test_nobody_without_a_role_is_in_the_table():
    assert [name for name, letters in MAY.items() if "N" in "".join(letters)] == []


def actions_of(person) -> dict[str, set[str]]:
    request = RequestFactory().get("/staff/")
    request.user = person
    return {model._meta.label: set(site.get_actions(request)) for model, site in admin.site._registry.items()}


@pytest.mark.parametrize("letter", EVERYBODY)
def test_who_may_do_what_to_ticked_rows(letter):
    """Whoever cannot open the list has no rows to tick; what stands here is what the list would offer."""
    expected = {
        model: {action for action, letters in actions.items() if letter in letters}
        for model, actions in ACTIONS.items()
    }
    found = {model: actions for model, actions in actions_of(somebody(EVERYBODY[letter])).items() if actions}
    assert found == {model: actions for model, actions in expected.items() if actions}
