"""What the mail provider tells us later about a letter. They may call twice, late and in any order.

Other than with a text, "it came back" outweighs "it arrived": a mailbox may take a letter and return it. Who calls
our mail unwanted, or presses the provider's own "unsubscribe", gets no more of it.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from followups import stopping_mail
from followups.channels.anymail import Heard
from followups.models import ChannelName, Message, MessageStatus
from followups.receipts import NOT_KNOWN

ARRIVED = {"delivered", "complained"}
LOST = {"bounced", "rejected", "failed"}
TAKEN = {"queued", "sent", "deferred"}
UNWANTED = {"complained", "unsubscribed"}
LEFT = (MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.STUCK)


@transaction.atomic
def note(heard: Heard, *, now: datetime) -> None:
    """Write down what they say. Words we do not know, and a letter that is not ours, change nothing."""
    ours = _ours(heard)
    if heard.said in UNWANTED and Message.objects.filter(pk=heard.message_id, channel=ChannelName.EMAIL).exists():
        stopping_mail.stop_address(heard.recipient, now=now)
    if heard.said in LOST:
        lost = {"status": MessageStatus.FAILED, "reason": "bounced", "delivered_at": None}
        ours.filter(status__in=LEFT).update(**lost, provider_id=heard.provider_id)
        return
    left_at = Coalesce(F("handed_over_at"), Value(now))
    sent = {"status": MessageStatus.SENT, "reason": "", "provider_id": heard.provider_id, "handed_over_at": left_at}
    if heard.said in ARRIVED:
        ours.exclude(status=MessageStatus.SKIPPED).exclude(reason="bounced").update(**sent, delivered_at=now)
    elif heard.said in TAKEN:
        ours.filter(status__in=NOT_KNOWN).update(**sent)


def _ours(heard: Heard) -> QuerySet[Message]:
    by_mail = Message.objects.filter(channel__in=[ChannelName.EMAIL, ChannelName.INBOX], tries__gte=1)
    return by_mail.of_this_try(heard.provider_id).filter(pk=heard.message_id)
