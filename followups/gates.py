"""May this message go out, now, to this person? Asked at the moment of sending, never before (R-T1 to R-T4).

Each gate says yes (None), no for good, or not yet; the answer is kept with the message.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import cast

from django.conf import settings
from django.db.models import QuerySet

from followups.cadence import Cadence
from followups.hours_of_a_person import next_hour_for
from followups.kinds import KINDS
from followups.models import ChannelName, KindName, Message, MessageStatus, WrongNumber
from followups.numbers import last_heard_from
from followups.silence import last_word
from intake.choices import ReachBy
from intake.contacts import wants_kind_notes
from intake.corrections import in_doubt_until
from intake.models import CallAttempt, CallbackRequest, Consent, ContactPreference
from intake.states import CONTACT_CAN_CHANGE, Status
from scheduling.models import SeatClaim

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
MOST_A_DAY, MOST_A_WEEK = 1, 3
SILENT_AFTER = timedelta(days=30)  # without a word from them, a yes is not taken for granted any more
NUMBER_IS_OLD_AFTER = timedelta(days=90)  # people change numbers, and somebody else gets them
LOOK_AGAIN = timedelta(minutes=2)
PLANNED_WITHIN = timedelta(hours=1)  # of a yes: with every tick, if the scheduler lives
TRY_AGAIN_IN = timedelta(hours=1)


@dataclass(frozen=True)
class No:
    """Not sent, on purpose; `until` makes it "not yet"."""

    reason: str
    until: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What the gates look at: the message with its request, the way out, and the moment. `before` are messages that
    would have gone to the same person until then: only a preview knows of those."""

    message: Message
    channel: str
    now: datetime
    before: list[Message] = field(default_factory=list)

    @cached_property
    def silent_for(self) -> timedelta:
        """How long it is that they said something; two queries, and only where they wrote long ago."""
        since = self.now - self.message.request.received_at
        return since if since < SILENT_AFTER else self.now - last_word(self.message.request)

    @property
    def is_first_text(self) -> bool:
        return self.message.kind == KindName.OPT_IN

    @cached_property
    def this_week(self) -> list[Message]:
        """What reached this person in seven days, earliest first; in a preview also what would have by then. Read once:
        whoever asks again holds the same lock."""
        since = self.now - A_WEEK
        others = _others_at(self.message.request.contact, self.channel)
        sent = Message.objects.sent_since(self.message.request, others, self.channel, since)
        would = [message for message in self.before if _left_at(message) >= since]
        return sorted([*sent.only("kind", "handed_over_at"), *would], key=_left_at)


def first_no(message: Message, channel: str, now: datetime, before: list[Message] | None = None) -> No | None:
    """The first gate that says no, or None when the message may go."""
    asked = Asked(message, channel, now, before or [])
    gates = STAFF_GATES if KINDS[message.kind].to_staff else PERSON_GATES
    return next((answer for gate in gates if (answer := gate(asked))), None)


def channel_for(message: Message) -> str:
    """How this person said we may write to them by ourselves; empty when they did not."""
    if KINDS[message.kind].to_staff:
        return ChannelName.INBOX
    contact, ways = message.request.contact, KINDS[message.kind].ways
    # The way they chose wins over a box they ticked on the side: who chose email is texted only without one.
    by_email = ChannelName.EMAIL in ways and contact.reach_by == ReachBy.EMAIL and contact.email
    if by_email and _agreed(contact, Consent.Kind.EMAIL):
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
    return bool(last and last.still_holds)


def _nothing_in_doubt(asked: Asked) -> No | None:
    """A call logged just now may be one on the wrong card. Until it can be taken back no more, nothing is sent because
    of it, and nothing is given up because of it."""
    until = in_doubt_until(asked.message.request, asked.now)
    return No("call_can_be_taken_back", until=until) if until else None


def _still_true(asked: Asked) -> No | None:
    """True of the request as it stands, and of the very occasion it was planned for: they may have come back since.
    Nothing at all goes to whoever came back, took it back or erased it."""
    kind, message = KINDS[asked.message.kind], asked.message
    if not kind.to_staff and message.request.status not in CONTACT_CAN_CHANGE:
        return No("no_longer_true")
    occasions = map(kind.known_by, kind.occasions(message.request, asked.now))
    same_occasion = kind.known_by(message.occasion) in occasions
    is_true = same_occasion and kind.still_true(message.request, message.occasion, asked.now)
    return None if is_true else No("no_longer_true")


def _in_time(asked: Asked) -> No | None:
    """A reminder that comes too late is dropped, not sent (R-T4)."""
    message = asked.message
    ends = KINDS[message.kind].ends(message.request, message.occasion)
    return No("time_passed") if ends and asked.now >= ends else None


def _not_reminded_before(asked: Asked) -> No | None:
    """One reminder for one first day, whichever seat it is in by now."""
    message = asked.message
    if message.kind != KindName.START_REMINDER:
        return None
    reminded = Message.objects.reached().filter(kind=message.kind, request=message.request).exclude(pk=message.pk)
    days = SeatClaim.objects.filter(pk__in=[int(occasion) for occasion in reminded.values_list("occasion", flat=True)])
    this = SeatClaim.objects.get(pk=int(message.occasion))
    same = days.filter(starts_on=this.starts_on, group=this.group_id, slot=this.slot_id)
    return No("reminded_before") if same.exists() else None


def _not_resting(asked: Asked) -> No | None:
    """They said "not now": nothing goes out by itself until the day we ask again."""
    request = asked.message.request
    if request.status != Status.RESTING or request.wake_at is None:
        return None
    return No("they_asked_to_wait", until=max(request.wake_at, asked.now + LOOK_AGAIN))


def _not_silent(asked: Asked) -> No | None:
    """After 30 days without a word from them only what they wait for still goes."""
    if KINDS[asked.message.kind].asked_for:
        return None
    return No("silent_30_days") if asked.silent_for >= SILENT_AFTER else None


def _not_stopped(asked: Asked) -> No | None:
    return No("they_stopped_messages") if asked.message.request.contact.messages_stopped_at else None


def _their_number(asked: Asked) -> No | None:
    """Whoever has it told us that they are somebody else: nobody else can ask for texts to it (R-T5)."""
    is_wrong = asked.channel == ChannelName.TEXT and WrongNumber.objects.holds(asked.message.request.contact.phone)
    return No("wrong_number") if is_wrong else None


def _agreed_to(asked: Asked) -> No | None:
    """To this way, and where a kind needs a yes of its own, to that too (R-T1)."""
    needs_more = KINDS[asked.message.kind].is_kind_note
    has_agreed = asked.channel and (not needs_more or wants_kind_notes(asked.message.request))
    return None if has_agreed else No("no_consent")


def _number_still_theirs(asked: Asked) -> No | None:
    """Without a word from them in 90 days only a person may try that number (R-T5)."""
    if asked.channel != ChannelName.TEXT:
        return None
    if asked.silent_for < NUMBER_IS_OLD_AFTER:
        return None
    heard = last_heard_from(asked.message.request.contact.phone)
    return None if heard and asked.now - heard < NUMBER_IS_OLD_AFTER else No("number_is_old")


def _switched_on(asked: Asked) -> No | None:
    """Off for a while loses nobody their message. To staff it may be off for good; the desk shows them all of it."""
    if settings.CHANNELS[asked.channel] != "off":
        return None
    is_for_staff = KINDS[asked.message.kind].to_staff
    return No("channel_off", until=None if is_for_staff else asked.now + TRY_AGAIN_IN)


def _somebody_reads(asked: Asked) -> No | None:
    return None if settings.STAFF_INBOX else No("no_address")


def _not_quiet(asked: Asked) -> No | None:
    """It waits for an hour that is fine with them: it is never urgent (R-T4)."""
    at = next_hour_for(asked.message.request, asked.now)
    return No("quiet_hours", until=at) if at > asked.now else None


def _introduced(asked: Asked) -> No | None:
    """The first text ever says who writes and how to stop; every other one waits for it."""
    would_know_us = any(_is_first(one) for one in asked.before)
    if asked.is_first_text:
        return No("no_longer_true") if would_know_us else None
    if asked.channel != ChannelName.TEXT or would_know_us:
        return None
    numbers = _others_at(asked.message.request.contact, ChannelName.TEXT)
    if Message.objects.introductions(numbers).exclude(status=MessageStatus.SENDING).exists():
        return None
    coming = _first_text_comes_at(numbers, asked)
    return No("first_text_first", until=max(coming, asked.now) + LOOK_AGAIN) if coming else No("no_first_text")


def _is_first(message: Message) -> bool:
    return message.kind == KindName.OPT_IN


def _first_text_comes_at(numbers: QuerySet, asked: Asked) -> datetime | None:
    """When the first text is due that is on its way or will be planned for a yes that is new; None without one."""
    firsts = Message.objects.filter(kind=KindName.OPT_IN, request__in=numbers)
    under_way = [MessageStatus.PLANNED, MessageStatus.CLAIMED, MessageStatus.SENDING]
    due_at = firsts.filter(status__in=under_way).order_by("due_at").values_list("due_at", flat=True).first()
    if due_at:
        return due_at
    yes = Consent.objects.filter(request__in=numbers, kind=Consent.Kind.TEXT, given=True).last()
    is_new = yes is not None and yes.at > asked.now - PLANNED_WITHIN
    is_planned = firsts.filter(occasion__startswith=f"{yes.pk} ").exists() if yes else False
    return asked.now if is_new and not is_planned else None


def _left_at(message: Message) -> datetime:
    """What reached somebody has been handed over: the database sees to it."""
    return cast(datetime, message.handed_over_at)


def _under_the_caps(asked: Asked) -> No | None:
    """One a day waits for the next day; the fourth in seven days is not sent at all (R-T2).

    The first text and the message it introduces count as one for the day, and as two for the week.
    """
    messages = asked.this_week
    if len(messages) >= MOST_A_WEEK:
        until = _left_at(messages[-MOST_A_WEEK]) + A_WEEK if asked.is_first_text else None
        return No("three_a_week", until=until)
    today = [_left_at(one) for one in messages if _left_at(one) > asked.now - A_DAY and not _is_first(one)]
    too_many = len(today) >= MOST_A_DAY and not asked.is_first_text
    return No("one_a_day", until=today[0] + A_DAY) if too_many else None


def _within_the_budget(asked: Asked) -> No | None:
    """Calls and messages count together; one more waits until the seven days hold fewer."""
    most = Cadence.objects.of(asked.message.request.location_id).most_contacts
    since = asked.now - A_WEEK
    theirs = _others_at(asked.message.request.contact, asked.channel).values("pk")
    calls = CallAttempt.objects.filter(request__in=theirs, at__gte=since).values_list("at", flat=True)
    moments = sorted([*calls, *map(_left_at, asked.this_week)])
    return No("enough_contact", until=moments[-most] + A_WEEK) if len(moments) >= most else None


Gate = Callable[[Asked], No | None]
STAFF_GATES: list[Gate] = [_nothing_in_doubt, _still_true, _switched_on, _somebody_reads]
PERSON_GATES: list[Gate] = [
    _nothing_in_doubt,
    _still_true,
    _in_time,
    _not_reminded_before,
    _not_stopped,
    _not_resting,
    _agreed_to,
    _their_number,
    _number_still_theirs,
    _not_silent,
    _switched_on,
    _introduced,
    _not_quiet,
    _under_the_caps,
    _within_the_budget,
]
