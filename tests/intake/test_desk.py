"""The desk as staff meet it: who sees what, in which order, what a button does, and what never stands in a list."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from intake import actions, states
from intake.admin.card import moves_offered
from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.states import Status
from privacy.models import AuditEvent
from privacy.roles import INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER
from scheduling.models import StaffedHours
from tests.intake.people import MONDAY, someone, staff

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERYONE = ("intake", "clinician", "manager", "privacy", "nobody")
DESK, LIST = "admin:intake_callbackrequest_desk", "admin:intake_callbackrequest_changelist"
# What could leak: each is on file, and none of it belongs in a list, a title or an address.
SECRETS = ("Zebedee", "Wren", "4195550117", "555-0117", "wren@example.org", "Fridays", "hard for me")


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def juno():
    return staff()


@pytest.fixture
def desk(juno) -> Client:
    return at_the_desk(juno)


def at_the_desk(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def wren(**changes) -> CallbackRequest:
    given = {"email": "wren@example.org", "avoid_times": "Fridays", "note": "Tuesdays are hard for me."}
    return someone(**(given | changes))[0]


def card_of(request) -> str:
    return reverse("admin:intake_callbackrequest_change", args=[request.pk])


def attempt_on(request) -> str:
    return reverse("admin:intake_callbackrequest_attempt", args=[request.pk])


def move_of(request, name: str) -> str:
    return reverse("admin:intake_callbackrequest_move", args=[request.pk, name])


def text(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


def words_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def references(page: str, key: str) -> list[str]:
    """The references on one of the three lists, from the top."""
    found = re.search(rf'<table class="queue {key}">.*?</table>', page, re.DOTALL)
    return re.findall(r'class="reference">([^<]+)<', found.group()) if found else []


def is_titled(page: str) -> str:
    return re.search(r"<title>(.*?)</title>", page, re.DOTALL).group(1).strip()


# --- who sees what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYONE)
@pytest.mark.parametrize("name", [DESK, LIST])
def test_only_intake_staff_see_the_lists(name, role):
    wanted = 200 if role == "intake" else 403
    assert at_the_desk(staff(role=role)).get(reverse(name)).status_code == wanted


@pytest.mark.parametrize("role", EVERYONE)
def test_only_intake_staff_can_open_a_card_and_for_others_it_does_not_exist(role):
    wanted = 200 if role == "intake" else 404
    assert at_the_desk(staff(role=role)).get(card_of(wren())).status_code == wanted


@pytest.mark.parametrize("role", EVERYONE)
def test_only_intake_staff_can_press_a_button(role):
    request, client = wren(), at_the_desk(staff(role=role))
    wanted = 303 if role == "intake" else 404
    assert client.post(attempt_on(request), {"outcome": "no_answer"}).status_code == wanted
    assert client.post(move_of(request, "rest"), {"weeks": "1"}).status_code == wanted


def test_who_may_only_look_sees_the_card_without_a_number_to_press_or_a_form(juno):
    request, reader = wren(), staff("reader", role="nobody")
    reader.user_permissions.add(*Group.objects.get(name=INTAKE_STAFF).permissions.filter(codename__startswith="view"))
    client = at_the_desk(reader)
    page = text(client.get(card_of(request)))
    assert "tel:" not in page
    assert 'name="outcome"' not in page
    assert "/move/" not in page
    assert client.post(attempt_on(request), {"outcome": "no_answer"}).status_code == 404
    assert client.post(move_of(request, "rest"), {"weeks": "1"}).status_code == 404


@pytest.mark.parametrize("person", ["a visitor", "somebody who is no staff"])
def test_nobody_from_outside_comes_in(person, django_user_model):
    client, request = Client(), wren()
    if person != "a visitor":
        client.force_login(django_user_model.objects.create_user("outside"))
    for address in (reverse(DESK), reverse(LIST), card_of(request)):
        answer = client.get(address, follow=True)
        assert "reference" not in answer.content.decode()
        assert answer.status_code in (200, 403)  # the sign-in page, or shut


def test_a_request_that_is_not_there_is_a_404(desk):
    assert desk.get(reverse("admin:intake_callbackrequest_change", args=[99999])).status_code == 404
    assert desk.post(reverse("admin:intake_callbackrequest_attempt", args=[99999])).status_code == 404


def test_the_front_door_leads_intake_staff_to_the_desk_and_others_to_the_index(desk):
    assert desk.get("/staff/").headers["Location"] == reverse(DESK)
    assert "Everything" in text(desk.get("/staff/?all"))
    assert "Places" in text(at_the_desk(staff("marlo", role="manager")).get("/staff/"))


def test_the_admins_own_sign_in_page_is_shut_since_it_knows_no_second_factor():
    answer = Client().post("/staff/login/", {"username": "juno", "password": "x"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (INTAKE_STAFF, {"intake.view_callbackrequest", "intake.work_callbackrequest"}),
        (PROGRAM_MANAGER, {"scheduling.change_staffedhours", "scheduling.delete_closure", "scheduling.add_location"}),
        (PRIVACY_OFFICER, {"privacy.view_auditevent"}),
    ],
)
def test_the_roles_come_with_the_migrations(role, permissions):
    named = Group.objects.get(name=role).permissions.values_list("content_type__app_label", "codename")
    assert permissions <= {".".join(pair) for pair in named}


@pytest.mark.parametrize("name", ["Consent", "HistoryEntry", "CallAttempt", "PrivateLink", "ContactPreference"])
def test_what_only_the_card_tells_has_no_page_of_its_own(name):
    assert name not in {model.__name__ for model in admin.site._registry}


# --- what a list never shows -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [DESK, LIST])
def test_a_list_shows_an_initial_and_a_reference_and_nothing_that_identifies(desk, name):
    request = wren(voicemail="name_only")
    page = text(desk.get(reverse(name)))
    assert "W." in page
    assert request.reference in page
    assert [secret for secret in SECRETS if secret in page] == []


def test_the_card_names_them_in_the_heading_and_keeps_title_and_address_neutral(desk):
    request = wren()
    page = text(desk.get(card_of(request)))
    assert "Call them Wren Zebedee" in page
    assert is_titled(page) == f"{request.reference} · Desk"
    assert [secret for secret in SECRETS if secret in card_of(request)] == []


@pytest.mark.parametrize(("name", "title"), [(DESK, "Call now · Desk"), (LIST, "All requests · Desk")])
def test_titles_of_lists_are_neutral(desk, name, title):
    assert is_titled(text(desk.get(reverse(name)))) == title


def test_a_message_after_a_button_names_nobody(desk):
    request = wren()
    answer = desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert [secret for secret in SECRETS if secret in " ".join(words_of(answer))] == []


@pytest.mark.parametrize("query", ["q=Wren", "name__startswith=W", "contact__phone_hash=x", "note__contains=hard"])
def test_the_address_bar_cannot_ask_about_a_person(desk, query):
    wren()
    answer = desk.get(f"{reverse(LIST)}?{query}")
    assert answer.status_code in (200, 400)
    assert "Zebedee" not in answer.content.decode()


def test_the_list_can_be_cut_to_a_status_and_a_town(desk):
    one, other = wren(), wren(town="toledo")
    page = text(desk.get(reverse(LIST), {"location__id__exact": one.location_id, "status__exact": "waiting"}))
    assert one.reference in page
    assert other.reference not in page


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/", "{pk}/history/", "{pk}/"])
def test_there_is_no_editor_behind_the_list(desk, path):
    address = reverse(LIST) + path.format(pk=wren().pk)
    assert desk.get(address).status_code == 404


def test_posting_to_the_card_changes_nothing(desk):
    request = wren()
    assert desk.post(card_of(request), {"status": "returned", "name": "x"}).status_code == 405
    assert CallbackRequest.objects.get().status == Status.WAITING


# --- the three lists ---------------------------------------------------------------------------------------------


def test_call_now_is_in_the_order_that_reaches_people_soonest(desk, juno):
    tried = wren(now=MONDAY - 7 * DAY, times=[])
    actions.log_attempt("no_answer", request_id=tried.pk, by=juno, now=MONDAY - 6 * DAY + 4 * HOUR)
    until_five = wren(times=[], now=MONDAY - 2 * HOUR)
    early, late = wren(now=MONDAY - 2 * HOUR), wren(now=MONDAY - HOUR)
    worried = wren(note="I want to die", times=[])
    actions.roll_windows(now=MONDAY)
    shown = references(text(desk.get(reverse(DESK))), "now")
    assert shown == [one.reference for one in (worried, late, early, until_five, tried)]


def test_later_holds_everyone_else_we_owe_a_call(desk):
    wren()
    afternoon, tomorrow = wren(times=["afternoon"]), wren(times=["morning"], now=MONDAY + 2 * HOUR)
    never = wren(times=["evening"])
    page = text(desk.get(reverse(DESK)))
    assert references(page, "later") == [one.reference for one in (afternoon, tomorrow, never)]
    assert "Today at noon" in page
    assert "Tomorrow at 8 am" in page
    assert "None is coming up" in page


def test_what_needs_a_decision_says_why(desk, juno):
    worried = wren(note="I want to die", times=["afternoon"])
    talked = wren()
    actions.log_attempt("talked", request_id=talked.pk, by=juno, now=MONDAY)
    used_up = three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    page = text(desk.get(reverse(DESK)))
    assert set(references(page, "decide")) == {worried.reference, talked.reference, used_up.reference}
    assert references(page, "decide")[0] == worried.reference
    assert used_up.reference not in references(page, "later")
    for why in ("Their words may mean danger.", "You talked.", "All calls are made."):
        assert why in page


def test_who_has_a_next_step_needs_no_decision(desk, juno):
    request = wren(note="I want to die")
    actions.log_attempt("talked", request_id=request.pk, by=juno, now=MONDAY)
    actions.make_move("agree", request_id=request.pk, by=juno, now=MONDAY)
    assert references(text(desk.get(reverse(DESK))), "decide") == []


def test_a_long_list_is_cut_and_says_how_many_more_there_are(desk, monkeypatch):
    monkeypatch.setattr("intake.admin.desk.MOST_ROWS", 2)
    for _ in range(5):
        wren()
    page = text(desk.get(reverse(DESK)))
    assert len(references(page, "now")) == 2
    assert "3 more people are on this list." in page


def test_an_empty_desk_says_so_kindly(desk):
    assert "Nobody’s safe time is open right now." in text(desk.get(reverse(DESK)))


def test_the_desk_says_until_when_somebody_is_on(desk):
    page = text(desk.get(reverse(DESK)))
    assert "Monday, November 23, 10:42 am. Open until 5 pm." in page


def test_the_desk_opens_even_when_nobody_is_ever_on(desk):
    wren()
    StaffedHours.objects.all().delete()
    assert "Nobody is on in the coming weeks." in text(desk.get(reverse(DESK)))


def test_people_who_asked_us_to_wait_are_counted_not_listed(desk, juno):
    request = wren()
    actions.rest(request_id=request.pk, weeks=2, by=juno, now=MONDAY)
    page = text(desk.get(reverse(DESK)))
    assert "1 person asked us to wait." in page
    assert request.reference not in page


def test_a_round_that_starts_again_starts_with_call_one(desk, juno):
    request = three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    actions.rest(request_id=request.pk, weeks=1, by=juno, now=MONDAY - DAY)
    actions.make_move("wake", request_id=request.pk, by=juno, now=MONDAY)
    assert "Call 1 of 3" in text(desk.get(reverse(DESK)))
    assert "This logs call 1 of 3." in text(desk.get(card_of(request)))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [(DESK, 12), (LIST, 7)])
def test_a_list_asks_as_much_for_three_rows_as_for_one(desk, juno, name, queries, rows, django_assert_num_queries):
    for _ in range(rows):
        wren(), wren(times=["afternoon"])
        actions.log_attempt("talked", request_id=wren().pk, by=juno, now=MONDAY)
    desk.get(reverse(name))
    with django_assert_num_queries(queries):
        desk.get(reverse(name))


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


def test_the_words_come_before_the_number_and_the_number_before_the_log(desk):
    page = text(desk.get(card_of(wren())))
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
    CallbackRequest.objects.filter(pk=request.pk).update(status=status, wake_at=wake_at, **gone)
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
    assert words_of(answer) == [f"Logged for {request.reference}: No answer. Next try: tomorrow at 8 am."]


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
        (Status.NO_NUMBER, ["withdraw"]),
        (Status.DOOR_OPEN, ["reach", "wake", "withdraw"]),
        (Status.WITHDRAWN, ["wake"]),
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


def test_a_wrong_number_after_talking_is_forgotten_too(desk, juno):
    request = standing_at(Status.REACHED, juno)
    desk.post(move_of(request, "lose_number"))
    contact = CallbackRequest.objects.get().contact
    assert (contact.phone, contact.phone_hash) == ("", "")
    assert request.attempts.last().outcome == Outcome.WRONG_NUMBER


def test_no_state_is_a_dead_end_by_mistake():
    nothing_left = [status for status in Status if not moves_offered(status) and status not in states.TO_CALL]
    assert nothing_left == [Status.RETURNED, Status.ERASED]


# --- the cast ----------------------------------------------------------------------------------------------------


def three_calls(request: CallbackRequest, by) -> CallbackRequest:
    """Tried on three days, in the morning and in the afternoon, each time in vain."""
    for days, hours in ((10, 0), (7, 4), (4, 0)):
        at = MONDAY - days * DAY + hours * HOUR
        actions.log_attempt("no_answer", request_id=request.pk, by=by, now=at)
    return request


def standing_at(status: Status, by) -> CallbackRequest:
    """A request that came to that place by the moves that really lead there."""
    request = wren(now=MONDAY - 14 * DAY, times=[])
    who = {"request_id": request.pk, "by": by, "now": MONDAY - HOUR}
    if status in (Status.TRYING, Status.DOOR_OPEN):
        three_calls(request, by)
    if status in (Status.REACHED, Status.AGREED):
        actions.log_attempt("talked", **who)
    way = {
        Status.AGREED: "agree",
        Status.DOOR_OPEN: "pause_calls",
        Status.WITHDRAWN: "withdraw",
    }
    if status in way:
        actions.make_move(way[status], **who)
    if status == Status.RESTING:
        actions.rest(weeks=1, **who)
    if status == Status.NO_NUMBER:
        actions.log_attempt("wrong_number", **who)
    return request
