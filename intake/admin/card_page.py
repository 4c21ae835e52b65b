"""What the card of one request shows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from intake import actions, calling, claims, corrections, may_call, overrides, states, undelivered
from intake.admin.offers import starts_for
from intake.admin.on_paper import MAY_LIMIT, MAY_PRINT, words_shown
from intake.admin.record_pdf import limit_words
from intake.admin.rows import clock_of, holder_words, language_words, town_of
from intake.admin.seat_rows import seat_rows
from intake.admin.story import story
from intake.choices import Help, Option, OverrideReason, ToDoKind, labels
from intake.clock import date_words, day_words, time_words, when_words
from intake.colleagues import name_of
from intake.contact_card import NO_WAY, ContactCard, contact_card
from intake.models import CallAttempt, CallbackRequest, ContactPreference
from intake.states import Actor, Move, Status
from intake.todos import FURTHEST
from intake.words_to_say import daypart_words, phone_words
from scheduling.hours import StaffedWeek

# Said by the outcome of a call, wherever the form for it stands on the card.
_BY_OUTCOME = ("attempt", "reach", "lose_number", "withdraw")


@dataclass(frozen=True)
class Pause:
    """Whether calling may stop now, and what is still missing when not (R-O2)."""

    allowed: bool
    least_dayparts: int
    calls: int
    days: int
    dayparts: int


def moves_offered(status: str) -> list[Move]:
    """The staff's moves from here that stand as buttons; what the form for a call says stands there (R-O2), and what
    becomes of a seat stands beside the seat."""
    covered = {*actions.MOVES_OF_SEATS}
    if status in states.TO_CALL:
        covered |= {*_BY_OUTCOME, "agree"}
    if status != Status.AGREED:
        covered.add("return")
    return [one for one in states.moves_from(status, Actor.STAFF) if one.name not in covered]


@dataclass(frozen=True)
class Held:
    """Who is on this call: the reader, a colleague, or nobody; since when; who forgot it; may the reader take it."""

    is_mine: bool
    holder: str
    since: str
    had_by: str
    can_take: bool


def context_of(request: HttpRequest, callback: CallbackRequest, now: datetime) -> dict[str, Any]:
    """Everything on the page, in words."""
    zone, week, logged = callback.zone(), callback.week(), _all_calls(callback)
    may_work = request.user.has_perm("intake.work_callbackrequest")
    return {
        **admin.site.each_context(request),
        "title": callback.reference,
        "callback": callback,
        "contact": callback.contact,
        "may_write": may_work,  # to colleagues
        "may_work": may_work and not claims.is_held_by_another(callback, request.user, now),
        "status_words": callback.get_status_display(),
        "since": day_words(callback.status_since, now, zone),
        "wakes": day_words(callback.wake_at, now, zone) if callback.wake_at else "",
        "facts": _facts(callback, now),
        "undelivered": undelivered.next_way_words(callback) if callback.undelivered else "",
        "others": _others(request.user, callback.contact),
        **_of_sharing(request.user, callback),
        **_of_the_call(request.user, callback, week, logged, now),
        **_of_what_comes_next(callback, week, logged, now),
        **_of_colleagues(callback, now),
        "story": story(
            callback.history.all(),
            logged,
            callback.seat_claims.exclude(moved_from=None),
            reader=request.user,
            now=now,
            zone=zone,
        ),
        "mistake": corrections.can_be_taken_back(callback, request.user, now),
    }


def _others(user: Any, contact: ContactPreference) -> QuerySet[CallbackRequest]:
    others = CallbackRequest.objects.for_staff(user).same_contact(contact)
    return others.only("reference", "status", "received_at")


def _of_sharing(user: Any, callback: CallbackRequest) -> dict[str, Any]:
    """What was agreed not to be told, and whether the reader may agree on more or put the record on paper."""
    limits = list(callback.restrictions.active())
    return {
        "banners": [limit_words(limit) for limit in limits],
        "limit_words": words_shown(limits),
        "may_print": user.has_perm(MAY_PRINT),
        "may_limit": user.has_perm(MAY_LIMIT),
    }


def _all_calls(callback: CallbackRequest) -> list[CallAttempt]:
    """Those taken back too, in order."""
    return list(CallAttempt.logged.filter(request=callback).select_related("by", "correction"))


def _of_the_call(
    user: Any, callback: CallbackRequest, week: StaffedWeek, logged: list[CallAttempt], now: datetime
) -> dict[str, Any]:
    """What the caller may know and do now, and who is on the call."""
    calls, anyway = _calls_of_round(callback, logged, week), overrides.is_open(callback, user, now)
    shown = contact_card(
        callback,
        contact=callback.contact,
        caller_first_name=name_of(user),
        call_number=len(calls) + 1,
        callback_display=phone_words(settings.CALLS_FROM),
        now=now,
        zone=callback.zone(),
        anyway=anyway,
    )
    is_owed = callback.status in states.TO_CALL
    needs_a_reason = is_owed and shown.way != NO_WAY and not callback.is_in_window(now) and not anyway
    return {
        "card": shown,
        "clock": clock_of(callback, week, len(calls), now) if is_owed else None,
        "held": _held(user, callback, shown, now),
        "reasons": OverrideReason if needs_a_reason else None,
        "next_attempt": len(logged) + 1,
        "most_calls": calling.MOST_CALLS,
    }


def _calls_of_round(callback: CallbackRequest, logged: list[CallAttempt], week: StaffedWeek) -> list[calling.Tried]:
    calls = [one for one in logged if one.at >= callback.round_started_at and not hasattr(one, "correction")]
    return calling.tried(((one.at, one.outcome) for one in calls), week)


def _held(user: Any, callback: CallbackRequest, shown: ContactCard, now: datetime) -> Held:
    is_held = claims.is_held(callback, now)
    forgot = callback.claimed_by if callback.claimed_by and not is_held else None
    return Held(
        is_mine=claims.is_held_by(callback, user, now),
        holder=holder_words(callback, user, now),
        since=time_words(callback.claimed_at, callback.zone()) if callback.claimed_at else "",
        had_by=name_of(forgot) if forgot and forgot != user else "",
        can_take=not is_held and callback.status in states.TO_CALL and shown.way != NO_WAY,
    )


def _of_what_comes_next(
    callback: CallbackRequest, week: StaffedWeek, logged: list[CallAttempt], now: datetime
) -> dict[str, Any]:
    """Seats, starts, and the moves that stand as buttons."""
    zone = callback.zone()
    seats = seat_rows(callback, now, zone)
    beside_the_seat = {"return", "agree"} if seats.are_open else set()  # said there, and only there
    moves = {one.name: one for one in moves_offered(callback.status) if one.name not in beside_the_seat}
    if "one_more_call" in moves and not may_call.may_call_once_more(callback, now):
        del moves["one_more_call"]
    calls = _calls_of_round(callback, logged, week)
    return {
        "starts": starts_for(callback, now, zone) if callback.status in states.CAN_CHOOSE else None,
        "seats": seats,
        "moves": [one for name, one in moves.items() if name not in ("rest", "pause_calls")],
        "may_rest": "rest" in moves,
        "pause": _pause(calls, week, callback) if "pause_calls" in moves else None,
    }


def _of_colleagues(callback: CallbackRequest, now: datetime) -> dict[str, Any]:
    """What staff promised to see to, and what they tell each other."""
    zone = callback.zone()
    todos = [(todo, date_words(todo.due_on, now, zone)) for todo in callback.todos.filter(done_at=None)]
    notes = [(note, when_words(note.at, now, zone)) for note in callback.staff_notes.select_related("by")]
    return {
        "todos": todos,
        "todo_kinds": ToDoKind,
        "today": now.astimezone(zone).date(),
        "last_day": now.astimezone(zone).date() + FURTHEST,
        "staff_notes": notes if any(note.words for note, _when in notes) else [],
    }


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
        ("Language", language_words(callback)),
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


def identifying_fields_shown(callback: CallbackRequest, page: dict[str, Any]) -> list[str]:
    """The names of what was on the page, never the values."""
    contact, shown = callback.contact, page["card"]
    reach_field = "email" if shown.way == "email" else "phone"
    on_page = {
        "name": callback.name,
        "note": callback.note,
        "avoid_times": any(rule.quote == contact.avoid_times for rule in shown.rules) and contact.avoid_times,
        reach_field: shown.reach_at,
        "staff_notes": page["staff_notes"],
        "to_do_details": any(todo.details for todo, _day in page["todos"]),
    }
    return [name for name, value in on_page.items() if value] + page["limit_words"]
