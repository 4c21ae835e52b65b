"""Whether a message may go is decided when it goes: what was true at planning may not be true any more."""

from datetime import UTC, datetime, timedelta

import pytest

from followups import delivery, failures, gates
from followups.models import LocalDelivery, Message
from intake import actions
from intake.answers import Reach
from intake.corrections import STANDS_AFTER
from intake.models import Consent, ContactPreference
from privacy import audit
from scheduling.models import Closure

from .people import (
    ACK,
    LAST,
    LATE,
    MISSED,
    UNDELIVERED,
    WEDNESDAY,
    by_email,
    call,
    deliver_due,
    fate,
    left,
    message_of,
    pause_calls,
    planned,
    someone,
    tick,
)

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE, MAIL = ("text", "+14195550101"), ("email", "wren@example.org")


def test_a_text_goes_to_whoever_ticked_the_box_and_an_email_to_whoever_asked_for_one():
    texted, mailed = someone(), by_email(number=2)
    tick()
    assert fate(texted) == fate(mailed) == ("sent", "")
    assert left() == [PHONE, MAIL]


@pytest.mark.parametrize(("reach_by", "way"), [("call", PHONE), ("text", PHONE), ("email", MAIL)])
def test_the_way_they_chose_wins_over_a_box_they_ticked_too(reach_by, way):
    request = someone(reach_by=reach_by, email="wren@example.org")
    tick()
    assert fate(request) == ("sent", "")
    assert left() == [way]


def test_who_chose_email_and_took_it_back_is_texted_if_they_ticked_the_box():
    request = someone(reach_by="email", email="wren@example.org")
    Consent.objects.create(request=request, kind="email", given=False, page="desk", at=WEDNESDAY)
    tick()
    assert left() == [PHONE]
    assert "A person will email you by Thu noon." in LocalDelivery.objects.get().body


@pytest.mark.parametrize(
    "reach",
    [
        {"text_ok": False},
        {"text_ok": False, "email": "wren@example.org"},
        {"text_ok": False, "reach_by": "text"},
    ],
)
def test_without_consent_nothing_is_sent(reach):
    """A number, an address and even the wish to be texted are no consent to automatic texts (R-T1)."""
    request = someone(**reach)
    tick()
    assert fate(request) == ("skipped", "no_consent")
    assert left() == []


def test_a_box_that_is_ticked_without_a_kept_consent_is_not_enough():
    request = someone(text_ok=False)
    request.contact.text_ok = True
    request.contact.save()
    tick()
    assert fate(request) == ("skipped", "no_consent")


def test_consent_taken_back_between_planning_and_sending_counts():
    request = someone()
    planned()
    without = Reach(reach_by="call", phone="+14195550101", text_ok=False)
    actions.change_contact(without, request_id=request.pk, page="my", by=audit.PERSON, now=WEDNESDAY)
    deliver_due()
    assert fate(request) == ("skipped", "no_consent")
    assert left() == []


def test_messages_stopped_between_planning_and_sending_are_not_sent():
    request = someone()
    planned()
    actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    deliver_due()
    assert fate(request) == ("skipped", "they_stopped_messages")
    assert left() == []


def test_messages_stopped_between_claim_and_sending_are_not_sent(monkeypatch):
    request = someone()
    planned()
    claim = delivery._claim

    def claim_and_then_they_stop(*args):
        won = claim(*args)
        actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
        return won

    monkeypatch.setattr(delivery, "_claim", claim_and_then_they_stop)
    deliver_due()
    assert fate(request) == ("skipped", "they_stopped_messages")
    assert left() == []


def test_a_stop_on_one_request_counts_for_the_same_number_on_an_earlier_one():
    """R-T3: for that number, across all requests."""
    first, second = someone(), someone()
    actions.stop_messages(request_id=second.pk, by=audit.PERSON, now=WEDNESDAY)
    tick()
    assert fate(first) == ("skipped", "no_consent")
    assert left() == []


def test_who_asks_again_after_a_stop_and_ticks_the_box_is_texted_again():
    first = someone()
    actions.stop_messages(request_id=first.pk, by=audit.PERSON, now=WEDNESDAY)
    again = someone()
    tick()
    assert fate(first) == ("skipped", "they_stopped_messages")
    assert fate(again) == ("sent", "")


@pytest.mark.parametrize("move", ["withdraw", "talked"])
def test_what_is_no_longer_true_is_not_sent(move):
    request = someone()
    planned()
    if move == "withdraw":
        actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    else:
        call(request, move)
    deliver_due(now=WEDNESDAY + STANDS_AFTER)
    assert fate(request) == ("skipped", "no_longer_true")
    assert left() == []


def test_an_erased_request_is_sent_nothing():
    request = someone()
    planned()
    actions.erase(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    deliver_due()
    assert fate(request) == ("skipped", "no_longer_true")


def test_a_promise_whose_hour_has_passed_is_not_made():
    """The scheduler was down for a day: "A person will call by Thu noon" on Thursday at one is untrue."""
    request = someone()
    assert request.promised_by == datetime(2026, 10, 15, 16, tzinfo=UTC)
    planned()
    deliver_due(now=request.promised_by)
    assert fate(request) == ("skipped", "no_longer_true")


def test_a_last_note_of_an_earlier_round_is_not_sent_in_the_next_one():
    """They rested and came back; the note of the first round fell due on day two of the second."""
    request = someone()
    call(request)
    planned()
    due_at = message_of(request, LAST).due_at
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=WEDNESDAY + HOUR)
    actions.wake_the_resting(now=WEDNESDAY + 7 * DAY + HOUR)
    call(request, now=WEDNESDAY + 8 * DAY)
    Message.objects.exclude(kind=LAST).delete()
    deliver_due(now=due_at)
    first = Message.objects.get(kind=LAST)
    assert (first.status, first.reason) == ("skipped", "no_longer_true")
    assert left() == []


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        ("2026-10-14 12:59", "2026-10-14 13:00"),  # a minute before nine
        ("2026-10-15 00:00", "2026-10-15 13:00"),  # eight in the evening
        ("2026-10-18 13:00", "2026-10-18 16:00"),  # Sunday at nine
    ],
)
def test_at_night_and_on_sunday_morning_a_message_waits(asked, until):
    asked, until = (datetime.fromisoformat(f"{text}+00:00") for text in (asked, until))
    request = someone(now=asked)
    tick(now=asked)
    message = message_of(request)
    assert (message.status, message.reason, message.due_at, message.tries) == ("planned", "quiet_hours", until, 0)
    assert left() == []
    tick(now=until)
    assert fate(request) == ("sent", "")


def test_a_message_waits_for_the_times_of_day_they_ticked():
    evening, any_time = someone(times=["evening"]), someone(number=2)
    five_pm = datetime(2026, 10, 14, 21, tzinfo=UTC)
    tick()
    assert fate(any_time) == ("sent", "")
    assert fate(evening) == ("planned", "quiet_hours")
    assert message_of(evening).due_at == five_pm
    tick(now=five_pm)
    assert fate(evening) == ("sent", "")


def test_the_last_note_of_ten_o_clock_waits_for_the_evening_of_an_evening_person():
    request = someone()
    call(request)
    ContactPreference.objects.filter(request=request).update(times=["evening"])
    planned()
    ten = message_of(request, LAST).due_at
    Message.objects.exclude(kind=LAST).delete()
    tick(now=ten)
    assert message_of(request, LAST).due_at == ten + 7 * HOUR


def test_whoever_is_paused_gets_the_closing_words():
    request = someone()
    planned(now=pause_calls(request))
    tick(now=message_of(request, LAST).due_at)
    assert fate(request, LAST) == ("sent", "")
    assert "This is our last note for now." in LocalDelivery.objects.get().body


def test_whoever_asked_again_after_a_pause_gets_no_closing_words():
    request = someone()
    now = pause_calls(request)
    planned(now=now)
    due_at = message_of(request, LAST).due_at
    actions.make_move("ask_again", request_id=request.pk, by=audit.PERSON, now=now + HOUR)
    deliver_due(now=due_at)
    assert fate(request, LAST) == ("skipped", "no_longer_true")


def test_a_day_on_which_every_place_is_closed_waits_and_one_closed_town_does_not():
    request = someone()
    Closure.objects.create(location=request.location, date=WEDNESDAY.date())
    tick()
    assert fate(request) == ("sent", "")
    Closure.objects.create(location=None, date=WEDNESDAY.date())
    other = someone(number=2)
    tick()
    assert fate(other) == ("planned", "quiet_hours")


def test_the_hours_are_those_of_the_persons_town():
    """Nine in Toledo is six in the morning further west."""
    request = someone(town="maumee")
    request.location.time_zone = "America/Los_Angeles"
    request.location.save()
    nine_in_toledo = datetime(2026, 10, 14, 13, tzinfo=UTC)
    tick(now=nine_in_toledo)
    assert fate(request) == ("planned", "quiet_hours")
    assert message_of(request).due_at == nine_in_toledo + 3 * HOUR


def test_one_message_a_day_and_the_next_waits_for_the_day_after():
    request = someone()
    tick()
    call(request, now=WEDNESDAY + HOUR)
    tick(now=WEDNESDAY + HOUR)
    tick(now=WEDNESDAY + HOUR + STANDS_AFTER)
    message = message_of(request, MISSED)
    assert (message.status, message.reason, message.due_at) == ("planned", "one_a_day", WEDNESDAY + DAY)
    tick(now=WEDNESDAY + DAY - timedelta(seconds=1))
    assert len(left()) == 1
    tick(now=WEDNESDAY + DAY)
    assert fate(request, MISSED) == ("sent", "")


def sent_before(request, *days_ago, channel="text", status="sent") -> None:
    for days in days_ago:
        moment = WEDNESDAY - days * DAY
        Message.objects.create(
            request=request,
            kind=MISSED,
            occasion=f"{channel} {days} days ago",
            channel=channel,
            due_at=moment,
            handed_over_at=moment,
            status=status,
        )


def test_a_fourth_message_in_seven_days_is_not_sent_at_all():
    request = someone()
    sent_before(request, 2, 4, 6)
    tick()
    assert fate(request) == ("skipped", "three_a_week")
    assert left() == []


def test_a_third_message_in_seven_days_is_sent():
    request = someone()
    sent_before(request, 2, 4, 7.01)
    tick()
    assert fate(request) == ("sent", "")


@pytest.mark.parametrize(
    ("status", "counts"),
    [("sent", True), ("stuck", True), ("sending", True), ("failed", False), ("skipped", False), ("planned", False)],
)
def test_what_may_have_reached_them_counts_and_what_certainly_did_not_does_not(status, counts):
    request = someone()
    sent_before(request, 2, 4, 6, status=status)
    deliver_one_ack(request)
    assert fate(request) == (("skipped", "three_a_week") if counts else ("sent", ""))


def deliver_one_ack(request) -> None:
    planned()
    delivery.deliver(message_of(request).pk, now=WEDNESDAY)


def test_texts_and_emails_count_together():
    request = someone()
    sent_before(request, 2, 4, channel="email")
    sent_before(request, 6)
    tick()
    assert fate(request) == ("skipped", "three_a_week")


def test_two_requests_from_one_number_are_one_person():
    first, second = someone(), someone()
    tick()
    assert fate(first) == ("sent", "")
    assert fate(second) == ("planned", "one_a_day")
    assert left() == [PHONE]


def test_two_people_do_not_share_a_cap():
    first, second = someone(number=1), someone(number=2)
    tick()
    assert fate(first) == fate(second) == ("sent", "")


def test_word_to_staff_waits_for_nothing_that_protects_the_person():
    """No consent, stopped, three this week, a closed day: a person is still waiting for a call."""
    request = someone(text_ok=False)
    sent_before(request, 0, 1, 2)
    actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    midnight = datetime(2026, 10, 15, 4, tzinfo=UTC)
    Closure.objects.create(location=None, date=midnight.date())
    tick(now=midnight)
    assert fate(request, LATE) == ("sent", "")
    assert left() == [("inbox", "desk@example.org")]
    assert request.reference in LocalDelivery.objects.get().body


def test_word_to_staff_does_not_count_as_a_message_to_the_person():
    request = someone()
    planned(now=request.late_at)
    Message.objects.filter(kind=LATE).update(due_at=WEDNESDAY)
    deliver_due(now=request.late_at)
    assert fate(request, LATE) == fate(request, ACK) == ("sent", "")


def test_word_to_staff_is_not_sent_once_they_have_tried():
    request = someone()
    planned(now=request.late_at)
    call(request, now=request.late_at)
    deliver_due(now=request.late_at + STANDS_AFTER)
    assert fate(request, LATE) == ("skipped", "no_longer_true")


def test_staff_are_told_the_same_day_of_a_message_that_did_not_arrive():
    """At any hour, with the reference and the way to the desk, and never for whom or with which words."""
    request = someone(name="Jordan Rivers")
    planned()
    Message.objects.update(status="failed", reason="refused")
    midnight = datetime(2026, 10, 15, 4, tzinfo=UTC)
    tick(now=midnight)
    assert fate(request, UNDELIVERED) == ("sent", "")
    assert ("inbox", "desk@example.org") in left()
    words = [f"{one.subject} {one.body}" for one in LocalDelivery.objects.all() if "arrive" in one.body]
    assert len(words) == 1
    assert request.reference in words[0]
    assert "/staff/" in words[0]
    for theirs in ["Jordan", "4195550101", "419-555-0101", "Thanks for", "Toledo"]:
        assert theirs not in words[0]


def test_word_that_a_message_did_not_arrive_does_not_count_as_a_message_to_the_person():
    request = someone()
    call(request)
    planned()
    Message.objects.exclude(kind=MISSED).update(status="failed", reason="refused")
    Message.objects.filter(kind=MISSED).update(due_at=WEDNESDAY + HOUR)
    tick()
    tick(now=WEDNESDAY + HOUR)
    assert fate(request, UNDELIVERED) == fate(request, MISSED) == ("sent", "")


def test_word_of_a_message_is_not_sent_once_they_erased_everything():
    request = someone()
    planned()
    Message.objects.update(status="stuck", reason="error")
    failures.bring_to_the_desk(now=WEDNESDAY)
    planned()
    actions.erase(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    deliver_due()
    assert fate(request, UNDELIVERED) == ("skipped", "no_longer_true")


def test_word_to_staff_without_an_inbox_is_not_called_sent(settings):
    settings.STAFF_INBOX = ""
    request = someone()
    tick(now=request.late_at)
    assert fate(request, LATE) == ("skipped", "no_address")


@pytest.mark.parametrize(("way", "who"), [("text", someone), ("email", by_email)])
def test_a_way_that_is_switched_off_sends_nothing_and_loses_nothing(way, who, settings):
    on = settings.CHANNELS
    settings.CHANNELS = {**on, way: "off"}
    request = who()
    tick()
    assert fate(request) == ("planned", "channel_off")
    assert left() == []
    settings.CHANNELS = on
    tick(now=WEDNESDAY + HOUR)
    assert fate(request) == ("sent", "")


def test_every_gate_can_say_no_and_the_desk_has_words_for_it():
    """A gate added without a test here, or without words, shows up."""
    names = {gate.__name__ for gate in [*gates.PERSON_GATES, *gates.STAFF_GATES]}
    assert names == {
        "_nothing_in_doubt",
        "_still_true",
        "_in_time",
        "_not_reminded_before",
        "_not_resting",
        "_not_silent",
        "_within_the_budget",
        "_not_stopped",
        "_agreed_to",
        "_their_number",
        "_number_still_theirs",
        "_switched_on",
        "_somebody_reads",
        "_not_quiet",
        "_under_the_caps",
    }


def test_the_last_word_on_consent_counts_even_where_the_box_is_still_ticked():
    request = someone()
    planned()
    Consent.objects.create(request=request, kind="text", given=False, page="desk", at=WEDNESDAY)
    deliver_due()
    assert fate(request) == ("skipped", "no_consent")
