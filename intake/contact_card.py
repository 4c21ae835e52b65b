"""The contact card: what to call them, what must not be done, the exact words, and nothing that is not allowed.

Pure: no queries, no clock. Rules: R-P3, R-P19, RULES.md 7.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from intake.choices import Help, ReachBy, SayWho, Voicemail
from intake.clock import in_span_words, span_words, time_words, when_words
from intake.outcomes import MISSED, Outcome
from intake.states import Status
from intake.words_to_say import Facts, Step, phone_words, steps, voicemail_words

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
class ContactCard:
    """Everything the caller may know and do now. What is not on it is not allowed."""

    call_them: str
    way: str  # call, text, email or none
    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]
    reach_at: str  # the number or address as people write it; empty when nothing may be used
    tel: str  # for a tel: link; empty outside the safe window
    may_call_now: bool
    window: str
    outcomes: tuple[Outcome, ...]
    call_number: int
    calls_used_up: bool


def contact_card(
    request: Any,
    *,
    contact: Any,
    caller_first_name: str,
    call_number: int,
    callback_display: str,
    now: datetime,
    zone: tzinfo,
    anyway: bool = False,
) -> ContactCard:
    """The card of one request for the member of staff who looks at it now (R-P19).

    `call_number` is the number the next call of this round would get. `zone` is the person's wall clock. `anyway`
    says that the caller gave a reason for one call against the rules of calling.
    """
    way = way_to_reach(request, contact)
    facts = Facts(request, contact, way, caller_first_name, call_number, callback_display, now, zone, anyway)
    may_call_now = way == ReachBy.CALL and facts.owed_a_call and (facts.in_window or anyway)
    return ContactCard(
        call_them=request.name,
        way=way,
        rules=_rules(facts),
        steps=steps(facts),
        reach_at=_reach_at(facts),
        tel=contact.phone if may_call_now else "",
        may_call_now=may_call_now,
        window=_window(facts),
        outcomes=_outcomes(facts),
        call_number=call_number,
        calls_used_up=facts.calls_used_up,
    )


def way_to_reach(request: Any, contact: Any) -> str:
    """How we may reach them now: the way they chose, or none. Only where that
    one failed is it another that they left us."""
    return NO_WAY if request.status in LEAVE_IN_PEACE else way_left(request, contact)


def way_left(request: Any, contact: Any) -> str:
    """How they could be reached if we were to call or write now, whether or not they wait for it."""
    way = _instead(request, contact) or contact.reach_by
    writing = way in (ReachBy.TEXT, ReachBy.EMAIL)
    address = contact.email if way == ReachBy.EMAIL else contact.phone
    if not address or (writing and contact.stopped(way)):
        return NO_WAY
    return way


def _instead(request: Any, contact: Any) -> str:
    """The other way of writing that they left us, where the one they chose did not work; empty when it did."""
    lost_number = request.status == Status.NO_NUMBER
    lost_text = contact.reach_by == ReachBy.TEXT and request.undelivered == ReachBy.TEXT
    if (lost_number or lost_text) and contact.email:
        return ReachBy.EMAIL
    lost_email = contact.reach_by == ReachBy.EMAIL and request.undelivered == ReachBy.EMAIL
    may_text = contact.text_ok and contact.phone and not contact.stopped(ReachBy.TEXT)
    return ReachBy.TEXT if lost_email and may_text else ""


# --- the rules, in the order of the card -------------------------------------------------------------------------


def _rules(facts: Facts) -> tuple[Rule, ...]:
    lines = [_message_rule(facts), _say_who_rule(facts), _way_rule(facts), _window_rule(facts)]
    lines += [_avoid_rule(facts), _language_rule(facts), _interpreter_rule(facts), _texts_rule(facts)]
    return tuple(line for line in lines if line)


def _message_rule(facts: Facts) -> Rule:
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        return Rule(_("Do NOT leave a message"), "stop")
    if facts.way != ReachBy.CALL:
        return Rule(_("A message may hold a first name and a number, nothing else"))
    return Rule(_("You may leave this message, word for word:"), quote=voicemail_words(facts))


def _say_who_rule(facts: Facts) -> Rule:
    if facts.contact.say_who != SayWho.YES:
        return Rule(_("Do not say who is calling to anyone else"), "stop")
    return Rule(_("You may give your first name to someone else, nothing more"))


def _way_rule(facts: Facts) -> Rule | None:
    if facts.request.status in LEAVE_IN_PEACE:
        return Rule(_("Do not call or write. The next word is theirs."), "stop")
    if facts.way == NO_WAY:
        return Rule(_no_way_words(facts), "stop")
    if facts.way == ReachBy.TEXT:
        return Rule(_("Do not call. They asked for a text."), "stop")
    if facts.way == ReachBy.EMAIL:
        return Rule(_("Do not call. They asked for an email."), "stop")
    return None


def _no_way_words(facts: Facts) -> str:
    if facts.contact.messages_stopped_at and facts.contact.reach_by != ReachBy.CALL:
        return _("Do not call or write. They stopped all messages.")
    if facts.contact.stopped(facts.contact.reach_by) and facts.contact.reach_by != ReachBy.CALL:
        return _("Do not call or write. They stopped texts.")
    return _("Do not call or write. There is no number or address they asked us to use.")


def _window_rule(facts: Facts) -> Rule | None:
    if facts.way == NO_WAY or not facts.owed_a_call:
        return None
    if facts.anyway and not facts.in_window:
        return Rule("You gave a reason: one call is fine now, outside their times")
    return Rule(_window(facts), "ok" if facts.in_window else "wait")


def _avoid_rule(facts: Facts) -> Rule | None:
    words = facts.contact.avoid_times
    return Rule(_("Times not to call, in their words:"), "stop", quote=words) if words else None


def _language_rule(facts: Facts) -> Rule | None:
    if facts.request.language in ("", "en"):
        return None
    language = get_language_info(facts.request.language)["name_translated"]
    return Rule(_("They wrote in %(language)s. Ask which language suits them.") % {"language": language})


def _interpreter_rule(facts: Facts) -> Rule | None:
    if Help.INTERPRETER not in facts.request.help_with:
        return None
    return Rule(_("They asked for an interpreter. Have one on the line first."))


def _texts_rule(facts: Facts) -> Rule | None:
    if facts.way in (ReachBy.TEXT, NO_WAY):
        return None
    if facts.contact.text_ok and not facts.contact.messages_stopped_at:
        return Rule(_("Texts are allowed"))
    return Rule(_("Do not text them"), "stop")


# --- the window --------------------------------------------------------------------------------------------------


def _window(facts: Facts) -> str:
    """Until when it is safe, or when it opens: one calm line."""
    request, now, zone = facts.request, facts.now, facts.zone
    if not facts.owed_a_call:
        return _("No call is planned from here.")
    if not request.call_from:
        return _no_window_words(facts)
    by_call = facts.way == ReachBy.CALL
    if facts.in_window:
        words = {"time": time_words(request.call_until, zone), "left": span_words(request.call_until - now)}
        safe = _("Safe to call until %(time)s. %(left)s left.")
        return (safe if by_call else _("A good time to write until %(time)s. %(left)s left.")) % words
    if now < request.call_from:
        words = {"when": when_words(request.call_from, now, zone), "left": in_span_words(request.call_from, now)}
        not_yet = _("Not safe to call yet. It opens %(when)s, in %(left)s.")
        return (not_yet if by_call else _("Wait with writing until %(when)s, in %(left)s.")) % words
    return _("The safe time is over. The next one will stand here in a minute.")


def _no_window_words(facts: Facts) -> str:
    if facts.calls_used_up:
        return _("Three calls are made. There is no fourth one.")
    return _("No safe time is coming up: nobody is on when they said a call is fine.")


# --- the number and the outcomes ---------------------------------------------------------------------------------


def _reach_at(facts: Facts) -> str:
    if facts.way == NO_WAY:
        return ""
    return facts.contact.email if facts.way == ReachBy.EMAIL else phone_words(facts.contact.phone)


def _outcomes(facts: Facts) -> tuple[Outcome, ...]:
    """What may be logged: nothing they said no to, no fourth missed call (R-P19, R-O2)."""
    if not facts.owed_a_call:
        return ()
    refused = set(_NOT_BY_HAND.get(facts.way, ()))
    if facts.contact.voicemail != Voicemail.NAME_ONLY:
        refused.add(Outcome.LEFT_MESSAGE)
    if facts.calls_used_up and not facts.anyway:
        refused |= set(MISSED)
    return tuple(outcome for outcome in Outcome if outcome not in refused)
