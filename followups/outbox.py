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

    What is stuck may have left, and is not sent again by a button (docs/decisions/0007).
    """
    with transaction.atomic():
        found = _locked(message_ids, MessageStatus.FAILED)
        for message in found:
            message.status, message.reason, message.tries = MessageStatus.PLANNED, "", 0
            message.claim, message.claimed_at, message.due_at = "", None, now
            message.save(update_fields=["status", "reason", "tries", "claim", "claimed_at", "due_at"])
            audit.record("message.sent_again", by=by, subject=message, now=now, fields=["status"])
        return len(found)


def call_off(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """It is not sent, on purpose. One that a worker holds already is not touched. Returns how many."""
    with transaction.atomic():
        found = _locked(message_ids, MessageStatus.PLANNED)
        for message in found:
            message.status, message.reason = MessageStatus.SKIPPED, "called_off"
            message.save(update_fields=["status", "reason"])
            audit.record("message.called_off", by=by, subject=message, now=now, fields=["status"])
        return len(found)


def _locked(message_ids: Collection[int], status: MessageStatus) -> QuerySet[Message]:
    return Message.objects.select_for_update().filter(pk__in=message_ids, status=status).order_by("pk")
