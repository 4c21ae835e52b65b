"""The lists of the desk: who sees them, in which order, what needs a decision, and what never stands in them."""

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse

from intake import actions, claims, todos
from intake.choices import ToDoKind
from intake.models import CallbackRequest
from intake.queries import LONGEST_FIRST, UNDECIDED
from intake.states import Status
from privacy.roles import INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER
from scheduling.models import Closure, StaffedHours
from tests.intake.desk_tools import (
    COUNTS,
    DAY,
    DESK,
    HOUR,
    LIST,
    SECRETS,
    at_the_desk,
    attempt_on,
    card_of,
    copied,
    is_titled,
    move_of,
    numbers,
    references,
    standing_at,
    text,
    three_calls,
    words_of,
    wren,
)
from tests.intake.people import MONDAY, staff
from tests.scheduling.make import group, hour, placed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

EVERYONE = ("intake", "clinician", "manager", "privacy", "nobody")


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


def test_the_front_door_leads_intake_staff_to_the_desk_and_others_to_their_pages(desk):
    assert desk.get("/staff/").headers["Location"] == reverse(DESK)
    assert "<h1>Your pages</h1>" in text(desk.get("/staff/?all"))
    assert "<h1>Your pages</h1>" in text(at_the_desk(staff("marlo", role="manager")).get("/staff/"))


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
    """Whatever is asked, the answer is the whole list: nothing can be told from who is on it."""
    here = [wren().reference, wren(name="Ash").reference]
    answer = desk.get(f"{reverse(LIST)}?{query}", follow=True)
    assert answer.status_code == 200
    assert [reference in text(answer) for reference in here] == [True, True]
    assert answer.request["QUERY_STRING"] in (query, "e=1")
    assert "Zebedee" not in text(answer)


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


def test_later_holds_everyone_whose_safe_time_is_still_to_come(desk):
    wren()
    afternoon, tomorrow = wren(times=["afternoon"]), wren(times=["morning"], now=MONDAY + 2 * HOUR)
    page = text(desk.get(reverse(DESK)))
    assert references(page, "later") == [one.reference for one in (afternoon, tomorrow)]
    assert "Today at noon" in page
    assert "Tomorrow at 8 am" in page


def test_who_can_only_be_called_when_nobody_is_on_needs_a_decision(desk):
    never = wren(times=["evening"])
    page = text(desk.get(reverse(DESK)))
    assert references(page, "decide") == [never.reference]
    assert "Nobody is on at a time that is safe for them." in page


def test_everyone_we_owe_a_call_is_on_exactly_one_list(juno):
    wren(), wren(times=["afternoon"]), wren(times=["evening"])
    three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    requests = CallbackRequest.objects
    CallbackRequest.objects.filter(pk=wren().pk).update(call_from=MONDAY - 2 * HOUR, call_until=MONDAY)
    lists = [getattr(requests, name)(MONDAY) for name in ("due_now", "upcoming", "just_over")]
    lists.append(requests.nothing_planned())
    assert sorted(pk for one in lists for pk in one.values_list("pk", flat=True)) == sorted(
        requests.to_call().values_list("pk", flat=True)
    )
    assert [one.count() for one in lists] == [1, 1, 1, 2]


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
    todos.add_todo(ToDoKind.OTHER, "", (MONDAY + DAY).date(), request_id=request.pk, by=juno, now=MONDAY)
    assert references(text(desk.get(reverse(DESK))), "decide") == []


def test_a_restart_that_was_agreed_on_with_no_day_to_it_is_forgotten_by_nobody(desk, juno):
    agreed = standing_at(Status.AGREED, juno)
    page = text(desk.get(reverse(DESK)))
    assert references(page, "decide") == [agreed.reference]
    assert "Agreed, and no day stands here. Hold a seat, or write a to-do." in page
    placed(group("maumee"), agreed, starts_on=(MONDAY + 9 * DAY).date(), now=MONDAY)
    assert references(text(desk.get(reverse(DESK))), "decide") == []


def test_a_long_list_is_cut_and_says_that_there_are_more(desk, monkeypatch):
    monkeypatch.setattr("intake.admin.desk.MOST_ROWS", 2)
    for _ in range(5):
        wren()
    page = text(desk.get(reverse(DESK)))
    assert len(references(page, "now")) == 2
    assert "More people are on this list." in page
    assert numbers(page) == {"now": "2+", "decide": "0", "later": "0", "resting": "0", "family": "0"}


def test_an_empty_desk_says_so_kindly(desk):
    assert "Nobody’s safe time is open right now." in text(desk.get(reverse(DESK)))


def test_the_desk_says_until_when_somebody_is_on(desk):
    page = text(desk.get(reverse(DESK)))
    assert "Monday, November 23, 10:42 am. Open until 5 pm." in page


def test_the_desk_opens_even_when_nobody_is_ever_on(desk):
    wren()
    StaffedHours.objects.all().delete()
    assert "Nobody is on in the coming weeks." in text(desk.get(reverse(DESK)))


def test_people_who_asked_us_to_wait_stand_last_with_the_day_on_which_we_ask_again(desk, juno):
    request = wren()
    actions.rest(request_id=request.pk, weeks=2, by=juno, now=MONDAY)
    page = text(desk.get(reverse(DESK)))
    assert references(page, "resting") == [request.reference]
    assert "Monday, December 7" in page


def test_each_line_says_how_often_we_tried_and_in_which_language_they_wrote(desk):
    wren(language="es")
    page = text(desk.get(reverse(DESK)))
    assert "Call 1 of 3" in page
    assert "<b>Spanish.</b>" in page


def test_the_numbers_above_the_lists_are_those_the_script_asks_for(desk, juno):
    wren(), wren(times=["afternoon"]), wren(times=["evening"])
    actions.rest(request_id=wren().pk, weeks=2, by=juno, now=MONDAY)
    wanted = {"now": "1", "decide": "1", "later": "1", "resting": "1", "family": "0"}
    assert numbers(text(desk.get(reverse(DESK)))) == wanted
    assert desk.get(reverse(COUNTS)).json() == wanted


@pytest.mark.parametrize("role", EVERYONE)
def test_only_intake_staff_see_the_numbers(role):
    assert at_the_desk(staff(role=role)).get(reverse(COUNTS)).status_code == (200 if role == "intake" else 403)


def test_a_round_that_starts_again_starts_with_call_one(desk, juno):
    request = three_calls(wren(now=MONDAY - 14 * DAY, times=[]), juno)
    actions.rest(request_id=request.pk, weeks=1, by=juno, now=MONDAY - DAY)
    actions.make_move("wake", request_id=request.pk, by=juno, now=MONDAY)
    assert "Call 1 of 3" in text(desk.get(reverse(DESK)))
    assert "This logs call 1 of 3." in text(desk.get(card_of(request)))


@pytest.mark.parametrize("rows", [1, 3, 60])
@pytest.mark.parametrize(("name", "queries"), [(DESK, 14), (COUNTS, 12), (LIST, 7)])
def test_a_list_asks_as_much_for_sixty_rows_as_for_one(desk, juno, name, queries, rows, django_assert_num_queries):
    for town in ("maumee", "toledo", "oregon", "perrysburg"):
        wren(town=town)
    actions.log_attempt("talked", request_id=wren().pk, by=juno, now=MONDAY)
    actions.rest(request_id=wren().pk, weeks=2, by=juno, now=MONDAY)
    wren(times=["afternoon"])
    copied(rows)
    claims.claim(request_id=wren().pk, by=staff("marlo"), now=MONDAY)
    desk.get(reverse(name))
    with django_assert_num_queries(queries):
        desk.get(reverse(name))


# --- what a page that stands open asks for, and how the lists are read ---------------------------------------------


def test_the_numbers_that_a_page_asks_for_by_itself_keep_nobody_signed_in(juno, settings):
    assert [reverse(COUNTS)] == settings.ASKED_BY_THE_PAGE
    client, minute = at_the_desk(juno), HOUR / 60
    client.get(reverse(DESK))
    for minutes in (5, 10, 15):
        with time_machine.travel(MONDAY + minutes * minute, tick=False):
            assert client.get(reverse(COUNTS)).status_code == 200
    with time_machine.travel(MONDAY + 16 * minute, tick=False):
        assert client.get(reverse(COUNTS)).status_code == 302
        assert client.get(reverse(DESK)).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("index", "read"),
    [
        ("request_call_now", lambda everyone: everyone.due_now(MONDAY)),
        ("request_upcoming", lambda everyone: everyone.upcoming(MONDAY)),
        ("request_window_over", lambda everyone: everyone.just_over(MONDAY)),
        ("request_to_wake", lambda everyone: everyone.resting()),
        ("request_undecided", lambda everyone: everyone.filter(UNDECIDED).order_by(*LONGEST_FIRST)),
    ],
)
def test_each_list_is_read_in_the_order_of_its_index_and_never_sorted(index, read):
    wren()
    with connection.cursor() as cursor:  # with these, a plan that still sorts is one that has no index to read by
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off")
    plan = read(CallbackRequest.objects)[:50].explain()
    assert index in plan
    assert "Sort" not in plan


def test_whose_first_day_is_closed_now_needs_a_decision_whichever_number_their_request_has(desk):
    for _number in range(5):
        wren(phone="+14195550155", email="")  # so that no claim has the number of its request
    request = wren()
    claim = placed(hour("individual", "maumee", starts_at=MONDAY + 2 * DAY), request, now=MONDAY)
    assert claim.pk != request.pk
    assert request.reference not in references(text(desk.get(reverse(DESK))), "decide")
    Closure.objects.create(date=claim.starts_on, reason="Ice")
    page = text(desk.get(reverse(DESK)))
    assert references(page, "decide")[0] == request.reference
    assert "Nothing meets on their first day. Find another with them." in page


def test_words_about_times_are_announced_before_anybody_calls_and_never_shown(desk):
    wren(times=[], avoid_times="Never on Mondays"), wren(times=[], avoid_times="")
    page = text(desk.get(reverse(DESK)))
    assert page.count("Read what they wrote about times first") == 1
    assert "Never on Mondays" not in page


@pytest.mark.parametrize("wrong", ["x", "", "9" * 30, "-1"])
def test_what_is_no_row_cannot_be_ticked(desk, wrong):
    wren()
    answer = desk.post(reverse(LIST), {"action": "give_to_somebody", "_selected_action": [wrong], "index": "0"})
    assert words_of(answer) == ["Nothing was done. Tick some rows first."]
