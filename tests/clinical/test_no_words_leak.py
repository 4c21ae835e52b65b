"""No sentence of a note stands anywhere but in the note: not in the database, the log, an address or a session."""

from types import SimpleNamespace
from unittest import mock

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client

from clinical.models import ReassessmentNote
from privacy.models import AuditEvent
from tests.clinical.desk import SIGNATURE, as_sent, at
from tests.clinical.people import AFTER, PASSWORD, RATINGS, WORDS, booked, clinician, consent_of
from tests.intake.make import every_text_in_the_database
from tests.test_no_leaks import Browser, Ears, ears  # noqa: F401  the fixture

MORE = {
    "addendum": "The heron came back at dusk",
    "why": "Left out the heron",
    "emergency": "At the hospital door tonight",
    "recipient": "Doctor Sycamore, Elm Street",
    "what": "The reassessment of June",
    "shared": "Their surgeon asks",
}
CANARIES = [*WORDS.values(), *MORE.values(), PASSWORD]
HIDDEN_WORDS = ("thistle", "foxglove", "hawthorn", "sycamore", "heron")


@pytest.fixture
def story(db, ears):  # noqa: F811
    """A note from the booking to the file, with everything that can go wrong on the way."""
    desk, other = Browser(), Browser()
    with time_machine.travel(AFTER):
        rowan, juniper = clinician(), clinician("juniper")
        desk.force_login(rowan), other.force_login(juniper)
        claim = booked(rowan)
        assert desk.post(at("open", claim)).status_code == 303
        note = ReassessmentNote.objects.get()
        _write(desk, note)
        _mishaps(desk, other, note)
        assert desk.post(at("sign", note), SIGNATURE).status_code == 303
        given = SIGNATURE | {"kind": "addendum", "text": MORE["addendum"], "reason": MORE["why"]}
        assert desk.post(at("addendum", note), given).status_code == 303
        consent = consent_of(note.request, rowan, recipient=MORE["recipient"], what=MORE["what"])
        shared = desk.post(at("share", note), {"consent": consent.pk, "reason": MORE["shared"]})
        assert shared["Content-Type"] == "application/pdf"
        asked = {"reference": note.request.reference, "reason": MORE["emergency"]}
        assert other.post(at("emergency"), asked).status_code == 303
        for client in (desk, other):
            assert client.get(at("change", note)).status_code == 200
            assert client.get(at("print", note)).status_code == 200
        sessions = [session.get_decoded() for session in Session.objects.all()]
    return SimpleNamespace(lines=ears.lines, addresses=desk.addresses + other.addresses, sessions=sessions, note=note)


def _write(desk, note):
    asked = {"naloxone": "given", "asam_edition": "3", "basis": "new", "next_step": "start", "restart_kind": "new_time"}
    asked |= {"notice_given": "True", "consent_given": "True"}
    desk.post(at("change", note), as_sent(note, **WORDS, **asked, go="level"))
    note.refresh_from_db()
    ratings = {f"rating_{key}": token for key, token in RATINGS.items()}
    levels = {"assessed_level": "2.1", "placed_level": "1"}
    answer = desk.post(at("change", note), as_sent(note, **ratings, **levels, go="sign"))
    assert answer["Location"] == at("sign", note)
    note.refresh_from_db()


def _mishaps(desk, other, note):
    desk.post(at("change", note), as_sent(note, encounter_on="soon"))
    desk.post(at("sign", note), SIGNATURE | {"password": "wrong"})
    other.get(at("change", note))
    other.post(at("change", note), WORDS)
    Client().post(at("change", note), WORDS)
    Client(enforce_csrf_checks=True).post(at("change", note), WORDS)
    broken = Browser()
    broken.force_login(note.author)
    broken.raise_request_exception = False
    with mock.patch("clinical.actions.save_draft", side_effect=RuntimeError(f"DETAIL: {WORDS}")):
        assert broken.post(at("change", note), as_sent(note, **WORDS)).status_code == 500


def found(text: str) -> list[str]:
    return [one for one in [*CANARIES, *HIDDEN_WORDS] if one.casefold() in text.casefold()]


def test_the_search_finds_what_is_there(story):
    assert found(" ".join(CANARIES))[: len(CANARIES)] == CANARIES
    note = ReassessmentNote.objects.get()
    assert found(" ".join(getattr(note, name) for name in WORDS))


def test_a_copy_of_the_database_holds_no_sentence_of_it(story):
    text = every_text_in_the_database()
    assert story.note.request.reference in text
    assert "clinical_disclosure " in text
    assert "clinical_emergencylook " in text
    assert found(text) == []


def test_no_log_line_no_address_and_no_session_holds_a_sentence_of_it(story):
    text = "\n".join(story.lines)
    assert '"error": "RuntimeError"' in text
    assert found(text) == []
    assert any("/sign/" in address for address in story.addresses)
    assert found("\n".join(story.addresses)) == []
    assert found(repr(story.sessions)) == []


def test_no_row_introduces_itself_by_it(story):
    models = [model for model in apps.get_models() if model._meta.app_label == "clinical"]
    rows = [row for model in models for row in model._default_manager.all()]
    assert len(rows) >= 6
    assert found(" ".join(f"{row!s} {row!r}" for row in rows)) == []


def test_everything_that_happened_is_in_the_log_of_who_did_what(story):
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {
        "note.begun", "note.saved", "note.refused", "note.signature_refused", "note.signed", "note.read",
        "note.printed", "note.added_to", "note.disclosed", "note.emergency_look", "consent.recorded",
    } <= actions  # fmt: skip
