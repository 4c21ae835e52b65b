"""Consent, disclosure and the file (42 CFR 2.31, 2.32, 2.25; R-P6, R-P10, R-P14)."""

from datetime import date
from io import BytesIO
from unittest import mock

import pytest
import time_machine
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from clinical import disclosing
from clinical.errors import NoConsent, NoReason, NotSigned
from clinical.models import Disclosure, DisclosureConsent
from clinical.pdf import record_as_pdf
from privacy.append_only import AppendOnlyError
from privacy.models import AuditEvent
from privacy.part2 import LONG_NOTICE, PART2_NOTICE_VERSION, SHORT_NOTICE
from tests.clinical.desk import at, desk_of, text_of
from tests.clinical.people import AFTER, WORDS, added, booked, clinician, consent_of, signed, written
from tests.intake.make import at_once
from tests.scheduling.make import DAY, HOUR, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_hour():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def note():
    return signed(clinician())


def shared(note, consent, *, reason="They asked us to", now=AFTER, by=None):
    return disclosing.disclose(reason, note_id=note.pk, consent_id=consent.pk, by=by or note.author, now=now)


ELEMENTS = ["patient_name", "discloser", "what", "recipient", "purpose", "signature", "expires_on"]


@pytest.mark.parametrize("element", ELEMENTS)
def test_a_consent_with_an_element_missing_is_no_consent(element, note):
    empty = None if element == "expires_on" else ""
    with pytest.raises(IntegrityError), transaction.atomic():
        consent_of(note.request, note.author, **{element: empty})
    with pytest.raises(IntegrityError), transaction.atomic():
        consent_of(note.request, note.author, signed_on=None)
    whole = consent_of(note.request, note.author)
    assert all([whole.right_to_revoke, whole.risks, whole.wording_version])


@pytest.mark.parametrize("column", ["right_to_revoke", "risks", "wording_version"])
def test_the_words_of_the_day_are_part_of_it(column, note):
    given = consent_of(note.request, note.author)
    given.pk, given._state.adding = None, True
    setattr(given, column, "")
    with pytest.raises(IntegrityError), transaction.atomic():
        given.save()


def test_a_consent_in_force_covers_a_disclosure_and_one_row_says_so(note):
    consent = consent_of(note.request, note.author)
    shared(note, consent)
    row = Disclosure.objects.get()
    assert (row.note, row.consent, row.recipient, row.purpose) == (note, consent, consent.recipient, "treatment")
    assert (row.reason, row.made_by, row.made_at) == ("They asked us to", note.author, AFTER)
    assert row.notice_version == PART2_NOTICE_VERSION == "2024"
    assert AuditEvent.objects.filter(action="note.disclosed", subject_key=str(note.pk)).count() == 1


def test_a_consent_that_is_over_taken_back_or_not_theirs_covers_nothing(note):
    over = consent_of(note.request, note.author, expires_on=date(2026, 5, 31))
    back = consent_of(note.request, note.author)
    disclosing.revoke_consent("letter", consent_id=back.pk, by=note.author, now=AFTER)
    later = consent_of(note.request, note.author, signed_on=date(2026, 6, 2))
    other = consent_of(booked(note.author, starts_at=NOW + 2 * HOUR, name="Sedge").request, note.author)
    for consent in (over, back, later, other):
        with pytest.raises(NoConsent):
            shared(note, consent)
    assert not Disclosure.objects.exists()


def test_taking_back_leaves_the_history_and_happens_once(note):
    consent = consent_of(note.request, note.author, expires_on=None, ends_when="End of treatment")
    shared(note, consent)
    for _ in range(2):
        disclosing.revoke_consent("phone", consent_id=consent.pk, by=note.author, now=AFTER + DAY)
    assert (DisclosureConsent.objects.count(), Disclosure.objects.count()) == (1, 1)
    assert consent.revocation.way == "phone"
    with pytest.raises(AppendOnlyError):
        consent.delete()


def test_a_draft_or_a_disclosure_without_a_reason_does_not_go_out(note):
    consent = consent_of(note.request, note.author)
    with pytest.raises(NoReason):
        shared(note, consent, reason="  ")
    draft = written(clinician("juniper"))
    with pytest.raises(NotSigned):
        shared(draft, consent_of(draft.request, draft.author))
    assert not Disclosure.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_sharing_at_once_leave_no_disclosure_after_the_end():
    note = signed(clinician())
    consent = consent_of(note.request, note.author)
    revoke = {"consent_id": consent.pk, "by": note.author, "now": AFTER}
    at_once(
        lambda: shared(note, consent),
        lambda: disclosing.revoke_consent("phone", **revoke),
        lambda: shared(note, consent),
    )
    before = Disclosure.objects.count()
    with pytest.raises(NoConsent):
        shared(note, consent)
    assert Disclosure.objects.count() == before


# --- the file --------------------------------------------------------------------------------------------------------


def pages_of(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_the_file_carries_the_notice_first_and_the_short_one_with_the_consent_on_every_page(note):
    added(note, note.author)
    consent = consent_of(note.request, note.author)
    pages = pages_of(record_as_pdf(note, shared(note, consent)))
    assert len(pages) >= 3
    assert LONG_NOTICE in pages[0]
    for page in pages:
        assert SHORT_NOTICE in page
        assert f"Consent {consent.pk}." in page
    whole = " ".join(pages)
    for words in [*WORDS.values(), "A heron stood by", note.content_sha256, "Rowan Ash, LISW-S"]:
        assert words in whole
    for words in ("Doctor Sycamore, Elm Street", "Wren Zebedee, on paper", consent.risks, consent.right_to_revoke):
        assert words in pages[-1]


def test_a_letter_the_font_lacks_is_named_and_marks_are_no_markup():
    rowan = clinician()
    note = signed(rowan, helped="Tea & <b>quiet</b> – “yes” 茶")
    whole = " ".join(pages_of(record_as_pdf(note, shared(note, consent_of(note.request, rowan)))))
    assert "Tea & <b>quiet</b> – “yes” [U+8336]" in whole


def test_lines_typed_in_a_browser_are_lines_in_the_file_and_the_reference_stands_on_it(note):
    added(note, note.author, "One heron\r\n\ttwo herons\rthree herons\n\nfour herons")
    whole = " ".join(pages_of(record_as_pdf(note, shared(note, consent_of(note.request, note.author)))))
    assert "One heron two herons three herons four herons" in whole
    assert "[U+" not in whole
    assert f"Reference {note.request.reference}" in whole


def test_a_file_that_cannot_be_made_leaves_no_disclosure(note):
    consent, desk = consent_of(note.request, note.author), desk_of(note.author)
    desk.raise_request_exception = False
    with mock.patch("clinical.admin.sharing.record_as_pdf", side_effect=RuntimeError):
        assert desk.post(at("share", note), {"consent": consent.pk, "reason": "They asked us to"}).status_code == 500
    assert not Disclosure.objects.exists()
    assert not AuditEvent.objects.filter(action="note.disclosed").exists()
    assert desk.post(at("share", note), {"consent": consent.pk, "reason": "They asked us to"}).status_code == 200


def test_the_page_makes_the_file_under_a_name_that_says_nothing(note):
    desk = desk_of(note.author)
    assert "No consent is in force" in text_of(desk.get(at("share", note)))
    elements = {
        "patient_name": "Wren Zebedee", "discloser": "This program", "what": "The reassessment", "recipient": "Dr Elm",
        "purpose": "treatment", "expires_on": "2026-12-31", "signature": "Wren, on paper", "signed_on": "2026-06-01",
    }  # fmt: skip
    assert desk.post(at("consent", note), elements).status_code == 303
    consent = DisclosureConsent.objects.get()
    no_reason = desk.post(at("share", note), {"consent": consent.pk, "reason": ""})
    assert 'class="why"' in text_of(no_reason)
    assert AuditEvent.objects.filter(action="note.disclosure_refused", subject_key=str(note.pk)).count() == 1
    file = desk.post(at("share", note), {"consent": consent.pk, "reason": "They asked us to"})
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert file["Content-Disposition"] == 'attachment; filename="record.pdf"'
    assert "no-store" in file["Cache-Control"]
    reader = PdfReader(BytesIO(file.content))
    assert (reader.metadata.title, reader.metadata.author) == ("Record", None) or reader.metadata.author == ""
    assert "Dr Elm, by rowan: They asked us to" in text_of(desk.get(at("change", note)))


def test_a_consent_taken_back_on_its_page_stops_the_file(note):
    consent, desk = consent_of(note.request, note.author), desk_of(note.author)
    assert desk.post(at("revoke", consent), {"way": "in_person"}).status_code == 303
    answer = desk.post(at("share", note), {"consent": consent.pk, "reason": "They asked us to"})
    assert answer["Content-Type"].startswith("text/html")
    assert not Disclosure.objects.exists()


def test_a_consent_form_with_something_missing_says_what(note):
    page = text_of(desk_of(note.author).post(at("consent", note), {"patient_name": "Wren"}))
    assert "Say on which day it ends, or at which event." in page
    assert not DisclosureConsent.objects.exists()
