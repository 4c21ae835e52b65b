"""A request on paper: the notice of Part 2 and what binds us first, then what the person gave us and what happened.

Notes of clinicians are no part of it: those are shared by a clinician, under a consent.
"""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.dateformat import format as in_words
from django.utils.translation import override

from intake.admin.story import story
from intake.choices import Help, Option, labels
from intake.colleagues import full_name_of
from intake.models import CallAttempt, CallbackRequest, RecordPrint, Restriction
from intake.words_to_say import daypart_words, phone_words
from privacy.paper import BANNER, LABEL, NOTICE, SAID, as_pdf, heading, moment, pair, text, title
from privacy.part2 import LONG_NOTICE, NO_RELEASE


def request_as_pdf(callback: CallbackRequest, printed: RecordPrint, now: datetime) -> bytes:
    """The file, in English: who reads it at a desk reads English."""
    with override("en"):
        parts = [*_first(callback, printed), *_asked(callback), *_reach(callback), *_yes_and_no(callback)]
        parts += _so_far(callback, now, callback.zone())
        return as_pdf(parts, foot=f"{callback.reference}. Copy {printed.pk}.")


def limit_words(limit: Restriction) -> str:
    """ "Nothing to family or friends. My brother." """
    return f"{limit.get_kind_display()}. {limit.words}".strip()


def _first(callback: CallbackRequest, printed: RecordPrint) -> Iterator[Any]:
    yield title("Record")
    yield text(NO_RELEASE, BANNER)
    for limit in callback.restrictions.active():
        yield text(f"They asked us to limit what we share, and we agreed. {limit_words(limit)}", BANNER)
    yield text(LONG_NOTICE, NOTICE)
    yield from pair("Reference", callback.reference)
    yield from pair("Printed", f"{moment(printed.made_at)}, by {full_name_of(printed.made_by)}")
    yield from pair("Why", printed.get_reason_display())
    yield text(
        "This copy is for the person themselves or for this program. It was not disclosed under a consent; to share it "
        "with anybody else needs one. Notes of clinicians are not in it."
    )


def _asked(callback: CallbackRequest) -> Iterator[Any]:
    yield heading("What they asked for")
    yield from _pairs(
        ("What to call them", callback.name),
        ("Town", str(callback.location or "Any town")),
        ("Would help", ". ".join(labels(Option, callback.options))),
        ("Help with", ". ".join(labels(Help, callback.help_with))),
        ("Came in", moment(callback.received_at)),
        ("Where it stands", callback.get_status_display()),
    )
    if callback.note:
        yield text("Their words", LABEL)
        yield text(f"“{callback.note}”", SAID)


def _reach(callback: CallbackRequest) -> Iterator[Any]:
    contact = callback.contact
    yield heading("How they may be reached")
    yield from _pairs(
        ("By", contact.get_reach_by_display()),
        ("Phone", phone_words(contact.phone) if contact.phone else ""),
        ("Email", contact.email),
        ("Message on a voicemail", contact.get_voicemail_display()),
        ("Say who is calling to others", contact.get_say_who_display()),
        ("Texts", "Yes" if contact.text_ok else "No"),
        ("Good times", daypart_words(contact.times)),
        ("Times not to call", contact.avoid_times),
        ("All messages stopped", moment(contact.messages_stopped_at) if contact.messages_stopped_at else ""),
    )


def _yes_and_no(callback: CallbackRequest) -> Iterator[Any]:
    """What they agreed to by themselves: messages. No consent to disclose (R-P7)."""
    for one in callback.consents.all():
        said = f"{'Yes' if one.given else 'No'}, {moment(one.at)}. {one.wording}".strip()
        yield from pair(f"Automatic {one.get_kind_display()}", said)


def _so_far(callback: CallbackRequest, now: datetime, zone: tzinfo) -> Iterator[Any]:
    """Nobody reads it as "you": a paper goes from hand to hand."""
    yield heading("What happened so far")
    attempts = CallAttempt.logged.filter(request=callback).select_related("by", "correction")
    for chapter in story(callback.history.all(), attempts, reader=AnonymousUser(), now=now, zone=zone):
        day = in_words(chapter.at.astimezone(zone), "F j, Y, g:i a")
        yield text(f"{day}: {chapter.what} ({chapter.by})")


def _pairs(*pairs: tuple[str, str]) -> Iterator[Any]:
    for label, words in pairs:
        if words:
            yield from pair(label, str(words))
