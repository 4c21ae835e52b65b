"""The card of one request, and its two kinds of button: log what happened on a call, and make a move."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import actions, calling, states, stops
from intake.access import request_for_staff
from intake.admin.assigning import name_of
from intake.admin.buttons import NOT_POSSIBLE, press, request_to_work_on, see_card, see_other
from intake.admin.desk import clock_of, town_of
from intake.admin.offers import starts_for
from intake.admin.on_paper import MAY_LIMIT, MAY_PRINT
from intake.admin.record_pdf import limit_words
from intake.admin.seat_rows import seat_rows
from intake.admin.story import story
from intake.choices import Help, Option, labels
from intake.clock import day_words, when_words
from intake.contact_card import ContactCard, contact_card
from intake.models import CallAttempt, CallbackRequest, ContactPreference
from intake.outcomes import MISSED, Outcome
from intake.states import Actor, Move, Status
from intake.words_to_say import daypart_words, phone_words
from privacy import audit
from scheduling.hours import StaffedWeek

# Said by the outcome of a call, wherever the form for it stands on the card.
_BY_OUTCOME = ("attempt", "reach", "lose_number", "withdraw")
# A move that must also do what the same outcome of a call does: forget the number (R-T5).
_OUTCOME_OF_MOVE = {"lose_number": Outcome.WRONG_NUMBER}
_STAYS_ON_CARD = (Outcome.TALKED, Outcome.ASKED_LATER)


@dataclass(frozen=True)
class Pause:
    """Whether calling may stop now, and what is still missing when not (R-O2)."""

    allowed: bool
    least_dayparts: int
    calls: int
    days: int
    dayparts: int


@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one request on one page. Opening it is written down (R-H5)."""
    callback = request_for_staff(request.user, pk)
    now = timezone.now()
    with transaction.atomic():
        context = _context(request, callback, now)
        fields = _identifying_fields_shown(callback, context["card"])
        audit.record("request.opened", by=request.user, subject=callback, now=now, fields=fields)
    return TemplateResponse(request, "admin/intake/callbackrequest/card.html", context)


@require_POST
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one call. Back to the card when there is something to decide there, else to the list."""
    request_to_work_on(request, pk)
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        messages.warning(request, _("Choose what happened first. Then log the call."))
        return see_card(pk)
    number = _number_drawn(request)
    logged = press(request, actions.log_attempt, outcome, request_id=pk, number=number)
    if logged is None:
        return see_card(pk)
    messages.success(request, _logged_words(logged, timezone.now()))
    return see_card(pk) if outcome in _STAYS_ON_CARD else see_other("admin:intake_callbackrequest_desk")


@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move of the table that the card offers, and come back to the card."""
    callback = request_to_work_on(request, pk)
    if name not in {offered.name for offered in moves_offered(callback.status)}:
        messages.warning(request, NOT_POSSIBLE)
        return see_card(pk)
    done = _make_move(request, pk, name)
    if done is not None:
        messages.success(request, _("Done: %(words)s.") % {"words": states.MOVES[name].label})
    return see_card(pk)


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Their text is seen to; nothing else about the request changes."""
    request_to_work_on(request, pk)
    press(request, stops.seen, request_id=pk)
    return see_card(pk)


def moves_offered(status: str) -> list[Move]:
    """The staff's moves from here that stand as buttons; what the form for a call says stands there (R-O2), and what
    becomes of a seat stands beside the seat."""
    covered = {*actions.MOVES_OF_SEATS}
    if status in states.TO_CALL:
        covered |= {*_BY_OUTCOME, "agree"}
    if status != Status.AGREED:
        covered.add("return")
    return [one for one in states.moves_from(status, Actor.STAFF) if one.name not in covered]


# --- what a button does ------------------------------------------------------------------------------------------


def _make_move(request: HttpRequest, pk: int, name: str) -> Any:
    """Carry it out by the one action for it; None when it was not to be."""
    if name == "rest":
        weeks = request.POST.get("weeks", "")
        if weeks not in map(str, states.REST_WEEKS):
            messages.warning(request, _("Choose when to ask again: in 1, 2 or 4 weeks."))
            return None
        return press(request, actions.rest, weeks=int(weeks), request_id=pk)
    if name in _OUTCOME_OF_MOVE:
        return press(request, actions.log_attempt, _OUTCOME_OF_MOVE[name], request_id=pk)
    return press(request, actions.make_move, name, request_id=pk)


def _number_drawn(request: HttpRequest) -> int | None:
    """Which call the form was drawn for; None when it does not say."""
    number = request.POST.get("attempt", "")
    return int(number) if number.isascii() and number.isdigit() else None


def _logged_words(logged: CallAttempt, now: datetime) -> str:
    callback = logged.request
    words = {"reference": callback.reference, "outcome": logged.get_outcome_display()}
    done = _("Logged for %(reference)s: %(outcome)s.") % words
    if logged.outcome not in MISSED or not callback.call_from:
        return done
    next_try = when_words(callback.call_from, now, callback.zone())
    return f"{done} " + _("Next try: %(when)s.") % {"when": next_try}


# --- what the card shows -----------------------------------------------------------------------------------------


def _context(request: HttpRequest, callback: CallbackRequest, now: datetime) -> dict[str, Any]:
    week, zone, contact = callback.week(), callback.zone(), callback.contact
    attempts = list(callback.attempts.select_related("by"))
    calls = calling.tried(((one.at, one.outcome) for one in attempts if one.at >= callback.round_started_at), week)
    shown = contact_card(
        callback,
        contact=contact,
        caller_first_name=request.user.first_name or request.user.get_username(),
        call_number=len(calls) + 1,
        callback_display=phone_words(settings.CALLS_FROM),
        now=now,
        zone=zone,
    )
    seats = seat_rows(callback, now, zone)
    moved = callback.seat_claims.exclude(moved_from=None)
    beside_the_seat = {"return", "agree"} if seats.are_open else set()  # said there, and only there
    moves = [one for one in moves_offered(callback.status) if one.name not in beside_the_seat]
    return {
        **admin.site.each_context(request),
        "title": callback.reference,
        "callback": callback,
        "contact": contact,
        "card": shown,
        "clock": clock_of(callback, week, len(calls), now) if callback.status in states.TO_CALL else None,
        "status_words": callback.get_status_display(),
        "since": day_words(callback.status_since, now, zone),
        "wakes": day_words(callback.wake_at, now, zone) if callback.wake_at else "",
        "facts": _facts(callback, now),
        "starts": starts_for(callback, now, zone) if callback.status in states.CAN_CHOOSE else None,
        "seats": seats,
        "banners": [limit_words(limit) for limit in callback.restrictions.active()],
        "may_print": request.user.has_perm(MAY_PRINT),
        "may_limit": request.user.has_perm(MAY_LIMIT),
        "others": _others(request.user, contact),
        "moves": [one for one in moves if one.name not in ("rest", "pause_calls")],
        "may_rest": any(one.name == "rest" for one in moves),
        "pause": _pause(calls, week, callback) if any(one.name == "pause_calls" for one in moves) else None,
        "next_attempt": len(attempts) + 1,
        "most_calls": calling.MOST_CALLS,
        "story": story(callback.history.all(), attempts, moved, reader=request.user, now=now, zone=zone),
        "may_work": request.user.has_perm("intake.work_callbackrequest"),
    }


def _others(user: Any, contact: ContactPreference) -> QuerySet[CallbackRequest]:
    others = CallbackRequest.objects.for_staff(user).same_contact(contact)
    return others.only("pk", "reference", "status", "received_at")


def _facts(callback: CallbackRequest, now: datetime) -> list[tuple[str, str]]:
    """What they asked for, as name and words; nothing they left empty."""
    contact = callback.contact
    texts = contact.text_ok and not contact.messages_stopped_at
    reach = [
        contact.get_reach_by_display(),
        capfirst(daypart_words(contact.times)) or _("Any time of day"),
    ]
    reach.append(_("Texts: yes") if texts else _("Texts: no"))
    facts = [
        (_("Town"), town_of(callback)),
        (_("Would help"), _sentences(labels(Option, callback.options))),
        (_("Help with"), _sentences(labels(Help, callback.help_with))),
        (_("Reach by"), _sentences(reach)),
        (_("Came in"), capfirst(when_words(callback.received_at, now, callback.zone()))),
        ("With", name_of(callback.assignment.to) if hasattr(callback, "assignment") else ""),
        (_("Fresh look"), " ".join(look.in_words for look in callback.fresh_looks.all().reverse()[:1])),
    ]
    return [(name, words) for name, words in facts if words]


def _sentences(words: list[str]) -> str:
    return " ".join(f"{word}." for word in words)


def _pause(calls: list[calling.Tried], week: StaffedWeek, callback: CallbackRequest) -> Pause:
    dayparts_to_call_in = calling.dayparts_to_call_in(week, callback.contact.times)
    return Pause(
        allowed=callback.status == Status.NO_NUMBER or calling.may_pause_calls(calls, dayparts_to_call_in),
        least_dayparts=min(calling.LEAST_DAYPARTS, dayparts_to_call_in),
        calls=len(calls),
        days=len({call.day for call in calls}),
        dayparts=len({call.daypart for call in calls}),
    )


def _identifying_fields_shown(callback: CallbackRequest, shown: ContactCard) -> list[str]:
    """The names of what was on the page, never the values."""
    contact = callback.contact
    reach_field = "email" if shown.way == "email" else "phone"
    on_page = {
        "name": callback.name,
        "note": callback.note,
        "avoid_times": any(rule.quote == contact.avoid_times for rule in shown.rules) and contact.avoid_times,
        reach_field: shown.reach_at,
    }
    return [name for name, value in on_page.items() if value]
