"""The way of one message from planned to its end, when workers die, sleep, or meet a service that is down."""

from datetime import timedelta

import pytest

from followups import channels, delivery
from followups.channels import Refused, TryLater, local
from followups.models import LocalDelivery, Message
from privacy.encryption import CannotOpen

from .people import WEDNESDAY, deliver_due, fate, left, message_of, planned, someone, tick

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
PHONE = ("text", "+14195550101")
# Claim, the row with its contact, the lock, the row again, the last consent, whether the number is wrong, the holidays,
# the week's messages, the rhythm of the place, the week's calls, the names of therapists,
# the hand-over, the delivery, the record; and a savepoint around the hand-over, which is two.
PER_MESSAGE = 16


class WorkerKilled(BaseException):
    """Ends a worker on the spot: no `except Exception` sees it, as none sees a SIGKILL."""


def kill(*args, **kwargs):
    raise WorkerKilled


def answering(monkeypatch, answer):
    """Every way to a person answers like this from now on. Returns the numbers of the messages it was given."""
    asked = []

    def deliver(outgoing, now):
        if outgoing.channel == "inbox":
            return
        asked.append(outgoing.message_id)
        if answer:
            raise answer

    monkeypatch.setattr(local, "deliver", deliver)
    return asked


def deliver_and_die(now=WEDNESDAY) -> None:
    with pytest.raises(WorkerKilled):
        deliver_due(now=now)


def test_a_worker_killed_before_the_hand_over_loses_nothing(monkeypatch):
    request = someone()
    planned()
    with monkeypatch.context() as m:
        m.setattr(delivery, "_hand_over", kill)
        deliver_and_die()
    assert fate(request) == ("claimed", "")
    tick(now=WEDNESDAY + delivery.LEASE - MINUTE)
    assert left() == []
    tick(now=WEDNESDAY + delivery.LEASE)
    assert fate(request) == ("sent", "")
    tick(now=WEDNESDAY + 2 * delivery.LEASE)
    assert left() == [PHONE]


def test_a_worker_killed_after_the_hand_over_leaves_it_to_a_person(monkeypatch):
    """It may have gone out or not; nobody sends it again on a guess."""
    request = someone()
    planned()
    asked = answering(monkeypatch, WorkerKilled())
    deliver_and_die()
    assert fate(request) == ("sending", "")
    tick(now=WEDNESDAY + delivery.STUCK_AFTER - MINUTE)
    assert fate(request) == ("sending", "")
    tick(now=WEDNESDAY + delivery.STUCK_AFTER)
    assert fate(request) == ("stuck", "worker_lost")
    tick(now=WEDNESDAY + timedelta(hours=2))
    assert fate(request) == ("stuck", "worker_lost")
    assert asked == [message_of(request).pk]


def test_a_worker_that_slept_through_its_lease_sends_nothing(monkeypatch):
    """While it slept the row was claimed anew and sent. It wakes up with everything decided."""
    request = someone()
    planned()
    render = delivery.words_of

    def sleep_and_render(*args):
        monkeypatch.setattr(delivery, "words_of", render)
        tick(now=WEDNESDAY + delivery.LEASE)
        assert fate(request) == ("sent", "")
        return render(*args)

    monkeypatch.setattr(delivery, "words_of", sleep_and_render)
    deliver_due()
    assert left() == [PHONE]
    assert message_of(request).tries == 2


def test_a_worker_whose_claim_is_gone_changes_nothing():
    request = someone()
    planned()
    message = message_of(request)
    delivery._claim(message.pk, WEDNESDAY)
    before = Message.objects.values().get(pk=message.pk)
    assert delivery._hand_over(message.pk, "another claim", WEDNESDAY) is None
    for step in (
        lambda: delivery._send(channels.Outgoing(message.pk, "text", "", "", ""), "another claim", WEDNESDAY),
        lambda: delivery._try_again(delivery._held("another claim", "claimed"), "no_answer", WEDNESDAY),
        lambda: delivery._finish(delivery._held("another claim", "claimed"), "failed", "refused"),
    ):
        step()
        assert Message.objects.values().get(pk=message.pk) == before


def test_a_service_that_does_not_answer_is_asked_again_after_2_4_8_and_16_minutes(monkeypatch):
    request = someone()
    asked = answering(monkeypatch, TryLater())
    now, waits = WEDNESDAY, []
    tick(now=now)
    while fate(request) == ("planned", "trying_again"):
        due_at = message_of(request).due_at
        waits.append((due_at - now) / MINUTE)
        deliver_due(now=due_at - timedelta(seconds=1))
        now = due_at
        tick(now=now)
    assert waits == [2, 4, 8, 16]
    assert fate(request) == ("failed", "no_answer")
    assert len(asked) == 5


def test_a_service_that_is_back_gets_it_once(monkeypatch):
    request = someone()
    with monkeypatch.context() as m:
        answering(m, TryLater())
        tick()
    assert message_of(request).handed_over_at is None
    tick(now=WEDNESDAY + 2 * MINUTE)
    assert fate(request) == ("sent", "")
    assert left() == [PHONE]


def test_a_refused_number_is_not_tried_again(monkeypatch):
    request = someone()
    asked = answering(monkeypatch, Refused())
    tick()
    tick(now=WEDNESDAY + timedelta(hours=1))
    assert fate(request) == ("failed", "refused")
    assert len(asked) == 1


def test_an_error_nobody_knows_while_sending_is_left_to_a_person(monkeypatch):
    request = someone()
    asked = answering(monkeypatch, RuntimeError("half way"))
    tick()
    tick(now=WEDNESDAY + timedelta(hours=1))
    assert fate(request) == ("stuck", "error")
    assert len(asked) == 1


def test_a_message_that_cannot_be_rendered_is_tried_five_times_and_then_shown_to_staff(monkeypatch):
    request = someone()

    def unreadable(*args):
        raise CannotOpen

    monkeypatch.setattr(delivery, "words_of", unreadable)
    now, tries = WEDNESDAY, 0
    tick(now=now)
    while fate(request) == ("planned", "trying_again"):
        now, tries = message_of(request).due_at, tries + 1
        tick(now=now)
    assert fate(request) == ("failed", "broke_before")
    assert tries == 4
    assert left() == []


def test_a_message_that_takes_its_worker_down_each_time_is_tried_five_times(monkeypatch):
    request = someone()
    planned()
    now = WEDNESDAY
    monkeypatch.setattr(delivery, "_hand_over", kill)
    for _ in range(delivery.MOST_TRIES):
        deliver_and_die(now)
        now += delivery.LEASE
        delivery.recover(now=now)
    assert fate(request) == ("failed", "broke_before")
    deliver_due(now=now)
    assert message_of(request).tries == 5


def test_a_way_that_does_not_exist_shows_while_nothing_has_left(settings):
    settings.CHANNELS = {**settings.CHANNELS, "text": "pigeon"}
    request = someone()
    tick()
    assert fate(request) == ("planned", "trying_again")
    settings.CHANNELS = {**settings.CHANNELS, "text": "local"}
    tick(now=WEDNESDAY + 2 * MINUTE)
    assert left() == [PHONE]


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("where", ["words_of", "address_of"])
def test_one_bad_row_does_not_block_the_others(where, place, monkeypatch):
    people = [someone(number=number) for number in range(3)]
    bad = people[["first", "middle", "last"].index(place)]
    works = getattr(delivery, where)

    def breaks_for_one(*args):
        if bad in args or getattr(args[0], "request", None) == bad:
            raise RuntimeError
        return works(*args)

    monkeypatch.setattr(delivery, where, breaks_for_one)
    tick()
    others = [person for person in people if person != bad]
    assert fate(bad) == ("planned", "trying_again")
    assert [fate(person) for person in others] == [("sent", ""), ("sent", "")]


def test_what_is_due_later_waits_even_when_somebody_asks_for_it_now():
    request = someone()
    planned()
    delivery.deliver(message_of(request).pk, now=WEDNESDAY - MINUTE)
    assert fate(request) == ("planned", "")


def test_the_longest_waiting_goes_first():
    for number in range(3):
        someone(number=number)
    planned()
    for minutes, message in enumerate(Message.objects.order_by("-id")):
        Message.objects.filter(pk=message.pk).update(due_at=WEDNESDAY - (9 - minutes) * MINUTE)
    deliver_due()
    assert [to for _way, to in left()] == ["+14195550102", "+14195550101", "+14195550100"]


@pytest.mark.parametrize(("drawn", "first"), [(0, 2), (1, 1)])
def test_more_than_one_batch_is_no_problem(drawn, first, monkeypatch):
    """Whichever of the two batches is drawn, a tick sends that one, and the next ones send the rest."""
    monkeypatch.setattr(delivery, "BATCH", 2)
    monkeypatch.setattr(delivery.secrets, "randbelow", lambda batches: min(drawn, batches - 1))
    for number in range(3):
        someone(number=number)
    tick()
    assert len(left()) == first
    tick()
    assert len(left()) == 3


@pytest.mark.parametrize("people", [1, 3])
def test_delivering_costs_the_same_for_each_message(people, django_assert_num_queries):
    for number in range(people):
        someone(number=number)
    planned()
    with django_assert_num_queries(1 + PER_MESSAGE * people):
        deliver_due()
    assert LocalDelivery.objects.count() == people


def test_with_nothing_due_one_question_is_asked(django_assert_num_queries):
    someone()
    planned()
    with django_assert_num_queries(1):
        deliver_due(now=WEDNESDAY - MINUTE)
    with django_assert_num_queries(3):
        delivery.recover(now=WEDNESDAY)
