"""Every write to a request. Each verb locks the row, asks the table of moves, and leaves a step in the history.

All verbs take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime), and are atomic.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from intake import claims, contacts, may_call, moves, overrides, states, wishes
from intake.answers import Answers, Reach
from intake.choices import Voicemail
from intake.errors import LoggedAlready, NotAllowedByThem, NotPossible
from intake.models import CallAttempt, CallbackRequest, Consent, ContactPreference, PrivateLink
from intake.one_by_one import how_many
from intake.outcomes import MISSED, MOVE_OF, Outcome
from intake.states import Status
from intake.worry import may_mean_danger
from privacy import audit
from privacy.tokens import new_reference, new_token, token_hash
from scheduling.calendar import Weeks
from scheduling.models import SeatClaim

# Each of these has a verb of its own here: with only the status changed, a call or an erasure would be half done.
MOVES_OF_SEATS = ("reopen",)  # made by `intake.restarts`
MOVES_THAT_DO_MORE = {"attempt", "lose_number", "new_number", "rest", "erase", *MOVES_OF_SEATS}

_CALLS_OF_OURS = (*MISSED, Outcome.WRONG_NUMBER)  # all else may have begun with them calling us

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
        return _open_link(moves.locked(request_id), now)


def replace_links(*, request_id: int, by: Any, now: datetime) -> str:
    """A new link, and every earlier one stops working."""
    with transaction.atomic():
        request = moves.locked(request_id)
        request.links.filter(ended_at__isnull=True).update(ended_at=now)
        audit.record("link.replaced", by=by, subject=request, now=now)
        return _open_link(request, now)


def change_contact(reach: Reach, *, request_id: int, page: str, by: Any, now: datetime) -> CallbackRequest:
    """Another way or another time to be reached. A request that had lost its number goes back on the list."""
    with transaction.atomic():
        request = moves.locked(request_id)
        _refuse_unless_reachable(request)
        contact = request.contact
        changed = contacts.write_reach(contact, reach)
        if contact.messages_stopped_at and contacts.asks_for_messages(contact, changed):
            contact.messages_stopped_at = None
            contact.save(update_fields=["messages_stopped_at"])
        contacts.record_consents(request, reach, page, now, renewed=changed)
        moves.note(request, "contact_changed", request.status, by, now)
        audit.record("contact.changed", by=by, subject=request, now=now, fields=changed)
        if not {"reach_by", "phone", "email"}.isdisjoint(changed):
            request.undelivered = ""  # that was the way they had
        if request.status == Status.NO_NUMBER:
            moves.make(request, "new_number", by, now)
        moves.promise(request, now)
        moves.plan_next_call(request, now)
        return request


def ask_to_be_called(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Somebody who rested, was not reached or took it back wants to hear from us after all."""
    with transaction.atomic():
        request = moves.locked(request_id)
        move_name = "wake" if request.status == Status.RESTING else "ask_again"
        return moves.make(request, move_name, by, now)


def stop_messages(*, request_id: int, by: Any, now: datetime) -> None:
    """No more automatic messages of any kind. Safe to do twice (R-T3)."""
    with transaction.atomic():
        request = moves.locked(request_id)
        contact = request.contact
        if contact.messages_stopped_at:
            return
        contact.messages_stopped_at = now
        contact.text_ok = False
        contact.save(update_fields=["messages_stopped_at", "text_ok"])
        for kind in (Consent.Kind.TEXT, Consent.Kind.EMAIL):
            Consent.objects.create(request=request, kind=kind, given=False, page="stop", at=now)
        contacts.agree_to_kind_notes(request, False, "stop", now)
        moves.note(request, "messages_stopped", request.status, by, now)
        audit.record("messages.stopped", by=by, subject=request, now=now)


def erase(*, request_id: int, by: Any, now: datetime) -> None:
    """Everything the person wrote is gone; what stays tells nobody who it was (PRODUCT, R-P12)."""
    with transaction.atomic():
        request = moves.locked(request_id)
        request.name = request.note = request.answers_hash = ""
        request.options, request.help_with, request.worried, request.location = [], [], False, None
        wishes.forget(request)
        request.todos.all().delete()
        request.staff_notes.update(words="")
        request.restrictions.update(words="")
        request.prints.update(words="")
        moves.make(request, "erase", by, now)
        contacts.write_reach(request.contact, Reach(reach_by=request.contact.reach_by))
        request.links.filter(ended_at__isnull=True).update(ended_at=now)


# --- the person, staff or the clock -----------------------------------------------------------------------------


def rest(*, request_id: int, weeks: int, by: Any, now: datetime) -> CallbackRequest:
    """Not now: no calls and no messages until then, when the request comes back by itself. The private link that
    works now lives as long after that as it did before. Raises NotPossible, and Claimed while a colleague calls."""
    with transaction.atomic():
        request = moves.locked(request_id)
        claims.refuse_if_held_by_another(request, by, now)
        wake_at = now + timedelta(weeks=weeks)
        PrivateLink.objects.live(now).filter(request=request).update(expires_at=wake_at + settings.PRIVATE_LINK_AGE)
        return moves.make(request, "rest", by, now, wake_at=wake_at)


def make_move(move_name: str, *, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """A plain move of the table: one that changes where the request stands and nothing else.

    Raises NotPossible, Claimed, TooEarlyToPause for `pause_calls`, and TooEarlyToCall or NoWayLeft for `one_more_call`.
    """
    if move_name in MOVES_THAT_DO_MORE:
        raise NotPossible(move_name)
    with transaction.atomic():
        request = moves.locked(request_id)
        moves.check(request, move_name, by)
        claims.refuse_if_held_by_another(request, by, now)
        if move_name == "return" and SeatClaim.objects.placements().filter(request=request, first_session="").exists():
            raise NotPossible(move_name)  # whether they came is marked beside the seat
        may_call.refuse_a_move_before_its_time(move_name, request, now)
        return moves.make(request, move_name, by, now)


# --- staff ------------------------------------------------------------------------------------------------------


def log_attempt(outcome: str, *, request_id: int, by: Any, now: datetime, number: int | None = None) -> CallAttempt:
    """One call, numbered, with what happened; the outcome moves the request.

    `number` is the one the form was drawn for: two presses of one button are one call. Raises LoggedAlready,
    TooSoon, TooManyCalls, OutsideTheirTimes, NotAllowedByThem (a message they did not want), NotPossible, and Claimed
    while a colleague is on this call.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        next_number = CallAttempt.logged.filter(request=request).count() + 1
        if number not in (None, next_number):
            raise LoggedAlready
        moves.check(request, MOVE_OF[outcome], by)
        claims.refuse_if_held_by_another(request, by, now)
        if outcome in _CALLS_OF_OURS and not overrides.is_open(request, by, now):
            _refuse_or_note_a_call_against_the_rules(outcome, request, by, now)
        if outcome == Outcome.LEFT_MESSAGE and request.contact.voicemail == Voicemail.NO:
            raise NotAllowedByThem
        attempt = CallAttempt.objects.create(request=request, number=next_number, at=now, by=by, outcome=outcome)
        if request.first_attempt_at is None:
            request.first_attempt_at = now
        moves.make(request, MOVE_OF[outcome], by, now)
        if outcome == Outcome.WRONG_NUMBER:
            contacts.forget_phone(request, by, now)
        if outcome == Outcome.ASKED_TO_STOP:
            stop_messages(request_id=request.pk, by=by, now=now)
        return attempt


def _refuse_or_note_a_call_against_the_rules(outcome: str, request: CallbackRequest, by: Any, now: datetime) -> None:
    """A call in vain without a reason was none we may make (R-O2). A wrong number is logged all the same, since it must
    go at once (R-T5), and that nobody said why is written down."""
    if outcome in MISSED:
        may_call.refuse_a_call_against_the_rules(request, now)
    elif may_call.is_against_the_rules(request, now):
        moves.note(request, "called_without_reason", request.status, by, now)
        audit.record("request.called_without_reason", by=by, subject=request, now=now)


# --- the clock --------------------------------------------------------------------------------------------------


def roll_windows(*, now: datetime) -> int:
    """Give every request we owe a call the window that the hours of this minute allow: the one before has passed,
    or a shift or a closed day was added since. Returns how many changed."""
    weeks = Weeks()
    owed = CallbackRequest.objects.to_call().with_what_planning_needs()
    stale = [request.pk for request in owed if moves.is_out_of_date(request, weeks.of(request.location), now)]
    return how_many(_roll_window, stale, now)


def _roll_window(request_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = moves.locked(request_id)
        if moves.promised_day_is_closed(request):
            moves.promise(request, now)
        before = request.call_from, request.call_until
        moves.plan_next_call(request, now)
        return before != (request.call_from, request.call_until)


def wake_the_resting(*, now: datetime) -> int:
    """Requests whose rest is over go back on the list. Returns how many."""
    due = list(CallbackRequest.objects.to_wake(now).values_list("pk", flat=True))
    return how_many(_wake, due, now)


def _wake(request_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = moves.locked(request_id)
        is_over = request.wake_at is not None and request.wake_at <= now
        if is_over:
            moves.make(request, "wake", audit.CLOCK, now)
        return is_over


# --- parts of the verbs above ------------------------------------------------------------------------------------


def _refuse_unless_reachable(request: CallbackRequest) -> None:
    if request.status not in states.CONTACT_CAN_CHANGE:
        raise NotPossible("change_contact")


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
        self_choice=settings.SELF_CHOICE,
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
    contacts.write_reach(ContactPreference(request=request), answers.reach)
    contacts.record_consents(request, answers.reach, page, now)
    moves.note(request, "received", "", by, now)
    audit.record("request.received", by=by, subject=request, now=now)
    moves.start_round(request, now)
    moves.plan_next_call(request, now)
    return request


def _open_link(request: CallbackRequest, now: datetime) -> str:
    token = new_token()
    PrivateLink.objects.create(
        request=request,
        token_hash=token_hash(token),
        created_at=now,
        expires_at=now + settings.PRIVATE_LINK_AGE,
    )
    return token
