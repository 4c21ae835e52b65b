"""The exact words to say or to write by hand: no organisation, no reason, no place, ever (R-P19).

Pure, like the card they stand on.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import phonenumbers
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from intake import calling, states
from intake.choices import Help, Option, ReachBy, SayWho, Voicemail, labels
from intake.clock import when_words
from scheduling.hours import Daypart


@dataclass(frozen=True)
class Step:
    """One step of the call: a heading, what to do first, the words to say, what to do then."""

    heading: str
    first: str = ""
    say: str = ""
    then: str = ""


@dataclass(frozen=True)
class Facts:
    """The question as it was asked, so that the small functions below agree on it."""

    request: Any
    contact: Any
    way: str
    caller: str
    call_number: int
    callback: str
    now: datetime
    zone: tzinfo
    anyway: bool = False

    @property
    def in_window(self) -> bool:
        start, end = self.request.call_from, self.request.call_until
        return bool(start and end and start <= self.now < end)

    @property
    def calls_used_up(self) -> bool:
        """All calls of this round are made and none is planned; a further one is, when they asked for another time."""
        return calling.all_calls_made(self.call_number - 1, planned=bool(self.request.call_from))

    @property
    def owed_a_call(self) -> bool:
        return self.request.status in states.TO_CALL


def steps(facts: Facts) -> tuple[Step, ...]:
    """The steps of the call or of the message, in order; none when there is no way to reach them."""
    if facts.way == ReachBy.CALL:
        return (_picks_up(facts), _someone_else(facts), _two_things(facts), _voicemail(facts))
    if facts.way == ReachBy.TEXT:
        return (_write(facts), _when_they_answer(facts))
    if facts.way == ReachBy.EMAIL:
        return (_subject(facts), _write(facts), _when_they_answer(facts))
    return ()


def _picks_up(facts: Facts) -> Step:
    say = _("Hi, may I speak with %(name)s?") % {"name": facts.request.name}
    return Step(_("When someone picks up"), say=say)


def _someone_else(facts: Facts) -> Step:
    say = _("Thanks. I’ll try again later.")
    if facts.contact.say_who == SayWho.YES:
        say = _("Could you say that %(caller)s called? The number is %(number)s.")
        say %= {"caller": facts.caller, "number": facts.callback}
    return Step(_("If it is someone else"), say=say, then=_("Then hang up. Nothing more, even if they ask."))


def _two_things(facts: Facts) -> Step:
    heading = _("If it is %(name)s, check two things first") % {"name": facts.request.name}
    say = _("You asked us to call. Is this a good place to talk?")
    return Step(heading, first=_check_words(facts), say=say)


def _voicemail(facts: Facts) -> Step:
    heading = _("If it goes to voicemail")
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        return Step(heading, then=_("Hang up. Log “No answer”."))
    return Step(heading, say=voicemail_words(facts), then=_("Nothing more. Log “Left the short message”."))


def voicemail_words(facts: Facts) -> str:
    """The only message that may be left (R-P19)."""
    words = {"caller": facts.caller, "name": facts.request.name, "number": facts.callback}
    return _("Hi, this is %(caller)s for %(name)s. Please call me at %(number)s. Thank you.") % words


def _subject(facts: Facts) -> Step:
    return Step(_("The subject"), say=_("Hello from %(caller)s") % {"caller": facts.caller})


def _write(facts: Facts) -> Step:
    """Plain letters only, so that a text stays one text; and never a full name (R-T2)."""
    first_name = (facts.request.name.split() or [""])[0]
    words = {"name": first_name, "caller": facts.caller, "number": facts.callback}
    say = _("Hi %(name)s, this is %(caller)s. When is a good time? You can write back here, or call %(number)s.")
    heading = _("Write this text, by hand") if facts.way == ReachBy.TEXT else _("Write this email, by hand")
    then = _("Nothing else: no reason, no place, no name of who we are.")
    return Step(heading, say=say % words, then=then)


def _when_they_answer(facts: Facts) -> Step:
    say = _("You asked me to write. Is this a good place to talk?")
    return Step(_("When they answer, check two things first"), first=_check_words(facts), say=say)


def _check_words(facts: Facts) -> str:
    """Two things only the person knows. Anyone could have filled in the form (R-P19)."""
    one, two = _known_things(facts)[:2]
    return _("Ask, and let them say it: %(one)s, and %(two)s. Then:") % {"one": one, "two": two}


def _known_things(facts: Facts) -> list[str]:
    request, contact = facts.request, facts.contact
    wishes = labels(Option, [value for value in request.options if value != Option.UNSURE])
    help_with = labels(Help, request.help_with)
    came_in = when_words(request.received_at, facts.now, facts.zone)
    told = [
        (request.location, _("the town they picked (%s)"), str(request.location)),
        (contact.times, _("the time they asked for (%s)"), daypart_words(contact.times)),
        (wishes, _("what would help (%s)"), "; ".join(wishes)),
        (help_with, _("what they want help with (%s)"), "; ".join(help_with)),
        (True, _("when they wrote to us (%s)"), came_in),
        (True, _("how they want to be reached (%s)"), str(ReachBy(contact.reach_by).label).lower()),
    ]
    return [pattern % words for is_told, pattern, words in told if is_told]


def phone_words(number: str) -> str:
    """A number in E.164 as people write it: "(419) 555-0142"; one from abroad keeps its country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    national = parsed.country_code == 1
    style = phonenumbers.PhoneNumberFormat.NATIONAL if national else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def daypart_words(times: list[str]) -> str:
    """The times they ticked: "mornings and evenings"; empty when they ticked none."""
    words = {
        Daypart.MORNING: _("mornings"),
        Daypart.AFTERNOON: _("afternoons"),
        Daypart.EVENING: _("evenings"),
    }
    return get_text_list([words[part] for part in Daypart if part in times], _("and"))
