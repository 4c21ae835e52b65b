"""What did not arrive goes before staff on the same day, with the safest way that is left (RULES 7, R-P19)."""

import logging
from datetime import datetime

from django.db import transaction

from followups.gates import channel_for
from followups.models import ChannelName, Message
from intake import undelivered
from intake.choices import ReachBy
from privacy import audit

WAY_OF = {ChannelName.TEXT: ReachBy.TEXT, ChannelName.EMAIL: ReachBy.EMAIL}

log = logging.getLogger(__name__)


def bring_to_the_desk(*, now: datetime) -> None:
    """Each failure once. One broken row blocks no other; it is tried again by the next tick."""
    for message_id in list(Message.objects.not_on_the_desk().values_list("pk", flat=True)):
        try:
            _bring(message_id, now)
        except Exception:
            log.exception("A failed message could not be brought to the desk")


def _bring(message_id: int, now: datetime) -> None:
    with transaction.atomic():
        message = Message.objects.select_related("request__contact").get(pk=message_id)
        # What failed before a way was chosen would have gone the way they agreed to.
        way = WAY_OF.get(ChannelName(message.channel or channel_for(message) or ChannelName.INBOX))
        if way:
            undelivered.note_undelivered(way, request_id=message.request_id, by=audit.CLOCK, now=now)
        Message.objects.filter(pk=message_id).update(on_desk_at=now)
