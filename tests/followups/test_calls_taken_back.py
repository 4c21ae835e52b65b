"""A call logged by mistake, and taken back within its ten minutes, reaches nobody and ends no message for good."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from followups import planner
from followups.models import KindName, Message
from followups.silence import last_word
from intake import actions, corrections
from intake.models import CallAttempt, CallbackRequest

from .people import (
    ACK,
    DAY,
    LAST,
    LATE,
    LOOK_BACK,
    MISSED,
    WEDNESDAY,
    a_caller,
    by_email,
    call,
    fate,
    introduced,
    message_of,
    pause_calls,
    planned,
    someone,
    tick,
)

pytestmark = pytest.mark.django_db

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LAST_NOTE_AT = datetime(2026, 10, 23, 14, tzinfo=UTC)  # ten in the morning of the seventh open day


def logged(request, outcome="no_answer", now=WEDNESDAY) -> CallAttempt:
    return actions.log_attempt(outcome, request_id=request.pk, by=a_caller(), now=now)


def taken_back(attempt: CallAttempt, *, now) -> None:
    corrections.take_back(attempt_id=attempt.pk, request_id=attempt.request_id, by=a_caller(), now=now)


def each_minute(start: datetime, minutes: int) -> None:
    for number in range(minutes):
        tick(now=start + number * MINUTE)


def a_known_person(now=WEDNESDAY) -> CallbackRequest:
    """Who wrote yesterday and had every message that goes with it."""
    request = someone(now=now - DAY)
    introduced(request, now=now - DAY)
    tick(now=now - DAY)
    assert fate(request) == ("sent", "")
    return request


def told(request) -> list[datetime]:
    sent = Message.objects.filter(request=request, kind=MISSED, status="sent").order_by("handed_over_at")
    return list(sent.values_list("handed_over_at", flat=True))


# --- we tried to call --------------------------------------------------------------------------------------------


def test_a_call_on_the_wrong_card_tells_nobody_that_we_tried():
    request = a_known_person()
    mistake = logged(request)
    each_minute(WEDNESDAY, 10)
    assert told(request) == []
    taken_back(mistake, now=WEDNESDAY + corrections.WITHIN)
    each_minute(WEDNESDAY + corrections.WITHIN, 10)
    assert told(request) == []
    assert fate(request, MISSED) == ("skipped", "no_longer_true")


def test_who_is_really_missed_later_in_that_round_is_told_once():
    request = a_known_person()
    mistake = logged(request)
    each_minute(WEDNESDAY, 3)
    taken_back(mistake, now=WEDNESDAY + 3 * MINUTE)
    each_minute(WEDNESDAY + 3 * MINUTE, 12)
    real = WEDNESDAY + HOUR
    logged(request, now=real)
    each_minute(real, 15)
    assert told(request) == [real + corrections.STANDS_AFTER]
    tomorrow = CallbackRequest.objects.get(pk=request.pk).call_from
    logged(request, now=tomorrow)
    each_minute(tomorrow, 15)
    assert len(told(request)) == 1


def test_the_message_goes_only_when_the_call_can_be_taken_back_no_more():
    request = a_known_person()
    mistake = logged(request)
    tick()
    assert message_of(request, MISSED).due_at == WEDNESDAY + corrections.STANDS_AFTER
    tick(now=WEDNESDAY + corrections.WITHIN)
    taken_back(mistake, now=WEDNESDAY + corrections.WITHIN)  # the last moment
    assert told(request) == []


def test_a_call_taken_back_before_anything_was_planned_plans_nothing():
    request = a_known_person()
    taken_back(logged(request), now=WEDNESDAY + MINUTE)
    each_minute(WEDNESDAY + MINUTE, 15)
    assert not Message.objects.filter(kind=MISSED).exists()


def test_a_mistake_after_a_call_that_was_missed_does_not_take_its_message_away():
    request = a_known_person()
    logged(request)
    tick()
    ten_later = WEDNESDAY + corrections.STANDS_AFTER
    mistake = logged(request, "talked", now=ten_later - MINUTE)
    tick(now=ten_later)
    assert fate(request, MISSED) == ("planned", "call_can_be_taken_back")
    taken_back(mistake, now=ten_later + MINUTE)
    each_minute(ten_later + MINUTE, 12)
    assert len(told(request)) == 1


def test_a_talk_that_stands_ends_it():
    request = a_known_person()
    logged(request)
    tick()
    logged(request, "talked", now=WEDNESDAY + 5 * MINUTE)
    each_minute(WEDNESDAY + 5 * MINUTE, 15)
    assert fate(request, MISSED) == ("skipped", "no_longer_true")


@pytest.mark.parametrize("people", [1, 3])
def test_those_who_are_told_do_not_make_the_plan_slower(people, django_assert_num_queries):
    for number in range(people):
        call(someone(number=number))
    planner.plan(now=WEDNESDAY)
    [missed] = [kind for kind in planner.KINDS.values() if kind.name == MISSED]
    with django_assert_num_queries(1):
        assert list(planner.rows_to_plan(missed, WEDNESDAY)) == []


def test_who_was_told_of_a_round_before_it_was_known_by_the_call_is_not_told_again():
    """Rows as an earlier version left them, of a call that stands and of one that does not."""
    request, other = a_known_person(), by_email(now=WEDNESDAY - DAY)
    first = logged(request)
    taken_back(logged(other), now=WEDNESDAY + MINUTE)
    for one in (request, other):
        occasion = f"round {one.round_started_at:%Y-%m-%dT%H:%M:%S}"
        Message.objects.create(
            request=one, kind=MISSED, occasion=occasion, due_at=WEDNESDAY, status="sent", handed_over_at=WEDNESDAY
        )
    import_module("followups.migrations.0005_missed_by_the_call").know_them_by_the_call(apps, None)
    assert message_of(request, MISSED).occasion == str(first.pk)
    assert message_of(other, MISSED).occasion.startswith("round ")
    each_minute(WEDNESDAY + MINUTE, 15)
    assert Message.objects.filter(request=request, kind=MISSED).count() == 1


# --- other messages that hang on a call --------------------------------------------------------------------------


def test_a_talk_logged_by_mistake_does_not_take_the_thank_you_away():
    request = someone()
    introduced(request, now=WEDNESDAY)
    planned()
    mistake = logged(request, "talked")
    tick()
    taken_back(mistake, now=WEDNESDAY + 9 * MINUTE)
    each_minute(WEDNESDAY + 9 * MINUTE, 5)
    assert fate(request, ACK) == ("sent", "")


def test_a_talk_logged_by_mistake_does_not_take_the_last_note_away():
    request = someone(now=WEDNESDAY)
    introduced(request, now=WEDNESDAY)
    logged(request)
    each_minute(WEDNESDAY, 15)
    mistake = logged(request, "talked", now=LAST_NOTE_AT - MINUTE)
    tick(now=LAST_NOTE_AT)
    taken_back(mistake, now=LAST_NOTE_AT + MINUTE)
    each_minute(LAST_NOTE_AT + MINUTE, 12)
    assert fate(request, LAST) == ("sent", "")


def test_a_call_on_the_wrong_card_is_not_followed_by_a_last_note():
    request = someone(now=WEDNESDAY)
    introduced(request, now=WEDNESDAY)
    mistake = logged(request, now=LAST_NOTE_AT - MINUTE)
    tick(now=LAST_NOTE_AT - MINUTE)
    tick(now=LAST_NOTE_AT)
    taken_back(mistake, now=LAST_NOTE_AT + MINUTE)
    each_minute(LAST_NOTE_AT + MINUTE, 12)
    assert fate(request, LAST) == ("skipped", "no_longer_true")


def test_staff_are_told_of_a_late_call_although_one_was_logged_by_mistake():
    request = someone()
    late = request.late_at
    planned(now=late)
    mistake = logged(request, now=late)
    tick(now=late)
    taken_back(mistake, now=late + MINUTE)
    each_minute(late + MINUTE, 12)
    assert fate(request, LATE) == ("sent", "")


def test_a_talk_that_was_taken_back_is_no_word_of_theirs():
    request = someone()
    later = WEDNESDAY + 5 * DAY
    taken_back(logged(request, "talked", now=later), now=later + MINUTE)
    assert last_word(request) == WEDNESDAY
    logged(request, "talked", now=later + HOUR)
    assert last_word(request) == later + HOUR


@pytest.mark.whole_cadence
def test_a_talk_that_was_taken_back_does_not_introduce_whoever_is_silent():
    """A yes to texts of long ago is followed up by a first text only after a word of theirs."""
    request = someone()
    later = WEDNESDAY + 31 * DAY
    taken_back(logged(request, "talked", now=later), now=later + MINUTE)
    planner.plan(now=later + HOUR)
    assert not Message.objects.filter(kind=KindName.OPT_IN).exists()
    logged(request, "talked", now=later + 2 * HOUR)
    planner.plan(now=later + 2 * HOUR)
    assert Message.objects.filter(kind=KindName.OPT_IN).exists()


def test_a_talk_that_was_taken_back_does_not_take_the_one_more_call_away():
    request = someone()
    taken_back(logged(request, "talked"), now=WEDNESDAY + MINUTE)
    now = pause_calls(request, now=WEDNESDAY + HOUR)
    planner.plan(now=now)
    assert Message.objects.filter(request=request, kind=LOOK_BACK).exists()
