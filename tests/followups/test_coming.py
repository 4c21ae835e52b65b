"""Before a change goes live: who would get what, when, and why not. And every text as it looks on a phone."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followups import outbox
from followups.models import Cadence, LocalDelivery, Message
from followups.preview import foresee
from followups.samples import every_message
from intake.corrections import STANDS_AFTER
from privacy import roles
from privacy.models import AuditEvent
from tests.test_words import grade

from .people import (
    ACK,
    LAST,
    MISSED,
    WEDNESDAY,
    a_caller,
    by_email,
    call,
    deliver_due,
    message_of,
    planned,
    someone,
    tick,
)
from .test_cadence import MONDAY, chosen, on_fridays, story_of, walk

pytestmark = [pytest.mark.django_db, pytest.mark.whole_cadence]

COMING, WORDS, LIST = (f"admin:followups_message_{name}" for name in ("coming", "words", "changelist"))
MOST_READS, MOST_READS_PER_MESSAGE = 60, 30


@pytest.fixture
def juno(client):
    """Signed in as intake staff."""
    juno = get_user_model().objects.create_user("aspen", is_staff=True)
    juno.groups.add(Group.objects.get(name=roles.INTAKE_STAFF))
    client.force_login(juno)
    return client


def foreseen(**changes) -> list[tuple[str, str, str]]:
    lines = foresee(now=WEDNESDAY, days=10, **changes)
    return [(line.kind, line.when, line.why_not) for line in lines if not line.kind.startswith("To staff")]


def test_what_is_foreseen_is_what_then_happens_and_looking_writes_nothing():
    request = someone()
    call(request)
    before = list(Message.objects.values())
    told = foreseen()
    assert list(Message.objects.values()) == before == []
    assert told == [
        ("You asked for texts", "Wed, Oct 14, 11:11 am", ""),  # the call can be taken back until then
        ("Sorry we missed you", "Wed, Oct 14, 11:11 am", ""),
        ("One last note", "Fri, Oct 23, 10 am", ""),
    ]
    tick()
    tick(now=WEDNESDAY + STANDS_AFTER)
    tick(now=message_of(request, LAST).due_at)
    assert Message.objects.filter(request=request, kind__in=["opt_in", MISSED, LAST], status="sent").count() == 3


def test_why_somebody_would_get_nothing_is_foreseen_in_words():
    someone(text_ok=False)
    assert foreseen() == [("We have your note", "Wed, Oct 14, 11 am", "They did not agree to messages")]


def test_the_command_says_initial_and_reference_and_neither_name_nor_number():
    request = someone(name="Jordan Rivers")
    out, err = StringIO(), StringIO()
    with time_machine.travel(WEDNESDAY, tick=False):
        call_command("preview_followups", "--days", "7", stdout=out, stderr=err)
    assert f"{request.reference} J." in out.getvalue()
    assert "messages in 7 days" in err.getvalue()
    for theirs in ["Jordan", "Rivers", "4195550101"]:
        assert theirs not in out.getvalue()
    assert not Message.objects.exists()


@pytest.mark.parametrize("days", [0, 61])
def test_the_command_looks_one_to_sixty_days_ahead(days):
    with pytest.raises(CommandError):
        call_command("preview_followups", "--days", str(days))


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_costs_a_stated_number_of_reads_for_each_message(people, juno):
    for number in range(people):
        someone(number=number)
    with (
        time_machine.travel(WEDNESDAY, tick=False),
        CaptureQueriesContext(
            connection,
        ) as reads,
    ):
        page = juno.get(reverse(COMING)).content.decode()
    messages = page.count("<tr>") - 1
    assert messages == 2 * people + 1  # the first text, the acknowledgement, and the word to staff
    assert len(reads) <= MOST_READS + MOST_READS_PER_MESSAGE * messages


def test_looking_at_the_page_is_written_down(juno):
    someone(name="Jordan Rivers")
    with time_machine.travel(WEDNESDAY, tick=False):
        page = juno.get(reverse(COMING)).content.decode()
    assert "Jordan" not in page
    assert AuditEvent.objects.filter(action="messages.foreseen", actor="aspen").count() == 1


@pytest.mark.parametrize("name", [COMING, WORDS])
def test_who_may_not_read_messages_sees_neither_page(name, client):
    client.force_login(get_user_model().objects.create_user("aspen", is_staff=True))
    assert client.get(reverse(name)).status_code == 403


def test_the_page_of_words_shows_every_text_in_every_language(juno):
    page = juno.get(reverse(WORDS)).content.decode()
    assert page.count('class="on-a-phone"') == sum(len(kind.samples) for kind in every_message(WEDNESDAY))
    assert "We missed you and you are still welcome." in page
    assert 'lang="es"' in page
    assert "style=" not in page.split("<main", 1)[-1]


@pytest.mark.parametrize("sample", [s for kind in every_message(WEDNESDAY) for s in kind.samples if s.language == "en"])
def test_every_message_in_english_reads_at_grade_eight_or_below(sample):
    words = sample.words.body.replace(f"{settings.SITE_URL}/staff/", "").replace(f"{settings.SENDER_LABEL}:", "")
    assert grade(words) <= 8


# --- the two buttons ---------------------------------------------------------------------------------------------


def press(client, action, message):
    return client.post(reverse(LIST), {"action": action, "_selected_action": [message.pk]})


def test_what_could_not_be_sent_is_sent_again_through_every_gate(juno):
    request = by_email()
    planned()
    Message.objects.filter(kind=ACK).update(status="failed", reason="refused", tries=5)
    with time_machine.travel(WEDNESDAY, tick=False):
        press(juno, "send_again", message_of(request))
    assert AuditEvent.objects.filter(action="message.sent_again", actor="aspen").count() == 1
    deliver_due()
    assert message_of(request).status == "sent"


@pytest.mark.parametrize("status", ["sent", "stuck", "sending", "claimed", "skipped"])
def test_what_may_have_left_is_never_sent_again_by_a_button(status):
    request = someone()
    planned()
    Message.objects.filter(kind=ACK).update(status=status, handed_over_at=WEDNESDAY)
    pk = message_of(request).pk
    assert outbox.send_again([pk], by=a_caller(), now=WEDNESDAY) == outbox.call_off([pk], by=a_caller(), now=WEDNESDAY)
    assert message_of(request).status == status


@pytest.mark.parametrize(("button", "status"), [("did_leave", "sent"), ("did_not_leave", "planned")])
def test_who_looked_at_the_providers_list_settles_what_is_stuck(button, status, juno):
    request = by_email()
    planned()
    Message.objects.filter(kind=ACK).update(status="stuck", reason="error", tries=5, handed_over_at=WEDNESDAY)
    with time_machine.travel(WEDNESDAY, tick=False):
        press(juno, button, message_of(request))
        press(juno, button, message_of(request))
    message = message_of(request)
    assert (message.status, message.reason) == (status, "")
    action = {"did_leave": "message.found_sent", "did_not_leave": "message.found_not_sent"}[button]
    assert AuditEvent.objects.filter(action=action, actor="aspen").count() == 1
    assert message.handed_over_at == (WEDNESDAY if status == "sent" else None)


def test_what_is_planned_can_be_called_off_and_stays_off(juno):
    request = someone()
    planned()
    press(juno, "call_off", message_of(request))
    assert AuditEvent.objects.filter(action="message.called_off", actor="aspen").count() == 1
    tick()
    assert (message_of(request).status, message_of(request).reason) == ("skipped", "called_off")


def test_who_may_only_look_presses_neither_button(client):
    reader = get_user_model().objects.create_user("hazel", is_staff=True)
    from django.contrib.auth.models import Permission

    reader.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(reader)
    request = someone()
    planned()
    press(client, "call_off", message_of(request))
    assert message_of(request).status == "planned"


def test_the_list_is_filtered_by_why(juno):
    request, other = someone(text_ok=False), someone(number=2)
    tick()
    page = juno.get(reverse(LIST), {"why": "no_consent"}).content.decode()
    rows = page[page.index("<tbody") : page.index("</tbody>")]
    assert request.reference in rows
    assert other.reference not in rows


# --- gates of their own ------------------------------------------------------------------------------------------


def test_after_thirty_days_without_a_word_only_what_they_wait_for_goes():
    request = by_email()
    call(request, now=WEDNESDAY)
    late = WEDNESDAY + timedelta(days=30)
    Message.objects.create(request=request, kind=MISSED, occasion=str(request.attempts.get().pk), due_at=late)
    deliver_due(now=late)
    assert (message_of(request, MISSED).status, message_of(request, MISSED).reason) == ("skipped", "silent_30_days")


def test_calls_and_messages_count_together():
    Cadence.objects.update(most_contacts=3)
    request = by_email()
    tick()
    for hours in (1, 25):
        request.refresh_from_db()
        call(request, now=max(request.call_from, WEDNESDAY + timedelta(hours=hours)))
    later = WEDNESDAY + timedelta(days=2)
    tick(now=later)
    message = message_of(request, MISSED)
    assert (message.status, message.reason) == ("planned", "enough_contact")
    assert message.due_at == WEDNESDAY + timedelta(days=7)


def test_a_text_waits_for_the_first_text_and_is_not_sent_without_it():
    request = someone()
    planned()
    Message.objects.filter(kind="opt_in").update(due_at=WEDNESDAY + timedelta(hours=1))
    deliver_due()
    assert (message_of(request).status, message_of(request).reason) == ("planned", "first_text_first")
    Message.objects.filter(kind="opt_in").update(status="failed", reason="refused")
    deliver_due(now=WEDNESDAY + timedelta(minutes=62))
    assert (message_of(request).status, message_of(request).reason) == ("skipped", "no_first_text")


def test_staff_hear_once_a_day_at_opening_how_much_there_is_to_do():
    request, other = by_email(), by_email(number=2)
    tick(now=WEDNESDAY)
    tick(now=WEDNESDAY + timedelta(hours=1))
    digests = Message.objects.filter(kind="staff_digest")
    assert digests.count() == 1
    assert digests.get().status == "sent"
    assert digests.get().request_id == min(request.pk, other.pk)
    tick(now=WEDNESDAY + timedelta(hours=13))  # past midnight, nobody is on
    assert digests.count() == 1
    tick(now=WEDNESDAY + timedelta(days=1))
    assert digests.count() == 2


def test_in_the_night_the_first_text_is_foreseen_for_the_morning_and_what_it_introduces_right_after_it():
    night = WEDNESDAY + timedelta(hours=12)
    request = someone(now=night)
    lines = [(line.kind, line.when, line.why_not) for line in foresee(now=night, days=2) if "To staff" not in line.kind]
    assert lines == [
        ("You asked for texts", "Thu, Oct 15, 9 am", ""),
        ("We have your note", "Thu, Oct 15, 9:02 am", ""),
    ]
    walk(night, night + timedelta(days=1))
    assert story_of(request) == ["opt_in Thu 15 Oct 09:00", "acknowledgement Thu 15 Oct 09:02"]


def test_two_notes_from_one_number_are_foreseen_as_one_person():
    someone()
    someone()
    lines = [(line.kind, line.when) for line in foresee(now=WEDNESDAY, days=3) if not line.kind.startswith("To staff")]
    assert [when for kind, when in lines if kind == "We have your note"] == ["Wed, Oct 14, 11 am", "Thu, Oct 15, 11 am"]


def test_words_that_would_be_refused_are_foreseen_as_refused(monkeypatch):
    by_email()
    monkeypatch.setattr("followups.words.render_to_string", lambda *args: "Hello\n\nYour counselor called.")
    (line,) = [line for line in foresee(now=WEDNESDAY, days=1) if line.kind == "We have your note"]
    assert line.why_not == "The words would give something away"


def test_staff_read_until_when_a_seat_is_held_and_not_what_was_promised():
    request = someone(now=MONDAY)
    call(request, "talked", now=MONDAY)
    claim = chosen(on_fridays(), request, now=MONDAY)
    tick(now=claim.expires_at - timedelta(hours=20))
    body = LocalDelivery.objects.get(message__kind="staff_to_confirm").body
    assert "until Wed noon" in body
