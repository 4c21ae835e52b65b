"""From the tables to the pure facts: the only place that reads groups, hours and seats for deciding."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.facts import GroupFacts, Ledger, SlotFacts
from scheduling.models import AppointmentSlot, Closure, Group
from scheduling.options import VIDEO, WEEKS_AHEAD
from scheduling.picks import Kind

_DAY = timedelta(days=1)
_ClosedAt = dict[int | None, frozenset[date]]


def ledger_on_offer(now: datetime) -> Ledger:
    """Every group that takes people, full ones too, and every free hour. Five queries, however many there are."""
    since = timezone.localdate(now) - _DAY  # it is still yesterday in the zone of some place
    closed_at = _closed_dates(since)
    groups = Group.objects.taking_people().with_seats_counted().with_their_days(since).by_town()
    slots = AppointmentSlot.objects.taking_people(now).free()
    return Ledger(
        groups=tuple(_group_facts(group, closed_at) for group in groups),
        slots=tuple(_slot_facts(slot, closed_at) for slot in slots),
    )


def next_days_of(groups: Iterable[Group], after: date, now: datetime) -> dict[int, date | None]:
    """By group, the next open day on which it meets, after that one and after today; None when WEEKS_AHEAD pass without
    one. For a first day that is moved. One query for all of them when their days are there."""
    closed_at = _closed_dates(min(after, timezone.localdate(now)) - _DAY)
    return {group.pk: _next_day(group, after, now, closed_at[group.location_id]) for group in groups}


def next_day_of(group: Group, after: date, now: datetime) -> date | None:
    """The same of one group."""
    return next_days_of([group], after, now)[group.pk]


def _next_day(group: Group, after: date, now: datetime, closed: frozenset[date]) -> date | None:
    first = max(after, now.astimezone(group.zone).date())
    weekdays = set(group.weekdays)
    coming = (first + _DAY * ahead for ahead in range(1, 7 * WEEKS_AHEAD))
    return next((day for day in coming if day.weekday() in weekdays and day not in closed), None)


def _closed_dates(since: date) -> _ClosedAt:
    """By place, those of every place included; the key None, for what is by video, has only the latter."""
    own: dict[int | None, set[date]] = defaultdict(set)
    for location_id, day in Closure.objects.since(since).values_list("location_id", "date"):
        own[location_id].add(day)
    everywhere = frozenset(own[None])
    return defaultdict(lambda: everywhere, {place: everywhere | days for place, days in own.items()})


def _group_facts(group: Group, closed_at: _ClosedAt) -> GroupFacts:
    return GroupFacts(
        id=group.pk,
        town=group.location.slug if group.location else VIDEO,
        place=group.place_name,
        zone=group.zone,
        weekdays=tuple(group.weekdays),
        starts=group.starts,
        ends=group.ends,
        therapist_id=group.therapist_id,
        seats_left=group.free,  # type: ignore[attr-defined]  # by with_seats_counted
        week_one=tuple(start.date for start in group.coming_starts),  # type: ignore[attr-defined]  # by with_their_days
        closed=closed_at[group.location_id],
    )


def _slot_facts(slot: AppointmentSlot, closed_at: _ClosedAt) -> SlotFacts:
    return SlotFacts(
        id=slot.pk,
        kind=Kind(slot.kind),
        town=slot.location.slug if slot.location else VIDEO,
        place=slot.place_name,
        zone=slot.zone,
        day=slot.starts_at.astimezone(slot.zone).date(),
        starts=slot.starts,
        ends=slot.ends,
        starts_at=slot.starts_at,
        therapist_id=slot.therapist_id,
        closed=closed_at[slot.location_id],
    )
