"""A session that ends while somebody types: nothing is lost, nothing is saved by a stranger, nothing is readable."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from clinical.models import ReassessmentNote
from privacy import unsaved
from tests.clinical.desk import as_sent, at, desk_of, text_of
from tests.clinical.people import AFTER, PASSWORD, WHOLE, begun, clinician

pytestmark = pytest.mark.django_db
LOGIN = "/staff/account/login/"
HERE_AGAIN = "What you had typed is here: press a button to save it."


@pytest.fixture
def clock():
    with time_machine.travel(AFTER, tick=False) as clock:
        yield clock


@pytest.fixture
def note(clock):
    return begun(clinician())


def sign_in(client: Client, username: str = "rowan") -> None:
    assert client.post(LOGIN, {"login": username, "password": PASSWORD}).status_code == 302


def end_by_idling(clock) -> None:
    clock.shift(timedelta(minutes=16))


def end_by_cleaning(clock) -> None:
    Session.objects.all().delete()


@pytest.mark.parametrize("ends", [end_by_idling, end_by_cleaning])
def test_what_was_typed_is_there_again_after_signing_in(ends, note, clock):
    client = desk_of(note.author)
    client.get(at("change", note))
    ends(clock)
    answer = client.post(at("change", note), as_sent(note, risk=WHOLE["risk"], go="safety"))
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={at('change', note)}")
    sign_in(client)
    page = text_of(client.get(at("change", note)))
    assert HERE_AGAIN in page
    assert WHOLE["risk"] in page
    assert ReassessmentNote.objects.get().risk == ""  # nothing is written until its author presses a button
    client.post(at("change", note), as_sent(note, risk=WHOLE["risk"], go="safety"))
    assert ReassessmentNote.objects.get().risk == WHOLE["risk"]
    assert HERE_AGAIN not in text_of(client.get(at("change", note)))


def test_what_waits_is_sealed(note):
    client = Client()
    client.post(at("change", note), as_sent(note, risk=WHOLE["risk"]))
    kept = Session.objects.get().get_decoded()["unsaved"]
    assert kept["path"] == at("change", note)
    assert "thistle" not in str(kept)


def test_somebody_else_who_signs_in_there_finds_nothing(note):
    client = Client()
    client.post(at("change", note), as_sent(note, risk=WHOLE["risk"]))
    clinician("juniper")
    sign_in(client, "juniper")
    assert client.get(at("change", note)).status_code == 404
    assert "thistle" not in text_of(client.get(at("changelist")))


def test_other_pages_and_strangers_without_the_mark_of_our_form_keep_nothing(note):
    Client().post(at("sign", note), {"password": PASSWORD})
    Client(enforce_csrf_checks=True).post(at("change", note), {"risk": "x"})
    assert not Session.objects.exists()


def test_one_address_does_not_fill_the_table_of_sessions(note):
    for _ in range(unsaved.MOST_AN_HOUR + 5):
        assert Client().post(at("change", note), {"risk": "x"}).status_code == 302
    assert Session.objects.count() == unsaved.MOST_AN_HOUR


def test_the_password_is_never_among_what_is_kept(note):
    client = Client()
    client.post(at("addendum", note), {"text": "x", "password": PASSWORD})
    assert not Session.objects.exists()


def test_what_no_key_opens_is_not_handed_out(note, settings):
    client = Client()
    client.post(at("change", note), as_sent(note, risk=WHOLE["risk"]))
    settings.ENCRYPTION_KEYS = ["b3RoZXIta2V5LWZvci10ZXN0cy1vdGhlci1rZXkhISE="]
    request = type("Request", (), {"session": dict(Session.objects.get().get_decoded()), "path": at("change", note)})
    assert unsaved.take(request) is None
