"""Signing the right note: of a booking that stands, when it is over, as it was seen, by who may (R-L3, R-L4)."""

import time
from datetime import timedelta
from threading import Event

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.messages import get_messages
from django.db import transaction

from clinical import actions
from clinical.canonical import note_sha256
from clinical.errors import ChangedMeanwhile, Incomplete, NeedsSupervisor, NoLongerBooked, SavedMeanwhile
from clinical.models import NoteSignature, ReassessmentNote
from intake import actions as intake
from intake import moves
from privacy import audit
from scheduling import seats
from scheduling.models import SeatClaim
from tests.clinical.desk import SIGNATURE, as_sent, at, desk_of, text_of
from tests.clinical.people import AFTER, AIDE, LINDEN, ROWAN, WHOLE, added, begun, booked, clinician, signed, written
from tests.intake.make import at_once
from tests.scheduling.make import NOW

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rowan():
    return clinician()


@pytest.fixture
def after_the_hour():
    with time_machine.travel(AFTER, tick=False):
        yield


def words_of(answer) -> str:
    return str([str(one) for one in get_messages(answer.wsgi_request)])


def sign(note, by, **changes) -> NoteSignature:
    return actions.sign(ROWAN, **{"note_id": note.pk, "by": by, "now": AFTER} | changes)


# --- the booking, and the moment ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["begin", "sign"])
def test_a_clinician_and_intake_at_once_wait_for_each_other_in_one_order(verb):
    """Intake holds the request, then wants the seat; so does the clinician, who waits at the request."""
    rowan = clinician()
    claim = booked(rowan)
    note = written(rowan, claim=claim) if verb == "sign" else None
    holds = Event()

    def desk() -> str:
        with transaction.atomic():
            moves.locked(claim.request_id)
            holds.set()
            time.sleep(0.5)  # long enough for the other to take what it takes first
            SeatClaim.objects.select_for_update().get(pk=claim.pk)
            ReassessmentNote.objects.select_for_update().filter(booking=claim).first()
        return "done"

    def clinic():
        holds.wait(30)
        return sign(note, rowan) if note else begun(rowan, claim=claim)

    first, second = at_once(desk, clinic)
    assert first == "done"
    assert isinstance(second, NoteSignature if note else ReassessmentNote), second


def test_no_note_begins_for_an_hour_that_was_given_back_while_the_page_was_open(rowan, after_the_hour, monkeypatch):
    claim = booked(rowan)
    monkeypatch.setattr("clinical.admin.draft.booking_for", lambda user, pk, now: claim)  # it stood when it was asked
    seats.give_back(claim_id=claim.pk, by=rowan, now=AFTER)
    with pytest.raises(NoLongerBooked):
        begun(rowan, claim=claim)
    answer = desk_of(rowan).post(at("open", claim))
    assert (answer.status_code, answer["Location"]) == (303, at("changelist"))
    assert "no longer stands" in words_of(answer)
    assert not ReassessmentNote.objects.exists()


def give_back(note) -> None:
    seats.give_back(claim_id=note.booking_id, by=note.author, now=AFTER)


def erase(note) -> None:
    intake.erase(request_id=note.request_id, by=audit.PERSON, now=AFTER)


@pytest.mark.parametrize("happens", [give_back, erase])
def test_a_note_of_an_hour_that_no_longer_stands_is_not_signed_and_the_page_says_so(happens, rowan, after_the_hour):
    note, desk = written(rowan), desk_of(rowan)
    happens(note)
    with pytest.raises(NoLongerBooked):
        sign(note, rowan)
    answer = desk.post(at("sign", note), SIGNATURE)
    assert (answer.status_code, answer["Location"]) == (303, at("change", note))
    assert "no longer stands" in words_of(answer)
    assert not NoteSignature.objects.exists()


def test_nobody_signs_before_the_conversation_is_over(rowan):
    note = written(rowan)
    over = NOW + timedelta(hours=1)
    with pytest.raises(Incomplete) as problems:
        sign(note, rowan, now=over - MINUTE)
    assert [one.field for one in problems.value.args[0]] == ["ends"]
    assert sign(note, rowan, now=over).at == over


# --- what was seen is what is signed --------------------------------------------------------------------------------


def test_what_changed_since_the_page_was_drawn_is_not_signed(rowan, after_the_hour):
    note, desk = written(rowan), desk_of(rowan)
    seen = note_sha256(note)
    assert f'value="{seen}"' in text_of(desk.get(at("sign", note)))
    actions.save_draft({"risk": "Something else"}, note.rated, note_id=note.pk, by=rowan, now=AFTER)
    with pytest.raises(ChangedMeanwhile):
        sign(note, rowan, seen=seen)
    answer = desk.post(at("sign", note), SIGNATURE | {"seen": seen})
    assert (answer.status_code, answer["Location"]) == (303, at("sign", note))
    assert "changed since" in words_of(answer)
    assert not NoteSignature.objects.exists()
    assert sign(note, rowan, seen=note_sha256(ReassessmentNote.objects.get()))


def test_what_was_saved_once_more_without_a_change_can_be_signed(rowan):
    note = written(rowan)
    seen = note_sha256(note)
    actions.save_draft(WHOLE, note.rated, note_id=note.pk, by=rowan, now=AFTER)
    assert sign(note, rowan, seen=seen)


# --- together with a supervisor -------------------------------------------------------------------------------------


def test_who_needs_a_supervisor_is_nobodys_supervisor(rowan, after_the_hour):
    linden = clinician("linden")
    note = signed(rowan, signer=AIDE, cosigner=linden)
    with pytest.raises(NeedsSupervisor):
        actions.cosign(AIDE, note_id=note.pk, by=linden, now=AFTER)
    page = text_of(desk_of(linden).post(at("cosign", note), SIGNATURE | {"credential": "CDCA"}))
    assert 'id="id_credential_error"' in page
    assert note.signatures.count() == 1


def test_a_cosigner_who_was_chosen_without_need_signs_as_well(rowan):
    linden = clinician("linden")
    note = signed(rowan, signer=ROWAN, cosigner=linden)
    assert note.cosigner == linden
    assert actions.cosign(LINDEN, note_id=note.pk, by=linden, now=AFTER).meaning == "cosigner"


def test_nobody_is_their_own_cosigner(rowan):
    with pytest.raises(NeedsSupervisor):
        sign(written(rowan), rowan, cosigner=rowan)


def test_the_account_stands_beside_the_printed_name(rowan, after_the_hour):
    note = signed(rowan)
    added(note, rowan)
    assert text_of(desk_of(rowan).get(at("change", note))).count("Signed in as rowan.") == 2


# --- a security key -------------------------------------------------------------------------------------------------

KEY_PAGE = "/staff/account/webauthn/reauthenticate/"


def with_a_key(user) -> None:
    """A key, and the recovery codes that come with it."""
    for kind, data in (("webauthn", {"name": "Key", "credential": {}}), ("recovery_codes", {"seed": "x"})):
        Authenticator.objects.create(user=user, type=kind, data=data)


def just_showed(desk, method: str) -> None:
    session = desk.session
    session["account_authentication_methods"] = [{"method": method, "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def test_recovery_codes_beside_a_key_are_no_app(rowan, after_the_hour):
    with_a_key(rowan)
    note, desk = written(rowan), desk_of(rowan)
    assert desk.get(at("sign", note))["Location"].startswith(KEY_PAGE)
    just_showed(desk, "password")
    assert desk.get(at("sign", note))["Location"].startswith(KEY_PAGE)
    just_showed(desk, "mfa")
    assert 'name="code"' not in text_of(desk.get(at("sign", note)))
    assert desk.post(at("sign", note), SIGNATURE).status_code == 303
    assert NoteSignature.objects.count() == 1


def test_a_key_that_was_shown_too_long_ago_costs_no_typed_word(rowan, after_the_hour):
    with_a_key(rowan)
    note, desk = signed(rowan), desk_of(rowan)
    given = SIGNATURE | {"kind": "correction", "text": "It was the elm bus", "reason": "Wrong tree"}
    page = text_of(desk.post(at("addendum", note), given))
    assert "It was the elm bus" in page
    assert f'href="{KEY_PAGE}?next=' in page
    assert SIGNATURE["password"] not in page
    assert not note.addenda.exists()


# --- two pages of one draft -----------------------------------------------------------------------------------------


def test_a_page_left_open_does_not_save_over_newer_words(rowan, after_the_hour):
    note, desk = begun(rowan), desk_of(rowan)
    seen = note.saved_at.isoformat()
    assert f'name="seen" value="{seen}"' in text_of(desk.get(at("change", note)))
    desk.post(at("change", note), as_sent(note, risk="The newer words", seen=seen))
    with pytest.raises(SavedMeanwhile):
        actions.save_draft({"risk": "x"}, {}, note_id=note.pk, by=rowan, now=AFTER, seen=seen)
    page = text_of(desk.post(at("change", note), as_sent(note, risk="The older words", seen=seen)))
    assert "Not saved: this note was saved on another page" in page
    assert "The older words" in page
    note.refresh_from_db()
    assert note.risk == "The newer words"
    latest = note.saved_at.isoformat()
    assert f'name="seen" value="{latest}"' in page
    desk.post(at("change", note), as_sent(note, risk="The older words", seen=latest))  # now they have been told
    assert ReassessmentNote.objects.get().risk == "The older words"
