"""Every message as a person reads it, with made-up values: for the page of words, and for the tests of words."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import get_language_info

from followups.kinds import KINDS
from followups.models import ChannelName, KindName
from followups.words import Words, words_for
from intake.models import CallbackRequest, ContactPreference

FOR_STAFF = {
    "to_call": 4,
    "to_confirm": 2,
    "moved": 1,
    "to_mark": 3,
    "next_way": "A message did not arrive. Next: call them. Leave no message.",
}


@dataclass(frozen=True)
class Sample:
    """`length` counts the letters of a text, of which it has 160."""

    way: str
    language: str
    words: Words

    @property
    def heading(self) -> str:
        """ "Text in Spanish"."""
        return f"{ChannelName(self.way).label} in {get_language_info(self.language)['name']}"

    @property
    def is_text(self) -> bool:
        return self.way == ChannelName.TEXT

    @property
    def length(self) -> int:
        return len(self.words.body)


@dataclass(frozen=True)
class KindOfMessage:
    label: str
    samples: list[Sample]


def every_message(now: datetime) -> list[KindOfMessage]:
    """By kind, in the order of the cadence; staff get theirs in English only."""
    return [KindOfMessage(str(KindName(kind.name).label), _samples(kind.name, now)) for kind in KINDS.values()]


def _samples(name: str, now: datetime) -> list[Sample]:
    kind = KINDS[name]
    languages = [settings.LANGUAGE_CODE] if kind.to_staff else [code for code, _name in settings.LANGUAGES]
    return [
        Sample(way, language, words_for(name, way, a_request(language, now), now, FOR_STAFF if kind.to_staff else None))
        for way in kind.ways
        for language in languages
    ]


def a_request(language: str, now: datetime) -> CallbackRequest:
    """Of nobody, and not saved."""
    request = CallbackRequest(reference="7KQ-42M", language=language, promised_by=now + timedelta(days=2))
    request.contact = ContactPreference(reach_by="call")
    return request
