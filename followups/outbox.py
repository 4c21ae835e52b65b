"""What staff may do to a message: send one again that did not leave, and call one off that is planned."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from followups.models import Message, MessageStatus
from privacy import audit

# As if it had never been tried.
FRESH: dict[str, Any] = {
    **dict.fromkeys(["claimed_at", "handed_over_at", "delivered_at", "blanked_at", "on_desk_at"]),
    **dict.fromkeys(["reason", "claim", "provider_id"], ""),
    "earlier_ids": Concat(F("earlier_ids"), Value(" "), F("provider_id")),  # what comes late about them changes nothing
    "status": MessageStatus.PLANNED,
    "tries": 0,
}


def send_again(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """Plan those that certainly did not leave; every gate is asked again. Returns how many.

    What is stuck may have left: it is sent again only by somebody who asked the provider, see `did_not_leave`.
    """
    return _change(message_ids, MessageStatus.FAILED, "sent_again", by, now, due_at=now, **FRESH)


def did_not_leave(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """A person looked at the provider's own list, and it is not there: plan it again. Returns how many."""
    return _change(message_ids, MessageStatus.STUCK, "found_not_sent", by, now, due_at=now, **FRESH)


def did_leave(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """A person looked at the provider's own list, and it is there. Returns how many."""
    return _change(message_ids, MessageStatus.STUCK, "found_sent", by, now, status=MessageStatus.SENT, reason="")


def call_off(message_ids: Collection[int], *, by: Any, now: datetime) -> int:
    """It is not sent, on purpose. One that a worker holds already is not touched. Returns how many."""
    off = {"status": MessageStatus.SKIPPED, "reason": "called_off"}
    return _change(message_ids, MessageStatus.PLANNED, "called_off", by, now, **off)


def _change(ids: Collection[int], at: MessageStatus, what: str, by: Any, now: datetime, **changes: Any) -> int:
    """Those that still stand where whoever pressed the button saw them, each written down."""
    with transaction.atomic():
        found = list(Message.objects.select_for_update().filter(pk__in=ids, status=at).order_by("pk"))
        Message.objects.filter(pk__in=[message.pk for message in found]).update(**changes)
        for message in found:
            audit.record(f"message.{what}", by=by, subject=message, now=now, fields=["status"])
        return len(found)
