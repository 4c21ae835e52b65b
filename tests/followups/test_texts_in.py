"""Somebody writes to our number: signed or not heard, never twice, never about somebody else (R-T3, R-P3, R-T5)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier

import pytest
import time_machine
from django.conf import settings as real_settings
from django.db import connection
from django.utils import translation

from followups import delivery, texts_in
from followups.channels import TryLater
from followups.discretion import fits_one_text, giveaways
from followups.models import InboundText, Incident, WrongNumber
from followups.numbers import Meaning, last_heard_from
from followups.retention import RULES
from intake import actions
from intake.answers import Reach
from intake.models import CallbackRequest
from privacy import audit
from privacy.key_rotation import rotate

from .people import (
    ACK,
    UNDELIVERED,
    WEDNESDAY,
    a_caller,
    by_email,
    call,
    fate,
    left,
    message_of,
    planned,
    someone,
    tick,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NIGHT = WEDNESDAY + 9 * HOUR
NUMBER, UNKNOWN = "+14195550101", "+14195550177"
HERS = {"name": "Hazel Larkspur", "note": "Knock at the blue door"}
_ids = count()


def text(words, *, number=NUMBER, now=WEDNESDAY + HOUR, provider_id="") -> str:
    return texts_in.take_in(provider_id or f"SM{next(_ids)}", number, words, now=now)


def now_of(request) -> CallbackRequest:
    return CallbackRequest.objects.select_related("contact").get(pk=request.pk)


def steps(request) -> list[str]:
    return [entry.what for entry in request.history.all()]


# --- stop -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["+14195550101", "14195550101", "4195550101", "(419) 555-0101", " +1 419 555 0101 "])
def test_a_stop_counts_however_the_number_is_written(number):
    request = someone()
    text("STOP", number=number)
    assert not now_of(request).contact.text_ok


def test_a_stop_ends_texts_to_that_number_for_every_request_and_nothing_else():
    hers, his = someone(), someone(name="Sorrel", reach_by="email", email="sorrel@example.org")
    elsewhere = someone(number=2)
    planned()
    assert text("please stop") == (
        "Front Desk: You are opted out and will get no more texts. Reply START to get texts again."
    )
    tick(now=WEDNESDAY + HOUR)
    assert fate(hers) == ("skipped", "no_consent")
    assert fate(his) == fate(elsewhere) == ("sent", "")
    assert sorted(left()) == [("email", "sorrel@example.org"), ("text", "+14195550102")]
    assert now_of(his).contact.messages_stopped_at is None


def test_a_stop_between_claim_and_hand_over_is_heard():
    request = someone()
    planned()
    claim = delivery._claim(message_of(request).pk, WEDNESDAY)
    text("STOP", now=WEDNESDAY)
    assert delivery._hand_over(message_of(request).pk, claim, WEDNESDAY) is None
    assert fate(request) == ("skipped", "no_consent")


def test_a_stop_between_a_try_that_failed_and_the_next_is_heard(monkeypatch):
    def nobody_there(outgoing, now):
        raise TryLater

    request = someone()
    with monkeypatch.context() as patch:
        patch.setattr("followups.channels.local.deliver", nobody_there)
        tick()
    assert fate(request) == ("planned", "trying_again")
    text("STOP", now=WEDNESDAY)
    tick(now=WEDNESDAY + HOUR)
    assert fate(request) == ("skipped", "no_consent")
    assert left() == []


def test_a_stop_changes_nothing_about_a_text_that_may_have_left():
    request = someone()
    planned()
    claim = delivery._claim(message_of(request).pk, WEDNESDAY)
    outgoing = delivery._hand_over(message_of(request).pk, claim, WEDNESDAY)
    text("STOP", now=WEDNESDAY)
    assert fate(request) == ("sending", "")
    delivery._send(outgoing, claim, WEDNESDAY)
    assert fate(request) == ("sent", "")
    assert not now_of(request).contact.text_ok


def test_who_may_mean_stop_gets_no_more_texts_and_a_person_looks():
    request = someone()
    planned()
    assert text("please don’t text me") == ""
    tick(now=WEDNESDAY + HOUR)
    assert left() == []
    assert now_of(request).by_text == "perhaps_stop"
    assert request in CallbackRequest.objects.needs_decision(WEDNESDAY)


def test_after_a_stop_staff_write_no_text_by_hand_either(admin_client):
    request = someone(reach_by="text")
    text("STOP", now=WEDNESDAY)
    with time_machine.travel(WEDNESDAY, tick=False):
        assert "Do not write" in admin_client.get("/staff/intake/callbackrequest/desk/").content.decode()
        card = admin_client.get(f"/staff/intake/callbackrequest/{request.pk}/change/").content.decode()
        assert "They stopped texts." in card
    text("START")
    assert not now_of(request).contact.stopped("text")


def test_start_after_a_stop_is_a_new_yes_for_who_stopped_by_a_text():
    request = someone()
    text("STOP")
    assert text("START").startswith("Front Desk: For help call 888-657-0858, weekdays 8 to 5.")
    planned()
    tick(now=WEDNESDAY + HOUR)
    assert fate(request) == ("sent", "")
    assert request.consents.last().page == "text_start"


def test_start_gives_no_yes_that_was_never_there():
    never, on_their_page = someone(text_ok=False), someone(number=2)
    actions.stop_messages(request_id=on_their_page.pk, by=audit.PERSON, now=WEDNESDAY)
    text("START")
    text("START", number="+14195550102")
    assert not now_of(never).contact.text_ok
    assert not now_of(on_their_page).contact.text_ok


def test_start_from_a_shared_number_gives_nobody_a_yes():
    people = [someone(), someone(name="Sorrel")]
    text("STOP")
    text("START")
    assert [now_of(person).contact.text_ok for person in people] == [False, False]


# --- one, two, and words of their own -------------------------------------------------------------------------------


def test_one_is_a_step_of_the_story_and_two_a_line_on_the_desk():
    request = someone()
    thanks = text("1")
    assert thanks.startswith("Front Desk: Thanks for your reply.")
    assert (steps(request)[-1], now_of(request).by_text) == ("said_it_fits", "")
    assert text("2 please") == thanks
    assert (steps(request)[-1], now_of(request).by_text) == ("text_change", "change")


def test_words_of_their_own_are_never_kept():
    request = someone()
    text("I sleep at the old mill, ask for Marlo")
    assert now_of(request).by_text == "wrote"
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t WHERE t::text LIKE %s', ["%old mill%"])
            assert cursor.fetchall() == []


def test_out_of_hours_words_get_one_fixed_answer_a_day_and_in_hours_none():
    someone()
    assert text("are you there") == ""
    answer = text("are you there", now=NIGHT)
    assert answer.startswith("Front Desk: This number is not for emergencies. Call 911")
    assert text("hello??", now=NIGHT + HOUR) == ""
    assert text("hello", now=NIGHT + 25 * HOUR) == answer
    assert text("hello", now=NIGHT + 25 * HOUR, number=UNKNOWN) == answer


@pytest.mark.parametrize("words", ["1", "2", "where are you", "START", "HELP", "STOP", "please don't text me", "ayuda"])
@pytest.mark.parametrize("now", [WEDNESDAY, NIGHT])
def test_a_number_we_do_not_know_is_answered_as_one_we_know_and_as_one_that_is_shared(words, now):
    someone(**HERS)
    someone(number=2, **HERS)
    someone(number=2, name="Sorrel")
    CallbackRequest.objects.filter(pk=someone(number=3, **HERS).pk).update(language="es")
    answers = {text(words, number=number, now=now) for number in (NUMBER, "+14195550102", "+14195550103", UNKNOWN)}
    assert len(answers) == 1


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        ("HELP", "For help call"),
        ("Ayuda por favor", "Ayuda: llama"),
        ("ALTO", "No recibir"),
        ("¿cuándo abren?", "Este"),
        ("dos", "Gracias"),
    ],
)
def test_the_answer_is_in_the_language_of_their_words_whoever_they_are(words, begins):
    answers = {text(words, number=number, now=NIGHT) for number in (NUMBER, UNKNOWN)}
    assert len(answers) == 1
    assert answers.pop().startswith(f"Front Desk: {begins}")


@pytest.mark.parametrize("words", ["1", "2", "call me at the mill", "START", "HELP"])
def test_a_text_from_a_shared_number_touches_no_request_at_it(words):
    people = [someone(**HERS), someone(name="Sorrel")]
    before = [steps(person) for person in people]
    text(words)
    assert [steps(person) for person in people] == before
    assert [now_of(person).by_text for person in people] == ["", ""]


def test_of_several_requests_at_a_number_the_only_open_one_is_meant():
    earlier, now_open = someone(), someone()
    actions.make_move("withdraw", request_id=earlier.pk, by=audit.PERSON, now=WEDNESDAY)
    text("2")
    assert [now_of(earlier).by_text, now_of(now_open).by_text] == ["", "change"]


def test_staff_see_the_line_and_it_goes_when_they_have_seen_to_it(admin_client):
    request = someone(now=WEDNESDAY)
    with time_machine.travel(WEDNESDAY, tick=False):
        text("2")
        assert "they want another time" in admin_client.get("/staff/intake/callbackrequest/desk/").content.decode()
        card = f"/staff/intake/callbackrequest/{request.pk}"
        assert "Wants to change the time." in admin_client.get(f"{card}/change/").content.decode()
        assert admin_client.post(f"{card}/seen/").status_code == 303
        assert "Seen to their text" in admin_client.get(f"{card}/change/").content.decode()
    assert now_of(request).by_text == ""


# --- wrong number ---------------------------------------------------------------------------------------------------


def test_a_wrong_number_is_forgotten_everywhere_and_never_texted_again():
    first, second = someone(**HERS), someone(name="Sorrel")
    tick()
    assert text("sorry, wrong number", now=WEDNESDAY + HOUR) == ""
    for person in map(now_of, (first, second)):
        assert (person.contact.phone, person.contact.phone_hash) == ("", "")
        assert (person.status, person.by_text) == ("no_number", "wrong_number")
    assert not InboundText.objects.exclude(phone_hash="").exists()
    assert ("text", NUMBER) not in left()
    again = someone()
    tick(now=WEDNESDAY + 2 * HOUR)
    assert fate(again) == ("skipped", "wrong_number")


def test_what_reached_somebody_else_is_an_incident_and_staff_hear_of_it_the_same_day():
    reached, not_reached = someone(), someone(name="Sorrel")
    tick()
    text("wrong number")
    (incident,) = Incident.objects.all()
    assert (incident.request, incident.assess_by) == (reached, WEDNESDAY + HOUR + timedelta(days=60))
    assert fate(reached) == ("failed", "wrong_number")
    assert fate(not_reached) == ("planned", "one_a_day")
    tick(now=WEDNESDAY + 2 * HOUR)
    assert fate(reached, UNDELIVERED) == ("sent", "")


def test_whoever_has_that_number_may_ask_for_texts_again():
    someone()
    text("wrong number")
    text("START")
    assert not WrongNumber.objects.exists()
    assert fate_of_a_new_one() == ("sent", "")


def fate_of_a_new_one() -> tuple[str, str]:
    request = someone()
    tick()
    return fate(request)


def test_a_wrong_number_outlives_a_change_of_keys(settings):
    text("wrong number")
    settings.LOOKUP_KEYS = ["a new key", *settings.LOOKUP_KEYS]
    assert rotate(WrongNumber).renewed == 1
    settings.LOOKUP_KEYS = ["a new key"]
    assert WrongNumber.objects.holds(NUMBER)


def test_a_wrong_number_for_somebody_who_agreed_on_a_start_comes_to_the_desk_too():
    request = someone()
    call(request, "talked")
    actions.make_move("agree", request_id=request.pk, by=a_caller(), now=WEDNESDAY)
    text("wrong number")
    assert (now_of(request).status, now_of(request).by_text) == ("agreed", "wrong_number")
    assert request in CallbackRequest.objects.needs_decision(WEDNESDAY)


# --- replays, and what is kept --------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_same_text_twice_at_once_is_one_text():
    request = someone()
    both = Barrier(2, timeout=20)

    def hear(_):
        try:
            both.wait()
            return text("STOP", provider_id="SM1")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(hear, range(2)))
    assert answers[0] == ""
    assert answers[1].startswith("Front Desk: You are opted out")
    assert steps(request).count("texts_stopped") == 1


def test_an_old_stop_played_again_after_a_start_stops_nobody():
    request = someone()
    text("STOP", provider_id="SM1")
    text("START", provider_id="SM2")
    assert text("STOP", provider_id="SM1") == ""
    assert now_of(request).contact.text_ok


def test_when_a_number_was_last_heard_from_is_known_for_a_month():
    assert last_heard_from(NUMBER) is None
    text("1", now=WEDNESDAY)
    text("hello", now=WEDNESDAY + HOUR)
    text("hello", number=UNKNOWN, now=WEDNESDAY + 2 * HOUR)
    assert last_heard_from(NUMBER) == WEDNESDAY + HOUR
    assert last_heard_from("+14195550102") is None
    assert last_heard_from("") is None
    forget_old_numbers(WEDNESDAY + timedelta(days=31))
    assert last_heard_from(NUMBER) is None


def test_a_wrong_number_is_not_a_number_we_heard_from():
    text("1", now=WEDNESDAY)
    text("wrong number", now=WEDNESDAY + HOUR)
    assert last_heard_from(NUMBER) is None


def forget_old_numbers(now) -> None:
    (rule,) = RULES
    for pk in rule.due(now):
        rule.purge(pk, now)


def test_the_number_of_a_text_is_kept_for_a_month_and_its_id_for_good():
    text("hello", now=WEDNESDAY)
    for days, kept in ((29, 1), (30, 0)):
        forget_old_numbers(WEDNESDAY + timedelta(days=days))
        assert InboundText.objects.exclude(phone_hash="").count() == kept
    assert InboundText.objects.count() == 1


def test_a_stop_by_text_is_taken_back_by_a_tick_in_the_box_on_their_page():
    request = someone()
    text("STOP")
    reach = Reach(reach_by="call", phone=NUMBER, text_ok=True)
    actions.change_contact(reach, request_id=request.pk, page="my", by=audit.PERSON, now=WEDNESDAY + HOUR)
    planned(now=WEDNESDAY + HOUR)
    tick(now=WEDNESDAY + HOUR)
    assert fate(request, ACK) == ("sent", "")


@pytest.mark.parametrize("language", [code for code, _name in real_settings.LANGUAGES])
def test_every_answer_fits_one_text_and_gives_nothing_away(language, settings):
    settings.SENDER_LABEL = "Ask for the Front Office"
    for template in {*texts_in.REPLIES.values(), texts_in.CLOSED}:
        came = texts_in.Came(NUMBER, Meaning.OTHER, language, [], WEDNESDAY)
        words = texts_in._words(template, came)
        assert fits_one_text(words), f"{len(words)}: {words}"
        assert giveaways(words, names=["Hazel Larkspur"]) == []
        with translation.override(language):
            assert settings.SENDER_LABEL in words


def test_mail_for_staff_is_all_that_by_email_gets_from_a_text():
    request = by_email()
    text("STOP", number=UNKNOWN)
    tick()
    assert fate(request) == ("sent", "")
