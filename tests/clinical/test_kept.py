"""A request that a treatment record hangs on is kept when others of its age are erased (R-H9)."""

from datetime import timedelta

import pytest

from intake import actions
from privacy import audit, retention
from tests.clinical.people import AFTER, booked, clinician, signed
from tests.scheduling.make import HOUR, NOW

pytestmark = pytest.mark.django_db


def test_a_request_with_a_note_is_not_due_and_one_without_is():
    rowan = clinician()
    note = signed(rowan)
    other = booked(rowan, starts_at=NOW + 2 * HOUR, name="Sedge").request
    for request in (note.request, other):
        actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=AFTER)
    rule = next(rule for rule in retention.rules() if rule.name == "requests erased")
    assert retention.due(rule, AFTER + timedelta(days=400)) == [other.pk]


def test_who_erases_what_they_wrote_leaves_the_record_of_their_treatment_as_it_was_signed():
    note = signed(clinician())
    actions.erase(request_id=note.request_id, by=audit.PERSON, now=AFTER)
    note.refresh_from_db()
    assert (note.request.name, note.reason) == ("", "I want to be there for the quince harvest")
