"""Hours to book: many added at once, taken off offer and put back, each recorded (R-H5)."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from privacy import audit
from scheduling.hours import Shift, Window
from scheduling.models import AppointmentSlot, Closure, Group, Location, Seat, SlotKind, Therapist
from scheduling.models.groups import MOST_MINUTES

MOST_AT_ONCE = 200  # eight weeks of a full working day are more; who needs that presses twice
LONGEST = timedelta(minutes=MOST_MINUTES)


class TooManyHours(Exception):
    """More than MOST_AT_ONCE in one go: a slip of the hand in a date or a length."""


class Skipped(StrEnum):
    """Why an hour that was asked for was not made."""

    CLOSED = "closed"
    BUSY = "busy"
    OVER = "over"
    NO_SUCH_TIME = "no_such_time"


@dataclass(frozen=True)
class HoursPlan:
    """Hours of one therapist, one after the other from `starts` for as long as they end by `ends`.

    On these weekdays, from `first` to `last`, both included; wall times of the place, or of the portal by video.
    """

    kind: SlotKind
    therapist: Therapist
    location: Location | None
    weekdays: Collection[int]
    starts: time
    ends: time
    minutes: int
    first: date
    last: date

    @property
    def zone(self) -> ZoneInfo:
        return AppointmentSlot(location=self.location).zone

    def wall_times(self) -> list[time]:
        """When the hours of one day begin."""
        last = _minutes(self.ends) - self.minutes
        return [time(*divmod(begins, 60)) for begins in range(_minutes(self.starts), last + 1, self.minutes)]

    def days(self) -> Iterator[date]:
        coming = (self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1))
        return (day for day in coming if day.weekday() in self.weekdays)

    def hours(self) -> Iterator[tuple[date, time]]:
        return ((day, wall) for day in self.days() for wall in self.wall_times())

    def window(self, day: date, wall: time) -> Window:
        """In UTC. It lasts its real minutes, also on a day on which the clocks are set."""
        begins = Shift(day.weekday(), wall, wall).on(day, self.zone).start
        return Window(begins, begins + timedelta(minutes=self.minutes))


@dataclass(frozen=True)
class Added:
    """The hours that were made, and how many were not, by reason."""

    made: list[AppointmentSlot]
    skipped: Counter[Skipped]


@transaction.atomic
def add_hours(plan: HoursPlan, *, by: Any, now: datetime) -> Added:
    """Make the hours of the plan, each with its one seat. Left out are those on a closed day of the place, those that
    are over, and those that meet a group of the same therapist or another hour. An hour that is off offer and that
    nobody ever had gives way.

    Raises TooManyHours, counting those that would be left out.
    """
    asked_for = list(islice(plan.hours(), MOST_AT_ONCE + 1))
    if len(asked_for) > MOST_AT_ONCE:
        raise TooManyHours
    _lock_therapists([plan.therapist.pk])
    there = Closure.objects.since(plan.first).filter(Q(location=plan.location) | Q(location=None))
    closed = set(there.values_list("date", flat=True))
    busy = _busy(plan) if asked_for else []
    fitting, skipped = [], Counter[Skipped]()
    for day, wall in asked_for:
        window = plan.window(day, wall)
        if why := _why_not(window, busy, plan, wall, now, is_closed=day in closed):
            skipped[why] += 1
        else:
            fitting.append(window)
            busy.append(window)
    return Added(_make(plan, fitting, by, now), skipped)


@transaction.atomic
def take_off_offer(*, slot_ids: Collection[int], by: Any, now: datetime) -> int:
    """They are offered to nobody new; who holds or has one keeps it. Returns how many were on offer."""
    slots = list(AppointmentSlot.objects.select_for_update().filter(pk__in=slot_ids, is_open=True))
    for slot in slots:
        _set_open(slot, False, by, now)
    return len(slots)


@transaction.atomic
def put_on_offer(*, slot_ids: Collection[int], by: Any, now: datetime) -> int:
    """Offer them again. Returns how many; one that meets another hour of its therapist stays off offer."""
    _lock_therapists(AppointmentSlot.objects.filter(pk__in=slot_ids).values("therapist"))
    put = 0
    for slot in AppointmentSlot.objects.select_for_update().filter(pk__in=slot_ids, is_open=False):
        if not meets_another(slot):
            _set_open(slot, True, by, now)
            put += 1
    return put


def meets_another(slot: AppointmentSlot) -> bool:
    """Its therapist has another hour at that time, on offer, or that somebody holds or had."""
    mine = slot.session_on()
    others = _in_the_way(slot.therapist_id, mine.start, mine.end).exclude(pk=slot.pk)
    return any(mine.within(other.session_on()).length for other in others)


def _why_not(
    window: Window, busy: list[Window], plan: HoursPlan, wall: time, now: datetime, *, is_closed: bool
) -> Skipped | None:
    if is_closed:
        return Skipped.CLOSED
    if window.start <= now:
        return Skipped.OVER
    if window.start.astimezone(plan.zone).time() != wall:
        return Skipped.NO_SUCH_TIME
    return Skipped.BUSY if any(window.within(other).length for other in busy) else None


def _make(plan: HoursPlan, windows: list[Window], by: Any, now: datetime) -> list[AppointmentSlot]:
    slots = [
        AppointmentSlot(
            kind=plan.kind,
            therapist=plan.therapist,
            location=plan.location,
            starts_at=window.start,
            minutes=plan.minutes,
        )
        for window in windows
    ]
    # The conflict is with an hour at the same moment that gives way: that row becomes this hour.
    made = AppointmentSlot.objects.bulk_create(
        slots,
        update_conflicts=True,
        unique_fields=["therapist", "starts_at"],
        update_fields=["kind", "location", "minutes", "is_open"],
    )
    Seat.objects.bulk_create((Seat(slot=slot) for slot in made), ignore_conflicts=True)
    for slot in made:
        audit.record("slot.added", by=by, subject=slot, now=now, fields=["kind", "location", "therapist", "starts_at"])
    return made


def _set_open(slot: AppointmentSlot, is_open: bool, by: Any, now: datetime) -> None:
    slot.is_open = is_open
    slot.save(update_fields=["is_open"])
    audit.record("slot.put_on_offer" if is_open else "slot.taken_off_offer", by=by, subject=slot, now=now)


def _busy(plan: HoursPlan) -> list[Window]:
    """When the therapist has an hour already or leads a group, around the days of the plan."""
    begins = plan.window(plan.first, time.min).start
    ends = plan.window(plan.last, time.max).end
    hours = [slot.session_on() for slot in _in_the_way(plan.therapist.pk, begins, ends)]
    led = Group.objects.led_by(plan.therapist).prefetch_related("days")
    return hours + [group.session_on(day) for group in led for day in plan.days() if day.weekday() in group.weekdays]


def _in_the_way(therapist_id: int, begins: datetime, ends: datetime) -> QuerySet[AppointmentSlot]:
    near = AppointmentSlot.objects.filter(therapist=therapist_id, starts_at__gt=begins - LONGEST, starts_at__lt=ends)
    return near.filter(Q(is_open=True) | Q(seatclaims__isnull=False)).distinct()


def _lock_therapists(ids: Any) -> None:
    """Two managers who give them hours wait for each other, so that none meets another."""
    list(Therapist.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute
