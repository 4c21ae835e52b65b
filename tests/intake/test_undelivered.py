"""A message did not arrive: it comes before staff the same day, with the safest way that is left."""

import pytest
from django.urls import reverse

from intake import actions
from intake.choices import ReachBy
from intake.models import CallbackRequest
from intake.states import Status
from intake.undelivered import next_way_words, note_undelivered, saw_undelivered
from privacy import audit
from privacy.models import AuditEvent
from tests.intake.desk_tools import DESK, SECRETS, attempt_on, card_of, references, standing_at, text, wren
from tests.intake.make import reach
from tests.intake.people import MONDAY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

BY_TEXT, BY_EMAIL = {"reach_by": "text"}, {"reach_by": "email"}
ONLY_EMAIL = {**BY_EMAIL, "phone": ""}


def failed(request, way: str = "text") -> CallbackRequest:
    note_undelivered(ReachBy(way), request_id=request.pk, by=audit.CLOCK, now=MONDAY)
    return CallbackRequest.objects.select_related("contact").get(pk=request.pk)


def steps(request) -> list[str]:
    return list(request.history.values_list("what", flat=True))


@pytest.mark.parametrize(
    ("way", "left", "words"),
    [
        ("text", {"voicemail": "name_only", "text_ok": True}, "call them. You may leave the short message."),
        ("text", {"voicemail": "no", "text_ok": True}, "call them. Leave no message."),
        ("email", {"voicemail": "no"}, "call them. Leave no message."),
        ("text", BY_TEXT, "write an email by hand."),
        ("text", {**BY_TEXT, "email": ""}, "write a text by hand, once. If it comes back, ask them when they call."),
        ("email", {**BY_EMAIL, "text_ok": True}, "write a text by hand."),
        ("email", BY_EMAIL, "write an email by hand, once. If it comes back, ask them when they call."),
        ("email", ONLY_EMAIL, "write an email by hand, once. If it comes back, ask them when they call."),
    ],
)
def test_the_next_way_is_one_they_left_us_and_did_not_forbid(way, left, words):
    assert next_way_words(failed(wren(**left), way)) == f"A message did not arrive. Next: {words}"


@pytest.mark.parametrize("status", [Status.RESTING, Status.DOOR_OPEN, Status.WITHDRAWN])
def test_who_is_left_in_peace_is_asked_only_when_they_call(juno, status):
    request = failed(standing_at(status, juno))
    assert next_way_words(request).endswith("nothing from us. Ask them when they call.")


def test_who_stopped_all_messages_is_written_to_by_no_other_way():
    request = wren(**BY_TEXT)
    actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert next_way_words(failed(request)).endswith("nothing from us. Ask them when they call.")


def test_the_desk_lists_it_with_the_next_way_and_nothing_that_identifies(desk):
    request = failed(wren())
    page = text(desk.get(reverse(DESK)))
    assert references(page, "decide") == [request.reference]
    assert "A message did not arrive. Next: call them. Leave no message." in page
    assert [secret for secret in SECRETS if secret in page] == []


def test_the_card_says_it_shows_that_way_and_one_button_sees_to_it(desk):
    request = failed(wren(**BY_TEXT))
    page = text(desk.get(card_of(request)))
    assert "A message did not arrive. Next: write an email by hand." in page
    assert "wren@example.org" in page
    assert "555-0117" not in page
    seen = reverse("admin:intake_callbackrequest_seen_undelivered", args=[request.pk])
    assert desk.get(seen).status_code == 405
    assert desk.post(seen).headers["Location"] == card_of(request)
    assert "A message did not arrive. Next" not in text(desk.get(card_of(request)))
    assert references(text(desk.get(reverse(DESK))), "decide") == []
    assert steps(request)[-2:] == ["undelivered", "undelivered_seen"]


def test_the_same_failure_is_noted_once_and_another_way_anew():
    request = failed(failed(wren()))
    assert note_undelivered(ReachBy.TEXT, request_id=request.pk, by=audit.CLOCK, now=MONDAY) is False
    assert steps(request).count("undelivered") == 1
    assert failed(request, "email").undelivered == "email"
    event = AuditEvent.objects.filter(action="request.undelivered").last()
    assert (event.subject_key, event.fields) == (str(request.pk), ["undelivered"])


def test_to_see_to_it_twice_is_once(juno):
    request = failed(wren())
    for _ in range(2):
        saw_undelivered(request_id=request.pk, by=juno, now=MONDAY)
    assert steps(request).count("undelivered_seen") == 1


def test_a_call_cannot_fail_to_arrive():
    with pytest.raises(ValueError, match="call"):
        failed(wren(), "call")


def test_who_is_erased_comes_before_nobody(juno):
    request = failed(wren())
    actions.erase(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert CallbackRequest.objects.get().undelivered == ""
    assert failed(request).undelivered == ""


def test_a_logged_call_or_another_number_ends_it(desk):
    called, changed = failed(wren()), failed(wren())
    desk.post(attempt_on(called), {"outcome": "no_answer"})
    new = reach(phone="+14195550188")
    actions.change_contact(new, request_id=changed.pk, page="my", by=audit.PERSON, now=MONDAY)
    assert [one.undelivered for one in CallbackRequest.objects.all()] == ["", ""]


def test_another_time_to_call_does_not_end_it():
    request = failed(wren())
    same = reach(phone="+14195550117", email="wren@example.org", times=["afternoon"])
    actions.change_contact(same, request_id=request.pk, page="my", by=audit.PERSON, now=MONDAY)
    assert CallbackRequest.objects.get().undelivered == "text"
