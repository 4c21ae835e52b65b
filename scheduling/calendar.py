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
    return Weeks().anywhere


class Weeks:
    """The staffed weeks of many requests, each place read once: for a list, or for a run over all of them."""

    def __init__(self) -> None:
        """Two queries, however many places there are."""
        hours_of: dict[Location, list[StaffedHours]] = defaultdict(list)
        for hours in StaffedHours.objects.with_their_places():
            hours_of[hours.location].append(hours)
        closures = list(_recent_closures())
        weeks = {place: _week(place, hours, closures) for place, hours in hours_of.items()}
        self._week_of: dict[Location | None, StaffedWeek] = {None: _union(weeks)}
        for place, week in weeks.items():
            self._week_of[place] = week

    @property
    def anywhere(self) -> StaffedWeek:
        return self._week_of[None]

    def of(self, location: Location | None) -> StaffedWeek:
        nobody_on = StaffedWeek(location.zone) if location else self.anywhere
        return self._week_of.get(location, nobody_on)


def _week(location: Location, hours: Iterable[StaffedHours], closures: Iterable[Closure]) -> StaffedWeek:
    return StaffedWeek(
        zone=location.zone,
        shifts=tuple(Shift(row.weekday, row.opens, row.closes) for row in hours),
        closed_dates=frozenset(row.date for row in closures if row.location_id in (None, location.pk)),
    )


def _union(weeks: dict[Location, StaffedWeek]) -> StaffedWeek:
    """Of the places that still take new people; nobody is on where there is none."""
    open_weeks = [week for place, week in weeks.items() if place.is_open]
    return union(*open_weeks) if open_weeks else StaffedWeek(ZoneInfo(settings.TIME_ZONE))


def _recent_closures() -> ClosureQuerySet:
    # The clock is read only to leave old rows where they are; no open request is older than this.
    return Closure.objects.since(timezone.localdate() - YEAR)
