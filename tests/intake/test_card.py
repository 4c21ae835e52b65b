"""The card of one request: what it shows, what it writes down, and what each of its buttons does."""

from datetime import timedelta

import pytest
from django.urls import reverse

from intake import actions, claims, states
from intake.admin.card import moves_offered
from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.states import Status
from privacy.models import AuditEvent
from tests.intake.desk_tools import (
    DAY,
    DESK,
    HOUR,
    SECRETS,
    at_the_desk,
    attempt_on,
    card_of,
    move_of,
    standing_at,
    text,
    three_calls,
    words_of,
    wren,
)
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


# --- the card ----------------------------------------------------------------------------------------------------


def test_opening_a_card_writes_down_who_read_which_fields(desk):
    request = wren()
    desk.get(card_of(request))
    event = AuditEvent.objects.get(action="request.opened")
    assert (event.actor, event.subject_key) == ("juno", str(request.pk))
    assert event.fields == ["avoid_times", "name", "note", "phone"]
    assert [secret for secret in SECRETS if secret in str(vars(event))] == []


def test_a_card_that_was_refused_is_not_written_down_as_read():
    at_the_desk(staff(role="manager")).get(card_of(wren()))
    assert not AuditEvent.objects.filter(action="request.opened").exists()


def test_an_email_is_on_the_card_only_when_they_asked_for_one(desk):
    assert "wren@example.org" not in text(desk.get(card_of(wren())))
    assert "wren@example.org" in text(desk.get(card_of(wren(reach_by="email", phone=""))))


def test_the_words_come_before_the_number_and_the_number_before_the_log(desk, juno):
    request = wren()
    claims.claim(request_id=request.pk, by=juno, now=MONDAY)
    page = text(desk.get(card_of(request)))
    order = ["Do NOT leave a message", "Say exactly this", 'href="tel:+14195550117"', "What happened?"]
    assert sorted(order, key=page.index) == order


def test_outside_the_safe_time_the_card_has_no_call_button(desk):
    page = text(desk.get(card_of(wren(times=["afternoon"]))))
    assert "tel:" not in page
    assert "(419) 555-0117" in page
    assert "It opens today at noon, in 1 h 18 min." in page


def test_no_outcome_is_chosen_beforehand_and_forbidden_ones_are_not_there(desk):
    page = text(desk.get(card_of(wren())))
    assert "checked" not in page
    assert 'value="left_message"' not in page
    assert 'value="left_message"' in text(desk.get(card_of(wren(voicemail="name_only"))))


def test_a_repeat_request_is_linked_by_reference_and_nothing_else(desk):
    first, second = wren(name="Alder Yarrow"), wren()
    page = text(desk.get(card_of(second)))
    assert card_of(first) in page
    assert first.reference in page
    assert "Alder" not in page


def test_a_stranger_is_not_linked(desk):
    stranger = wren(phone="+14195550199", email="")
    assert stranger.reference not in text(desk.get(card_of(wren())))


def test_the_story_is_told_in_words_and_in_their_time(desk, juno):
    request = wren(now=MONDAY - HOUR)
    actions.log_attempt("no_answer", request_id=request.pk, by=juno, now=MONDAY)
    page = text(desk.get(card_of(request)))
    story = page[page.index('class="story"') :]
    assert "Today, 9:42 am" in story
    assert "Note came in" in story
    assert "Call 1: No answer" in story
    assert "(you)" in story
    assert story.count("<li>") == 2


def test_words_that_may_mean_danger_stand_above_everything(desk):
    page = text(desk.get(card_of(wren(note="I want to die"))))
    assert page.index("Their words may mean danger.") < page.index("Do NOT leave a message")
    assert "988 or 911" in page


def test_an_erased_request_still_opens_and_shows_nobody(desk):
    request = wren()
    actions.erase(request_id=request.pk, by="the person", now=MONDAY)
    page = text(desk.get(card_of(request)))
    assert [secret for secret in SECRETS if secret in page] == []
    assert "Erased what they wrote" in page


@pytest.mark.parametrize("status", Status.values)
def test_the_card_opens_wherever_a_request_stands(desk, status):
    request = wren()
    wake_at = MONDAY + DAY if status == Status.RESTING else None
    gone = {"name": "", "note": "", "answers_hash": ""} if status == Status.ERASED else {}
    window = {} if status in states.TO_CALL else {"call_from": None, "call_until": None}
    CallbackRequest.objects.filter(pk=request.pk).update(status=status, wake_at=wake_at, **gone, **window)
    text(desk.get(card_of(request)))


# --- logging a call ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("talked", Status.REACHED),
        ("no_answer", Status.TRYING),
        ("someone_else", Status.TRYING),
        ("asked_later", Status.TRYING),
        ("wrong_number", Status.NO_NUMBER),
        ("asked_to_stop", Status.WITHDRAWN),
    ],
)
def test_one_press_logs_a_call_and_moves_the_request(desk, juno, outcome, status):
    request = wren()
    assert desk.post(attempt_on(request), {"outcome": outcome, "attempt": "1"}).status_code == 303
    logged = request.attempts.get()
    assert (logged.outcome, logged.number, logged.by, logged.at) == (outcome, 1, juno, MONDAY)
    assert CallbackRequest.objects.get().status == status


def test_after_a_missed_call_it_is_back_to_the_list_with_the_next_try(desk):
    request = wren()
    answer = desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert answer.headers["Location"] == reverse(DESK)
    assert words_of(answer) == [
        f"Logged for {request.reference}: No answer. Next try: tomorrow at 8 am. "
        "Logged by mistake? The card takes it back for ten minutes."
    ]


def test_after_talking_it_is_back_to_the_card_for_the_next_step(desk):
    request = wren()
    assert desk.post(attempt_on(request), {"outcome": "talked"}).headers["Location"] == card_of(request)


@pytest.mark.parametrize("outcome", ["", "unheard_of"])
def test_without_an_outcome_nothing_is_logged(desk, outcome):
    request = wren()
    answer = desk.post(attempt_on(request), {"outcome": outcome})
    assert words_of(answer) == ["Choose what happened first. Then log the call."]
    assert not request.attempts.exists()


def test_a_message_they_did_not_want_cannot_be_logged(desk):
    request = wren()
    answer = desk.post(attempt_on(request), {"outcome": "left_message"})
    assert words_of(answer) == ["They asked for no message. Hang up, and log “No answer”."]
    assert not request.attempts.exists()


def test_pressing_twice_logs_one_call(desk):
    request = wren()
    for _ in range(2):
        answer = desk.post(attempt_on(request), {"outcome": "no_answer", "attempt": "1"})
    assert words_of(answer)[-1] == "This call was logged already. Nothing was added."
    assert request.attempts.count() == 1


@pytest.mark.parametrize("number", ["x", "", "9" * 30, "0", "2"])
def test_a_form_drawn_for_no_such_call_logs_nothing(desk, number):
    request = wren()
    answer = desk.post(attempt_on(request), {"outcome": "no_answer", "attempt": number})
    assert words_of(answer) == ["This call was logged already. Nothing was added."]
    assert request.attempts.count() == 0


def test_a_fourth_missed_call_is_refused_with_what_to_do(desk, juno):
    request = three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    answer = desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert words_of(answer) == ["Three calls are made already. Choose a next step below instead."]
    assert request.attempts.count() == 3


def test_a_call_to_somebody_who_took_it_back_is_refused_with_what_to_do(desk, juno):
    request = wren()
    actions.make_move("withdraw", request_id=request.pk, by=juno, now=MONDAY)
    answer = desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert words_of(answer)[0].startswith("That step is not open any more.")
    assert not request.attempts.exists()


@pytest.mark.parametrize("name", ["attempt", "move"])
def test_a_button_is_never_a_link(desk, name):
    request = wren()
    address = attempt_on(request) if name == "attempt" else move_of(request, "rest")
    assert desk.get(address).status_code == 405


# --- moves -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.WAITING, ["rest"]),
        (Status.TRYING, ["rest", "pause_calls"]),
        (Status.REACHED, ["agree", "call_again", "rest", "lose_number", "withdraw"]),
        (Status.AGREED, ["return", "call_again", "rest", "withdraw"]),
        (Status.RESTING, ["reach", "rest", "wake", "withdraw"]),
        (Status.NO_NUMBER, ["got_in_touch", "pause_calls", "withdraw"]),
        (Status.DOOR_OPEN, ["got_in_touch", "one_more_call", "withdraw"]),
        (Status.WITHDRAWN, ["got_in_touch"]),
        (Status.RETURNED, []),
        (Status.ERASED, []),
    ],
)
def test_the_card_offers_the_moves_that_the_form_for_a_call_does_not_cover(status, offered):
    assert [move.name for move in moves_offered(status)] == offered


_EVERY_BUTTON = [(status, move.name, move.target) for status in Status for move in moves_offered(status)]


@pytest.mark.parametrize(("status", "name", "target"), _EVERY_BUTTON)
def test_every_button_makes_its_move(desk, juno, status, name, target):
    request = standing_at(status, juno)
    assert CallbackRequest.objects.get(pk=request.pk).status == status
    if name == "one_more_call":
        assert move_of(request, name) not in text(desk.get(card_of(request))), "we have just told them that we stop"
        CallbackRequest.objects.update(status_since=MONDAY - timedelta(weeks=4))
    page = text(desk.get(card_of(request)))
    assert f'action="{move_of(request, name)}"' in page
    answer = desk.post(move_of(request, name), {"weeks": "2"})
    assert (answer.status_code, answer.headers["Location"]) == (303, card_of(request))
    assert CallbackRequest.objects.get(pk=request.pk).status == target


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_waiting_asks_for_one_two_or_four_weeks(desk, weeks):
    request = wren()
    desk.post(move_of(request, "rest"), {"weeks": str(weeks)})
    assert CallbackRequest.objects.get().wake_at == MONDAY + timedelta(weeks=weeks)


@pytest.mark.parametrize("weeks", ["", "3", "many"])
def test_any_other_wait_is_asked_for_again(desk, weeks):
    request = wren()
    answer = desk.post(move_of(request, "rest"), {"weeks": weeks})
    assert words_of(answer) == ["Choose when to ask again: in 1, 2 or 4 weeks."]
    assert CallbackRequest.objects.get().status == Status.WAITING


@pytest.mark.parametrize("name", ["attempt", "erase", "new_number", "agree", "return", "unheard-of"])
def test_a_move_that_the_card_does_not_offer_is_refused_with_what_to_do(desk, name):
    request = wren()
    answer = desk.post(move_of(request, name))
    assert answer.status_code == 303
    assert words_of(answer)[0].startswith("That step is not open any more.")
    assert CallbackRequest.objects.get().status == Status.WAITING


def test_calling_cannot_stop_too_early_and_the_card_says_what_is_missing(desk, juno):
    request = wren()
    actions.log_attempt("no_answer", request_id=request.pk, by=juno, now=MONDAY)
    page = text(desk.get(card_of(request)))
    assert move_of(request, "pause_calls") not in page
    assert "So far: calls 1, days 1, parts of the day 1." in page
    answer = desk.post(move_of(request, "pause_calls"))
    assert words_of(answer) == ["It is too early to stop calling. The card says what is still to be tried."]
    assert CallbackRequest.objects.get().status == Status.TRYING


def test_who_leaves_us_only_mornings_is_not_called_in_another_part_of_the_day_first(desk, juno):
    request = wren(now=MONDAY - 14 * DAY, times=["morning"])
    for days in (10, 7, 4):
        actions.log_attempt("no_answer", request_id=request.pk, by=juno, now=MONDAY - days * DAY)
    assert move_of(request, "pause_calls") in text(desk.get(card_of(request)))


def test_the_story_calls_colleagues_by_their_name(desk):
    request = wren(times=[])
    claims.claim(request_id=request.pk, by=staff("m.oak", first_name="Marlo"), now=MONDAY)
    page = text(desk.get(card_of(request)))
    assert 'Took this call <span class="soft">(Marlo)</span>' in page
    assert "m.oak" not in page


def test_a_wrong_number_after_talking_is_forgotten_too(desk, juno):
    request = standing_at(Status.REACHED, juno)
    desk.post(move_of(request, "lose_number"))
    contact = CallbackRequest.objects.get().contact
    assert (contact.phone, contact.phone_hash) == ("", "")
    assert request.attempts.last().outcome == Outcome.WRONG_NUMBER


def test_no_state_is_a_dead_end_by_mistake():
    nothing_left = [status for status in Status if not moves_offered(status) and status not in states.TO_CALL]
    assert nothing_left == [Status.RETURNED, Status.ERASED]


def test_who_asked_for_a_text_is_written_to_not_called(desk):
    request = wren(reach_by="text")
    assert "Write to them" in text(desk.get(reverse(DESK)))
    page = text(desk.get(card_of(request)))
    assert "Write this text, by hand" in page
    assert "This logs try 1 of 3." in page
    assert "tel:" not in page
