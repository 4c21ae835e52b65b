"""What intake learns of a reassessment: an outcome and a step, and a line on the card; never a word of the note."""

import pytest
from django.db import IntegrityError, transaction

from intake import restarts
from intake.admin.card_page import _facts
from intake.models import FreshLook
from intake.reassessed import reassessed
from intake.states import Status
from privacy.append_only import AppendOnlyError
from privacy.models import AuditEvent
from scheduling.models import Ended, FirstSession
from tests.intake.make import DAY, HOUR, NOW, caller, sent, standing_at
from tests.scheduling.make import hour, placed

pytestmark = pytest.mark.django_db


def looked(request, **changes):
    given = {"level": "2.1", "restart_kind": "new_time", "next_step": "start", "booking_id": None}
    return reassessed(request_id=request.pk, by=caller("rowan"), **({"now": NOW} | given | changes))


def test_the_outcome_is_a_row_a_step_and_an_audit_row():
    request, _token = sent()
    looked(request)
    outcome, step = FreshLook.objects.get(), request.history.last()
    assert (outcome.request, outcome.level, outcome.at) == (request, "2.1", NOW)
    assert (step.what, step.actor, step.from_status, step.to_status) == ("reassessed", "rowan", "waiting", "waiting")
    assert AuditEvent.objects.filter(action="request.reassessed", subject_key=str(request.pk)).count() == 1


def test_the_card_tells_the_newest_in_words():
    request, _token = sent()
    assert "Fresh look" not in dict(_facts(request, NOW))
    looked(request, level="1", restart_kind="", next_step="later")
    looked(request)
    assert dict(_facts(request, NOW))["Fresh look"] == "Level 2.1. A group at another time. They start as agreed."


def test_who_signs_has_met_the_person_so_nobody_asks_whether_they_came():
    request = standing_at(Status.AGREED)
    claim = placed(hour("reassess"), request)
    looked(request, booking_id=claim.pk, now=NOW + DAY + HOUR)
    claim.refresh_from_db()
    request.refresh_from_db()
    assert (claim.first_session, claim.ended_how) == (FirstSession.CAME, Ended.DONE)
    assert request.status == Status.REACHED  # the next step is to be taken
    assert list(request.history.values_list("what", flat=True))[-3:] == ["first_day_came", "reopen", "reassessed"]


def test_a_note_that_is_signed_before_the_hour_or_after_the_desk_marked_it_changes_no_mark():
    early, marked = standing_at(Status.AGREED), standing_at(Status.AGREED)
    claim, other = placed(hour("reassess"), early), placed(hour("reassess", starts_at=NOW + 2 * DAY), marked)
    looked(early, booking_id=claim.pk)
    then = NOW + 3 * DAY
    restarts.mark_first_session(FirstSession.MISSED, claim_id=other.pk, request_id=marked.pk, by=caller(), now=then)
    looked(marked, booking_id=other.pk, now=then + HOUR)
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.first_session, other.first_session) == ("", FirstSession.MISSED)
    assert FreshLook.objects.count() == 2


@pytest.mark.parametrize("change", [{"restart_kind": "somehow"}, {"next_step": "somewhere"}])
def test_the_database_knows_every_answer(change):
    request, _token = sent()
    with pytest.raises(IntegrityError), transaction.atomic():
        looked(request, **change)
    assert request.history.count() == 1


def test_an_outcome_stays():
    request, _token = sent()
    outcome = looked(request)
    with pytest.raises(AppendOnlyError):
        outcome.save()
