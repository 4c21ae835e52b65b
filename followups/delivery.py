"""Claim, decide again, render, send, record. Never twice: what may have left is never started over.

    planned --claim--> claimed --hand over--> sending --> sent
       ^                  |                      |
       +--- worker died --+                      +--- worker died --> stuck, and a person looks

Between "claimed" and "sending" nothing has left, so a row found there is simply planned again. Each step is one
conditional update that names the claim: a worker that slept through its lease finds its claim gone and stops.
"""

import logging
import math
import secrets
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from followups import stopping_mail
from followups.channels import Outgoing, Refused, TryLater, way_out
from followups.gates import No, channel_for, first_no
from followups.models import ChannelName, Message, MessageStatus
from followups.what_leaves import address_of, unfit, words_of
from intake.models import CallbackRequest

LEASE = timedelta(minutes=5)  # a claimed row older than this belongs to a worker that is gone
STUCK_AFTER = timedelta(minutes=15)
BATCH = 100
SHARED = 10  # so many batches lie on the table for those who deliver at the same moment
MOST_TRIES = 5

log = logging.getLogger(__name__)


def more_batches(*, now: datetime) -> int:
    """How many batches lie there besides the first one; no more than are shared out at a time."""
    return max(0, math.ceil(len(_oldest(now)) / BATCH) - 1)


def due(*, now: datetime) -> list[int]:
    """The primary keys of a batch that is due, the longest-waiting first. Empty when nothing is due.

    Of a long list it is one of the oldest batches, by chance: two workers with the same batch would claim every row of
    it twice, and one of the two in vain.
    """
    oldest = _oldest(now)
    first = BATCH * secrets.randbelow(max(1, math.ceil(len(oldest) / BATCH)))
    return oldest[first : first + BATCH]


def deliver(message_id: int, *, now: datetime) -> None:
    """Send one message that is due, or write down why not. Raises nothing for a bad row, so that it blocks no other.

    Safe to call from two workers at once: one of them gets the claim.
    """
    claim = _claim(message_id, now)
    if not claim:
        return
    try:
        outgoing = _hand_over(message_id, claim, now)
    except Exception:
        log.exception("A message broke before it was handed over")
        _try_again(_held(claim, MessageStatus.CLAIMED), "broke_before", now)
    else:
        if outgoing:
            _send(outgoing, claim, now)


def recover(*, now: datetime) -> None:
    """Rows of workers that died: claimed ones start over, handed-over ones go to a person."""
    claimed = Message.objects.filter(status=MessageStatus.CLAIMED, claimed_at__lte=now - LEASE)
    # A row that takes its worker down every time must not do so for ever.
    claimed.filter(tries__gte=MOST_TRIES).update(status=MessageStatus.FAILED, reason="broke_before")
    claimed.update(status=MessageStatus.PLANNED, claim="", claimed_at=None)
    sending = Message.objects.filter(status=MessageStatus.SENDING, handed_over_at__lte=now - STUCK_AFTER)
    sending.update(status=MessageStatus.STUCK, reason="worker_lost")


def _oldest(now: datetime) -> list[int]:
    return list(Message.objects.due(now).values_list("pk", flat=True)[: BATCH * SHARED])


def _claim(message_id: int, now: datetime) -> str | None:
    """Tries are counted here, so that one that kills its worker counts too."""
    claim = uuid.uuid4().hex
    planned = Message.objects.due(now).filter(pk=message_id)
    won = planned.update(status=MessageStatus.CLAIMED, claim=claim, claimed_at=now, tries=F("tries") + 1)
    return claim if won else None


@transaction.atomic
def _hand_over(message_id: int, claim: str, now: datetime) -> Outgoing | None:
    """Decide again, and mark the row as one that may have left. None when it is not to go, or not now."""
    message = _with_the_person_locked(message_id)
    channel = channel_for(message)
    no = first_no(message, channel, now)
    if no:
        _put_off(claim, no)
        return None
    words = words_of(message, channel, now)
    why_not = unfit(words, channel, message)
    if why_not:
        _fail(_held(claim, MessageStatus.CLAIMED), why_not)
        return None
    way_out(channel)  # a way that does not exist has to show while nothing has left
    handed_over = _held(claim, MessageStatus.CLAIMED).update(
        status=MessageStatus.SENDING, channel=channel, handed_over_at=now
    )
    to = address_of(message, channel)
    stop_url = stopping_mail.address(message) if channel == ChannelName.EMAIL else ""
    return Outgoing(message.pk, channel, to, words.subject, words.body, stop_url) if handed_over else None


def _with_the_person_locked(message_id: int) -> Message:
    """The message, read after the lock: nobody stops, erases or gets a second one while we decide (R-T2, R-T3)."""
    messages = Message.objects.filter(pk=message_id)
    contact = messages.select_related("request__contact").get().request.contact
    theirs = CallbackRequest.objects.of_this_person(contact)
    list(theirs.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return messages.select_related("request__contact", "request__location").get()


def _send(outgoing: Outgoing, claim: str, now: datetime) -> None:
    sending = _held(claim, MessageStatus.SENDING)
    try:
        provider_id = way_out(outgoing.channel)(outgoing, now)
    except TryLater:
        _try_again(sending, "no_answer", now)
    except Refused:
        _fail(sending, "refused")
    except Exception:
        log.exception("A message may have left, or may not")
        _finish(sending, MessageStatus.STUCK, "error")
    else:
        _finish(sending, MessageStatus.SENT, "", provider_id=provider_id or "")


def _held(claim: str, status: str) -> QuerySet:
    """The row, as long as it is still ours and stands where we left it."""
    return Message.objects.filter(claim=claim, status=status)


def _put_off(claim: str, no: No) -> None:
    """Not at all, or not yet; waiting is no try."""
    claimed = _held(claim, MessageStatus.CLAIMED)
    if no.until:
        _release(claimed, due_at=no.until, reason=no.reason, tries=F("tries") - 1)
    else:
        _finish(claimed, MessageStatus.SKIPPED, no.reason)


def _try_again(held: QuerySet, reason: str, now: datetime) -> None:
    """It has certainly not left. Wait longer each time: 2, 4, 8, 16 minutes, and then a person looks."""
    for tries in held.values_list("tries", flat=True):
        if tries >= MOST_TRIES:
            _fail(held, reason)
        else:
            _release(held, due_at=now + timedelta(minutes=2**tries), reason="trying_again")


def _release(held: QuerySet, **changes) -> None:
    held.update(status=MessageStatus.PLANNED, claim="", claimed_at=None, handed_over_at=None, **changes)


def _fail(held: QuerySet, reason: str) -> None:
    """It has certainly not left, and will not."""
    held.update(status=MessageStatus.FAILED, reason=reason, handed_over_at=None)


def _finish(held: QuerySet, status: str, reason: str, **also) -> None:
    held.update(status=status, reason=reason, **also)
