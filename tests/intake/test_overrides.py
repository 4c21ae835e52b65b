"""Outside the rules of calling there is one way: a reason out of a list, for one call, soon over, and written down."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from intake import actions, claims, overrides
from intake.choices import OverrideReason
from intake.errors import Claimed, NotPossible, OutsideTheirTimes, TooManyCalls, TooSoon
from intake.models import CallAttempt, CallOverride
from intake.states import Status
from privacy.append_only import AppendOnlyError
from privacy.models import AuditEvent
from tests.intake.desk_tools import (
    DAY,
    HOUR,
    at_the_desk,
    attempt_on,
    card_of,
    standing_at,
    text,
    three_calls,
    words_of,
    wren,
)
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

MINUTE = timedelta(minutes=1)


def override_of(request) -> str:
    return reverse("admin:intake_callbackrequest_override", args=[request.pk])


def anyway(request, by, now=MONDAY, reason: str = "asked") -> CallOverride:
    return overrides.call_anyway(OverrideReason(reason), request_id=request.pk, by=by, now=now)


def logged(request, by, outcome: str = "no_answer", now=MONDAY) -> CallAttempt:
    return actions.log_attempt(outcome, request_id=request.pk, by=by, now=now)


def test_outside_their_times_a_call_is_refused_until_there_is_a_reason(desk, juno):
    request = wren(times=["afternoon"])
    answer = desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert words_of(answer)[0].startswith("Nothing was done. A call is not fine with them now.")
    page = text(desk.get(card_of(request)))
    assert "tel:" not in page
    assert override_of(request) in page
    desk.post(override_of(request), {"reason": "asked"})
    page = text(desk.get(card_of(request)))
    assert 'href="tel:+14195550117"' in page
    assert "You gave a reason: one call is fine now, outside their times" in page
    assert override_of(request) not in page
    desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert request.attempts.get().outcome == "no_answer"


def test_a_reason_changes_nothing_of_what_may_be_said(desk):
    request = wren(times=["afternoon"])
    desk.post(override_of(request), {"reason": "called_us"})
    page = text(desk.get(card_of(request)))
    assert "Do NOT leave a message" in page
    assert 'value="left_message"' not in page


def test_it_is_in_the_story_and_in_the_audit_log_with_its_reason(desk, juno):
    request = wren(times=["afternoon"])
    desk.post(override_of(request), {"reason": "worry"})
    made = CallOverride.objects.get()
    assert (made.request, made.by, made.at, made.reason) == (request, juno, MONDAY, "worry")
    assert AuditEvent.objects.get(action="request.override_worry").subject_key == str(request.pk)
    assert "Called anyway: Their words worry us" in text(desk.get(card_of(request)))


@pytest.mark.parametrize("reason", ["", "because"])
def test_without_a_reason_out_of_the_list_nothing_opens(desk, reason):
    request = wren(times=["afternoon"])
    assert words_of(desk.post(override_of(request), {"reason": reason})) == ["Choose why first. Then call."]
    assert not CallOverride.objects.exists()


def test_it_is_for_one_call_by_one_person_within_half_an_hour(juno):
    request, marlo = wren(times=["afternoon"]), staff("marlo")
    anyway(request, juno)
    with pytest.raises(Claimed):
        logged(request, marlo)
    claims.release(request_id=request.pk, by=juno, now=MONDAY)
    with pytest.raises(OutsideTheirTimes):
        logged(request, marlo)
    with pytest.raises(OutsideTheirTimes):
        logged(request, juno, now=MONDAY + overrides.LASTS)
    logged(request, juno, now=MONDAY + MINUTE)
    with pytest.raises(TooSoon):
        logged(request, juno, now=MONDAY + 2 * MINUTE)


def test_a_second_call_too_soon_and_a_fourth_call_need_a_reason_too(juno):
    soon, fourth = wren(), three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    logged(soon, juno)
    with pytest.raises(TooSoon):
        logged(soon, juno, now=MONDAY + MINUTE)
    with pytest.raises(TooManyCalls):
        logged(fourth, juno)
    for request in (soon, fourth):
        anyway(request, juno, MONDAY + 2 * MINUTE)
        logged(request, juno, now=MONDAY + 3 * MINUTE)
    assert [one.attempts.count() for one in (soon, fourth)] == [2, 4]


def test_what_they_tell_us_can_be_logged_at_any_hour(juno):
    for outcome in ("talked", "asked_later", "wrong_number", "asked_to_stop"):
        assert logged(wren(times=["evening"]), juno, outcome).outcome == outcome


def test_a_wrong_number_found_by_a_call_without_a_reason_goes_at_once_and_that_is_written_down(desk, juno):
    without, with_one, in_time = wren(times=["evening"]), wren(times=["evening"]), wren()
    anyway(with_one, juno)
    for request in (without, with_one, in_time):
        logged(request, juno, "wrong_number")
        request.contact.refresh_from_db()
        assert request.contact.phone == ""
    events = AuditEvent.objects.filter(action="request.called_without_reason")
    assert [event.subject_key for event in events] == [str(without.pk)]
    assert "Called outside the rules of calling, and no reason was given" in text(desk.get(card_of(without)))


def test_a_number_that_was_wrong_after_all_is_no_call(juno):
    request = standing_at(Status.REACHED, juno)
    logged(request, juno, "wrong_number", now=MONDAY + 9 * HOUR)
    assert not AuditEvent.objects.filter(action="request.called_without_reason").exists()


def test_a_call_made_in_time_can_be_logged_a_quarter_of_an_hour_later(juno):
    noon = MONDAY + HOUR + 18 * MINUTE
    assert logged(wren(), juno, now=noon + 14 * MINUTE).number == 1
    with pytest.raises(OutsideTheirTimes):
        logged(wren(), juno, now=noon + 16 * MINUTE)


def test_where_the_safe_time_is_open_or_no_call_is_owed_there_is_nothing_to_override(juno):
    for request in (wren(), standing_at(Status.REACHED, juno), standing_at(Status.WITHDRAWN, juno)):
        with pytest.raises(NotPossible):
            anyway(request, juno)


def test_a_colleague_who_is_on_the_call_goes_first(juno):
    request = wren(times=["afternoon"])
    anyway(request, staff("marlo", first_name="Marlo"))
    with pytest.raises(Claimed):
        anyway(request, juno)


def test_who_asked_for_a_text_is_not_called_for_any_reason(desk):
    request = wren(reach_by="text", times=["afternoon"])
    desk.post(override_of(request), {"reason": "worry"})
    page = text(desk.get(card_of(request)))
    assert "Do not call. They asked for a text." in page
    assert "tel:" not in page


def test_a_reason_once_given_stays(juno):
    made = anyway(wren(times=["afternoon"]), juno)
    with pytest.raises(AppendOnlyError):
        CallOverride.objects.filter(pk=made.pk).update(reason="asked")


def test_when_the_safe_time_opens_the_reason_is_not_asked_for_any_more(juno):
    request = wren(times=["afternoon"])
    with time_machine.travel(MONDAY + 2 * HOUR, tick=False):
        assert override_of(request) not in text(at_the_desk(juno).get(card_of(request)))
