"""What became of each message, by our own rows and by the provider's own count."""

from collections import Counter

from django.db.models import Count

from followups.models import STAFF_KINDS, KindName, Message
from tests.followups.text_provider import TextProvider

TO_EACH = (KindName.OPT_IN, KindName.ACKNOWLEDGEMENT)
ENDS = {"sent", "skipped", "failed", "stuck"}


def ended() -> int:
    """How many of those to people."""
    return Message.objects.filter(status__in=ENDS).exclude(kind__in=STAFF_KINDS).count()


def nobody_is_owed_anything() -> bool:
    """No message is open, and staff have had their word of each that did not arrive."""
    told = Message.objects.filter(kind=KindName.STAFF_UNDELIVERED).count()
    return told == Message.objects.undelivered().count() and not Message.objects.exclude(status__in=ENDS).exists()


def taken_of(provider: TextProvider) -> Counter:
    """How often each message was taken, by its number in the address that they were told to call back."""
    with provider.lock:
        return Counter(int(text["StatusCallback"].rstrip("/").rpartition("/")[2]) for text in provider.texts)


def taken_twice(provider: TextProvider) -> int:
    """Texts that somebody had twice: the same words to the same number, whatever our numbers say."""
    with provider.lock:
        had = Counter((text["To"], text["Body"]) for text in provider.texts)
    return sum(times > 1 for times in had.values())


def ends() -> dict[str, int]:
    """How many of each kind ended how, and why."""
    found = Message.objects.order_by().values_list("kind", "status", "reason").annotate(Count("pk"))
    return {" ".join(filter(None, what)): times for *what, times in sorted(found)}


def wrong(provider: TextProvider, people: int) -> list[str]:
    """What must never be; empty when all is well."""
    times = {status: set(_times(taken_of(provider), status)) for status in ENDS}
    never = {
        "a text was taken twice": taken_twice(provider) or max(taken_of(provider).values()) > 1,
        "somebody is owed a message": not nobody_is_owed_anything(),
        "somebody was forgotten": {_people_told(kind) for kind in TO_EACH} != {people},
        "a message did not go, and nobody knows why": _without_a_reason(),
        "what stands there as sent was not taken": times["sent"] != {1},
        "what stands there as not sent was taken": times["failed"] | times["skipped"] > {0},
    }
    return [what for what, it_is in never.items() if it_is]


def _times(taken: Counter, status: str) -> list[int]:
    return [taken[pk] for pk in Message.objects.filter(status=status).values_list("pk", flat=True)]


def _people_told(kind: str) -> int:
    return Message.objects.filter(kind=kind).count()


def _without_a_reason() -> bool:
    return Message.objects.filter(status__in=ENDS - {"sent"}, reason="").exists()
