"""From the tables to the pure `StaffedWeek`: the only place that reads hours and closures for deciding."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from scheduling.hours import Shift, StaffedWeek, union
from scheduling.models import Closure, ClosureQuerySet, Location, StaffedHours

YEAR = timedelta(days=366)


def week_of(location: Location) -> StaffedWeek:
    """When somebody is on at this place, whether or not it still takes new people. Two queries."""
    return _week(location, location.staffed_hours.all(), _recent_closures().at(location))


def week_of_all_places() -> StaffedWeek:
    """When somebody is on at any place still taking people; never, when there is none. Two queries."""
    hours_of: dict[Location, list[StaffedHours]] = defaultdict(list)
    for hours in StaffedHours.objects.at_open_places():
        hours_of[hours.location].append(hours)
    closures = list(_recent_closures().at_open_places())
    weeks = [_week(location, hours, closures) for location, hours in hours_of.items()]
    return union(*weeks) if weeks else StaffedWeek(ZoneInfo(settings.TIME_ZONE))


class Weeks:
    """The staffed weeks of many requests, each place read once: for a list, or for a run over all of them."""

    def __init__(self) -> None:
        self._week_of: dict[Location | None, StaffedWeek] = {None: week_of_all_places()}

    @property
    def anywhere(self) -> StaffedWeek:
        return self._week_of[None]

    def of(self, location: Location | None) -> StaffedWeek:
        if location is not None and location not in self._week_of:
            self._week_of[location] = week_of(location)
        return self._week_of[location]


def _week(location: Location, hours: Iterable[StaffedHours], closures: Iterable[Closure]) -> StaffedWeek:
    return StaffedWeek(
        zone=location.zone,
        shifts=tuple(Shift(row.weekday, row.opens, row.closes) for row in hours),
        closed_dates=frozenset(row.date for row in closures if row.location_id in (None, location.pk)),
    )


def _recent_closures() -> ClosureQuerySet:
    # The clock is read only to leave old rows where they are; no open request is older than this.
    return Closure.objects.since(timezone.localdate() - YEAR)
