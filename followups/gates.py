"""May this message go out, now, to this person? Asked at the moment of sending, never before (R-T1 to R-T4).

Each gate says yes (None), no for good, or not yet; the answer is kept with the message.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from followups.kinds import KINDS
from followups.models import ChannelName, Message, WrongNumber
from followups.quiet_hours import next_allowed
from intake.choices import ReachBy
from intake.models import CallbackRequest, Consent, ContactPreference
from scheduling.models import Closure

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_A_DAY, MOST_A_WEEK = 1, 3


@dataclass(frozen=True)
class No:
    """Not sent, on purpose; `until` makes it "not yet"."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What the gates look at: the message with its request, the way out, and the moment."""

    message: Message
    channel: str
    now: datetime


def first_no(message: Message, channel: str, now: datetime) -> No | None:
    """The first gate that says no, or None when the message may go."""
    asked = Asked(message, channel, now)
    gates = STAFF_GATES if KINDS[message.kind].to_staff else PERSON_GATES
    return next((answer for gate in gates if (answer := gate(asked))), None)


def channel_for(message: Message) -> str:
    """How this person said we may write to them by ourselves; empty when they did not."""
    if KINDS[message.kind].to_staff:
        return ChannelName.INBOX
    contact = message.request.contact
    # The way they chose wins over a box they ticked on the side: who chose email is texted only without one.
    if contact.reach_by == ReachBy.EMAIL and contact.email and _agreed(contact, Consent.Kind.EMAIL):
        return ChannelName.EMAIL
    if contact.text_ok and contact.phone and _agreed(contact, Consent.Kind.TEXT):
        return ChannelName.TEXT
    return ""


def _others_at(contact: ContactPreference, channel: str) -> QuerySet:
    """The requests that this channel reaches at the very same number or address, this one among them.

    Never by the other one: whoever leaves his own email and somebody else's number must not be able to tell, by a
    message that does not come, that she wrote to us too (R-P3).
    """
    at = {ChannelName.TEXT: CallbackRequest.objects.same_phone, ChannelName.EMAIL: CallbackRequest.objects.same_email}
    return at[ChannelName(channel)](contact)


def _agreed(contact: ContactPreference, kind: str) -> bool:
    """The last word on it was yes, on whichever request it was said (R-T1, R-T3)."""
    last = Consent.objects.filter(request__in=_others_at(contact, kind), kind=kind).last()
    return bool(last and last.given)


def _still_true(asked: Asked) -> No | None:
    """True of the request as it stands, and of the very round it was planned in: they may have come back since."""
    kind, request = KINDS[asked.message.kind], asked.message.request
    same_occasion = asked.message.occasion in kind.occasions(request)
    return None if same_occasion and kind.still_true(request, asked.now) else No("no_longer_true")


def _not_stopped(asked: Asked) -> No | None:
    return No("they_stopped_messages") if asked.message.request.contact.messages_stopped_at else None


def _their_number(asked: Asked) -> No | None:
    """Whoever has it told us that they are somebody else: nobody else can ask for texts to it (R-T5)."""
    is_wrong = asked.channel == ChannelName.TEXT and WrongNumber.objects.holds(asked.message.request.contact.phone)
    return No("wrong_number") if is_wrong else None


def _agreed_to(asked: Asked) -> No | None:
    return None if asked.channel else No("no_consent")


def _switched_on(asked: Asked) -> No | None:
    return No("channel_off") if settings.CHANNELS[asked.channel] == "off" else None


def _somebody_reads(asked: Asked) -> No | None:
    return None if settings.STAFF_INBOX else No("no_address")


def _not_quiet(asked: Asked) -> No | None:
    """Night, Sunday morning, closed days and times of day they did not tick: wait, it is never urgent (R-T4).

    "Times not to call" are their own free words: no program can read them, so they bind the person who calls
    and not this gate.
    """
    request = asked.message.request
    holidays = frozenset(Closure.objects.filter(location=None).values_list("date", flat=True))
    hours = (settings.SENDING_OPENS, settings.SENDING_CLOSES)
    at = next_allowed(asked.now, request.zone(), *hours, holidays, request.contact.times)
    return No("quiet_hours", until=at) if at > asked.now else None


def _under_the_caps(asked: Asked) -> No | None:
    """One a day waits for the next day; the fourth in seven days is not sent at all (R-T2)."""
    request = asked.message.request
    others = _others_at(request.contact, asked.channel)
    sent = Message.objects.sent_since(request, others, asked.channel, asked.now - A_WEEK)
    moments = list(sent.order_by("handed_over_at").values_list("handed_over_at", flat=True))
    if len(moments) >= MOST_A_WEEK:
        return No("three_a_week")
    today = [moment for moment in moments if moment > asked.now - A_DAY]
    return No("one_a_day", until=today[0] + A_DAY) if len(today) >= MOST_A_DAY else None


Gate = Callable[[Asked], No | None]
STAFF_GATES: list[Gate] = [_still_true, _switched_on, _somebody_reads]
PERSON_GATES: list[Gate] = [
    _still_true,
    _not_stopped,
    _agreed_to,
    _their_number,
    _switched_on,
    _not_quiet,
    _under_the_caps,
]
