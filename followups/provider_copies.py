"""Asks the provider to blank its copy of what has arrived: the words are ours, and the number beside them is theirs."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q

from followups.channels import TryLater, blanking
from followups.models import ChannelName, Message

BATCH = 50
NO_WORD_FOR = timedelta(days=1)  # after that nothing more is heard of it, and it is settled at theirs too
GIVE_UP_AFTER = timedelta(days=7)

log = logging.getLogger(__name__)


def blank(*, now: datetime) -> None:
    """One batch. When they cannot be reached the rest waits for the next time; what they will not blank is left."""
    forget_words = blanking(ChannelName.TEXT)
    if forget_words is None:
        return
    for message in _settled(now)[:BATCH]:
        try:
            blanked = forget_words(message.provider_id)
        except (TryLater, OSError):
            return
        if not blanked:
            log.warning("The provider keeps the words of message %s", message.pk)
        Message.objects.filter(pk=message.pk).update(blanked_at=now)


def _settled(now: datetime):
    heard = Q(delivered_at__isnull=False) | Q(reason="undelivered") | Q(handed_over_at__lte=now - NO_WORD_FOR)
    ours = Message.objects.filter(heard, channel=ChannelName.TEXT, blanked_at=None).exclude(provider_id="")
    return ours.filter(handed_over_at__gte=now - GIVE_UP_AFTER).order_by("id").only("pk", "provider_id")
