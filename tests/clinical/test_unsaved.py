"""A session that ends while somebody types: nothing is lost, a stranger saves and plants nothing, all of it sealed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import QueryDict
from django.test import Client

from clinical import actions
from clinical.models import ReassessmentNote
from privacy import unsaved
from tests.clinical.desk import as_sent, at, desk_of, text_of
from tests.clinical.people import AFTER, PASSWORD, WHOLE, begun, booked, clinician
from tests.scheduling.make import HOUR, NOW

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


def typed(note: ReassessmentNote, **changes) -> dict:
    """What the page sends that was drawn for the author of this draft."""
    return as_sent(note, whose=unsaved.mark(note.author, at("change", note)), seen=note.saved_at.isoformat(), **changes)


def sign_in(client: Client, username: str = "rowan") -> None:
    assert client.post(LOGIN, {"login": username, "password": PASSWORD}).status_code == 302


def end_by_idling(clock) -> None:
    clock.shift(timedelta(minutes=16))


def end_by_cleaning(clock) -> None:
    Session.objects.all().delete()


@pytest.mark.parametrize("ends", [end_by_idling, end_by_cleaning])
def test_what_was_typed_is_there_again_after_signing_in(ends, note, clock):
    client = desk_of(note.author)
    drawn = text_of(client.get(at("change", note)))
    whose = re.search(r'name="whose" value="([^"]+)"', drawn).group(1)
    ends(clock)
    answer = client.post(at("change", note), as_sent(note, risk=WHOLE["risk"], go="safety", whose=whose))
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next={at('change', note)}")
    sign_in(client)
    page = text_of(client.get(at("change", note)))
    assert HERE_AGAIN in page
    assert WHOLE["risk"] in page
    assert ReassessmentNote.objects.get().risk == ""  # nothing is written until its author presses a button
    client.get(at("changelist"))
    assert WHOLE["risk"] in text_of(client.get(at("change", note)))  # nor is it lost by going away or loading again
    client.post(at("change", note), as_sent(note, risk=WHOLE["risk"], go="safety"))
    assert ReassessmentNote.objects.get().risk == WHOLE["risk"]
    assert HERE_AGAIN not in text_of(client.get(at("change", note)))


def test_what_waits_is_sealed(note):
    client = Client()
    client.post(at("change", note), typed(note, risk=WHOLE["risk"]))
    kept = Session.objects.get().get_decoded()["unsaved"]
    assert list(kept) == [at("change", note)]
    assert "thistle" not in str(kept)


def test_somebody_else_who_signs_in_there_finds_nothing(note):
    client = Client()
    client.post(at("change", note), typed(note, risk=WHOLE["risk"]))
    clinician("juniper")
    sign_in(client, "juniper")
    assert client.get(at("change", note)).status_code == 404
    assert "thistle" not in text_of(client.get(at("changelist")))


def test_other_pages_and_strangers_without_the_mark_of_our_form_keep_nothing(note):
    Client().post(at("sign", note), typed(note, password=PASSWORD))
    Client(enforce_csrf_checks=True).post(at("change", note), typed(note, risk="x"))
    assert not Session.objects.exists()


@pytest.mark.parametrize("forged", ["", "x", "of another page", "of another day"])
def test_a_stranger_at_the_authors_browser_puts_no_words_into_their_note(forged, note, clock):
    marks = {"of another page": unsaved.mark(note.author, at("changelist")), "of another day": typed(note)["whose"]}
    clock.shift(unsaved.MARK_HOLDS + timedelta(seconds=1) if forged == "of another day" else timedelta())
    client = Client()
    client.post(at("change", note), as_sent(note, risk="Planted words", whose=marks.get(forged, forged)))
    assert not Session.objects.exists()
    sign_in(client)
    assert "Planted words" not in text_of(client.get(at("change", note)))


def test_what_one_clinician_typed_is_not_handed_to_another_on_the_same_page(note):
    request = Client().get("/").wsgi_request
    request.path, request.POST, request.session = at("change", note), QueryDict(mutable=True), {}
    request.POST.update({"whose": unsaved.mark(note.author, request.path), "risk": WHOLE["risk"]})
    unsaved.keep(request, AFTER)
    request.user = clinician("juniper")
    assert unsaved.waiting(request) is None
    request.user = note.author
    assert unsaved.waiting(request)["risk"] == WHOLE["risk"]


def test_two_drafts_wait_beside_each_other(note):
    other = begun(note.author, claim=booked(note.author, starts_at=NOW + 2 * HOUR))
    client = Client()
    for one, words in ((note, "About the quince"), (other, "About the larch")):
        client.post(at("change", one), typed(one, risk=words))
    sign_in(client)
    assert "About the larch" in text_of(client.get(at("change", other)))
    client.post(at("change", other), typed(other, risk="About the larch"))
    assert HERE_AGAIN not in text_of(client.get(at("change", other)))
    assert "About the quince" in text_of(client.get(at("change", note)))


def test_what_waited_is_not_saved_over_newer_words_unasked(note):
    client = Client()
    client.post(at("change", note), typed(note, risk="The older words"))
    actions.save_draft({"risk": "The newer words"}, {}, note_id=note.pk, by=note.author, now=AFTER)
    sign_in(client)
    page = text_of(client.get(at("change", note)))
    assert f'name="seen" value="{note.saved_at.isoformat()}"' in page
    client.post(at("change", note), typed(note, risk="The older words"))
    assert ReassessmentNote.objects.get().risk == "The newer words"


def test_one_address_does_not_fill_the_table_of_sessions(note):
    for _ in range(unsaved.MOST_AN_HOUR + 5):
        assert Client().post(at("change", note), typed(note, risk="x")).status_code == 302
    assert Session.objects.count() == unsaved.MOST_AN_HOUR


def test_the_password_is_never_among_what_is_kept(note):
    client = Client()
    whose = unsaved.mark(note.author, at("addendum", note))
    client.post(at("addendum", note), {"text": "x", "password": PASSWORD, "whose": whose})
    assert not Session.objects.exists()


def test_what_no_key_opens_is_not_handed_out(note, settings):
    client = Client()
    client.post(at("change", note), typed(note, risk=WHOLE["risk"]))
    settings.ENCRYPTION_KEYS = ["b3RoZXIta2V5LWZvci10ZXN0cy1vdGhlci1rZXkhISE="]
    request = Client().get("/").wsgi_request
    request.session, request.path, request.user = Session.objects.get().get_decoded(), at("change", note), note.author
    assert unsaved.waiting(request) is None
