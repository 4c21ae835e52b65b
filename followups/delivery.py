"""Claim, decide again, render, send, record. Never twice: what may have left is never started over.

    planned --claim--> claimed --hand over--> sending --> sent
       ^                  |                      |
       +--- worker died --+                      +--- worker died --> stuck, and a person looks

Between "claimed" and "sending" nothing has left, so a row found there is simply planned again. Each step is one
conditional update that names the claim: a worker that slept through its lease finds its claim gone and stops.
"""

import logging
import uuid
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings

from followups.channels import Outgoing, Refused, TryLater, way_out
from followups.discretion import fits_one_text, giveaways
from followups.gates import No, channel_for, first_no
from followups.models import ChannelName, Message, MessageStatus
from followups.words import Words, words_for

LEASE = timedelta(minutes=5)  # a claimed row older than this belongs to a worker that is gone
STUCK_AFTER = timedelta(minutes=15)
BATCH = 200
MOST_TRIES = 5

log = logging.getLogger(__name__)


def deliver_due(*, now: datetime, batch: int = BATCH) -> Counter:
    """Deliver what is due. Returns how many ended in which status. One bad row never blocks the rest."""
    results: Counter = Counter()
    for message_id in Message.objects.due(now).values_list("pk", flat=True)[:batch]:
        claim = _claim(message_id, now)
        if claim:
            results[_deliver_guarded(message_id, claim, now)] += 1
    return results


def recover(*, now: datetime) -> None:
    """Rows of workers that died: claimed ones start over, handed-over ones go to a person."""
    claimed = Message.objects.filter(status=MessageStatus.CLAIMED, claimed_at__lte=now - LEASE)
    claimed.update(status=MessageStatus.PLANNED, claim="", claimed_at=None)
    sending = Message.objects.filter(status=MessageStatus.SENDING, handed_over_at__lte=now - STUCK_AFTER)
    sending.update(status=MessageStatus.STUCK, reason="worker_lost")


def _claim(message_id: int, now: datetime) -> str | None:
    claim = uuid.uuid4().hex
    planned = Message.objects.filter(pk=message_id, status=MessageStatus.PLANNED)
    won = planned.update(status=MessageStatus.CLAIMED, claim=claim, claimed_at=now)
    return claim if won else None


def _deliver_guarded(message_id: int, claim: str, now: datetime) -> str:
    try:
        return _deliver(message_id, claim, now)
    except Exception:
        # Before the hand-over the lease brings it back; after it, only a person can know.
        log.exception("A message could not be finished")
        return _finish(claim, MessageStatus.STUCK, "error", only_from=MessageStatus.SENDING)


def _deliver(message_id: int, claim: str, now: datetime) -> str:
    message = Message.objects.select_related("request__contact", "request__location").get(pk=message_id)
    channel = channel_for(message)
    no = first_no(message, channel, now)
    if no:
        return _wait(claim, no) if no.until else _finish(claim, MessageStatus.SKIPPED, no.reason)
    words = words_for(message.kind, channel, message.request)
    unfit = _unfit(words, channel, message)
    if unfit:
        return _finish(claim, MessageStatus.FAILED, unfit)
    outgoing = Outgoing(message.pk, channel, _address(message, channel), words.subject, words.body)
    return _send(outgoing, claim, message.tries, now)


def _send(outgoing: Outgoing, claim: str, tries: int, now: datetime) -> str:
    handed_over = Message.objects.filter(claim=claim, status=MessageStatus.CLAIMED).update(
        status=MessageStatus.SENDING, channel=outgoing.channel, handed_over_at=now, tries=tries + 1
    )
    if not handed_over:
        return "claim_lost"
    try:
        way_out(outgoing.channel)(outgoing, now)
    except TryLater:
        return _try_again(claim, tries + 1, now)
    except Refused:
        return _finish(claim, MessageStatus.FAILED, "refused")
    return _finish(claim, MessageStatus.SENT, "")


def _unfit(words: Words, channel: str, message: Message) -> str:
    """Why these words may not leave, or nothing. The staff inbox is ours, but its mail may be read on a phone."""
    if giveaways(f"{words.subject}\n{_without_desk_link(words.body, channel)}", person=message.request.name):
        return "would_reveal"
    if channel == ChannelName.TEXT and not fits_one_text(words.body):
        return "too_long"
    return ""


def _without_desk_link(body: str, channel: str) -> str:
    """Mail to staff may carry the address of the desk, which asks for a sign-in."""
    return body.replace(f"{settings.SITE_URL}/staff/", "") if channel == ChannelName.INBOX else body


def _address(message: Message, channel: str) -> str:
    contact = message.request.contact
    addresses = {
        ChannelName.TEXT: contact.phone,
        ChannelName.EMAIL: contact.email,
        ChannelName.INBOX: settings.STAFF_INBOX,
    }
    return addresses[channel]


def _wait(claim: str, no: No) -> str:
    return _release(claim, MessageStatus.CLAIMED, due_at=no.until, reason=no.reason)


def _try_again(claim: str, tries: int, now: datetime) -> str:
    """Wait longer each time: 2, 4, 8, 16 minutes, and then a person looks."""
    if tries >= MOST_TRIES:
        return _finish(claim, MessageStatus.FAILED, "no_answer")
    return _release(claim, MessageStatus.SENDING, due_at=now + timedelta(minutes=2**tries), reason="trying_again")


def _release(claim: str, held_as: str, *, due_at: datetime, reason: str) -> str:
    Message.objects.filter(claim=claim, status=held_as).update(
        status=MessageStatus.PLANNED,
        claim="",
        claimed_at=None,
        handed_over_at=None,
        due_at=due_at,
        reason=reason,
    )
    return MessageStatus.PLANNED


def _finish(claim: str, status: str, reason: str, only_from: str | None = None) -> str:
    held = [only_from] if only_from else [MessageStatus.CLAIMED, MessageStatus.SENDING]
    Message.objects.filter(claim=claim, status__in=held).update(status=status, reason=reason)
    return status
