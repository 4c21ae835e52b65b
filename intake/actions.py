"""Every write to a request. Each verb locks the row, asks the table of moves, and leaves a step in the history.

All verbs take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime), and are atomic.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from intake import calling, states, wording
from intake.choices import ReachBy, Voicemail
from intake.models import CallAttempt, CallbackRequest, Consent, ContactPreference, HistoryEntry, PrivateLink
from intake.outcomes import MISSED, MOVE_OF, Outcome
from intake.states import Actor, Status
from intake.worry import may_mean_danger
from privacy import audit
from privacy.lookup import keyed_hash
from privacy.tokens import new_reference, new_token, token_hash
from scheduling.hours import promised_by, service_clock

log = logging.getLogger(__name__)

# Each of these has a verb of its own here: with only the status changed, a call or an erasure would be half done.
MOVES_THAT_DO_MORE = {"attempt", "lose_number", "new_number", "rest", "erase"}


class NotPossible(Exception):
    """This move does not exist from where the request stands now."""


class TooEarlyToPause(Exception):
    """Fewer than three calls on three days in two parts of the day (R-O2)."""


class TooManyCalls(Exception):
    """The cap of calls is reached; the next step is to pause."""


class NotAllowedByThem(Exception):
    """The person said no to this, such as a message on their voicemail (R-P19)."""


@dataclass(frozen=True)
class Reach:
    """How a person wants to be reached: the part of the form that can be changed later on the private page."""

    reach_by: str
    phone: str = ""  # E.164
    email: str = ""
    voicemail: str = "no"
    say_who: str = "no"
    text_ok: bool = False
    times: list[str] = field(default_factory=list)
    avoid_times: str = ""


@dataclass(frozen=True)
class Answers:
    """A valid form. `location` is a Location or None for any of them."""

    name: str
    reach: Reach
    location: Any = None
    options: list[str] = field(default_factory=list)
    help_with: list[str] = field(default_factory=list)
    note: str = ""
    language: str = "en"

    def keyed_hash(self) -> str:
        """The same answers give the same hash, so that sending twice from one browser is one request."""
        reach = self.reach
        parts = [self.name, reach.reach_by, reach.phone, reach.email, reach.voicemail, reach.say_who]
        parts += [
            str(reach.text_ok),
            reach.avoid_times,
            self.note,
            (self.location and self.location.slug) or "any",
        ]
        return keyed_hash("answers", "\x1f".join(parts + reach.times + self.options + self.help_with))


# --- the person -------------------------------------------------------------------------------------------------


def receive_request(
    answers: Answers, *, form_key: str, page: str, by: Any, now: datetime
) -> tuple[CallbackRequest, str]:
    """Save a request and open its private page. Returns it with the token of the link, which is kept nowhere.

    A form that was sent before is found by its key and its answers: one request, one more link to it (R-F5).
    The key with other answers is somebody who went back and mended a number: a request of its own, nothing lost.
    """
    try:
        return _create_with_link(answers, form_key, page, by, now)
    except IntegrityError:
        earlier = CallbackRequest.objects.still_as_sent(answers.keyed_hash()).filter(form_key=form_key).first()
        if earlier:
            return earlier, _open_link(earlier, now)
        return _create_with_link(answers, new_token(), page, by, now)


def another_link(*, request_id: int, by: Any, now: datetime) -> str:
    """A further link to the same page, such as for a form sent twice. Earlier ones keep working."""
    with transaction.atomic():
        return _open_link(_locked(request_id), now)


def replace_links(*, request_id: int, by: Any, now: datetime) -> str:
    """A new link, and every earlier one stops working."""
    with transaction.atomic():
        request = _locked(request_id)
        request.links.filter(ended_at__isnull=True).update(ended_at=now)
        audit.record("link.replaced", by=by, subject=request, now=now)
        return _open_link(request, now)


def change_contact(reach: Reach, *, request_id: int, page: str, by: Any, now: datetime) -> CallbackRequest:
    """Another way or another time to be reached. A request that had lost its number goes back on the list."""
    with transaction.atomic():
        request = _locked(request_id)
        _refuse_unless_reachable(request)
        contact = request.contact
        changed = _write_reach(contact, reach)
        if contact.messages_stopped_at and _asks_for_messages(contact, changed):
            contact.messages_stopped_at = None
            contact.save(update_fields=["messages_stopped_at"])
        _record_consents(request, reach, page, now)
        _note(request, "contact_changed", request.status, by, now)
        audit.record("contact.changed", by=by, subject=request, now=now, fields=changed)
        if request.status == Status.NO_NUMBER:
            _move(request, "new_number", by, now)
        _plan_next_call(request, now)
        return request


def stop_messages(*, request_id: int, by: Any, now: datetime) -> None:
    """No more automatic messages of any kind. Safe to do twice (R-T3)."""
    with transaction.atomic():
        request = _locked(request_id)
        contact = request.contact
        if contact.messages_stopped_at:
            return
        contact.messages_stopped_at = now
        contact.text_ok = False
        contact.save(update_fields=["messages_stopped_at", "text_ok"])
        for kind in Consent.Kind:
            Consent.objects.create(request=request, kind=kind, given=False, page="stop", at=now)
        _note(request, "messages_stopped", request.status, by, now)
        audit.record("messages.stopped", by=by, subject=request, now=now)


def erase(*, request_id: int, by: Any, now: datetime) -> None:
    """Everything the person wrote is gone; what stays tells nobody who it was (PRODUCT, R-P12)."""
    with transaction.atomic():
        request = _locked(request_id)
        request.name = request.note = request.answers_hash = ""
        request.options, request.help_with, request.worried, request.location = [], [], False, None
        _move(request, "erase", by, now)
        _write_reach(request.contact, Reach(reach_by=request.contact.reach_by))
        request.links.filter(ended_at__isnull=True).update(ended_at=now)


# --- the person, staff or the clock -----------------------------------------------------------------------------


def rest(*, request_id: int, weeks: int, by: Any, now: datetime) -> CallbackRequest:
    """Not now: no calls and no messages until then, when the request comes back by itself."""
    with transaction.atomic():
        request = _locked(request_id)
        return _move(request, "rest", by, now, wake_at=now + timedelta(weeks=weeks))


def make_move(move_name: str, *, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """A plain move of the table: one that changes where the request stands and nothing else.

    Raises NotPossible, and TooEarlyToPause for `pause_calls`.
    """
    if move_name in MOVES_THAT_DO_MORE:
        raise NotPossible(move_name)
    with transaction.atomic():
        request = _locked(request_id)
        _check(request, move_name, by)
        if move_name == "pause_calls" and not _may_pause_calls(request):
            raise TooEarlyToPause
        return _move(request, move_name, by, now)


# --- staff ------------------------------------------------------------------------------------------------------


def log_attempt(outcome: str, *, request_id: int, by: Any, now: datetime) -> CallAttempt:
    """One call, numbered, with what happened; the outcome moves the request.

    Raises TooManyCalls, NotAllowedByThem (a message they did not want), NotPossible.
    """
    with transaction.atomic():
        request = _locked(request_id)
        _check(request, MOVE_OF[outcome], by)
        if outcome in MISSED and len(_calls(request)) >= calling.MOST_CALLS:
            raise TooManyCalls
        if outcome == Outcome.LEFT_MESSAGE and request.contact.voicemail == Voicemail.NO:
            raise NotAllowedByThem
        attempt = CallAttempt.objects.create(
            request=request, number=request.attempts.count() + 1, at=now, by=by, outcome=outcome
        )
        if request.first_attempt_at is None:
            request.first_attempt_at = now
        _move(request, MOVE_OF[outcome], by, now)
        if outcome == Outcome.WRONG_NUMBER:
            _forget_phone(request, by, now)
        if outcome == Outcome.ASKED_TO_STOP:
            stop_messages(request_id=request.pk, by=by, now=now)
        return attempt


# --- the clock --------------------------------------------------------------------------------------------------


def roll_windows(*, now: datetime) -> int:
    """Give every request whose safe window has passed, or which has none, its next one. Returns how many changed."""
    stale = list(CallbackRequest.objects.with_stale_window(now).values_list("pk", flat=True))
    return _how_many(_roll_window, stale, now)


def _roll_window(request_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = _locked(request_id)
        before = request.call_from, request.call_until
        _plan_next_call(request, now)
        return before != (request.call_from, request.call_until)


def wake_the_resting(*, now: datetime) -> int:
    """Requests whose rest is over go back on the list. Returns how many."""
    due = list(CallbackRequest.objects.to_wake(now).values_list("pk", flat=True))
    return _how_many(_wake, due, now)


def _wake(request_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = _locked(request_id)
        is_over = request.wake_at is not None and request.wake_at <= now
        if is_over:
            _move(request, "wake", audit.CLOCK, now)
        return is_over


def _how_many(do: Callable[[int, datetime], bool], request_ids: list[int], now: datetime) -> int:
    """Do it for each; one row that cannot be read never keeps the others waiting."""
    done = 0
    for request_id in request_ids:
        try:
            done += do(request_id, now)
        except Exception:
            log.exception("Request %s could not be kept up", request_id)
    return done


# --- how a move is made -----------------------------------------------------------------------------------------


def _locked(request_id: int) -> CallbackRequest:
    return CallbackRequest.objects.select_for_update().get(pk=request_id)


def _move(
    request: CallbackRequest, move_name: str, by: Any, now: datetime, wake_at: datetime | None = None
) -> CallbackRequest:
    """The only place where a status is written."""
    move = _check(request, move_name, by)
    before, request.status = request.status, move.target
    request.status_since, request.wake_at = now, wake_at
    if move.target == Status.WAITING:
        _start_round(request, now)
    _note(request, move_name, before, by, now)
    audit.record(f"request.{move_name}", by=by, subject=request, now=now, fields=["status"])
    _plan_next_call(request, now)
    return request


def _check(request: CallbackRequest, move_name: str, by: Any) -> states.Move:
    if not states.can(request.status, move_name, actor_kind(by)):
        raise NotPossible(move_name)
    return states.MOVES[move_name]


def actor_kind(by: Any) -> Actor:
    return {audit.PERSON: Actor.PERSON, audit.CLOCK: Actor.CLOCK}.get(by, Actor.STAFF)


def _note(request: CallbackRequest, what: str, before: str, by: Any, now: datetime) -> None:
    HistoryEntry.objects.create(
        request=request,
        at=now,
        actor_kind=actor_kind(by),
        actor=audit.actor_name(by),
        what=what,
        from_status=before,
        to_status=request.status,
    )


def _refuse_unless_reachable(request: CallbackRequest) -> None:
    if request.status not in states.CONTACT_CAN_CHANGE:
        raise NotPossible("change_contact")


def _calls(request: CallbackRequest) -> list[calling.Tried]:
    """The calls of this round: a person who comes back on the list starts with none."""
    moments = request.attempts.filter(at__gte=request.round_started_at).values_list("at", flat=True)
    return calling.tried(moments, request.week())


def _may_pause_calls(request: CallbackRequest) -> bool:
    dayparts = calling.dayparts_to_call_in(request.week(), request.contact.times)
    return calling.may_pause_calls(_calls(request), dayparts)


def _start_round(request: CallbackRequest, now: datetime) -> None:
    """On the list from now: the clocks start, and so does the promise we can keep (R-O1, R-F6)."""
    week = request.week()
    clock = service_clock(week, now)
    request.round_started_at = now
    request.promised_by = promised_by(week, request.contact.times, now)
    request.target_at, request.late_at, request.overdue_at = clock.target_at, clock.late_at, clock.overdue_at


def _plan_next_call(request: CallbackRequest, now: datetime) -> None:
    """Write when the next call may be, and save the request."""
    window = None
    if request.status in states.TO_CALL:
        window = calling.next_window(request.week(), request.contact.times, _calls(request), now)
    request.call_from = window.start if window else None
    request.call_until = window.end if window else None
    request.save()


def _create_with_link(
    answers: Answers, form_key: str, page: str, by: Any, now: datetime
) -> tuple[CallbackRequest, str]:
    with transaction.atomic():
        request = _create(answers, form_key, page, by, now)
        return request, _open_link(request, now)


def _create(answers: Answers, form_key: str, page: str, by: Any, now: datetime) -> CallbackRequest:
    request = CallbackRequest(
        reference=new_reference(),
        form_key=form_key,
        answers_hash=answers.keyed_hash(),
        language=answers.language,
        name=answers.name,
        note=answers.note,
        worried=may_mean_danger(answers.note),
        location=answers.location,
        options=answers.options,
        help_with=answers.help_with,
        status_since=now,
        received_at=now,
        round_started_at=now,
    )
    request.save()
    _write_reach(ContactPreference(request=request), answers.reach)
    _record_consents(request, answers.reach, page, now)
    _note(request, "received", "", by, now)
    audit.record("request.received", by=by, subject=request, now=now)
    _start_round(request, now)
    _plan_next_call(request, now)
    return request


def _write_reach(contact: ContactPreference, reach: Reach) -> list[str]:
    """Copy the answers over, with their keyed hashes. Returns the names of the fields that changed."""
    wanted = {
        "reach_by": reach.reach_by,
        "phone": reach.phone,
        "phone_hash": keyed_hash("phone", reach.phone),
        "email": reach.email,
        "email_hash": keyed_hash("email", reach.email),
        "voicemail": reach.voicemail,
        "say_who": reach.say_who,
        "text_ok": reach.text_ok and bool(reach.phone),
        "times": reach.times,
        "avoid_times": reach.avoid_times,
    }
    changed = [name for name, value in wanted.items() if getattr(contact, name) != value]
    for name, value in wanted.items():
        setattr(contact, name, value)
    contact.save()
    return changed


def _asks_for_messages(contact: ContactPreference, changed: list[str]) -> bool:
    """After a stop: the box for texts is ticked again, or an address for email is given anew (R-T3)."""
    return contact.text_ok or (contact.reach_by == ReachBy.EMAIL and not {"reach_by", "email"}.isdisjoint(changed))


def _record_consents(request: CallbackRequest, reach: Reach, page: str, now: datetime) -> None:
    """Keep the words that were agreed to. Giving an address for email is asking for email (R-H10)."""
    wanted = {
        Consent.Kind.TEXT: (
            reach.text_ok and bool(reach.phone),
            f"{wording.TEXT_CONSENT}. {wording.TEXT_CONSENT_TERMS}",
            wording.TEXT_CONSENT_VERSION,
        ),
        Consent.Kind.EMAIL: (
            reach.reach_by == ReachBy.EMAIL and bool(reach.email) and not request.contact.messages_stopped_at,
            str(wording.EMAIL_CONSENT),
            wording.EMAIL_CONSENT_VERSION,
        ),
    }
    for kind, (given, words, version) in wanted.items():
        last = request.consents.filter(kind=kind).last()
        if given != bool(last and last.given):
            Consent.objects.create(
                request=request,
                kind=kind,
                given=given,
                wording=words,
                wording_version=version,
                page=page,
                at=now,
            )


def _forget_phone(request: CallbackRequest, by: Any, now: datetime) -> None:
    """A number that belongs to somebody else is nothing we may keep (R-T5)."""
    contact = request.contact
    contact.phone, contact.phone_hash, contact.text_ok = "", "", False
    contact.save(update_fields=["phone", "phone_hash", "text_ok"])
    last = request.consents.filter(kind=Consent.Kind.TEXT).last()
    if last and last.given:  # it was for that number; another one needs its own yes
        Consent.objects.create(request=request, kind=Consent.Kind.TEXT, given=False, page="wrong_number", at=now)
    audit.record("contact.number_removed", by=by, subject=request, now=now, fields=["phone"])


def _open_link(request: CallbackRequest, now: datetime) -> str:
    token = new_token()
    PrivateLink.objects.create(
        request=request,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + settings.PRIVATE_LINK_AGE,
    )
    return token
