"""A real Celery worker and beat on a real broker and database, killed and cut off: nothing lost, nothing twice.

Messages go out only in the afternoon here: not by another clock, but because the town lies where it is one now.
"""

import base64
import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from followups.delivery import LEASE, STUCK_AFTER
from followups.models import Heartbeat, LocalDelivery, Message
from intake.models import CallbackRequest

from .people import ACK, fate, introduced, left, message_of, planned, someone
from .processes import Portal, kill, make_it_afternoon, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal():
    """Its own broker; workers and clocks as a test starts them."""
    make_it_afternoon()
    portal = Portal()
    yield portal
    portal.end()


def someone_now(**changes) -> CallbackRequest:
    now = timezone.now()
    request = someone(now=now, **changes)
    introduced(request, now=now)
    return request


def status_of(request) -> str:
    found = Message.objects.filter(request=request, kind=ACK).first()
    return found.status if found else ""


def later(request, field: str, by: timedelta) -> None:
    """As if that much time had passed since."""
    Message.objects.filter(request=request).update(**{field: F(field) - by - timedelta(seconds=1)})


def two_more_ticks(portal) -> None:
    """Whatever could be sent again has been by then."""
    for _ in range(2):
        last = Heartbeat.objects.last_beat()
        wait_until(lambda last=last: Heartbeat.objects.last_beat() != last, portal)


def test_two_clocks_and_a_worker_send_each_acknowledgement_once(portal):
    portal.beat()
    portal.beat()
    portal.worker()
    people = [someone_now(number=number, name="Jordan Rivers") for number in range(3)]
    wait_until(lambda: [status_of(person) for person in people] == ["sent"] * 3, portal)
    two_more_ticks(portal)
    # The worker has two hands: which of them is first is nobody's business.
    assert sorted(left()) == [("text", person.contact.phone) for person in people]
    assert "succeeded" in portal.log()  # the worker does write what it does
    for theirs in ["Jordan", "41955501"]:
        assert theirs not in portal.log()


def test_a_worker_killed_between_claim_and_hand_over_loses_nothing_and_sends_once(portal):
    request = someone_now()
    planned(now=timezone.now())
    with transaction.atomic():
        # We hold the person's row, as any action on the request does: the worker has claimed, and waits for us.
        CallbackRequest.objects.select_for_update().get(pk=request.pk)
        portal.beat()
        worker = portal.worker()
        wait_until(lambda: status_of(request) == "claimed", portal)
        kill(worker)
    assert left() == []
    later(request, "claimed_at", LEASE)
    portal.worker()
    wait_until(lambda: status_of(request) == "sent", portal)
    two_more_ticks(portal)
    assert left() == [("text", request.contact.phone)]
    assert message_of(request).tries == 2


def test_a_worker_killed_between_hand_over_and_record_is_not_followed_by_a_second_message(portal):
    request = someone_now()
    planned(now=timezone.now())
    with transaction.atomic(), connection.cursor() as cursor:
        # The outbox is kept shut: the worker has handed over, and waits for an answer it does not live to hear.
        cursor.execute(f"LOCK TABLE {LocalDelivery._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        portal.beat()
        worker = portal.worker()
        wait_until(lambda: status_of(request) == "sending", portal)
        kill(worker)
    wait_until(left, portal)  # the database finishes what it was handed
    later(request, "handed_over_at", STUCK_AFTER)
    portal.worker()
    wait_until(lambda: status_of(request) == "stuck", portal)
    two_more_ticks(portal)
    assert fate(request) == ("stuck", "worker_lost")
    assert [way for way, _to in left()] == ["text", "inbox"]  # and staff are told, once


def test_after_the_broker_was_gone_for_a_while_messages_still_go_out(portal):
    portal.beat()
    portal.worker()
    before = someone_now(number=1)
    wait_until(lambda: status_of(before) == "sent", portal)
    portal.stop_broker()
    meanwhile = someone_now(number=2)
    wait_until(lambda: "Connection" in portal.log(), portal)
    portal.start_broker()
    after = someone_now(number=3)
    wait_until(lambda: status_of(meanwhile) == status_of(after) == "sent", portal)
    assert sorted(left()) == [("text", person.contact.phone) for person in (before, meanwhile, after)]


def test_what_waits_in_the_broker_names_a_task_and_nothing_else(portal):
    """A clock, and no worker yet: the messages lie there to be read."""
    someone_now(name="Jordan Rivers", note="Knock at the blue door")
    portal.beat()
    wait_until(lambda: len(portal.queue()) >= 2, portal)
    messages = [json.loads(message) for message in portal.queue()]
    assert {message["headers"]["task"] for message in messages} == {
        "followups.tasks.tick",
        "intake.tasks.keep_the_list",
    }
    for message in messages:
        arguments, named, _how = json.loads(base64.b64decode(message["body"]))
        assert (arguments, named) == ([], {})
    for theirs in [b"Jordan", b"blue door", b"4195550101"]:
        assert theirs not in b"".join(portal.queue())


def test_a_note_sent_while_the_broker_is_down_is_saved_and_nothing_looks_different(portal, client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"unix://{portal.home}/nowhere?db=0",
        }
    }
    answer = client.post("/start/", {"name": "Wren", "reach_by": "call", "phone": "419-555-0101"})
    assert (answer.status_code, answer["Location"]) == (303, "/start/sent/")
    assert client.get("/start/sent/").status_code == 200
    assert CallbackRequest.objects.get().status == "waiting"
