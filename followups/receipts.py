"""What the provider tells us later about a text. They may call twice, late and in any order: the outcome is the same.

"It arrived" outweighs all; "it got lost" outweighs "we have it"; and "we have it" settles a row that was not known.
"""

from datetime import datetime

from django.db.models import F, Value
from django.db.models.functions import Coalesce

from followups.models import ChannelName, Message, MessageStatus

ARRIVED = {"delivered", "read"}
LOST = {"undelivered", "failed", "canceled"}
TAKEN = {"accepted", "scheduled", "queued", "sending", "sent"}
# The last two are certain that it did not leave, until the provider says that it did after all.
NOT_KNOWN = (MessageStatus.SENDING, MessageStatus.STUCK, MessageStatus.PLANNED, MessageStatus.CLAIMED)


def note(message_id: int, provider_id: str, said: str, *, now: datetime) -> None:
    """Write down what they say. Words we do not know, and a text that is not ours, change nothing."""
    tried = Message.objects.filter(pk=message_id, channel=ChannelName.TEXT, tries__gte=1)
    ours = tried.of_this_try(provider_id).exclude(reason="wrong_number")
    left_at = Coalesce(F("handed_over_at"), Value(now))
    sent = {"status": MessageStatus.SENT, "reason": "", "provider_id": provider_id, "handed_over_at": left_at}
    if said in ARRIVED:
        ours.exclude(status=MessageStatus.SKIPPED).update(**sent, delivered_at=now)
    elif said in TAKEN:
        ours.filter(status__in=NOT_KNOWN).update(**sent)
    elif said in LOST:
        left = (MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.STUCK)
        ours.filter(status__in=left, delivered_at=None).update(
            status=MessageStatus.FAILED, reason="undelivered", provider_id=provider_id
        )
