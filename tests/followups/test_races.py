"""Two at once, on a real PostgreSQL with real transactions: nothing twice, nothing over the cap."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, get_ident
from time import monotonic, sleep

import pytest
from django.db import connection

from followups import delivery, planner
from followups.channels import local
from followups.models import Message
from intake import actions, moves
from intake.corrections import STANDS_AFTER
from privacy import audit

from .people import WEDNESDAY, call, deliver_due, fate, left, planned, someone

pytestmark = pytest.mark.django_db(transaction=True)


def both_at_once(*works: Callable[[], object]) -> None:
    """Run each in a thread of its own with a database connection of its own. Errors come out here."""

    def run(work):
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(run, work) for work in works]:
            done.result(timeout=30)


def meet_before(monkeypatch, owner: object, name: str, parties: int = 2) -> None:
    """Every thread waits here for the others, once, and then they go on at the same moment."""
    works, barrier, been = getattr(owner, name), Barrier(parties, timeout=20), set()

    def wait_and_work(*args, **kwargs):
        if get_ident() not in been:
            been.add(get_ident())
            barrier.wait()
        return works(*args, **kwargs)

    monkeypatch.setattr(owner, name, wait_and_work)


def wait_until(true: Callable[[], object]) -> None:
    until = monotonic() + 20
    while not true():
        assert monotonic() < until, "It did not happen in 20 seconds."
        sleep(0.01)


def somebody_waits_for_a_row() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def decide_at_the_same_time(monkeypatch) -> None:
    """Whoever has passed the gates waits for the other: until it has passed them too, or stands in a queue for the
    row. Without that queue both would have counted before either wrote."""
    decided, words_of = [], delivery.words_of

    def wait_and_render(*args):
        decided.append(args)
        wait_until(lambda: len(decided) == 2 or somebody_waits_for_a_row())
        return words_of(*args)

    monkeypatch.setattr(delivery, "words_of", wait_and_render)


def test_two_planners_at_the_same_moment_write_one_row(monkeypatch):
    """Both have read that nothing is planned before either writes."""
    for number in range(3):
        someone(number=number)
    meet_before(monkeypatch, Message.objects.__class__, "bulk_create")
    both_at_once(lambda: planner.plan(now=WEDNESDAY), lambda: planner.plan(now=WEDNESDAY))
    assert Message.objects.count() == 3


def test_two_deliverers_at_the_same_moment_send_each_message_once(monkeypatch):
    """Both hold the same list of what is due before either claims."""
    people = [someone(number=number) for number in range(6)]
    planned()
    meet_before(monkeypatch, delivery, "_claim")
    both_at_once(deliver_due, deliver_due)
    assert sorted(to for _way, to in left()) == sorted(person.contact.phone for person in people)
    assert [fate(person) for person in people] == [("sent", "")] * 6


def test_two_messages_for_one_person_at_the_same_moment_stay_under_the_cap(monkeypatch):
    request = someone()
    planned()
    call(request)
    planned()
    ack, missed = Message.objects.order_by("id")[:2]
    decide_at_the_same_time(monkeypatch)
    both_at_once(
        lambda: delivery.deliver(ack.pk, now=WEDNESDAY + STANDS_AFTER),
        lambda: delivery.deliver(missed.pk, now=WEDNESDAY + STANDS_AFTER),
    )
    assert len(left()) == 1
    statuses = {(one.status, one.reason) for one in Message.objects.filter(pk__in=[ack.pk, missed.pk])}
    assert statuses == {("sent", ""), ("planned", "one_a_day")}


def test_two_requests_of_one_person_at_the_same_moment_stay_under_the_cap(monkeypatch):
    people = [someone(), someone()]
    planned()
    first, second = Message.objects.order_by("id")
    decide_at_the_same_time(monkeypatch)
    both_at_once(
        lambda: delivery.deliver(first.pk, now=WEDNESDAY),
        lambda: delivery.deliver(second.pk, now=WEDNESDAY),
    )
    assert len(left()) == 1
    assert {fate(person) for person in people} == {("sent", ""), ("planned", "one_a_day")}


def test_a_stop_that_is_being_written_is_waited_for(monkeypatch):
    """The stop holds the request's row. The deliverer has claimed, asks for the row, waits, and reads the stop."""
    request = someone()
    planned()
    row_is_held, note = Barrier(2, timeout=20), moves.note

    def hold_the_row_until_they_wait(*args):
        row_is_held.wait()
        wait_until(lambda: somebody_waits_for_a_row() or left())
        note(*args)

    def deliver_while_the_row_is_held():
        row_is_held.wait()
        deliver_due()

    monkeypatch.setattr(moves, "note", hold_the_row_until_they_wait)
    both_at_once(
        lambda: actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY),
        deliver_while_the_row_is_held,
    )
    assert fate(request) == ("skipped", "they_stopped_messages")
    assert left() == []


def test_the_lease_running_out_while_a_worker_hands_over_sends_it_once(monkeypatch):
    """One worker hands over what another is just taking back."""
    request = someone()
    planned()
    later = WEDNESDAY + delivery.LEASE + timedelta(seconds=1)
    claim = delivery._claim(Message.objects.get().pk, WEDNESDAY)

    def slow_worker():
        outgoing = delivery._hand_over(Message.objects.get().pk, claim, WEDNESDAY)
        if outgoing:
            delivery._send(outgoing, claim, WEDNESDAY)

    def next_worker():
        delivery.recover(now=later)
        deliver_due(now=later)

    both_at_once(slow_worker, next_worker)
    assert fate(request) == ("sent", "")
    assert len(left()) == 1


def test_nobody_waits_for_the_row_while_a_message_is_on_its_way(monkeypatch):
    """A mail service may take half a minute: the person can stop, pick or withdraw meanwhile."""
    request = someone()
    planned()
    deliver = local.deliver

    def deliver_while_they_withdraw(outgoing, now):
        both_at_once(lambda: actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=WEDNESDAY))
        deliver(outgoing, now)

    monkeypatch.setattr(local, "deliver", deliver_while_they_withdraw)
    deliver_due()
    request.refresh_from_db()
    assert request.status == "withdrawn"
    assert fate(request) == ("sent", "")
