"""What somebody close to a person writes: kept, seen to, and deleted. It is linked to no request, ever (R-P3)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from intake.models import FamilyMessage
from intake.worry import may_mean_danger
from privacy import audit, retention
from privacy.lookup import keyed_hash, keyed_hashes

SAME_WITHIN = timedelta(hours=1)  # the same words again are a second press of Send
# What to say, whoever asks about whomever. It never changes with what we know.
WHAT_TO_SAY = (
    "Thank you for writing to us.",
    "We can’t say whether anyone comes here, came here, or has ever asked. That is the law, and it is the same for "
    "every name.",
    "We can listen. We can tell you how anyone can reach us, and what helps at home.",
    "If a life is in danger, call 911. You can call or text 988 for yourself too, day or night.",
)
WHAT_NOT_TO_DO = (
    "Don’t look anybody up for this. Not before you answer, and not after.",
    "Don’t say yes, and don’t say no: a no to one name gives away the next.",
    "Don’t say “I can’t talk about them”. Say “We can’t say whether anyone comes here”.",
    "Don’t pass a message on, and don’t promise to.",
)


def receive(words: str, reach: str, *, language: str, now: datetime) -> None:
    """Keep it, and keep it once however often Send was pressed. Returns nothing: no page can differ by it."""
    with transaction.atomic():
        _wait_for_the_same_words(words)
        if _is_second_press(words, reach, now):
            return
        message = FamilyMessage.objects.create(
            words=words,
            words_hash=keyed_hash("family", words),
            reach=reach,
            language=language,
            worried=may_mean_danger(words),
            received_at=now,
        )
        audit.record("family.received", by=audit.PERSON, subject=message, now=now)


def _wait_for_the_same_words(words: str) -> None:
    """Two presses that arrive together come past here one after the other: whoever has these words first keeps the lock
    until they are written. On SQLite a transaction has waited for all others already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(keyed_hash("family", words)[:15], 16)])


def _is_second_press(words: str, reach: str, now: datetime) -> bool:
    just_now = FamilyMessage.objects.filter(received_at__gt=now - SAME_WITHIN)
    same_words = just_now.filter(words_hash__in=keyed_hashes("family", words))
    return any(message.reach == reach for message in same_words)


def see_to(*, message_id: int, by: Any, now: datetime) -> bool:
    """Somebody has answered it, or there is nothing to answer. Returns whether it still waited."""
    with transaction.atomic():
        waiting = FamilyMessage.objects.waiting().filter(pk=message_id)
        message = waiting.select_for_update().first()
        if message is None:
            return False
        waiting.update(handled_at=now, handled_by=by)
        audit.record("family.seen_to", by=by, subject=message, now=now, fields=["handled_at"])
        return True


def over(now: datetime) -> Iterable[int]:
    return FamilyMessage.objects.over(now).values_list("pk", flat=True)


def delete(message_id: int, now: datetime) -> None:
    FamilyMessage.objects.over(now).filter(pk=message_id).delete()


RULE = retention.Rule("messages from family deleted", over, delete)
