"""What intake learns of a reassessment: an outcome and a step, and a line on the card; never a word of the note."""

import pytest
from django.db import IntegrityError, transaction

from intake.admin.card import _facts
from intake.models import FreshLook
from intake.reassessed import reassessed
from privacy.append_only import AppendOnlyError
from privacy.models import AuditEvent
from tests.intake.make import NOW, caller, sent

pytestmark = pytest.mark.django_db


def looked(request, **changes):
    given = {"level": "2.1", "restart_kind": "new_time", "next_step": "start"}
    return reassessed(request_id=request.pk, by=caller("rowan"), now=NOW, **(given | changes))


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
