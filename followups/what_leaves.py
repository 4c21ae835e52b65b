"""What really leaves: the words, to which address, and whether these words may (R-P2, R-T2)."""

from datetime import datetime

from django.conf import settings

from followups.discretion import fits_a_subject, fits_one_text, giveaways
from followups.kinds import facts_of
from followups.models import ChannelName, Message
from followups.words import Words, words_for
from scheduling.models import Therapist


def words_of(message: Message, channel: str, now: datetime) -> Words:
    return words_for(message.kind, channel, message.request, now, facts_of(message, now))


def unfit(words: Words, channel: str, message: Message) -> str:
    """Why these words may not leave, or nothing. The staff inbox is ours, but its mail may be read on a phone."""
    names = [message.request.name, *Therapist.objects.values_list("display_name", flat=True)]
    if giveaways(f"{words.subject}\n{_without_desk_link(words.body, channel)}", names=names):
        return "would_reveal"
    fits = fits_one_text(words.body) if channel == ChannelName.TEXT else fits_a_subject(words.subject)
    return "" if fits else "too_long"


def _without_desk_link(body: str, channel: str) -> str:
    """Mail to staff may carry the address of the desk, which asks for a sign-in."""
    return body.replace(f"{settings.SITE_URL}/staff/", "") if channel == ChannelName.INBOX else body


def address_of(message: Message, channel: str) -> str:
    contact = message.request.contact
    addresses: dict[str, str] = {
        ChannelName.TEXT: contact.phone,
        ChannelName.EMAIL: contact.email,
        ChannelName.INBOX: settings.STAFF_INBOX,
    }
    return addresses[channel]
