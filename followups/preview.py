"""Who would get what, when, and why not, in the coming days as things stand now. Reads only: not a row is written."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from heapq import heappop, heappush
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateformat import format as in_words

from followups.gates import LOOK_AGAIN, No, channel_for, first_no
from followups.kinds import KINDS
from followups.models import KindName, Message, MessageStatus
from followups.planner import rows_to_plan
from followups.reasons import REASONS
from followups.what_leaves import address_of, unfit, words_of
from intake.clock import time_words
from intake.models import CallbackRequest

MOST_WAITS = 20  # of one message; after that the preview says that it still waits


@dataclass(frozen=True)
class Foreseen:
    """One line: the reference and the initial, never the name; `at` is the moment on the clock of the person."""

    reference: str
    initial: str
    kind: str
    way: str
    at: datetime
    zone: tzinfo
    why_not: str

    @property
    def when(self) -> str:
        """ "Wed, Oct 14, 10 am", on the wall where the person is."""
        return f"{in_words(self.at, 'D, M j')}, {time_words(self.at, self.zone)}"


def foresee(*, now: datetime, days: int, most: int | None = None, among: QuerySet | None = None) -> Iterator[Foreseen]:
    """In the order in which they would go; `most` cuts the list, and `among` leaves only messages about these requests.
    Requests are looked at as they stand now: what people and staff do in the meantime is not guessed."""
    messages = coming(now=now, days=days)
    return islice(_Ahead(messages if among is None else _about(among, messages), now, days).lines(), most)


class _Ahead:
    """What is coming. A message that must wait comes again at the moment until which it waits."""

    def __init__(self, messages: list[Message], now: datetime, days: int) -> None:
        self.end = now + timedelta(days=days)
        self.queue = [(max(one.due_at, now), number, one) for number, one in enumerate(messages)]
        self.first_texts = {one.request_id: at for at, _number, one in self.queue if one.kind == KindName.OPT_IN}
        self.before: dict[tuple[str, str], list[Message]] = defaultdict(list)  # by number or address, as the caps count
        self.waits: Counter[int] = Counter()

    def lines(self) -> Iterator[Foreseen]:
        while self.queue:
            at, number, message = heappop(self.queue)
            if not self.waits[number]:
                requests = CallbackRequest.objects.select_related("contact", "location")
                message.request = requests.get(pk=message.request_id)
            channel = channel_for(message)
            before = self.before[channel, address_of(message, channel) if channel else ""]
            no = first_no(message, channel, at, before)
            if no and self._comes_again(no, number, message):
                continue
            if no is None and not KINDS[message.kind].to_staff:
                message.handed_over_at = at
                before.append(message)
            reason = no.reason if no else unfit(words_of(message, channel, at), channel, message)
            yield _line(message, channel, at, str(REASONS[reason]) if reason else "")

    def _comes_again(self, no: No, number: int, message: Message) -> bool:
        if no.until is None or no.until >= self.end or self.waits[number] >= MOST_WAITS:
            return False
        self.waits[number] += 1
        # Nothing is written by looking: the first text it waits for may be one that is not in the table yet.
        is_second = no.reason == "first_text_first" and message.request_id in self.first_texts
        until = max(no.until, self.first_texts[message.request_id] + LOOK_AGAIN) if is_second else no.until
        if message.kind == KindName.OPT_IN:
            self.first_texts[message.request_id] = until
        heappush(self.queue, (until, number, message))
        return True


def _about(requests: QuerySet, messages: list[Message]) -> list[Message]:
    there = {message.request_id for message in messages}
    theirs = set(requests.filter(pk__in=there).values_list("pk", flat=True))
    return [message for message in messages if message.request_id in theirs]


def coming(*, now: datetime, days: int) -> list[Message]:
    """What is planned and what would be, due within these days; the first text before what waits for it."""
    end = now + timedelta(days=days)
    planned = Message.objects.filter(status=MessageStatus.PLANNED, due_at__lt=end).select_related("request__location")
    would_be = (row for kind in KINDS.values() for row in rows_to_plan(kind, now) if row.due_at < end)
    order = list(KINDS)
    return sorted([*planned, *would_be], key=lambda one: (max(one.due_at, now), order.index(one.kind), one.request_id))


def _line(message: Message, channel: str, at: datetime, why_not: str) -> Foreseen:
    request = message.request
    zone = request.zone()
    return Foreseen(
        reference=request.reference,
        initial=request.name.strip()[:1].upper(),
        kind=str(message.get_kind_display()),
        way=channel,
        at=timezone.localtime(at, zone),
        zone=zone,
        why_not=why_not,
    )
