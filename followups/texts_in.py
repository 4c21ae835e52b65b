"""What a text to us sets off. The answer is the same for a number we know and for one we do not (R-P3).

A stop comes before all other logic and acts on the number, for whichever request. Everything else touches a request
only where one request alone is open at that number: who of two people wrote cannot be known.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException, is_possible_number

from followups.discretion import in_text_letters
from followups.inbound import is_spanish, meaning_of
from followups.models import ChannelName, InboundText, Incident, LocalDelivery, Message, MessageStatus, WrongNumber
from followups.numbers import ASSESS_WITHIN, Meaning
from followups.words import plain_phone
from intake import stops
from intake.by_text import ByText
from intake.models import CallbackRequest
from intake.states import OPEN, Status
from privacy import audit
from privacy.lookup import keyed_hash, keyed_hashes
from scheduling.clock_words import clock_figures
from scheduling.models import Closure

SATURDAY = 5
LONGEST_ID = 40
ONCE_IN = timedelta(days=1)
REPLIES = {
    Meaning.STOP: "followups/replies/stop.txt",
    Meaning.HELP: "followups/replies/help.txt",
    Meaning.START: "followups/replies/help.txt",  # how often, what it costs, how to stop: what R-T8 asks of an opt-in
    Meaning.FITS: "followups/replies/thanks.txt",
    Meaning.CHANGE: "followups/replies/thanks.txt",
}
CLOSED = "followups/replies/closed.txt"
BY_TEXT = {
    Meaning.CHANGE: ByText.CHANGE,
    Meaning.OTHER: ByText.WROTE,
    Meaning.PERHAPS_STOP: ByText.PERHAPS_STOP,
}


@dataclass(frozen=True)
class Came:
    """One text, read; `requests` are those that left this number, in the order in which they are locked."""

    number: str
    meaning: Meaning
    language: str
    requests: list[CallbackRequest]
    now: datetime

    @property
    def only_request(self) -> CallbackRequest | None:
        open_ones = [request for request in self.requests if request.status in OPEN] or self.requests
        return open_ones[0] if len(open_ones) == 1 else None


def take_in(provider_id: str, number: str, text: str, *, now: datetime) -> str:
    """Do what it asks, and return the words to answer with, or "". The same text a second time does nothing."""
    number = _one_form(number)
    with transaction.atomic():
        meaning = meaning_of(text)
        row = {"meaning": meaning, "phone_hash": keyed_hash("phone", number), "at": now}
        written, is_new = InboundText.objects.get_or_create(provider_id=provider_id[:LONGEST_ID], defaults=row)
        if not is_new:
            return ""
        language = "es" if is_spanish(text) else settings.LANGUAGE_CODE
        came = Came(number, meaning, language, _requests_at(number), now)
        _act(came)
        return _reply(came, written)


def _one_form(number: str) -> str:
    """In international form, as it stands in a request; what is no number stays as it is."""
    try:
        read = PhoneNumber.from_string(number, region=settings.PHONENUMBER_DEFAULT_REGION)
    except NumberParseException:
        return number
    return read.as_e164 if is_possible_number(read) else number


def _requests_at(number: str) -> list[CallbackRequest]:
    theirs = CallbackRequest.objects.filter(contact__phone_hash__in=keyed_hashes("phone", number))
    return list(theirs.exclude(status=Status.ERASED).defer("name", "note").order_by("pk"))


def _act(came: Came) -> None:
    if came.meaning == Meaning.WRONG_NUMBER:
        _lose(came)
    elif came.meaning in {Meaning.STOP, Meaning.PERHAPS_STOP}:
        for request in came.requests:
            stops.stop_texts(request_id=request.pk, by=audit.PERSON, now=came.now)
    elif came.meaning == Meaning.START:
        WrongNumber.objects.forget(came.number)
    if came.only_request:
        _tell(came, came.only_request)


def _tell(came: Came, request: CallbackRequest) -> None:
    if came.meaning == Meaning.START:
        stops.allow_texts_again(request_id=request.pk, by=audit.PERSON, now=came.now)
    elif came.meaning == Meaning.FITS:
        stops.say_it_fits(request_id=request.pk, by=audit.PERSON, now=came.now)
    elif came.meaning in BY_TEXT:
        stops.ask_staff(BY_TEXT[came.meaning], request_id=request.pk, by=audit.PERSON, now=came.now)


def _lose(came: Came) -> None:
    """No answer, no more texts, and the number gone from every request; what reached them is an incident (R-P13)."""
    WrongNumber.objects.remember(came.number, came.now)
    for request in came.requests:
        stops.lose_number(request_id=request.pk, by=audit.CLOCK, now=came.now)
        _open_incident(request, came.now)
    LocalDelivery.objects.filter(message__request__in=came.requests, channel=ChannelName.TEXT).delete()
    InboundText.objects.from_number(came.number).update(phone_hash="")


def _open_incident(request: CallbackRequest, now: datetime) -> None:
    """Only where something reached them. The newest of it did not arrive, which is what tells staff the same day."""
    left = (MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.STUCK)
    texts = Message.objects.filter(request=request, channel=ChannelName.TEXT, status__in=left)
    newest = texts.order_by("handed_over_at").last()
    if newest:
        Incident.objects.create(request=request, found_at=now, assess_by=now + ASSESS_WITHIN)
        Message.objects.filter(pk=newest.pk).update(status=MessageStatus.FAILED, reason="wrong_number")


# --- the answer ---------------------------------------------------------------------------------------------------


def _reply(came: Came, written: InboundText) -> str:
    """To what is not a word of ours, out of hours, once a day: whom to call, and that this is not for emergencies."""
    if came.meaning in REPLIES:
        return _words(REPLIES[came.meaning], came)
    if came.meaning != Meaning.OTHER or _somebody_is_there(came.now):
        return ""
    lately = InboundText.objects.from_number(came.number).filter(told_to_call=True, at__gt=came.now - ONCE_IN)
    if lately.exists():
        return ""
    InboundText.objects.filter(pk=written.pk).update(told_to_call=True)
    return _words(CLOSED, came)


def _words(template: str, came: Came) -> str:
    """Under one name for all, since a place's own would tell which place knows the number; and in the language of
    their own words, since that of a request would tell that there is one."""
    context = {
        "label": settings.SENDER_LABEL,
        "phone": plain_phone(settings.PROVIDER_PHONE),
        "opens": clock_figures(settings.PHONE_OPENS),
        "closes": clock_figures(settings.PHONE_CLOSES),
    }
    with translation.override(came.language):
        return " ".join(in_text_letters(render_to_string(template, context)).split())


def _somebody_is_there(now: datetime) -> bool:
    """The hours of the telephone, for all: those of one place would tell which place knows the number."""
    wall = timezone.localtime(now)
    if wall.weekday() >= SATURDAY or Closure.objects.filter(location=None, date=wall.date()).exists():
        return False
    return settings.PHONE_OPENS <= wall.time() < settings.PHONE_CLOSES
