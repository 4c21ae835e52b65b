"""What blocks a signature, beside which field, and what is written when nothing does (R-L1 to R-L4)."""

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest

from clinical import actions, asam, canonical
from clinical.completeness import is_late, missing, to_think_about
from clinical.errors import Incomplete, NeedsSupervisor, NoReason, NotADraft, NotSigned, NotTheirs
from clinical.models import NoteAddendum, NoteSignature, ReassessmentNote
from intake.models import FreshLook
from privacy.models import AuditEvent
from scheduling.models import Location
from tests.clinical.people import (
    AFTER,
    AIDE,
    LINDEN,
    RATINGS,
    ROWAN,
    WHOLE,
    added,
    begun,
    booked,
    clinician,
    signed,
    written,
)
from tests.intake.make import at_once
from tests.scheduling.make import DAY, NOW

TODAY = date(2026, 6, 1)
FOURTH = {one.key: one.tokens[0] for one in asam.rated("4")}


def a_note(**changes) -> ReassessmentNote:
    """A whole note, made in memory only."""
    ratings = changes.pop("ratings", RATINGS)
    here = {"ratings": json.dumps(ratings), "location": Location(pk=1), "modality": "video"}
    return ReassessmentNote(**(WHOLE | here | changes))


def fields_missing(**changes) -> list[str]:
    return [one.field for one in missing(a_note(**changes), AFTER)]


# --- what blocks ------------------------------------------------------------------------------------------------------


def test_a_whole_note_can_be_signed():
    assert fields_missing() == []
    assert fields_missing(asam_edition="4", ratings=FOURTH, assessed_level="2.7 COE", placed_level="2.7 COE") == []


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("level_reason", {"level_reason": ""}),
        ("level_reason", {"level_reason": "  \n"}),
        ("risk", {"risk": ""}),
        ("risk", {"risk": "   "}),
        ("prior_assessed_on", {"basis": "reviewed", "prior_assessed_on": date(2025, 5, 31)}),
        ("prior_assessed_on", {"basis": "reviewed", "prior_assessed_on": date(2026, 6, 2)}),
        ("prior_assessed_on", {"basis": "reviewed"}),
        ("basis", {"basis": ""}),
        ("assessed_level", {"assessed_level": "", "placed_level": "1"}),
        ("placed_level", {"placed_level": ""}),
        ("placed_level", {"placed_level": "3.3 COE"}),
        ("assessed_level", {"assessed_level": "2.7"}),
        ("asam_edition", {"asam_edition": ""}),
        ("rating_3_4", {"ratings": RATINGS | {"3_4": "5"}}),
        ("rating_3_6", {"ratings": {key: RATINGS[key] for key in list(RATINGS)[:-1]}}),
        ("encounter_on", {"encounter_on": None}),
        ("encounter_on", {"encounter_on": date(2026, 6, 2)}),
        ("ends", {"ends": time(9)}),
        ("location", {"modality": "in_person", "location": None}),
        ("reason", {"reason": ""}),
        ("present", {"present": ""}),
        ("naloxone", {"naloxone": ""}),
        ("next_step", {"next_step": ""}),
        ("restart_kind", {"restart_kind": ""}),
        ("notice_given", {"notice_given": None}),
        ("consent_given", {"consent_given": None}),
    ],
)
def test_each_of_these_blocks_and_is_said_beside_its_field(field, changes):
    assert field in fields_missing(**changes)
    assert set(fields_missing(**changes)) <= {field, "level_reason"}


def test_the_day_and_the_end_are_those_of_the_place():
    late = a_note(encounter_on=date(2026, 6, 1), starts=time(22), ends=time(23))  # 23:00 in Toledo is 03:00 UTC
    over = datetime(2026, 6, 2, 3, tzinfo=UTC)
    found = [[one.field for one in missing(late, over + timedelta(minutes=minutes))] for minutes in (-1, 0)]
    assert found == [["ends"], []]


def test_nobody_is_asked_why_when_the_levels_are_the_same():
    assert fields_missing(placed_level="2.1", level_reason="") == []


@pytest.mark.parametrize("day", [date(2025, 6, 1), date(2026, 6, 1)])
def test_an_earlier_assessment_counts_for_twelve_months(day):
    assert fields_missing(basis="reviewed", prior_assessed_on=day) == []


def test_twelve_months_before_a_leap_day():
    leap = {"encounter_on": date(2028, 2, 29), "basis": "reviewed"}
    found = [
        missing(a_note(**leap, prior_assessed_on=day), datetime(2028, 3, 1, 12, tzinfo=UTC))
        for day in (date(2027, 2, 28), date(2027, 2, 27))
    ]
    assert [bool(one) for one in found] == [False, True]


def test_a_third_assessment_billed_to_medicaid_in_a_year_is_warned_of_and_does_not_block():
    assert [len(to_think_about(a_note(), billed)) for billed in range(4)] == [0, 1, 1, 1]
    assert "This is the second" in to_think_about(a_note(), 1)[0]
    assert to_think_about(a_note(bills_medicaid=False), 5) == []


def test_late_is_more_than_48_hours_after_it_ended():
    assert [is_late(NOW, NOW + timedelta(hours=48, seconds=one)) for one in (0, 1)] == [False, True]


# --- the editions -----------------------------------------------------------------------------------------------------


def test_the_third_edition_rates_six_dimensions_from_0_to_4():
    assert [one.tokens for one in asam.rated("3")] == [("0", "1", "2", "3", "4")] * 6


def test_the_fourth_edition_rates_with_words_and_does_not_rate_dimension_six():
    assert len(asam.rated("4")) == 12
    assert not [one for one in asam.rated("4") if one.name.startswith("6")]
    assert {"ANY", "EVAL", "3A", "3B"} <= set(asam.rated("4")[0].tokens)


def test_no_level_is_worked_out_or_chosen_for_anybody():
    fresh = ReassessmentNote()
    empty = {"asam_edition", "ratings", "assessed_level", "placed_level", "basis", "next_step", "naloxone"}
    assert {name for name in empty if getattr(fresh, name)} == set()
    assert asam.rated("") == ()
    assert asam.levels("") == {}


def test_no_criteria_text_is_shipped():
    names = [one.name for edition in asam.RATED.values() for one in edition]
    names += [name for edition in asam.LEVELS.values() for name in edition.values()]
    assert max(len(name.split()) for name in names) <= 10


# --- one way to write a note down ----------------------------------------------------------------------------------


def test_the_same_note_has_the_same_bytes_whatever_the_order_and_the_zone():
    there = timezone(timedelta(hours=-4))
    moments = [datetime(2026, 6, 1, 14, tzinfo=UTC), datetime(2026, 6, 1, 10, tzinfo=there)]
    assert canonical.canonical("note", {"b": moments[0], "a": "é"}) == canonical.canonical(
        "note", {"a": "é", "b": moments[1]}
    )
    written_out = b'{"values":{"a":null,"b":true,"c":"2026-06-01","d":"10:00:00.000000"},"version":1,"what":"note"}'
    values = {"d": time(10), "c": TODAY, "b": True, "a": None}
    assert canonical.canonical("note", values) == written_out
    with pytest.raises(TypeError):
        canonical.canonical("note", {"a": 1.5})


def test_the_hash_covers_every_column_of_a_note_but_itself():
    columns = {field.attname for field in ReassessmentNote._meta.concrete_fields}
    assert columns - set(canonical.NOTE_FIELDS) == {"saved_at", "content_sha256"}
    assert {field.attname for field in NoteSignature._meta.concrete_fields} - set(canonical.SIGNATURE_FIELDS) == {
        "id",
        "own_sha256",
    }
    assert {field.attname for field in NoteAddendum._meta.concrete_fields} - set(canonical.ADDENDUM_FIELDS) == {
        "id",
        "own_sha256",
    }


# --- begun, saved, signed ---------------------------------------------------------------------------------------


@pytest.fixture
def rowan(db):
    return clinician()


def test_a_note_begins_with_what_the_booking_knows(rowan):
    claim = booked(rowan)
    note = begun(rowan, claim=claim)
    assert (note.encounter_on, note.starts, note.ends) == (TODAY, time(10), time(11))
    assert (note.modality, note.location.slug, note.request_id) == ("in_person", "toledo", claim.request_id)
    assert begun(rowan, claim=claim).pk == note.pk
    with pytest.raises(NotTheirs):
        begun(clinician("juniper"), claim=claim)


def test_another_edition_starts_ratings_and_levels_anew(rowan):
    note = written(rowan)
    actions.save_draft({"asam_edition": "4"}, RATINGS, note_id=note.pk, by=rowan, now=NOW)
    note.refresh_from_db()
    assert (note.rated, note.assessed_level, note.placed_level, note.risk) == ({}, "", "", WHOLE["risk"])


def test_a_note_with_something_missing_is_not_signed_and_intake_hears_nothing(rowan):
    note = written(rowan, risk="", level_reason="")
    with pytest.raises(Incomplete) as problems:
        actions.sign(ROWAN, note_id=note.pk, by=rowan, now=AFTER)
    assert [one.field for one in problems.value.args[0]] == ["risk", "level_reason"]
    assert not NoteSignature.objects.exists()
    assert not FreshLook.objects.exists()


def test_a_signature_says_who_in_which_words_when_and_over_what(rowan):
    note = signed(rowan)
    signature = note.signatures.get()
    assert (signature.by, signature.printed_name, signature.credential) == (rowan, "Rowan Ash", "LISW-S")
    assert (signature.meaning, signature.at, signature.note_sha256) == ("author", AFTER, note.content_sha256)
    values = {name: getattr(note, name) for name in canonical.NOTE_FIELDS}
    assert note.content_sha256 == hashlib.sha256(canonical.canonical("note", values)).hexdigest()
    assert note.is_late is False
    with pytest.raises(NotADraft):
        actions.save_draft({"risk": "x"}, {}, note_id=note.pk, by=rowan, now=AFTER)


def test_intake_learns_the_outcome_and_no_word_of_the_note(rowan):
    note = signed(rowan)
    outcome = FreshLook.objects.get()
    assert (outcome.request, outcome.level, outcome.restart_kind, outcome.next_step) == (
        note.request, "1", "new_time", "start",
    )  # fmt: skip
    assert note.request.history.last().what == "reassessed"
    assert {field.name for field in FreshLook._meta.fields} == {
        "id", "request", "level", "restart_kind", "next_step", "at",
    }  # fmt: skip


def test_when_intake_cannot_be_told_nothing_is_signed(rowan, monkeypatch):
    def broken(**_):
        raise RuntimeError

    note = written(rowan)
    monkeypatch.setattr("clinical.actions.reassessed", broken)
    with pytest.raises(RuntimeError):
        actions.sign(ROWAN, note_id=note.pk, by=rowan, now=AFTER)
    note.refresh_from_db()
    assert (note.signed_at, note.signatures.count()) == (None, 0)


def test_an_entry_signed_days_later_is_marked_late(rowan):
    assert signed(rowan, now=NOW + 3 * DAY).is_late


def test_somebody_under_supervision_signs_with_a_supervisor_who_signs_as_well(rowan):
    linden = clinician("linden")
    note = written(rowan)
    for nobody in (None, rowan):
        with pytest.raises(NeedsSupervisor):
            actions.sign(AIDE, note_id=note.pk, by=rowan, now=AFTER, cosigner=nobody)
    actions.sign(AIDE, note_id=note.pk, by=rowan, now=AFTER, cosigner=linden)
    with pytest.raises(NotTheirs):
        actions.cosign(ROWAN, note_id=note.pk, by=rowan, now=AFTER)
    second = actions.cosign(LINDEN, note_id=note.pk, by=linden, now=AFTER + DAY)
    assert (second.meaning, second.note_sha256) == ("cosigner", note.signatures.first().note_sha256)
    with pytest.raises(NotADraft):
        actions.cosign(LINDEN, note_id=note.pk, by=linden, now=AFTER + DAY)


def test_addenda_are_numbered_chained_and_leave_the_note_as_it_was(rowan):
    note = signed(rowan)
    first, second = added(note, rowan), added(note, rowan, "A second heron")
    assert [(one.number, one.previous_sha256) for one in (first, second)] == [
        (1, note.content_sha256),
        (2, first.own_sha256),
    ]
    assert canonical.note_sha256(ReassessmentNote.objects.get()) == note.content_sha256
    for text, reason in (("", "why"), ("what", "  ")):
        with pytest.raises(NoReason):
            actions.add_addendum("correction", text, reason, ROWAN, note_id=note.pk, by=rowan, now=AFTER)
    with pytest.raises(NotSigned):
        added(written(clinician("juniper")), rowan)


def test_the_audit_names_fields_and_no_values(rowan):
    signed(rowan)
    events = AuditEvent.objects.filter(action__startswith="note.")
    assert {"note.begun", "note.saved", "note.signed"} == {one.action for one in events}
    assert "thistle" not in str([(one.fields, one.note) for one in events])


@pytest.mark.django_db(transaction=True)
def test_of_two_pages_that_sign_at_once_one_leaves_its_signature():
    rowan = clinician()
    note = written(rowan)

    def sign():
        return actions.sign(ROWAN, note_id=note.pk, by=rowan, now=AFTER)

    results = at_once(*[sign] * 4)
    assert sorted(type(one).__name__ for one in results) == ["NotADraft"] * 3 + ["NoteSignature"]
    assert (NoteSignature.objects.count(), FreshLook.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_addenda_at_once_both_stay_and_the_chain_holds():
    rowan = clinician()
    note = signed(rowan)
    results = at_once(*[lambda: added(note, rowan)] * 4)
    assert sorted(one.number for one in results) == [1, 2, 3, 4]
    links = list(note.addenda.values_list("previous_sha256", "own_sha256"))
    assert [before for before, _own in links] == [note.content_sha256, *(own for _before, own in links[:-1])]
