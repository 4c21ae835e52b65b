"""The desk: whom to call now, whom later, and who waits for a decision. Initials and references, no names (R-H8)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from intake import calling, states
from intake.by_text import ByText
from intake.choices import Help, Option, ReachBy, Voicemail, labels
from intake.clock import (
    LONG_WAIT,
    Clock,
    in_span_words,
    span_words,
    time_words,
    waiting_clock,
    when_words,
)
from intake.models import CallbackRequest, FamilyMessage
from intake.queries import CallbackRequestQuerySet
from intake.states import Status
from scheduling.calendar import Weeks
from scheduling.hours import StaffedWeek

MOST_ROWS = 50
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
# A list says who, never how to reach them: what is not shown is not even unsealed.
_NOT_IN_LISTS = ("note", "answers_hash", "contact__phone", "contact__email", "contact__avoid_times")


@dataclass(frozen=True)
class Row:
    """One person on one list, in words."""

    pk: int
    reference: str
    initial: str
    wishes: str
    clock: Clock
    safe: str
    safe_more: str
    message: str
    message_allowed: bool
    by_hand: bool
    call: str
    town: str
    why: str = ""


@dataclass(frozen=True)
class Queue:
    """One list, cut to what a person can read, with how many more there are."""

    key: str
    rows: list[Row]
    more: int


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The three lists. For whoever may see requests; taking a call needs more."""
    if not request.user.has_perm("intake.view_callbackrequest"):
        raise PermissionDenied
    now, weeks = timezone.now(), Weeks()
    everyone = CallbackRequest.objects.for_staff(request.user)
    context = {
        **admin.site.each_context(request),
        "title": _("Call now"),
        "today": _today(weeks.anywhere, now),
        "call_now": _queue("now", everyone.due_now(now), weeks, now),
        "later": _queue("later", everyone.later(now), weeks, now),
        "decide": _queue("decide", everyone.needs_decision(now), weeks, now),
        "resting": everyone.filter(status=Status.RESTING).count(),
        "from_family": FamilyMessage.objects.waiting().count(),
        "may_work": request.user.has_perm("intake.work_callbackrequest"),
    }
    return TemplateResponse(request, "admin/intake/callbackrequest/desk.html", context)


# --- in words ----------------------------------------------------------------------------------------------------


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


def _queue(key: str, requests: CallbackRequestQuerySet, weeks: Weeks, now: datetime) -> Queue:
    listed = requests.with_calls_of_round().select_related("contact", "location").defer(*_NOT_IN_LISTS)
    found = list(listed[: MOST_ROWS + 1])
    more = requests.count() - MOST_ROWS if len(found) > MOST_ROWS else 0
    return Queue(key, [_row(request, weeks.of(request.location), now) for request in found[:MOST_ROWS]], more)


def _row(request: CallbackRequest, week: StaffedWeek, now: datetime) -> Row:
    safe, safe_more = _safe_words(request, request.zone(), now)
    message, message_allowed = _message_words(request)
    return Row(
        pk=request.pk,
        reference=request.reference,
        initial=initial_of(request.name),
        wishes=_wishes(request),
        clock=clock_of(request, week, request.calls, now),
        safe=safe,
        safe_more=safe_more,
        message=message,
        message_allowed=message_allowed,
        by_hand=request.contact.reach_by != ReachBy.CALL,
        call=_call_words(request),
        town=town_of(request),
        why=_why(request, now),
    )


def _wishes(request: CallbackRequest) -> str:
    wishes = labels(Option, request.options) + labels(Help, request.help_with)
    return "".join(f"{wish}. " for wish in wishes[:MOST_WISHES]).strip()


def _safe_words(request: CallbackRequest, zone: tzinfo, now: datetime) -> tuple[str, str]:
    start, end = request.call_from, request.call_until
    if not start or not end:
        return _("No safe time"), _("None is coming up")
    if start <= now < end:
        until = _("Until %(time)s") % {"time": time_words(end, zone)}
        return until, _("%(span)s left") % {"span": span_words(end - now)}
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
    if news := _news_of_seats(request, now):
        return news
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


def _today(week: StaffedWeek, now: datetime) -> dict[str, Any]:
    """The date, the time, and until when somebody is on."""
    window = next(week.windows_from(now), None)
    if window is None:
        hours = _("Nobody is on in the coming weeks.")
    elif now >= window.start:
        hours = _("Open until %(time)s.") % {"time": time_words(window.end, week.zone)}
    else:
        hours = _("Closed. Opens %(when)s.") % {"when": when_words(window.start, now, week.zone)}
    day = in_words(now.astimezone(week.zone), "l, F j")
    return {"day": day, "time": time_words(now, week.zone), "hours": hours}
