"""A message that did not arrive is before a person on the same day, with the safest way that is left."""

from datetime import timedelta

import pytest

from followups import failures, outbox, receipts
from followups.models import LocalDelivery, Message
from intake.models import CallbackRequest
from privacy.models import AuditEvent

from .people import ACK, UNDELIVERED, WEDNESDAY, a_caller, by_email, message_of, planned, someone, tick

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def fail(request, status="failed", reason="refused", **changes) -> Message:
    planned()
    Message.objects.filter(request=request, kind=ACK).update(
        status=status, reason=reason, handed_over_at=WEDNESDAY, **changes
    )
    return message_of(request)


def undelivered_of(request) -> str:
    return CallbackRequest.objects.get(pk=request.pk).undelivered


def to_staff() -> str:
    return LocalDelivery.objects.get(message__kind=UNDELIVERED).body


@pytest.mark.parametrize(("status", "reason"), [("failed", "refused"), ("failed", "undelivered"), ("stuck", "error")])
def test_the_next_tick_puts_it_on_the_desk_and_tells_staff_what_to_do(status, reason):
    request = someone(voicemail="name_only")
    fail(request, status, reason, channel="text")
    tick(now=WEDNESDAY + MINUTE)
    assert undelivered_of(request) == "text"
    assert "A message did not arrive. Next: call them. You may leave the short message." in to_staff()
    assert "4195550" not in to_staff()
    assert request.name not in to_staff()


def test_what_failed_before_a_way_was_chosen_counts_for_the_way_it_would_have_gone():
    request = by_email()
    fail(request, reason="would_reveal", channel="")
    tick(now=WEDNESDAY + MINUTE)
    assert undelivered_of(request) == "email"


def test_each_failure_comes_once_and_a_second_try_that_fails_comes_again():
    request = someone()
    message = fail(request, channel="text")
    for _ in range(2):
        failures.bring_to_the_desk(now=WEDNESDAY)
    assert AuditEvent.objects.filter(action="request.undelivered").count() == 1
    CallbackRequest.objects.update(undelivered="")  # seen to
    failures.bring_to_the_desk(now=WEDNESDAY)
    assert undelivered_of(request) == ""
    outbox.send_again([message.pk], by=a_caller(), now=WEDNESDAY)
    Message.objects.filter(pk=message.pk).update(status="failed", reason="refused")
    failures.bring_to_the_desk(now=WEDNESDAY)
    assert undelivered_of(request) == "text"


def test_one_broken_row_blocks_no_other(monkeypatch):
    broken, fine = someone(), someone(number=2)
    for request in (broken, fine):
        fail(request, channel="text")
    real = failures.undelivered.note_undelivered

    def breaks_for_one(way, *, request_id, **rest):
        assert request_id != broken.pk, "on purpose"
        return real(way, request_id=request_id, **rest)

    monkeypatch.setattr("followups.failures.undelivered.note_undelivered", breaks_for_one)
    failures.bring_to_the_desk(now=WEDNESDAY)
    assert (undelivered_of(broken), undelivered_of(fine)) == ("", "text")
    monkeypatch.undo()
    failures.bring_to_the_desk(now=WEDNESDAY)
    assert undelivered_of(broken) == "text"


def test_word_that_did_not_reach_staff_is_not_put_on_the_desk_as_the_persons():
    request = someone()
    message = fail(request)
    Message.objects.filter(pk=message.pk).update(kind="staff_late")
    failures.bring_to_the_desk(now=WEDNESDAY)
    assert undelivered_of(request) == ""


def test_what_arrived_after_all_is_off_the_desk_by_the_next_tick_unless_something_else_is_missing():
    request = someone()
    message = fail(request, "stuck", "error", channel="text", tries=1)
    other = Message.objects.create(
        request=request, kind="missed_call", occasion="x", due_at=WEDNESDAY, status="failed", channel="text"
    )
    failures.bring_to_the_desk(now=WEDNESDAY)
    receipts.note(message.pk, "SM1", "delivered", now=WEDNESDAY)
    failures.take_off_the_desk(now=WEDNESDAY)
    assert undelivered_of(request) == "text"
    Message.objects.filter(pk=other.pk).update(status="sent", handed_over_at=WEDNESDAY)
    failures.take_off_the_desk(now=WEDNESDAY)
    assert undelivered_of(request) == ""


def test_what_somebody_saw_go_out_and_then_did_not_arrive_comes_again():
    request = someone()
    message = fail(request, "stuck", "error", channel="text", tries=1)
    failures.bring_to_the_desk(now=WEDNESDAY)
    outbox.did_leave([message.pk], by=a_caller(), now=WEDNESDAY)
    failures.take_off_the_desk(now=WEDNESDAY + MINUTE)
    receipts.note(message.pk, "SM1", "undelivered", now=WEDNESDAY + MINUTE)
    tick(now=WEDNESDAY + 2 * MINUTE)
    assert undelivered_of(request) == "text"
    assert LocalDelivery.objects.filter(message__kind=UNDELIVERED).count() == 1


def test_what_comes_late_about_a_try_that_was_given_up_changes_nothing():
    request = someone()
    message = fail(request, channel="text", tries=1, provider_id="SM1")
    outbox.send_again([message.pk], by=a_caller(), now=WEDNESDAY)
    Message.objects.filter(pk=message.pk).update(status="sending", tries=1, handed_over_at=WEDNESDAY)
    receipts.note(message.pk, "SM1", "undelivered", now=WEDNESDAY)
    assert message_of(request).status == "sending"
    receipts.note(message.pk, "SM2", "delivered", now=WEDNESDAY)
    assert (message_of(request).status, message_of(request).provider_id) == ("sent", "SM2")
