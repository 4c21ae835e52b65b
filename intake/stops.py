"""What a person tells us about messages: by a text or one press in a mail, already read, or on their page (R-T3).

Each verb locks the row and leaves a step in the history, as those of `intake.actions` do; all are safe to do twice.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake import contacts, moves, states
from intake.by_text import ByText
from intake.errors import NotPossible
from intake.models import CallbackRequest
from intake.states import Status
from privacy import audit


def stop_texts(*, request_id: int, by: Any, now: datetime) -> None:
    """No more texts; what they said about emails and calls stays as it is."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if contacts.stop_texts(request, now):
            moves.note(request, "texts_stopped", request.status, by, now)
            audit.record("texts.stopped", by=by, subject=request, now=now)


def stop_emails(*, request_id: int, by: Any, now: datetime) -> None:
    """No more automatic emails; what they said about texts and calls stays as it is."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if contacts.stop_emails(request, now):
            moves.note(request, "emails_stopped", request.status, by, now)
            audit.record("emails.stopped", by=by, subject=request, now=now)


def allow_texts_again(*, request_id: int, by: Any, now: datetime) -> None:
    """Who stopped by a text starts again by a text. Who never agreed, or stopped on their page, does that there."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if contacts.allow_texts_again(request, now):
            moves.note(request, "texts_again", request.status, by, now)
            audit.record("texts.allowed_again", by=by, subject=request, now=now)


def agree_to_kind_notes(yes: bool, *, request_id: int, page: str, by: Any, now: datetime) -> None:
    """Their own yes or no to a kind note now and then, after we stopped calling (R-O).

    Raises NotPossible where no message may go to them by itself.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        cannot = yes and not contacts.can_get_kind_notes(request.contact)
        if request.status not in states.CONTACT_CAN_CHANGE or cannot:
            raise NotPossible("agree_to_kind_notes")
        if contacts.agree_to_kind_notes(request, yes, page, now):
            moves.note(request, "care_yes" if yes else "care_no", request.status, by, now)
            audit.record("kind_notes.agreed" if yes else "kind_notes.declined", by=by, subject=request, now=now)


def say_it_fits(*, request_id: int, by: Any, now: datetime) -> None:
    """A step of the story: they answered that the time works."""
    with transaction.atomic():
        request = moves.locked(request_id)
        moves.note(request, "said_it_fits", request.status, by, now)


def ask_staff(what: ByText, *, request_id: int, by: Any, now: datetime) -> None:
    """Put them before staff for a decision, with what they want and without how they said it."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status == Status.ERASED:
            return
        if what != request.by_text:
            _to_the_desk(request, what, by, now)
        else:  # staff know; that they wrote once more is a word of theirs all the same
            moves.note(request, f"text_{what}", request.status, by, now)


def lose_number(*, request_id: int, by: Any, now: datetime) -> None:
    """Whoever has this number says it is not theirs: it is gone, and staff look for another way (R-T5)."""
    with transaction.atomic():
        request = moves.locked(request_id)
        contacts.forget_phone(request, by, now)
        if states.can(request.status, "lose_number", moves.actor_kind(by)):
            moves.make(request, "lose_number", by, now)
        _to_the_desk(request, ByText.WRONG_NUMBER, by, now)


def seen(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """A member of staff has seen to it."""
    with transaction.atomic():
        request = moves.locked(request_id)
        request.by_text = ""
        request.save(update_fields=["by_text"])
        moves.note(request, "text_seen", request.status, by, now)
        return request


def _to_the_desk(request: CallbackRequest, what: ByText, by: Any, now: datetime) -> None:
    request.by_text = what
    request.save(update_fields=["by_text"])
    moves.note(request, f"text_{what}", request.status, by, now)
    audit.record("request.wrote", by=by, subject=request, now=now, fields=["by_text"])
