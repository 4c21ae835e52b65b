"""A message of ours did not arrive: staff look the same day, and are told the safest way that is left (R-T5, R-P19).

Intake knows no messages. Whoever sends them tells it which way failed, and nothing else.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake import moves
from intake.choices import UNDELIVERED, ReachBy, Voicemail
from intake.contact_card import way_to_reach
from intake.models import CallbackRequest
from intake.states import Status
from privacy import audit


def note_undelivered(way: ReachBy, *, request_id: int, by: Any, now: datetime) -> bool:
    """Put the person before staff, with the way (text or email) by which something did not arrive.

    Safe to do twice: False, and nothing written, when staff are to look at that very failure already, or when the
    person is erased. Raises ValueError for a call.
    """
    if way not in (ReachBy.TEXT, ReachBy.EMAIL):
        raise ValueError(way)
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status == Status.ERASED or request.undelivered == way:
            return False
        _write(request, ReachBy(way).value, "undelivered", by, now)
        return True


def saw_undelivered(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """A member of staff has seen to it. Twice is once."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.undelivered:
            _write(request, "", "undelivered_seen", by, now)
        return request


def next_way_words(request: CallbackRequest) -> str:
    """ "A message did not arrive. Next: call them. Leave no message." The way is the one their card shows: never
    one they did not leave us or told us to stop. Asks for `request.contact`."""
    return f"A message did not arrive. Next: {_step(request)}"


def _step(request: CallbackRequest) -> str:
    way = way_to_reach(request, request.contact)
    if way == request.undelivered:
        return f"write {dict(UNDELIVERED)[way].lower()} by hand, once. If it comes back, ask them when they call."
    if way == ReachBy.CALL and request.contact.voicemail == Voicemail.NAME_ONLY:
        return "call them. You may leave the short message."
    if way == ReachBy.CALL:
        return "call them. Leave no message."
    if way == ReachBy.EMAIL:
        return "write an email by hand."
    if way == ReachBy.TEXT:
        return "write a text by hand."
    return "nothing from us. Ask them when they call."


def _write(request: CallbackRequest, way: str, step: str, by: Any, now: datetime) -> None:
    request.undelivered = way
    request.save(update_fields=["undelivered"])
    moves.note(request, step, request.status, by, now)
    audit.record(f"request.{step}", by=by, subject=request, now=now, fields=["undelivered"])
