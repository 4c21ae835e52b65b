"""What the past year of the demo is drawn from: when people asked, where, how soon somebody called, what came of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from intake.report.open_time import OpenTime, SafeStarts
from scheduling.calendar import Weeks
from scheduling.hours import HORIZON_DAYS
from scheduling.models import Group, Location

SEED = 51  # of those tried the one with most to see
LATEST, EARLIEST = 18, 364  # days ago; what was asked later than that may not be over by now
_DAY = timedelta(days=1)

# People write in the evening and at night.
ASKED_AT = (0, 1, 7, 8, 9, 10, 11, 12, 12, 13, 15, 16, 17, 18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23)
TIMES = {(): 58, ("morning",): 14, ("morning", "afternoon"): 10, ("afternoon",): 6, ("evening",): 12}
WISHES = (
    *([], ["week_one"], ["week_one"], ["new_time"], ["new_time"], ["new_time", "new_therapist"]),
    *(["week_one", "individual"], ["new_therapist"], ["reassess"], ["unsure"]),
)
REACH_BY = ("call", "call", "call", "call", "text", "email")
KINDS = ("new_time", "new_time", "week_one", "new_therapist")


@dataclass(frozen=True)
class Pace:
    """How soon somebody called, after the first moment that was fine with them, and what came of it: how many of a
    hundred were then talked with, how many of a hundred of those came back, and how many days later."""

    minutes: tuple[int, int]
    talked: int
    came: int
    days: tuple[int, int]


AT_ONCE = Pace((4, 50), talked=84, came=74, days=(1, 20))
SAME_DAY = Pace((70, 180), talked=70, came=58, days=(3, 30))
LATE = Pace((280, 480), talked=55, came=46, days=(5, 45))
DAYS_LATER = Pace((1700, 4000), talked=42, came=36, days=(8, 60))
PACES = (AT_ONCE, SAME_DAY, LATE, DAYS_LATER)


class Year:
    """What all stories share: the chances, the clock, the places with their hours, and the groups."""

    def __init__(self, by: Any, now: datetime) -> None:
        self.by, self.now, self.chance = by, now, Random(SEED)  # noqa: S311
        self.places = [*Location.objects.taking_people(), None]
        self._groups = list(
            Group.objects.taking_people().exclude(days=None).select_related("location").prefetch_related("days")
        )
        self._weeks, self._today = Weeks(), timezone.localdate(now)
        self._safe: dict[tuple, SafeStarts] = {}

    def place(self) -> Location | None:
        """Most in the first of the places."""
        weights = [max(40 - 9 * number, 12) for number in range(len(self.places) - 1)]
        return self.chance.choices(self.places, [*weights, 12])[0]

    def asked(self) -> datetime:
        """More and more through the year, and mostly in the evening."""
        days = range(LATEST, EARLIEST)
        day = self._today - _DAY * self.chance.choices(days, [500 - ago for ago in days])[0]
        at = time(self.chance.choice(ASKED_AT), self.chance.randrange(60))
        return timezone.make_aware(datetime.combine(day, at))

    def pace(self, place: Location | None, asked: datetime) -> Pace:
        """Sooner as the year goes on, and in the first of the places."""
        soon = 88 - 12 * self.places.index(place) - 30 * (self.now - asked) // (EARLIEST * _DAY)
        rest = 100 - soon
        return self.chance.choices(PACES, [soon, rest * 0.5, rest * 0.25, rest * 0.25])[0]

    def group(self, place: Location | None) -> Group | None:
        """One of that place; by video or anywhere when there is none, or any place will do."""
        there = [group for group in self._groups if place and group.location_id == place.pk]
        return self.chance.choice(there or self._groups) if self._groups else None

    def safe(self, place: Location | None, times: list[str]) -> SafeStarts:
        """When somebody is on there and it is fine with whoever left these times."""
        key = place, *times
        if key not in self._safe:
            self._safe[key] = self._hours(place).safe_starts(times)
        return self._safe[key]

    @cache  # noqa: B019  a year lives no longer than its planting
    def _hours(self, place: Location | None) -> OpenTime:
        first, last = self._today - EARLIEST * _DAY, self._today + HORIZON_DAYS * _DAY
        return OpenTime(self._weeks.of(place), first, last)


def _groups() -> QuerySet[Group]:
    open_ones = Group.objects.taking_people().exclude(days=None)
    return open_ones.select_related("location").prefetch_related("days").order_by("pk")
