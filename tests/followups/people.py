"""A small cast, made by the same actions as real people, and short words for what the clock does."""

import secrets
from datetime import UTC, datetime, timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from followups import delivery, failures, planner
from followups.channels.local import forget_the_erased
from followups.models import KindName, LocalDelivery, Message
from followups.reasons import REASONS
from intake import actions
from intake.answers import Answers, Reach
from intake.models import CallbackRequest
from privacy import audit
from scheduling.models import Location

WEDNESDAY = datetime(2026, 10, 14, 15, tzinfo=UTC)  # 11:00 in Toledo, an ordinary working day
DAY = timedelta(days=1)
ACK, MISSED, LAST, DOOR, LATE, UNDELIVERED, LOOK_BACK = (
    KindName.ACKNOWLEDGEMENT,
    KindName.MISSED_CALL,
    KindName.LAST_NOTE,
    KindName.DOOR_OPEN,
    KindName.STAFF_LATE,
    KindName.STAFF_UNDELIVERED,
    KindName.STAFF_LOOK_BACK,
)


def someone(*, now=WEDNESDAY, name="Wren", note="", town="toledo", number=1, **reach) -> CallbackRequest:
    """A person who wants a call and agreed to texts, unless told otherwise."""
    wanted = {"reach_by": "call", "phone": f"+141955501{number:02}", "text_ok": True, **reach}
    answers = Answers(
        name=name,
        reach=Reach(**wanted),
        location=Location.objects.filter(slug=town).first(),
        note=note,
    )
    key = secrets.token_hex(8)
    request, _token = actions.receive_request(answers, form_key=key, page="start", by=audit.PERSON, now=now)
    return request


def introduced(request, *, now) -> None:
    """Somebody who had the first text long ago, on a day whose word to staff went out at opening."""
    for kind, occasion in [
        (KindName.OPT_IN, f"{request.consents.last().pk} then"),
        (KindName.STAFF_DIGEST, digest_of(now)),
    ]:
        long_ago = {"request": request, "due_at": now - 30 * DAY, "handed_over_at": now - 30 * DAY, "status": "sent"}
        Message.objects.get_or_create(kind=kind, occasion=occasion, defaults=long_ago)


def digest_of(now) -> str:
    return f"day {timezone.localdate(now):%Y-%m-%d}"


def by_email(**changes) -> CallbackRequest:
    wanted = {"reach_by": "email", "phone": "", "text_ok": False, "email": "wren@example.org"}
    return someone(**{**wanted, **changes})


def a_caller():
    return get_user_model().objects.get_or_create(username="juno")[0]


def call(request, outcome="no_answer", now=WEDNESDAY) -> None:
    actions.log_attempt(outcome, request_id=request.pk, by=a_caller(), now=now)


def pause_calls(request, *, now=WEDNESDAY) -> datetime:
    """After three calls, each as soon as it may be: before the seventh open day. Returns when."""
    for _ in range(3):
        request.refresh_from_db()
        now = max(request.call_from, now)
        call(request, now=now)
    actions.make_move("pause_calls", request_id=request.pk, by=a_caller(), now=now)
    return now


def planned(*, now=WEDNESDAY) -> list[tuple[str, str]]:
    """Plan, and say what there is by now: kind and status, in the order in which they were planned."""
    planner.plan(now=now)
    return list(Message.objects.order_by("id").values_list("kind", "status"))


def tick(*, now=WEDNESDAY) -> None:
    """What the scheduled task does, at a moment of our choosing."""
    delivery.recover(now=now)
    failures.take_off_the_desk(now=now)
    failures.bring_to_the_desk(now=now)
    planner.plan(now=now)
    deliver_due(now=now)
    forget_the_erased()


def deliver_due(*, now=WEDNESDAY) -> None:
    for message_id in delivery.due(now=now):
        delivery.deliver(message_id, now=now)


def message_of(request, kind=ACK) -> Message:
    return Message.objects.filter(request=request, kind=kind).latest("id")


def fate(request, kind=ACK) -> tuple[str, str]:
    """How it ended and why. The desk must have words for every reason."""
    message = message_of(request, kind)
    assert message.reason in {"", *REASONS}
    return message.status, message.reason


def left() -> list[tuple[str, str]]:
    """What left the house: by which way and to which address."""
    return [(one.channel, one.to) for one in LocalDelivery.objects.order_by("id")]
