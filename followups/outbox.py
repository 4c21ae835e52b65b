"""What staff may do to a message: send one again that did not leave, and call one off that is planned."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from followups.models import Message, MessageStatus
from privacy import audit


def send_again(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """Plan those that certainly did not leave; every gate is asked again. Returns how many.

    What is stuck may have left: it is sent again only by somebody who asked the provider, see `did_not_leave`.
    """
    return _plan_again(message_ids, MessageStatus.FAILED, "message.sent_again", by, now)


def did_not_leave(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """A person looked at the provider's own list, and it is not there: plan it again. Returns how many."""
    return _plan_again(message_ids, MessageStatus.STUCK, "message.found_not_sent", by, now)


def did_leave(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """A person looked at the provider's own list, and it is there. Returns how many."""
    with transaction.atomic():
        found = list(_locked(message_ids, MessageStatus.STUCK))
        for message in found:
            message.status, message.reason = MessageStatus.SENT, ""
            message.save(update_fields=["status", "reason"])
            audit.record("message.found_sent", by=by, subject=message, now=now, fields=["status"])
        return len(found)


def call_off(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """It is not sent, on purpose. One that a worker holds already is not touched. Returns how many."""
    with transaction.atomic():
        found = list(_locked(message_ids, MessageStatus.PLANNED))
        for message in found:
            message.status, message.reason = MessageStatus.SKIPPED, "called_off"
            message.save(update_fields=["status", "reason"])
            audit.record("message.called_off", by=by, subject=message, now=now, fields=["status"])
        return len(found)


def _plan_again(message_ids: Collection[int], status: MessageStatus, action: str, by: Any, now: datetime) -> int:
    fresh: dict[str, Any] = dict.fromkeys(["claimed_at", "handed_over_at", "delivered_at", "blanked_at", "on_desk_at"])
    fresh |= {"reason": "", "claim": "", "provider_id": "", "tries": 0}
    with transaction.atomic():
        found = list(_locked(message_ids, status))
        for message in found:
            Message.objects.filter(pk=message.pk).update(status=MessageStatus.PLANNED, due_at=now, **fresh)
            audit.record(action, by=by, subject=message, now=now, fields=["status"])
        return len(found)


def _locked(message_ids: Collection[int], status: MessageStatus) -> QuerySet[Message]:
    return Message.objects.select_for_update().filter(pk__in=message_ids, status=status).order_by("pk")
