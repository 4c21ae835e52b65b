"""The door for family: the same for everyone, linked to no request, and answered in words that confirm nothing."""

import io
import re
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from intake import family
from intake.models import CallbackRequest, FamilyMessage
from intake.models.family import KEPT_AFTER_HANDLED, KEPT_AT_MOST
from privacy.models import AuditEvent
from tests.intake.desk_tools import DESK, at_the_desk, is_titled, numbers, text, words_of, wren
from tests.intake.make import at_once, every_text_in_the_database
from tests.intake.page import Page
from tests.intake.people import MONDAY, staff
from tests.intake.test_who_sees_whose import EVERYBODY, somebody
from tests.test_no_leaks import Browser, ears  # noqa: F401  the fixture that hears every logger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

DOOR, SENT = reverse("someone-else"), reverse("someone-else-sent")
LIST = reverse("admin:intake_familymessage_changelist")
WORDS = {"message": "How is Wren Zebedee doing? She is on 419-555-0117.", "reach": "quillaunt@canary.example"}
CANARIES = ("Zebedee", "0117", "quillaunt", "How is Wren")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def page_of(message: FamilyMessage) -> str:
    return reverse("admin:intake_familymessage_change", args=[message.pk])


def seen_at(message: FamilyMessage) -> str:
    return reverse("admin:intake_familymessage_seen", args=[message.pk])


def left(words: str = "Hello", now=MONDAY, **changes) -> FamilyMessage:
    family.receive(words, changes.get("reach", ""), language="en", now=now)
    return FamilyMessage.objects.latest("id")


def answer_to(client: Client, form: dict) -> tuple:
    said = client.post(DOOR, form)
    then = client.get(said.headers["Location"]) if said.status_code == 303 else said
    body = re.sub(rb'value="\w{64}"', b"", then.content)  # the mark against forged forms differs on every page
    return said.status_code, said.headers.get("Location"), body, dict(said.cookies)


# --- the page ----------------------------------------------------------------------------------------------------


def test_somebody_leaves_a_few_words_and_is_thanked(client):
    assert client.post(DOOR, WORDS).headers["Location"] == SENT
    message = FamilyMessage.objects.get()
    assert (message.words, message.reach, message.language) == (*WORDS.values(), "en")
    assert "Thank you for your words" in text(client.get(SENT))


def test_the_words_alone_are_enough(client):
    assert client.post(DOOR, {"message": "Hello"}).status_code == 303
    assert FamilyMessage.objects.get().reach == ""


def test_it_asks_for_nothing_but_words_and_a_way_to_answer(client):
    assert set(Page(client.get(DOOR)).values) == {"csrfmiddlewaretoken", "message", "reach", "subject"}


def test_about_whomever_they_write_they_see_the_same_and_so_does_a_machine():
    """A person we know, one we do not, one whose words worry us, the same words again, and a machine."""
    wren()
    forms = [
        WORDS,
        {"message": "How is Sage Nobody? 419-555-0188", "reach": ""},
        {"message": "He says he wants to die. I want to die too."},
        WORDS,
        {"message": "Buy this", "subject": "x"},
    ]
    first, *others = [answer_to(Client(), form) for form in forms]
    assert first[:2] == (303, SENT)
    assert [other == first for other in others] == [True] * 4


def test_a_machine_and_a_second_press_leave_nothing(client):
    for form in (WORDS, WORDS, WORDS | {"subject": "x"}):
        client.post(DOOR, form)
    assert FamilyMessage.objects.count() == 1
    with time_machine.travel(MONDAY + family.SAME_WITHIN, tick=False):
        client.post(DOOR, WORDS)
    assert FamilyMessage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_presses_that_arrive_together_are_one_message(monkeypatch):
    """Both have looked for the same words before either has written any, unless one has to wait for the other."""
    looked = Barrier(2)
    look = family._is_second_press

    def look_together(*given):
        found = look(*given)
        with suppress(BrokenBarrierError):
            looked.wait(1)
        return found

    monkeypatch.setattr(family, "_is_second_press", look_together)
    assert len({message.pk for message in at_once(left, left)}) == 1
    assert FamilyMessage.objects.count() == 1


def test_the_same_words_with_a_way_to_answer_this_time_are_kept(client):
    client.post(DOOR, {"message": "Hello"})
    client.post(DOOR, {"message": "Hello", "reach": "419 555 0199"})
    assert sorted(FamilyMessage.objects.values_list("reach", flat=True)) == ["", "419 555 0199"]


@pytest.mark.parametrize("message", ["", "   ", "\u200b", "\u202e"])
def test_no_words_are_asked_for_again_and_nothing_is_lost(client, message):
    said = client.post(DOOR, {"message": message, "reach": "419 555 0199"})
    page = Page(said)
    assert said.status_code == 422
    assert page.summary == [("#id_message", "Write a few words first")]
    assert page.values["reach"] == ["419 555 0199"]
    assert page.title.strip() == "Error: Someone else"
    assert not FamilyMessage.objects.exists()


def test_too_many_words_come_back_whole(client):
    said = client.post(DOOR, {"message": "a" * 1001})
    assert said.status_code == 422
    assert Page(said).values["message"] == ["a" * 1001]


def test_one_address_can_send_only_so_much(client, settings):
    settings.START_LIMIT_PER_HOUR = 2
    said = [client.post(DOOR, {"message": f"Hello {number}"}).status_code for number in range(3)]
    assert said == [303, 303, 429]
    assert FamilyMessage.objects.count() == 2


def test_a_forged_form_leaves_nothing():
    assert Client(enforce_csrf_checks=True).post(DOOR, WORDS).status_code == 403
    assert not FamilyMessage.objects.exists()


@pytest.mark.parametrize("path", [DOOR, SENT])
def test_the_pages_are_kept_by_nobody_and_found_by_no_search(client, path):
    said = client.get(path)
    assert "no-store" in said["Cache-Control"]
    assert 'content="noindex"' in text(said)
    assert is_titled(text(said)) == "Someone else"
    assert path not in text(client.get("/sitemap.xml"))


def test_the_pages_ask_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get(DOOR), client.get(SENT)


def test_it_says_plainly_that_we_never_say_who_comes_here(client):
    page = text(client.get(DOOR))
    assert "We never say if someone comes here, came here, or wrote to us." in page
    assert [f"{way}" in page for way in ("tel:911", "tel:988", "sms:988")] == [True] * 3


@pytest.mark.parametrize("name", ["guide", "questions"])
def test_the_guide_and_the_questions_lead_there(client, name):
    assert DOOR in Page(client.get(reverse(name))).links


def test_in_spanish_it_is_kept_as_spanish(client):
    assert client.post("/es/someone-else/", {"message": "Hola"}).headers["Location"] == "/es/someone-else/sent/"
    assert FamilyMessage.objects.get().language == "es"


# --- what becomes of the words -----------------------------------------------------------------------------------


def test_nothing_they_wrote_can_be_read_in_the_database_a_log_or_an_address(ears):  # noqa: F811
    browser = Browser()
    browser.get(DOOR), browser.post(DOOR, WORDS), browser.get(SENT)
    written = [every_text_in_the_database(), "\n".join(ears.lines), "\n".join(browser.addresses)]
    written.append(str(FamilyMessage.objects.get()))
    assert "intake_familymessage" in written[0]
    assert [one for one in CANARIES if one in "\n".join(written)] == []


def test_no_column_of_a_message_could_lead_to_a_request():
    pointed_at = {field.related_model for field in FamilyMessage._meta.fields if field.is_relation}
    assert CallbackRequest not in pointed_at
    assert {model.__name__ for model in pointed_at} == {"User"}
    related = {field.related_model for field in CallbackRequest._meta.get_fields() if field.is_relation}
    assert FamilyMessage not in related


def test_a_message_about_somebody_we_know_changes_nothing_on_their_card(juno, client):
    request = wren()
    card = reverse("admin:intake_callbackrequest_change", args=[request.pk])
    before = text(at_the_desk(juno).get(card))
    client.post(DOOR, WORDS)
    strip = re.compile(r'value="\w{64}"')
    assert strip.sub("", text(at_the_desk(juno).get(card))) == strip.sub("", before)


def purge(now) -> str:
    out = io.StringIO()
    with time_machine.travel(now, tick=False):
        call_command("purge_expired", stdout=out)
    return out.getvalue()


def test_a_message_goes_a_month_after_it_was_seen_to_and_after_half_a_year_in_any_case(juno):
    done, waiting = left("One"), left("Two")
    family.see_to(message_id=done.pk, by=juno, now=MONDAY + DAY)
    assert "messages from family deleted: 0" in purge(MONDAY + DAY + KEPT_AFTER_HANDLED - MINUTE)
    assert "messages from family deleted: 1" in purge(MONDAY + DAY + KEPT_AFTER_HANDLED)
    assert list(FamilyMessage.objects.all()) == [waiting]
    assert "messages from family deleted: 0" in purge(MONDAY + KEPT_AT_MOST - MINUTE)
    assert "messages from family deleted: 1" in purge(MONDAY + KEPT_AT_MOST)


# --- at the desk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_intake_staff_read_them(role):
    message, client = left(), at_the_desk(somebody(role))
    may = role in {"intake", "administrator"}
    assert client.get(LIST).status_code == (200 if may else 403)
    assert client.get(page_of(message)).status_code == (200 if may else 403)
    assert client.post(seen_at(message)).status_code == (303 if may else 403)
    message.refresh_from_db()
    assert (message.handled_by is not None) is may


def test_the_list_tells_that_somebody_wrote_and_nothing_of_what(desk, client):
    client.post(DOOR, WORDS)
    page = text(desk.get(LIST))
    assert f"Message {FamilyMessage.objects.get().pk}" in page
    assert "Waits for us" in page
    assert [one for one in CANARIES if one in page] == []


def test_the_page_shows_the_words_beside_what_to_say_and_opening_it_is_written_down(desk, client):
    client.post(DOOR, WORDS)
    message = FamilyMessage.objects.get()
    page = text(desk.get(page_of(message)))
    assert WORDS["message"] in page
    assert WORDS["reach"] in page
    assert is_titled(page) == f"Message {message.pk} · Desk"
    event = AuditEvent.objects.get(action="family.opened")
    assert (event.actor, event.subject_key, event.fields) == ("juno", str(message.pk), ["reach", "words"])
    assert [one for one in CANARIES if one in str(vars(event))] == []


def test_what_to_say_is_the_same_whoever_it_is_about(desk):
    wren()
    known, unknown = left(WORDS["message"]), left("How is Sage Nobody?")

    def said(message):
        return re.search(r'<ol class="words">.*?</ol>', text(desk.get(page_of(message))), re.DOTALL).group()

    assert said(known) == said(unknown)
    assert "We can’t say whether anyone comes here" in said(known)


def test_a_message_is_seen_to_once(desk):
    message = left()
    assert words_of(desk.post(seen_at(message))) == [f"Message {message.pk} is seen to. It goes by itself in a month."]
    assert words_of(desk.post(seen_at(message)))[1:] == []
    message.refresh_from_db()
    assert (message.handled_by.username, message.handled_at) == ("juno", MONDAY)
    assert AuditEvent.objects.filter(action="family.seen_to").count() == 1
    assert "It is seen to" not in text(desk.get(page_of(message)))


def test_who_waits_longest_comes_first_after_words_that_worry_and_before_what_is_done(desk, juno):
    old, done, worrying = left("One"), left("Two"), left("He says: I want to die")
    family.see_to(message_id=done.pk, by=juno, now=MONDAY)
    found = re.findall(r">Message (\d+)<", text(desk.get(LIST)))
    assert found == [str(one.pk) for one in (worrying, old, done)]


def test_words_that_may_mean_danger_stand_above_everything(desk):
    page = text(desk.get(page_of(left("He says: I want to die"))))
    assert page.index("Their words may mean danger.") < page.index("Say this")


def test_the_desk_counts_what_family_wrote_and_keeps_the_number_fresh(desk, juno):
    def counted() -> list[str]:
        fresh = desk.get(reverse("admin:intake_callbackrequest_counts")).json()["family"]
        return [numbers(text(desk.get(reverse(DESK))))["family"], fresh]

    assert counted() == ["0", "0"]
    message = left()
    assert counted() == ["1", "1"]
    family.see_to(message_id=message.pk, by=juno, now=MONDAY)
    assert counted() == ["0", "0"]


def test_words_of_family_that_may_mean_danger_stand_above_all_lists(desk, juno):
    left()
    assert "may mean danger" not in text(desk.get(reverse(DESK)))
    message = left("He says: I want to die")
    page = text(desk.get(reverse(DESK)))
    assert page.index("What somebody’s family wrote may mean danger.") < page.index('class="lists"')
    family.see_to(message_id=message.pk, by=juno, now=MONDAY)
    assert "may mean danger" not in text(desk.get(reverse(DESK)))


def test_a_message_that_is_not_there_is_a_404(desk):
    assert desk.get("/staff/intake/familymessage/99999/change/").status_code == 404
    assert desk.post("/staff/intake/familymessage/99999/seen/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(number, desk, juno, django_assert_num_queries):
    for nth in range(number):
        family.see_to(message_id=left(f"Hello {nth}").pk, by=staff(f"aspen{nth}"), now=MONDAY)
    desk.get(LIST)
    with django_assert_num_queries(6):
        desk.get(LIST)
