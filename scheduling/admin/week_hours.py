"""The hours to book of the next seven days, for the week: by place, then one row for each therapist and kind."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from scheduling.admin.hours_to_book import FREE, HELD, PLACED, STATES, state_of, with_their_claim
from scheduling.clock_words import clock_with_half
from scheduling.models import AppointmentSlot, Location, Weekday
from scheduling.words import free_words, taken_words

DAYS_AHEAD = 7  # with today: each weekday once
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hour:
    """One hour: when it begins there, how its seat is drawn, and the same in a word."""

    pk: int
    clock: str
    seat: str
    word: str


@dataclass(frozen=True)
class Day:
    date: date
    hours: list[Hour]


@dataclass(frozen=True)
class HoursRow:
    """The hours of one therapist for one kind. `days` holds one for each weekday, None where there is none."""

    what: str
    led_by: str
    therapist_id: int
    days: list[Day | None]
    taken: str
    free: str


def hours_by_place(now: datetime) -> dict[Location | None, list[HoursRow]]:
    """Hours on offer, and those that somebody holds or has. One query."""
    rows: dict[Location | None, dict[tuple[str, str], list[AppointmentSlot]]] = defaultdict(lambda: defaultdict(list))
    for slot in _coming(now):
        rows[slot.location][str(slot.therapist), slot.kind].append(slot)
    return {place: [_row(slots) for _key, slots in sorted(there.items())] for place, there in rows.items()}


def _coming(now: datetime) -> Iterable[AppointmentSlot]:
    """Seven days as the calendar there counts them, beginning with today."""
    near = AppointmentSlot.objects.filter(starts_at__gt=now, starts_at__lt=now + DAYS_AHEAD * _DAY)
    slots = with_their_claim(near.filter(Q(is_open=True) | Q(seat__claim__isnull=False)))
    return (slot for slot in slots.select_related("location", "therapist") if _day(slot) < _last(slot, now))


def _last(slot: AppointmentSlot, now: datetime) -> date:
    return now.astimezone(slot.zone).date() + DAYS_AHEAD * _DAY


def _day(slot: AppointmentSlot) -> date:
    return slot.starts_at.astimezone(slot.zone).date()


def _row(slots: list[AppointmentSlot]) -> HoursRow:
    first, states = slots[0], Counter(map(state_of, slots))
    return HoursRow(
        what=first.get_kind_display(),
        led_by=str(first.therapist),
        therapist_id=first.therapist_id,
        days=[_day_of([slot for slot in slots if _day(slot).weekday() == weekday]) for weekday in Weekday.values],
        taken=taken_words(placed=states[PLACED], held=states[HELD]),
        free=free_words(states[FREE]),
    )


def _day_of(slots: list[AppointmentSlot]) -> Day | None:
    return Day(_day(slots[0]), [_hour(slot) for slot in slots]) if slots else None


def _hour(slot: AppointmentSlot) -> Hour:
    state = state_of(slot)
    return Hour(slot.pk, clock_with_half(slot.starts), state, STATES[state].lower())
