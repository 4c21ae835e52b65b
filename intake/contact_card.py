"""The contact card: what to call them, what must not be done, the exact words, and nothing that is not allowed.

Pure: no queries, no clock. Rules: R-P3, R-P19, RULES.md 7.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import phonenumbers
from django.utils.text import get_text_list
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from intake import calling, states
from intake.choices import Help, Option, ReachBy, SayWho, Voicemail, labels
from intake.clock import in_span_words, span_words, time_words, when_words
from intake.outcomes import MISSED, Outcome
from intake.states import Status
from scheduling.hours import Daypart

NO_WAY = "none"
# After these the next word is theirs: no number, no words to say.
LEAVE_IN_PEACE = (Status.RESTING, Status.DOOR_OPEN, Status.WITHDRAWN, Status.RETURNED, Status.ERASED)
_NOT_BY_HAND = {  # outcomes that make no sense for a way of writing
    ReachBy.TEXT: (Outcome.LEFT_MESSAGE, Outcome.SOMEONE_ELSE),
    ReachBy.EMAIL: (Outcome.LEFT_MESSAGE, Outcome.SOMEONE_ELSE, Outcome.WRONG_NUMBER),
    NO_WAY: (*MISSED, Outcome.WRONG_NUMBER),
}


@dataclass(frozen=True)
class Rule:
    """One line of what must not, or may, be done. `kind` is stop, ok or wait; `quote` is words to keep to."""

    text: str
    kind: str = "ok"
    quote: str = ""


@dataclass(frozen=True)
class Step:
    """One step of the call: a heading, what to do first, the words to say, what to do then."""

    heading: str
    first: str = ""
    say: str = ""
    then: str = ""


@dataclass(frozen=True)
class ContactCard:
    """Everything the caller may know and do now. What is not on it is not allowed."""

    call_them: str
    way: str  # call, text, email or none
    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]
    reach_at: str  # the number or address as people write it; empty when nothing may be used
    tel: str  # for a tel: link
    may_call_now: bool
    window: str
    outcomes: tuple[Outcome, ...]
    call_number: int


@dataclass(frozen=True)
class _Facts:
    """The question as it was asked, so that the small functions below agree on it."""

    request: Any
    contact: Any
    way: str
    caller: str
    call_number: int
    callback: str
    now: datetime
    zone: tzinfo

    @property
    def in_window(self) -> bool:
        start, end = self.request.call_from, self.request.call_until
        return bool(start and end and start <= self.now < end)

    @property
    def owed_a_call(self) -> bool:
        return self.request.status in states.TO_CALL


def contact_card(
    request: Any,
    *,
    contact: Any,
    caller_first_name: str,
    call_number: int,
    callback_display: str,
    now: datetime,
    zone: tzinfo,
) -> ContactCard:
    """The card of one request for the member of staff who looks at it now (R-P19).

    `call_number` is the number the next call of this round would get. `zone` is the person's wall clock.
    """
    way = way_to_reach(request, contact)
    facts = _Facts(request, contact, way, caller_first_name, call_number, callback_display, now, zone)
    by_call = way == ReachBy.CALL
    return ContactCard(
        call_them=request.name,
        way=way,
        rules=_rules(facts),
        steps=_steps(facts),
        reach_at=_reach_at(facts),
        tel=contact.phone if by_call else "",
        may_call_now=by_call and facts.owed_a_call and facts.in_window,
        window=_window(facts),
        outcomes=_outcomes(facts),
        call_number=call_number,
    )


def way_to_reach(request: Any, contact: Any) -> str:
    """How we may reach them now: the way they chose, or none. We never pick another way for them."""
    if request.status in LEAVE_IN_PEACE:
        return NO_WAY
    writing = contact.reach_by in (ReachBy.TEXT, ReachBy.EMAIL)
    address = contact.email if contact.reach_by == ReachBy.EMAIL else contact.phone
    if not address or (writing and contact.messages_stopped_at):
        return NO_WAY
    return contact.reach_by


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


# --- the rules, in the order of the card -------------------------------------------------------------------------


def _rules(facts: _Facts) -> tuple[Rule, ...]:
    lines = [_message_rule(facts), _say_who_rule(facts), _way_rule(facts), _window_rule(facts)]
    lines += [_avoid_rule(facts), _language_rule(facts), _interpreter_rule(facts), _texts_rule(facts)]
    return tuple(line for line in lines if line)


def _message_rule(facts: _Facts) -> Rule:
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        return Rule(_("Do NOT leave a message"), "stop")
    if facts.way != ReachBy.CALL:
        return Rule(_("A message may hold a first name and a number, nothing else"))
    return Rule(_("You may leave this message, word for word"), quote=_voicemail_words(facts))


def _say_who_rule(facts: _Facts) -> Rule:
    if facts.contact.say_who != SayWho.YES:
        return Rule(_("Do not say who is calling to anyone else"), "stop")
    return Rule(_("You may give your first name to someone else, nothing more"))


def _way_rule(facts: _Facts) -> Rule | None:
    if facts.request.status in LEAVE_IN_PEACE:
        return Rule(_("Do not call or write. The next word is theirs."), "stop")
    if facts.way == NO_WAY:
        return Rule(_no_way_words(facts), "stop")
    if facts.way == ReachBy.TEXT:
        return Rule(_("Do not call. They asked for a text."), "stop")
    if facts.way == ReachBy.EMAIL:
        return Rule(_("Do not call. They asked for an email."), "stop")
    return None


def _no_way_words(facts: _Facts) -> str:
    if facts.contact.messages_stopped_at and facts.contact.reach_by != ReachBy.CALL:
        return _("Do not call or write. They stopped all messages.")
    return _("Do not call or write. There is no number or address they asked us to use.")


def _window_rule(facts: _Facts) -> Rule | None:
    if facts.way == NO_WAY or not facts.owed_a_call:
        return None
    return Rule(_window(facts), "ok" if facts.in_window else "wait")


def _avoid_rule(facts: _Facts) -> Rule | None:
    words = facts.contact.avoid_times
    return Rule(_("Times not to call, in their words"), "stop", quote=words) if words else None


def _language_rule(facts: _Facts) -> Rule | None:
    if facts.request.language in ("", "en"):
        return None
    language = get_language_info(facts.request.language)["name_translated"]
    return Rule(_("They wrote in %(language)s. Ask which language suits them.") % {"language": language})


def _interpreter_rule(facts: _Facts) -> Rule | None:
    if Help.INTERPRETER not in facts.request.help_with:
        return None
    return Rule(_("They asked for an interpreter. Have one on the line first."))


def _texts_rule(facts: _Facts) -> Rule | None:
    if facts.way in (ReachBy.TEXT, NO_WAY):
        return None
    if facts.contact.text_ok and not facts.contact.messages_stopped_at:
        return Rule(_("Texts are allowed"))
    return Rule(_("Do not text them"), "stop")


# --- the window --------------------------------------------------------------------------------------------------


def _window(facts: _Facts) -> str:
    """Until when it is safe, or when it opens: one calm line."""
    request, now, zone = facts.request, facts.now, facts.zone
    if not facts.owed_a_call:
        return _("No call is planned from here.")
    if not request.call_from:
        return _no_window_words(facts)
    if facts.in_window:
        words = {"time": time_words(request.call_until, zone), "left": span_words(request.call_until - now)}
        return _("Safe to call until %(time)s. %(left)s left.") % words
    if now < request.call_from:
        words = {
            "when": when_words(request.call_from, now, zone),
            "left": in_span_words(request.call_from, now),
        }
        return _("Not safe to call yet. It opens %(when)s, in %(left)s.") % words
    return _("The safe time is over. The next one will stand here in a minute.")


def _no_window_words(facts: _Facts) -> str:
    if facts.call_number > calling.MOST_CALLS:
        return _("Three calls are made. There is no fourth one.")
    return _("No safe time is coming up: nobody is on when they said a call is fine.")


# --- the words ---------------------------------------------------------------------------------------------------


def _steps(facts: _Facts) -> tuple[Step, ...]:
    if facts.way == ReachBy.CALL:
        return (_picks_up(facts), _someone_else(facts), _two_things(facts), _voicemail(facts))
    if facts.way == ReachBy.TEXT:
        return (_write(facts), _when_they_answer(facts))
    if facts.way == ReachBy.EMAIL:
        return (_subject(facts), _write(facts), _when_they_answer(facts))
    return ()


def _picks_up(facts: _Facts) -> Step:
    say = _("Hi, may I speak with %(name)s?") % {"name": facts.request.name}
    return Step(_("When someone picks up"), say=say)


def _someone_else(facts: _Facts) -> Step:
    say = _("Thanks. I’ll try again later.")
    if facts.contact.say_who == SayWho.YES:
        say = _("Could you say that %(caller)s called? The number is %(number)s.")
        say %= {"caller": facts.caller, "number": facts.callback}
    return Step(_("If it is someone else"), say=say, then=_("Then hang up. Nothing more, even if they ask."))


def _two_things(facts: _Facts) -> Step:
    heading = _("If it is %(name)s, check two things first") % {"name": facts.request.name}
    say = _("You asked us to call. Is this a good place to talk?")
    return Step(heading, first=_check_words(facts), say=say)


def _voicemail(facts: _Facts) -> Step:
    heading = _("If it goes to voicemail")
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        return Step(heading, then=_("Hang up. Log “No answer”."))
    return Step(heading, say=_voicemail_words(facts), then=_("Nothing more. Log “Left the short message”."))


def _voicemail_words(facts: _Facts) -> str:
    words = {"caller": facts.caller, "name": facts.request.name, "number": facts.callback}
    return _("Hi, this is %(caller)s for %(name)s. Please call me at %(number)s. Thank you.") % words


def _subject(facts: _Facts) -> Step:
    return Step(_("The subject"), say=_("Hello from %(caller)s") % {"caller": facts.caller})


def _write(facts: _Facts) -> Step:
    """Plain letters only, so that a text stays one text; and never a full name (R-T2)."""
    first_name = (facts.request.name.split() or [""])[0]
    words = {"name": first_name, "caller": facts.caller, "number": facts.callback}
    say = _("Hi %(name)s, this is %(caller)s. When is a good time? You can write back here, or call %(number)s.")
    heading = _("Write this text, by hand") if facts.way == ReachBy.TEXT else _("Write this email, by hand")
    then = _("Nothing else: no reason, no place, no name of who we are.")
    return Step(heading, say=say % words, then=then)


def _when_they_answer(facts: _Facts) -> Step:
    say = _("You asked me to write. Is this a good place to talk?")
    return Step(_("When they answer, check two things first"), first=_check_words(facts), say=say)


def _check_words(facts: _Facts) -> str:
    """Two things only the person knows. Anyone could have filled in the form (R-P19)."""
    one, two = _known_things(facts)[:2]
    return _("Ask, and let them say it: %(one)s, and %(two)s. Then:") % {"one": one, "two": two}


def _known_things(facts: _Facts) -> list[str]:
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


# --- the number and the outcomes ---------------------------------------------------------------------------------


def _reach_at(facts: _Facts) -> str:
    if facts.way == NO_WAY:
        return ""
    return facts.contact.email if facts.way == ReachBy.EMAIL else phone_words(facts.contact.phone)


def _outcomes(facts: _Facts) -> tuple[Outcome, ...]:
    """What may be logged: nothing they said no to, no fourth missed call (R-P19, R-O2)."""
    if not facts.owed_a_call:
        return ()
    refused = set(_NOT_BY_HAND.get(facts.way, ()))
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        refused.add(Outcome.LEFT_MESSAGE)
    if facts.call_number > calling.MOST_CALLS:
        refused |= set(MISSED)
    return tuple(outcome for outcome in Outcome if outcome not in refused)
