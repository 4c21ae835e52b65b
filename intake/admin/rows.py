"""One line of a list at the desk, in words: initials and references, no names and no numbers (R-H8)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from intake import calling, claims, states
from intake.by_text import ByText
from intake.choices import Help, Option, ReachBy, Voicemail, labels
from intake.clock import LONG_WAIT, Clock, day_words, in_span_words, span_words, time_words, waiting_clock, when_words
from intake.colleagues import name_of
from intake.models import CallbackRequest
from intake.states import Status
from intake.undelivered import next_way_words
from scheduling.hours import StaffedWeek

MOST_WISHES = 2
# By the annotations of `CallbackRequestQuerySet.with_news_of_seats`.
_SEAT_NEWS = {
    "no_day": gettext_lazy("Nothing meets on their first day. Find another with them."),
    "moved": gettext_lazy("We moved their first day. Tell them."),
    "first_day": gettext_lazy("Their first day is here. Did they come?"),
    "kept": gettext_lazy("A seat came free for them. Tell them."),
    "chose": gettext_lazy("They chose a start. Talk, then confirm."),
    "cannot": gettext_lazy("They cannot make their start. Find another with them."),
}
_BY_TEXT = {
    ByText.WRONG_NUMBER: gettext_lazy("A text says the number is somebody else’s. Look for another way."),
    ByText.PERHAPS_STOP: gettext_lazy("They may want no more texts. None goes out. Ask them when you talk."),
    ByText.CHANGE: gettext_lazy("They answered “2”: they want another time. Find one with them."),
    ByText.WROTE: gettext_lazy("They wrote a text. Its words are not kept. Call them."),
}


@dataclass(frozen=True)
class Row:
    """One person on one list, in words. Who asked us to wait is never late and has no clock. `holder` is whoever is
    on this call, "you" for the reader."""

    pk: int
    reference: str
    initial: str
    language: str
    worried: bool
    wishes: str
    clock: Clock | None
    since: str
    safe: str
    safe_more: str
    message: str
    message_allowed: bool
    by_hand: bool
    call: str
    town: str
    holder: str
    held_since: str
    is_mine: bool
    why: str


def initial_of(name: str) -> str:
    """All that a list shows of a name: "W."; a dash once it is erased."""
    return f"{name.strip()[0].upper()}." if name.strip() else "–"


def town_of(request: CallbackRequest) -> str:
    return str(request.location) if request.location else _("Any town")


def clock_of(request: CallbackRequest, week: StaffedWeek, calls: int, now: datetime) -> Clock:
    since = request.round_started_at
    waited = week.open_time_between(max(since, now - LONG_WAIT), now)
    return waiting_clock(
        waited, since=since, now=now, late_at=request.late_at, overdue_at=request.overdue_at, calls=calls
    )


def row_of(request: CallbackRequest, week: StaffedWeek, reader: Any, now: datetime) -> Row:
    """Asks nothing of the database: what it shows was read with the list."""
    safe, safe_more = _safe_words(request, request.zone(), now)
    message, message_allowed = _message_words(request)
    return Row(
        pk=request.pk,
        reference=request.reference,
        initial=initial_of(request.name),
        language=language_words(request),
        worried=request.worried,
        wishes=_wishes(request),
        clock=None if request.status == Status.RESTING else clock_of(request, week, request.calls, now),
        since=capfirst(day_words(request.status_since, now, request.zone())),
        safe=safe,
        safe_more=safe_more,
        message=message,
        message_allowed=message_allowed,
        by_hand=request.contact.reach_by != ReachBy.CALL,
        call=_call_words(request),
        town=town_of(request),
        holder=holder_words(request, reader, now),
        held_since=time_words(request.claimed_at, request.zone()) if request.claimed_at else "",
        is_mine=claims.is_held_by(request, reader, now),
        why=_why(request, now),
    )


def language_words(request: CallbackRequest) -> str:
    """ "Spanish"; empty for English."""
    return "" if request.language in ("", "en") else get_language_info(request.language)["name_translated"]


def holder_words(request: CallbackRequest, reader: Any, now: datetime) -> str:
    """Who is on this call; empty when nobody is, or not any more."""
    if not claims.is_held(request, now):
        return ""
    return "you" if request.claimed_by_id == reader.pk else name_of(request.claimed_by)


def _wishes(request: CallbackRequest) -> str:
    wishes = labels(Option, request.options) + labels(Help, request.help_with)
    return "".join(f"{wish}. " for wish in wishes[:MOST_WISHES]).strip()


def _safe_words(request: CallbackRequest, zone: tzinfo, now: datetime) -> tuple[str, str]:
    start, end = request.call_from, request.call_until
    if request.wake_at:
        return capfirst(day_words(request.wake_at, now, zone)), "We ask again"
    if not start or not end:
        return _("No safe time"), _("None is coming up")
    if start <= now < end:
        until = _("Until %(time)s") % {"time": time_words(end, zone)}
        left = _("%(span)s left") % {"span": span_words(end - now)}
        return until, "Read what they wrote about times first" if request.says_when else left
    if now >= end:
        return _("Just over"), _("The next one comes in a minute")
    begins = when_words(start, now, zone)
    return capfirst(begins), _("Opens in %(span)s") % {"span": in_span_words(start, now)}


def _message_words(request: CallbackRequest) -> tuple[str, bool]:
    by_hand = {ReachBy.TEXT: _("Write a text"), ReachBy.EMAIL: _("Write an email")}
    if request.contact.reach_by in by_hand:
        stopped = request.contact.stopped(request.contact.reach_by)
        return (_("Do not write") if stopped else by_hand[request.contact.reach_by]), not stopped
    allowed = request.contact.voicemail == Voicemail.NAME_ONLY
    return (_("Name and number") if allowed else _("No message")), allowed


def _call_words(request: CallbackRequest) -> str:
    if request.status not in states.TO_CALL:
        return str(Status(request.status).label)
    if _all_calls_made(request):
        return _("%(most)d calls made") % {"most": request.calls}
    return call_number_words(request.calls + 1)


def call_number_words(number: int) -> str:
    """ "Call 2 of 3"; a further one, made because they asked for another time, has no "of"."""
    words = _("Call %(number)d of %(most)d") if number <= calling.MOST_CALLS else _("Call %(number)d")
    return words % {"number": number, "most": calling.MOST_CALLS}


def _all_calls_made(request: CallbackRequest) -> bool:
    return calling.all_calls_made(request.calls, planned=bool(request.call_from))


def _why(request: CallbackRequest, now: datetime) -> str:
    if request.worried and request.status in states.TO_CALL:
        return _("Their words may mean danger. Read them now.")
    if request.by_text:
        return str(_BY_TEXT[ByText(request.by_text)])
    if request.undelivered:
        return next_way_words(request)
    if news := _news_of_seats(request, now):
        return news
    if getattr(request, "to_do", False):
        return "A to-do is due. The card says which."
    if getattr(request, "no_start", False):
        return "Agreed, and no day stands here. Hold a seat, or write a to-do."
    if request.status == Status.REACHED:
        return _("You talked. Choose the next step.")
    if request.status == Status.NO_NUMBER:
        return _("The number was wrong. They left an email too.")
    if _all_calls_made(request):
        return _("All calls are made. Choose the next step.")
    return _("Nobody is on at a time that is safe for them. Choose another way.")


def _news_of_seats(request: CallbackRequest, now: datetime) -> str:
    """What there is to do about a seat, most pressing first, and until when; empty on a list that does not ask."""
    news = next((str(words) for name, words in _SEAT_NEWS.items() if getattr(request, name, False)), "")
    if not news or not request.held_until:
        return news
    return f"{news} " + _("Held until %(when)s.") % {"when": when_words(request.held_until, now, request.zone())}
