"""The card: what must not be done comes first, the words are exact, and what is forbidden is not there (R-P19)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from followups.discretion import fits_one_text
from intake.choices import ReachBy, SayWho, Voicemail
from intake.contact_card import ContactCard, contact_card
from intake.models import ContactPreference
from intake.outcomes import Outcome
from intake.states import Status
from intake.words_to_say import daypart_words, phone_words
from privacy.revealing_words import reveals

TOLEDO = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)  # Monday, 10:42 in Toledo
NOON = datetime(2026, 11, 23, 17, tzinfo=UTC)
TOMORROW_8 = datetime(2026, 11, 24, 13, tzinfo=UTC)
OUR_NUMBER = "(419) 555-0142"
# What a person may have left us that no other ear may hear.
TOWN, NOTE = "Maumee", "Tuesdays are hard for me."

_REQUEST = {
    "name": "Wren",
    "note": NOTE,
    "status": Status.WAITING,
    "undelivered": "",
    "language": "en",
    "location": TOWN,
    "options": ["new_time"],
    "help_with": ["ride"],
    "received_at": NOW - timedelta(hours=5),
    "call_from": NOW - timedelta(hours=2),
    "call_until": NOON,
}
_CONTACT = {
    "reach_by": ReachBy.CALL,
    "phone": "+14195550117",
    "email": "",
    "voicemail": Voicemail.NO,
    "say_who": SayWho.NO,
    "text_ok": False,
    "times": ["morning"],
    "avoid_times": "",
    "messages_stopped_at": None,
}


def card(call_number: int = 1, **changes) -> ContactCard:
    request = SimpleNamespace(**(_REQUEST | {key: changes[key] for key in _REQUEST if key in changes}))
    contact = ContactPreference(**(_CONTACT | {key: changes[key] for key in _CONTACT if key in changes}))
    return contact_card(
        request,
        contact=contact,
        caller_first_name="Juno",
        call_number=call_number,
        callback_display=OUR_NUMBER,
        now=changes.get("now", NOW),
        zone=TOLEDO,
    )


def by_text(**changes) -> ContactCard:
    return card(**({"reach_by": ReachBy.TEXT} | changes))


def by_email(**changes) -> ContactCard:
    return card(**({"reach_by": ReachBy.EMAIL, "phone": "", "email": "wren@example.org"} | changes))


def rules(shown: ContactCard) -> list[tuple[str, str]]:
    return [(rule.text, rule.kind) for rule in shown.rules]


def said(shown: ContactCard) -> list[str]:
    return [step.say for step in shown.steps if step.say]


# --- the rules ---------------------------------------------------------------------------------------------------


def test_what_must_not_be_done_stands_first_and_in_order():
    assert rules(card(avoid_times="Fridays")) == [
        ("Do NOT leave a message", "stop"),
        ("Do not say who is calling to anyone else", "stop"),
        ("Safe to call until noon. 1 h 18 min left.", "ok"),
        ("Times not to call, in their words:", "stop"),
        ("Do not text them", "stop"),
    ]


@pytest.mark.parametrize(
    ("way", "say_who", "status"),
    product((card, by_text, by_email), SayWho.values, (Status.WAITING, Status.REACHED, Status.WITHDRAWN)),
)
def test_no_message_is_the_first_rule_unless_they_allowed_one(way, say_who, status):
    assert way(say_who=say_who, status=status).rules[0].text == "Do NOT leave a message"


@pytest.mark.parametrize("voicemail", ["", "no", "unheard-of"])
def test_anything_but_a_clear_yes_to_a_message_is_a_no(voicemail):
    shown = card(voicemail=voicemail)
    assert shown.rules[0].text == "Do NOT leave a message"
    assert Outcome.LEFT_MESSAGE not in shown.outcomes


def test_when_a_message_is_allowed_the_first_rule_says_which_words():
    first = card(voicemail="name_only").rules[0]
    assert (first.kind, first.quote) == (
        "ok",
        "Hi, this is Juno for Wren. Please call me at (419) 555-0142. Thank you.",
    )


def test_only_a_yes_lets_the_caller_give_a_name():
    assert card(say_who="").rules[1].kind == "stop"
    assert card(say_who="yes").rules[1].text == "You may give your first name to someone else, nothing more"


def test_their_own_words_about_time_are_quoted_as_they_wrote_them():
    quotes = [rule.quote for rule in card(avoid_times="Never on Fridays, he is home").rules if rule.quote]
    assert quotes == ["Never on Fridays, he is home"]


def test_another_language_and_an_interpreter_are_rules_of_the_card():
    texts = [rule.text for rule in card(language="es", help_with=["interpreter"]).rules]
    assert "They wrote in Spanish. Ask which language suits them." in texts
    assert "They asked for an interpreter. Have one on the line first." in texts


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"text_ok": True}, ("Texts are allowed", "ok")),
        ({"text_ok": False}, ("Do not text them", "stop")),
        ({"text_ok": True, "messages_stopped_at": NOW}, ("Do not text them", "stop")),
    ],
)
def test_texts_are_allowed_only_while_their_yes_holds(changes, last):
    assert rules(card(**changes))[-1] == last


# --- when to call ------------------------------------------------------------------------------------------------


def test_inside_the_safe_window_the_number_can_be_called():
    shown = card()
    assert (shown.may_call_now, shown.tel, shown.reach_at) == (True, "+14195550117", "(419) 555-0117")


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"call_from": TOMORROW_8, "call_until": TOMORROW_8 + timedelta(hours=4)},
            "Not safe to call yet. It opens tomorrow at 8 am, in 21 h 18 min.",
        ),
        ({"now": NOON}, "The safe time is over. The next one will stand here in a minute."),
        (
            {"call_from": None, "call_until": None},
            "No safe time is coming up: nobody is on when they said a call is fine.",
        ),
        (
            {"call_from": None, "call_until": None, "call_number": 4},
            "Three calls are made. There is no fourth one.",
        ),
        ({"status": Status.REACHED, "call_from": None, "call_until": None}, "No call is planned from here."),
    ],
)
def test_outside_the_safe_window_the_number_can_be_read_but_not_pressed(changes, line):
    shown = card(**changes)
    assert (shown.may_call_now, shown.tel, shown.reach_at) == (False, "", "(419) 555-0117")
    assert shown.window == line


def test_the_first_minute_is_safe_and_the_last_one_is_not():
    assert card(call_from=NOW).may_call_now
    assert not card(call_until=NOW).may_call_now


# --- the words ---------------------------------------------------------------------------------------------------


def test_the_words_of_a_call_are_exact():
    assert said(card()) == [
        "Hi, may I speak with Wren?",
        "Thanks. I’ll try again later.",
        "You asked us to call. Is this a good place to talk?",
    ]
    assert card().steps[-1].then == "Hang up. Log “No answer”."


def test_who_allowed_it_lets_someone_else_hear_a_first_name_and_a_number():
    someone_else = card(say_who="yes").steps[1]
    assert someone_else.say == "Could you say that Juno called? The number is (419) 555-0142."


def test_the_voicemail_words_hold_a_name_and_a_number_and_nothing_else():
    words = card(voicemail="name_only").steps[-1].say
    assert words == "Hi, this is Juno for Wren. Please call me at (419) 555-0142. Thank you."


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({}, "the town they picked (Maumee), and the time they asked for (mornings)"),
        ({"location": None}, "the time they asked for (mornings), and what would help (A group at another time)"),
        (
            {"location": None, "times": [], "options": ["unsure"]},
            "what they want help with (A ride), and when they wrote to us (today at 5:42 am)",
        ),
        (
            {"location": None, "times": [], "options": [], "help_with": []},
            "when they wrote to us (today at 5:42 am), and how they want to be reached (call)",
        ),
    ],
)
def test_two_things_only_they_know_are_checked_before_a_word_of_why(changes, first):
    assert card(**changes).steps[2].first == f"Ask, and let them say it: {first}. Then:"


def test_who_asked_for_a_text_gets_the_words_to_write_by_hand():
    shown = by_text()
    assert said(shown)[0] == (
        "Hi Wren, this is Juno. When is a good time? You can write back here, or call (419) 555-0142."
    )
    assert (shown.reach_at, shown.tel, shown.may_call_now) == ("(419) 555-0117", "", False)
    assert ("Do not call. They asked for a text.", "stop") in rules(shown)
    assert "A good time to write until noon. 1 h 18 min left." in [rule.text for rule in shown.rules]


def test_the_text_by_hand_is_one_text_and_holds_no_full_name():
    words = said(by_text(name="Wren Zebedee"))[0]
    assert fits_one_text(words)
    assert "Zebedee" not in words


def test_who_asked_for_an_email_gets_a_subject_too_and_the_address():
    shown = by_email()
    assert said(shown)[0] == "Hello from Juno"
    assert (shown.reach_at, shown.tel) == ("wren@example.org", "")


@pytest.mark.parametrize(
    ("way", "say_who", "voicemail"), product((card, by_text, by_email), SayWho.values, Voicemail.values)
)
def test_no_word_that_others_may_hear_gives_anything_away(way, say_who, voicemail, settings):
    shown = way(say_who=say_who, voicemail=voicemail)
    heard = [words for words in said(shown) if not words.startswith("You asked")]
    for words in [*heard, *(rule.quote for rule in shown.rules)]:
        assert reveals(words) == []
        assert settings.PROVIDER_NAME not in words
        assert TOWN not in words
        assert NOTE not in words


# --- no way, and in peace ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [card, by_text])
def test_without_a_phone_there_is_no_number_no_button_and_no_words(way):
    shown = way(phone="")
    assert (shown.way, shown.reach_at, shown.tel, shown.may_call_now, shown.steps) == ("none", "", "", False, ())


@pytest.mark.parametrize("way", [by_text, by_email])
def test_who_stopped_all_messages_is_not_written_to_by_hand_either(way):
    shown = way(messages_stopped_at=NOW)
    assert (shown.way, shown.reach_at, shown.steps) == ("none", "", ())
    assert ("Do not call or write. They stopped all messages.", "stop") in rules(shown)


def test_who_stopped_messages_but_asked_for_a_call_is_still_called():
    assert card(messages_stopped_at=NOW).may_call_now


@pytest.mark.parametrize("status", [Status.RESTING, Status.DOOR_OPEN, Status.WITHDRAWN, Status.RETURNED, Status.ERASED])
def test_who_is_to_be_left_in_peace_has_no_number_on_the_card(status):
    shown = card(status=status)
    assert (shown.way, shown.reach_at, shown.tel, shown.steps, shown.outcomes) == ("none", "", "", (), ())
    assert ("Do not call or write. The next word is theirs.", "stop") in rules(shown)


# --- what may be logged ------------------------------------------------------------------------------------------


def test_a_message_can_be_logged_only_by_who_may_leave_one():
    assert card().outcomes == tuple(one for one in Outcome if one != Outcome.LEFT_MESSAGE)
    assert card(voicemail="name_only").outcomes == tuple(Outcome)


def test_a_fourth_missed_call_cannot_be_logged():
    assert card(call_number=3, voicemail="name_only").outcomes == tuple(Outcome)
    assert card(call_number=4, call_from=None, call_until=None, voicemail="name_only").outcomes == (
        Outcome.TALKED,
        Outcome.ASKED_LATER,
        Outcome.WRONG_NUMBER,
        Outcome.ASKED_TO_STOP,
    )


def test_a_further_call_that_they_asked_for_can_be_logged_whatever_happens():
    assert card(call_number=4, voicemail="name_only").outcomes == tuple(Outcome)


def test_writing_has_no_outcomes_of_a_call():
    assert by_text(voicemail="name_only").outcomes == (
        Outcome.TALKED,
        Outcome.NO_ANSWER,
        Outcome.ASKED_LATER,
        Outcome.WRONG_NUMBER,
        Outcome.ASKED_TO_STOP,
    )
    assert Outcome.WRONG_NUMBER not in by_email().outcomes


@pytest.mark.parametrize("status", [status for status in Status if status not in (Status.WAITING, Status.TRYING)])
def test_only_who_is_owed_a_call_has_a_call_to_log(status):
    assert card(status=status).outcomes == ()


# --- small words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words"),
    [("+14195550142", "(419) 555-0142"), ("+442079460958", "+44 20 7946 0958"), ("", ""), ("odd", "odd")],
)
def test_a_number_is_written_as_people_write_it(number, words):
    assert phone_words(number) == words


def test_dayparts_are_told_in_the_order_of_the_day():
    assert daypart_words(["evening", "morning"]) == "mornings and evenings"
    assert daypart_words([]) == ""
