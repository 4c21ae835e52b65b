"""A hundred thousand due at once: several workers share them, and nothing is held or asked for more often than needed.

How fast it goes is printed by `script/bench`; here is what must hold for that.
"""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from followups import delivery, planner, tasks
from followups.kinds import KINDS
from followups.models import KindName, LocalDelivery, Message

from .chaos.crowd import crowd
from .people import ACK, WEDNESDAY, left, planned, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def five_due(monkeypatch):
    """Two to a batch, and the first three batches are shared out. Their numbers, the longest-waiting first."""
    monkeypatch.setattr(delivery, "BATCH", 2)
    monkeypatch.setattr(delivery, "SHARED", 3)
    for number in range(5):
        someone(number=number)
    planned()
    return list(Message.objects.order_by("id").values_list("pk", flat=True))


@pytest.fixture
def asked_for_help(monkeypatch):
    """How each worker with free hands was asked; nobody comes."""
    asked = []
    monkeypatch.setattr(tasks.help_to_deliver, "apply_async", lambda **how: asked.append(how))
    return asked


def take(monkeypatch, which: int) -> list[int]:
    """The batch of somebody to whom chance gave this one."""
    monkeypatch.setattr(delivery.secrets, "randbelow", lambda batches: min(which, batches - 1))
    return delivery.due(now=WEDNESDAY)


def test_two_who_deliver_at_once_hold_different_batches_and_each_in_its_order(five_due, monkeypatch):
    assert [take(monkeypatch, which) for which in range(3)] == [five_due[:2], five_due[2:4], five_due[4:]]


def test_chance_gives_out_every_batch_and_no_empty_one(five_due):
    seen = {tuple(delivery.due(now=WEDNESDAY)) for _ in range(200)}
    assert seen == {tuple(five_due[:2]), tuple(five_due[2:4]), tuple(five_due[4:])}


def test_only_the_oldest_batches_are_given_out(five_due, monkeypatch):
    monkeypatch.setattr(delivery, "SHARED", 2)
    assert {pk for which in range(3) for pk in take(monkeypatch, which)} == set(five_due[:4])


@pytest.mark.parametrize(("batch", "helpers"), [(1, 3), (2, 2), (3, 1), (5, 0)])
def test_for_each_batch_besides_its_own_a_tick_asks_for_a_helper_who_comes_now_or_never(
    batch, helpers, five_due, asked_for_help, monkeypatch
):
    monkeypatch.setattr(delivery, "BATCH", batch)
    monkeypatch.setattr(delivery, "SHARED", 4)
    with time_machine.travel(WEDNESDAY):
        tasks.tick()
    assert asked_for_help == [{"expires": tasks.HELP_WITHIN, "retry": False}] * helpers
    assert len(left()) == 5


def test_who_helps_delivers_what_the_others_have_not(five_due):
    delivery.deliver(five_due[0], now=WEDNESDAY)
    with time_machine.travel(WEDNESDAY):
        tasks.help_to_deliver()
    assert Message.objects.filter(status="sent", tries=1).count() == len(left()) == 5


def test_when_nobody_can_be_asked_for_help_the_tick_delivers_alone(five_due, monkeypatch):
    def gone(**how):
        raise OperationalError

    monkeypatch.setattr(tasks.help_to_deliver, "apply_async", gone)
    with time_machine.travel(WEDNESDAY):
        tasks.tick()
    assert len(left()) == 5


def test_at_the_next_tick_everybody_lets_go_in_the_middle_of_a_batch(five_due, monkeypatch, settings):
    """A slow service: each message takes half of the time between two ticks. The hands are free for the next."""
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        deliver = delivery.deliver

        def slowly(message_id, *, now):
            deliver(message_id, now=now)
            clock.shift(timedelta(seconds=settings.SCHEDULER_TICK / 2))

        monkeypatch.setattr(delivery, "deliver", slowly)
        monkeypatch.setattr(delivery, "BATCH", 5)
        tasks.help_to_deliver()
    assert len(left()) == 2


# --- what one message costs ---------------------------------------------------------------------------------------


# Claim, the row with its contact, the lock, the row again, the last consent, whether the number is wrong, whether they
# had a first text, the holidays, the rhythm of the place, the week's messages and calls, the names of therapists, the
# hand-over, the delivery, the record; and a transaction around the hand-over, which is two. A first text asks for its
# consent, and for their last word, two.
AN_ACKNOWLEDGEMENT, A_FIRST_TEXT = 17, 18
# A read for each of the eighteen kinds, and for three of them what was planned before; the consents of those with a new
# yes, what the word at opening asks before, two, and three writes, each in a transaction.
PLANNING = 33


@pytest.mark.whole_cadence
@pytest.mark.parametrize("people", [1, 3])
def test_a_message_costs_the_same_however_many_there_are(people, django_assert_num_queries):
    for number in range(people):
        someone(number=number)
    planned()
    for kind, cost in [(KindName.OPT_IN, A_FIRST_TEXT), (ACK, AN_ACKNOWLEDGEMENT)]:
        ids = list(Message.objects.filter(kind=kind).values_list("pk", flat=True))
        with django_assert_num_queries(cost * people):
            for pk in ids:
                delivery.deliver(pk, now=WEDNESDAY)
    assert LocalDelivery.objects.count() == 2 * people


def read_whole(work) -> set[str]:
    """Of the tables that grow with every request: those that some question reads from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as asked:
        work()
    plans = []
    for query in asked.captured_queries:
        if query["sql"].startswith(("SELECT", "UPDATE")):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {query['sql']}")
                plans += [line for (line,) in cursor.fetchall()]
    found = {line.partition("Seq Scan on ")[2].split(" ")[0] for line in plans}
    return found & {"intake_callbackrequest", "intake_contactpreference", "intake_consent", "followups_message"}


@pytest.mark.whole_cadence
def test_no_message_reads_all_requests_or_all_messages():
    """With a hundred thousand of them each message would take a second, and the list a day."""
    crowd(2000, now=WEDNESDAY)
    planner.plan(now=WEDNESDAY)
    for kind in (KindName.OPT_IN, ACK):
        message = Message.objects.filter(kind=kind).first()
        assert read_whole(lambda pk=message.pk: delivery.deliver(pk, now=WEDNESDAY)) == set()
    assert len(left()) == 2


# --- planning -----------------------------------------------------------------------------------------------------


@pytest.fixture
def written_at_once(monkeypatch):
    """How many rows of which kind were written together, in order; none of nothing."""
    sizes = []
    bulk_create = Message.objects.bulk_create

    def note(rows, **how):
        sizes.extend([(rows[0].kind, len(rows))] if rows else [])
        return bulk_create(rows, **how)

    monkeypatch.setattr(Message.objects, "bulk_create", note)
    return sizes


@pytest.mark.whole_cadence
def test_a_crowd_is_planned_some_at_a_time_and_nobody_is_left_out(monkeypatch, written_at_once):
    monkeypatch.setattr(planner, "CHUNK", 2)
    for number in range(5):
        someone(number=number)
    planner.plan(now=WEDNESDAY)
    digest = (KindName.STAFF_DIGEST, 1)
    assert written_at_once == [(KindName.OPT_IN, 2)] * 2 + [(KindName.OPT_IN, 1), (ACK, 2), (ACK, 2), (ACK, 1), digest]
    planner.plan(now=WEDNESDAY)
    assert len(written_at_once) == 7
    assert Message.objects.values("request", "kind").distinct().count() == 11


@pytest.mark.whole_cadence
@pytest.mark.parametrize("people", [1, 3])
def test_planning_a_crowd_costs_the_same_for_a_thousand_as_for_one(people, django_assert_num_queries):
    for number in range(people):
        someone(number=number)
    with django_assert_num_queries(PLANNING):
        planner.plan(now=WEDNESDAY)
    assert Message.objects.count() == 2 * people + 1


def test_who_has_an_acknowledgement_is_not_looked_at_again():
    someone()
    planned()
    assert not KINDS[ACK].called_for(WEDNESDAY).exists()
    newcomer = someone(number=2)
    assert list(KINDS[ACK].called_for(WEDNESDAY)) == [newcomer]
