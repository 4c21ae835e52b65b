"""What did not arrive goes before staff on the same day, with the safest way that is left, and off the desk again when
it did after all (RULES 7, R-P19).
"""

import logging
from datetime import datetime

from django.db import transaction

from followups.gates import channel_for
from followups.models import ChannelName, Message, MessageStatus
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


def take_off_the_desk(*, now: datetime) -> None:
    """It arrived after all, or somebody saw that it went out: nobody needs to look, unless another one is missing."""
    found = Message.objects.reached().exclude(on_desk_at=None).exclude(status=MessageStatus.STUCK)
    for message_id, request_id in found.values_list("pk", "request_id"):
        with transaction.atomic():
            if not Message.objects.undelivered().filter(request=request_id).exists():
                undelivered.saw_undelivered(request_id=request_id, by=audit.CLOCK, now=now)
            found.filter(pk=message_id).update(on_desk_at=None)


def _bring(message_id: int, now: datetime) -> None:
    with transaction.atomic():
        waiting = Message.objects.not_on_the_desk().select_for_update(of=("self",)).filter(pk=message_id)
        message = waiting.select_related("request__contact").first()
        if message is None:
            return  # somebody was faster
        # What failed before a way was chosen would have gone the way they agreed to.
        way = WAY_OF.get(ChannelName(message.channel or channel_for(message) or ChannelName.INBOX))
        if way:
            undelivered.note_undelivered(way, request_id=message.request_id, by=audit.CLOCK, now=now)
        Message.objects.filter(pk=message_id).update(on_desk_at=now)
