"""A call logged by mistake is taken back by a row more: soon, by who logged it, and only where nothing was lost."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from intake import actions, corrections, stops
from intake.by_text import ByText
from intake.errors import TooLateToTakeBack
from intake.models import CallAttempt, CallbackRequest, CallCorrection
from intake.states import Status
from privacy import audit
from privacy.models import AuditEvent
from tests.intake.desk_tools import DAY, attempt_on, card_of, text, words_of, wren
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

MINUTE = timedelta(minutes=1)
REVERSIBLE = ["talked", "no_answer", "left_message", "someone_else", "asked_later"]


def back_of(call: CallAttempt) -> str:
    return reverse("admin:intake_callbackrequest_back", args=[call.request_id, call.pk])


def logged(request, by, outcome: str = "no_answer", now=MONDAY) -> CallAttempt:
    return actions.log_attempt(outcome, request_id=request.pk, by=by, now=now)


def taken_back(call: CallAttempt, by, now=MONDAY) -> CallbackRequest:
    return corrections.take_back(attempt_id=call.pk, request_id=call.request_id, by=by, now=now)


def standing(request) -> dict:
    """Where it stands, but for who is on the call."""
    row = CallbackRequest.objects.filter(pk=request.pk).values().get()
    return {name: value for name, value in row.items() if not name.startswith("claimed")}


@pytest.mark.parametrize("outcome", REVERSIBLE)
def test_the_request_stands_exactly_where_it_stood_before(juno, outcome):
    request = wren(voicemail="name_only", times=[])
    before = standing(request)
    taken_back(logged(request, juno, outcome), juno)
    assert standing(request) == before


def test_a_second_call_taken_back_leaves_the_first_one(juno):
    request = wren(now=MONDAY - 5 * DAY, times=[])
    logged(request, juno, now=MONDAY - 4 * DAY + 4 * timedelta(hours=1))
    actions.roll_windows(now=MONDAY)
    before = standing(request)
    taken_back(logged(request, juno, "talked"), juno)
    assert standing(request) == before
    assert [call.number for call in request.attempts.all()] == [1]


def test_nothing_is_deleted_and_the_story_tells_both(desk, juno):
    request = wren()
    call = logged(request, juno)
    assert f"{back_of(call)}" in text(desk.get(card_of(request)))
    answer = desk.post(back_of(call))
    assert words_of(answer) == ["Taken back. Now log what really happened."]
    page = text(desk.get(card_of(request)))
    assert "Call 1: No answer. Logged by mistake" in page
    assert "Took back a call logged by mistake" in page
    assert "This call is yours" in page
    assert back_of(call) not in page
    correction = CallCorrection.objects.get()
    assert (correction.attempt, correction.by, correction.at) == (call, juno, MONDAY)
    assert AuditEvent.objects.get(action="request.call_taken_back").actor == "juno"


def test_the_right_outcome_is_logged_as_a_call_of_its_own_and_counts_once(desk, juno):
    request = wren()
    taken_back(logged(request, juno), juno)
    page = text(desk.get(card_of(request)))
    assert "This logs call 1 of 3." in page
    desk.post(attempt_on(request), {"outcome": "someone_else", "attempt": "2"})
    assert list(request.attempts.values_list("number", "outcome")) == [(2, "someone_else")]
    assert list(CallAttempt.logged.filter(request=request).values_list("number", flat=True)) == [1, 2]
    assert CallbackRequest.objects.get().first_attempt_at == MONDAY


def test_only_who_logged_it_and_only_for_ten_minutes(juno):
    call = logged(wren(times=[]), juno)
    with pytest.raises(TooLateToTakeBack):
        taken_back(call, staff("marlo"))
    with pytest.raises(TooLateToTakeBack):
        taken_back(call, juno, MONDAY + corrections.WITHIN + MINUTE)
    assert taken_back(call, juno, MONDAY + corrections.WITHIN).status == Status.WAITING


@pytest.mark.parametrize("outcome", ["wrong_number", "asked_to_stop"])
def test_what_forgot_a_number_or_stopped_messages_cannot_be_put_back(desk, juno, outcome):
    call = logged(wren(), juno, outcome)
    assert back_of(call) not in text(desk.get(card_of(call.request)))
    assert words_of(desk.post(back_of(call)))[0].startswith("That call stays as it is.")
    assert not CallCorrection.objects.exists()


def test_after_any_further_step_it_is_too_late(juno):
    call = logged(wren(), juno)
    actions.rest(weeks=1, request_id=call.request_id, by=audit.PERSON, now=MONDAY + MINUTE)
    with pytest.raises(TooLateToTakeBack):
        taken_back(call, juno, MONDAY + 2 * MINUTE)


def test_a_call_that_ended_a_question_of_theirs_stays_or_the_question_would_be_lost(juno):
    request = wren()
    stops.ask_staff(ByText.CHANGE, request_id=request.pk, by=audit.PERSON, now=MONDAY)
    with pytest.raises(TooLateToTakeBack):
        taken_back(logged(request, juno), juno)


def test_twice_is_refused(juno):
    call = logged(wren(), juno)
    taken_back(call, juno)
    with pytest.raises(TooLateToTakeBack):
        taken_back(call, juno)


def test_the_database_keeps_the_call_and_its_correction(juno):
    call = logged(wren(), juno)
    taken_back(call, juno)
    for table in ("callattempt", "callcorrection"):
        with pytest.raises(DatabaseError), transaction.atomic():
            CallAttempt.logged.raw(f"DELETE FROM intake_{table} RETURNING *")[0]


def test_taken_back_twice_it_stands_since_the_day_they_wrote(juno):
    """The step of a call that was itself taken back is no step."""
    request = wren(now=MONDAY - 2 * DAY, times=[])
    for minute, outcome in ((0, "no_answer"), (2, "talked"), (4, "no_answer")):
        call = logged(request, juno, outcome, now=MONDAY + minute * MINUTE)
        taken_back(call, juno, MONDAY + (minute + 1) * MINUTE)
    now = CallbackRequest.objects.get()
    assert (now.status, now.status_since, now.first_attempt_at) == (Status.WAITING, MONDAY - 2 * DAY, None)


def test_taken_back_twice_it_stands_since_the_call_before_both(juno):
    request = wren(now=MONDAY - 5 * DAY, times=[])
    first = logged(request, juno, now=MONDAY - 4 * DAY + 4 * timedelta(hours=1))
    for minute in (0, 2):
        call = logged(request, juno, "talked", now=MONDAY + minute * MINUTE)
        taken_back(call, juno, MONDAY + (minute + 1) * MINUTE)
    assert CallbackRequest.objects.get().status_since == first.at
