"""The clinician's pages: the day, a draft that is never lost, signing, reading, adding (R-L3, R-L4, R-H5)."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.messages import get_messages

from clinical.models import NoteSignature, ReassessmentNote
from intake.models import FreshLook
from privacy import audit
from privacy.models import AuditEvent
from tests.clinical.desk import SIGNATURE, as_sent, at, desk_of, text_of
from tests.clinical.people import AFTER, AIDE, PASSWORD, WHOLE, added, begun, booked, clinician, signed, written
from tests.scheduling.make import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_hour():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def rowan():
    return clinician()


def done_by(user, action: str) -> int:
    return AuditEvent.objects.filter(actor=user.username, action=action).count()


# --- the day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 3])
def test_the_day_asks_the_database_as_often_for_three_people_as_for_one(rowan, people, django_assert_num_queries):
    for number in range(people):
        booked(rowan, starts_at=NOW + number * DAY, phone=f"+141955501{number:02}")
    desk = desk_of(rowan)
    desk.get(at("changelist"))
    with django_assert_num_queries(9):  # session, user, role, permissions; and four lists
        page = text_of(desk.get(at("changelist")))
    assert page.count(">Begin<") == people


def test_the_day_shows_own_hours_with_an_initial_and_no_name(rowan):
    mine, other = booked(rowan), booked(clinician("juniper"), name="Sedge")
    page = text_of(desk_of(rowan).get(at("changelist")))
    assert mine.request.reference in page
    assert "W." in page
    assert "Wren" not in page
    assert other.request.reference not in page


def test_an_hour_that_was_given_back_or_is_far_away_is_not_there(rowan):
    from scheduling import seats

    gone = booked(rowan)
    seats.give_back(claim_id=gone.pk, by=rowan, now=AFTER)
    booked(rowan, starts_at=NOW + 20 * DAY, name="Sedge")
    assert "Nobody has an hour with you" in text_of(desk_of(rowan).get(at("changelist")))
    assert desk_of(rowan).post(at("open", gone)).status_code == 404


# --- the draft ------------------------------------------------------------------------------------------------------


def test_a_note_opens_from_the_booking_with_what_is_known(rowan):
    claim = booked(rowan, note="Tuesdays are hard for me.")
    opened = desk_of(rowan).post(at("open", claim))
    note = ReassessmentNote.objects.get()
    assert (opened.status_code, opened["Location"]) == (303, at("change", note))
    page = text_of(desk_of(rowan).get(at("change", note)))
    for words in ("Tuesdays are hard for me.", "Wren", 'value="2026-06-01"', 'value="10:00"', "Before you can sign"):
        assert words in page
    assert done_by(rowan, "note.draft_opened") == 1


def test_every_button_saves_the_whole_page_and_goes_on_to_the_next_section(rowan):
    note = begun(rowan)
    sent = as_sent(note, reason=WHOLE["reason"], risk=WHOLE["risk"], go="why")
    answer = desk_of(rowan).post(at("change", note), sent)
    assert answer["Location"] == at("change", note) + "#section-since"
    note.refresh_from_db()
    assert (note.reason, note.risk, note.signed_at) == (WHOLE["reason"], WHOLE["risk"], None)


def test_one_field_that_cannot_be_read_does_not_cost_the_others(rowan):
    note = begun(rowan)
    sent = as_sent(note, reason=WHOLE["reason"], plan_due_on="next spring", go="agreed")
    page = text_of(desk_of(rowan).post(at("change", note), sent))
    assert "Enter a valid date." in page
    assert WHOLE["reason"] in page
    assert ReassessmentNote.objects.get().reason == WHOLE["reason"]


def test_the_dimensions_appear_with_the_edition_and_nothing_is_chosen(rowan):
    note = begun(rowan)
    desk = desk_of(rowan)
    assert "rating_3_1" not in text_of(desk.get(at("change", note)))
    back = desk.post(at("change", note), as_sent(note, asam_edition="4", go="level"))
    assert back["Location"].endswith("#section-level")
    page = text_of(desk.get(at("change", note)))
    assert page.count("Not rated yet") == 12
    assert page.count("Not chosen yet") == 2
    assert "selected>4" not in page


def test_save_then_sign_says_what_is_missing_beside_each_field(rowan):
    note = written(rowan, risk="", level_reason="")
    desk = desk_of(rowan)
    answer = desk.post(at("change", note), as_sent(note, go="sign"))
    assert answer["Location"] == at("change", note) + "?check#missing"
    page = text_of(desk.get(at("change", note) + "?check"))
    for field, words in [("risk", "Write down what you asked about risk"), ("level_reason", "The two levels differ.")]:
        error = re.search(rf'id="id_{field}_error"><p class="why">([^<]*)', page).group(1)
        assert error.startswith(words)
        assert re.search(rf'<textarea name="{field}"[^>]*aria-describedby="[^"]*id_{field}_error', page)
        assert f'href="#id_{field}"' in page
    assert page.count('class="why"') == 2


def test_a_draft_is_its_authors_alone(rowan):
    note = written(rowan)
    assert desk_of(clinician("juniper")).get(at("change", note)).status_code == 404
    assert AuditEvent.objects.filter(action="note.refused", actor="juniper", subject_key=str(note.pk)).count() == 1


def test_a_second_assessment_for_medicaid_this_year_is_pointed_out(rowan):
    first = signed(rowan)
    again = written(rowan, claim=booked(rowan, starts_at=NOW + 2 * HOUR), encounter_on=NOW.date())
    page = text_of(desk_of(rowan).get(at("change", again)))
    assert "second assessment billed to Medicaid" in page
    assert at("beside", again, first) in page  # the same number: it may be the same person
    assert "make sure it is the same person" in page


# --- signing --------------------------------------------------------------------------------------------------------


def test_signing_asks_for_the_password_again_and_then_it_is_signed(rowan):
    note = written(rowan)
    desk = desk_of(rowan)
    assert WHOLE["risk"] in text_of(desk.get(at("sign", note)))
    answer = desk.post(at("sign", note), SIGNATURE)
    assert (answer.status_code, answer["Location"]) == (303, at("change", note))
    page = text_of(desk.get(at("change", note)))
    assert "Rowan Ash, LISW-S. I wrote this note, and it is true and complete." in page
    assert "2026-06-01 16:00 UTC" in page
    assert f"SHA-256 {ReassessmentNote.objects.get().content_sha256}" in page
    assert "<textarea" not in page
    assert FreshLook.objects.get().level == "1"


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("password", {"password": "not the password"}),
        ("password", {"password": ""}),
        ("printed_name", {"printed_name": ""}),
        ("credential", {"credential": ""}),
        ("meaning", {"meaning": ""}),
        ("cosigner", {"credential": "CDCA"}),
    ],
)
def test_without_each_of_these_it_is_not_signed_and_the_reason_stands_beside_it(rowan, field, change):
    note = written(rowan)
    page = text_of(desk_of(rowan).post(at("sign", note), SIGNATURE | change))
    assert f'id="id_{field}_error"' in page
    assert page.count('class="why"') == 1
    assert PASSWORD not in page
    assert not NoteSignature.objects.exists()
    assert done_by(rowan, "note.signature_refused") == 1


@pytest.mark.parametrize("change", [{"risk": ""}, {"level_reason": ""}, {"basis": ""}])
def test_the_sign_page_leads_back_while_something_is_missing(rowan, change):
    note = written(rowan, **change)
    for answer in (desk_of(rowan).get(at("sign", note)), desk_of(rowan).post(at("sign", note), SIGNATURE)):
        assert answer["Location"] == at("change", note) + "?check#missing"
    assert not NoteSignature.objects.exists()


def authenticator_of(user) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_with_a_second_factor_a_code_is_asked_as_well_and_only_once(rowan):
    secret = authenticator_of(rowan)
    note, desk = written(rowan), desk_of(rowan)
    assert 'name="code"' in text_of(desk.get(at("sign", note)))
    assert "id_code_error" in text_of(desk.post(at("sign", note), SIGNATURE))
    assert "id_code_error" in text_of(desk.post(at("sign", note), SIGNATURE | {"code": "000000"}))
    wrong = text_of(desk.post(at("sign", note), SIGNATURE | {"code": code_now(secret), "password": "x"}))
    assert "id_password_error" in wrong
    assert desk.post(at("sign", note), SIGNATURE | {"code": code_now(secret)}).status_code == 303
    added_to = SIGNATURE | {"kind": "addendum", "text": "x", "reason": "y", "code": code_now(secret)}
    assert "id_code_error" in text_of(desk.post(at("addendum", note), added_to))


def test_who_has_a_security_key_only_shows_it_first(rowan):
    Authenticator.objects.create(user=rowan, type="webauthn", data={"name": "Key", "credential": {}})
    answer = desk_of(rowan).get(at("sign", written(rowan)))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/staff/account/webauthn/reauthenticate/")


def test_a_second_press_finds_it_signed(rowan):
    note, desk = written(rowan), desk_of(rowan)
    desk.post(at("sign", note), SIGNATURE)
    answer = desk.post(at("sign", note), SIGNATURE)
    assert answer["Location"] == at("change", note)
    assert "signed already" in str(list(get_messages(answer.wsgi_request))[-1])
    late = desk.post(at("change", note), {"risk": "x"})
    assert WHOLE["risk"] in text_of(late)
    assert NoteSignature.objects.count() == 1


def test_a_supervisor_finds_what_waits_and_signs_it(rowan):
    linden = clinician("linden")
    note, desk = written(rowan), desk_of(linden)
    desk_of(rowan).post(at("sign", note), SIGNATURE | {"credential": "CDCA", "cosigner": linden.pk})
    assert "Waits for the signature of Linden Ash" in text_of(desk_of(rowan).get(at("change", note)))
    assert at("cosign", note) in text_of(desk.get(at("changelist")))
    assert desk_of(rowan).get(at("cosign", note)).status_code == 404
    assert desk.post(at("cosign", note), SIGNATURE | {"printed_name": "Linden Ash"}).status_code == 303
    page = text_of(desk.get(at("change", note)))
    assert "I supervise the author" in page
    assert "Waits for" not in page
    assert desk.get(at("cosign", note)).status_code == 404


# --- reading ----------------------------------------------------------------------------------------------------------


def test_an_addendum_stands_under_the_original_with_its_reason(rowan):
    note, desk = signed(rowan), desk_of(rowan)
    given = SIGNATURE | {"kind": "correction", "text": "It was the elm bus", "reason": "Wrong tree"}
    assert desk.post(at("addendum", note), given).status_code == 303
    page = text_of(desk.get(at("change", note)))
    places = [page.index(words) for words in (WHOLE["withdrawal"], "1. Correction", "It was the elm bus", "Wrong tree")]
    assert places == sorted(places)


def test_each_page_that_shows_a_note_before_a_signature_is_written_down(rowan):
    linden = clinician("linden")
    draft = written(rowan)
    note = signed(rowan, claim=booked(rowan, starts_at=NOW + 2 * HOUR), signer=AIDE, cosigner=linden)
    for who, page, action in [
        (rowan, at("sign", draft), "note.draft_opened"),
        (rowan, at("addendum", note), "note.read"),
        (linden, at("cosign", note), "note.read"),
    ]:
        assert WHOLE["risk"] in text_of(desk_of(who).get(page))
        assert done_by(who, action) == 1
    desk_of(rowan).post(at("addendum", note), SIGNATURE | {"password": "not the password"})
    assert (done_by(rowan, "note.read"), done_by(rowan, "note.signature_refused")) == (2, 1)


def test_many_openings_of_one_person_hide_nobody_else(rowan):
    note = signed(rowan)
    with time_machine.travel(AFTER + HOUR, tick=False):
        desk_of(clinician("juniper")).get(at("change", note))
    for minutes in range(44):
        audit.record("note.read", by=rowan, subject=note, now=AFTER + 2 * HOUR + timedelta(minutes=minutes))
    page = text_of(desk_of(rowan).get(at("change", note)))
    lines = re.findall(r"</time>([^<]*)</li>", page.split("Who has read this")[1])
    assert lines == [
        "rowan read it, 45 times since June 1, 2026, 12:00 p.m.",
        "juniper tried to open it, and was not let in",
        "rowan signed it",
    ]


def test_a_late_entry_says_so(rowan):
    note = signed(rowan, now=AFTER + timedelta(hours=48))
    for name in ("change", "print"):
        assert "Late entry." in text_of(desk_of(rowan).get(at(name, note)))


def test_two_notes_stand_side_by_side_and_both_are_written_down(rowan):
    first = signed(rowan)
    second = written(rowan, claim=booked(rowan, starts_at=NOW + 2 * HOUR), risk="Asked again; calm as a pond")
    page = text_of(desk_of(rowan).get(at("beside", second, first)))
    assert page.index(WHOLE["risk"]) < page.index("calm as a pond")
    assert done_by(rowan, "note.beside") == 2


def test_notes_of_two_people_are_never_put_side_by_side(rowan):
    wren = signed(rowan)
    other = booked(rowan, starts_at=NOW + 2 * HOUR, name="Sedge", phone="+14195550119")
    sedge = signed(rowan, claim=other)
    for pair in ((wren, sedge), (sedge, wren)):
        assert desk_of(rowan).get(at("beside", *pair)).status_code == 404
    assert (done_by(rowan, "note.beside"), done_by(rowan, "note.refused")) == (0, 2)


def test_a_note_says_whose_it_is_on_every_page_and_on_paper(rowan):
    first = signed(rowan)
    second = written(rowan, claim=booked(rowan, starts_at=NOW + 2 * HOUR))
    shown = {}
    for page in (at("change", first), at("print", first), at("sign", second), at("beside", second, first)):
        articles = re.findall(r"<article.*?</article>", text_of(desk_of(rowan).get(page)), re.DOTALL)
        shown[page] = [re.search(r"\w{3}-\w{3}", article).group() for article in articles]
    references = [first.request.reference, second.request.reference]
    assert list(shown.values()) == [references[:1], references[:1], references[1:], references]


def test_print_carries_the_notice_and_who_read_it_is_on_the_page(rowan):
    note = signed(rowan)
    added(note, rowan)
    desk = desk_of(rowan)
    page = text_of(desk.get(at("print", note)))
    assert "This record which has been disclosed to you is protected" in page
    assert "42 CFR part 2 prohibits unauthorized use or disclosure of these records." in page
    assert "A heron stood by" in page
    desk_of(clinician("juniper")).get(at("change", note))
    panel = text_of(desk.get(at("change", note))).split("Who has read this")[1]
    lines = re.findall(r"</time>([^<]*)</li>", panel)
    assert lines == [
        "rowan read it",
        "juniper tried to open it, and was not let in",
        "rowan opened it for printing",
        "rowan added to it",
        "rowan signed it",
    ]


def test_no_page_of_notes_is_kept_by_a_browser_or_named_after_anybody(rowan):
    note = signed(rowan)
    for name in ("change", "print", "addendum", "share", "consent"):
        response = desk_of(rowan).get(at(name, note))
        assert "no-store" in response["Cache-Control"]
        title = re.search(r"<title>(.*?)</title>", text_of(response), re.DOTALL).group(1).strip()
        assert title == f"{note.request.reference} · Desk"
