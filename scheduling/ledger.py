"""From the tables to the pure `GroupFacts`: the only place that reads groups and seats for deciding."""

from collections import defaultdict
from datetime import date, datetime, timedelta

from django.utils import timezone

from scheduling.models import Closure, Group
from scheduling.options import VIDEO, GroupFacts

_DAY = timedelta(days=1)


def groups_on_offer(now: datetime) -> list[GroupFacts]:
    """Every group that takes people, full ones too, with its free seats. Four queries, however many groups."""
    since = timezone.localdate(now) - _DAY  # it is still yesterday in the zone of some place
    closed_at = _closed_dates(since)
    groups = Group.objects.taking_people().with_seats_counted().with_their_days(since).by_town()
    return [_facts(group, closed_at) for group in groups]


def _closed_dates(since: date) -> dict[int | None, frozenset[date]]:
    """By place, those of every place included; the key None, for groups by video, has only the latter."""
    own: dict[int | None, set[date]] = defaultdict(set)
    for location_id, day in Closure.objects.since(since).values_list("location_id", "date"):
        own[location_id].add(day)
    everywhere = frozenset(own[None])
    return defaultdict(lambda: everywhere, {place: everywhere | days for place, days in own.items()})


def _facts(group: Group, closed_at: dict[int | None, frozenset[date]]) -> GroupFacts:
    return GroupFacts(
        id=group.pk,
        town=group.location.slug if group.location else VIDEO,
        place=group.place_name,
        zone=group.zone,
        weekdays=tuple(group.weekdays),
        starts=group.starts,
        ends=group.ends,
        therapist_id=group.therapist_id,
        seats_left=group.free,
        week_one=tuple(start.date for start in group.coming_starts),
        closed=closed_at[group.location_id],
    )
