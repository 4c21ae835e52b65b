"""Invented groups in the four towns and by video, and hours to book, counted from today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from scheduling.actions import save_group
from scheduling.booking import HoursPlan, add_hours
from scheduling.models import Group, LevelOfCare, Location, SlotKind, Therapist, WeekOneStart

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)
MORNING, AFTERNOON, EVENING = time(9), time(13), time(18)
WORKDAYS = range(MONDAY, SATURDAY)
HOURS_AHEAD = timedelta(weeks=2)


@dataclass(frozen=True)
class Plot:
    """One invented group. `week_one` says in how many weeks it starts anew; a town of "" is by video."""

    name: str
    town: str
    led_by: str
    days: tuple[int, ...]
    starts: time
    seats: int
    week_one: int = 0
    level: LevelOfCare = LevelOfCare.INTENSIVE
    minutes: int = 180


PLOTS = [
    Plot("Cedar", "toledo", "Sage", (MONDAY, WEDNESDAY, FRIDAY), MORNING, 8, week_one=1),
    Plot("Maple", "toledo", "Basil", (MONDAY, TUESDAY, THURSDAY), EVENING, 10, week_one=2),
    Plot("Willow", "toledo", "Ivy", (TUESDAY, THURSDAY), AFTERNOON, 6, level=LevelOfCare.OUTPATIENT, minutes=90),
    Plot("Aster", "maumee", "Reed", (MONDAY, TUESDAY, THURSDAY), EVENING, 4, week_one=2),
    Plot("Birch", "maumee", "Laurel", (WEDNESDAY, SATURDAY), MORNING, 1, level=LevelOfCare.OUTPATIENT, minutes=90),
    Plot("Heron", "perrysburg", "Laurel", (MONDAY, WEDNESDAY, FRIDAY), MORNING, 2, week_one=1),
    Plot("Lark", "perrysburg", "Reed", (TUESDAY, WEDNESDAY, THURSDAY), AFTERNOON, 8),
    Plot("Pine", "oregon", "Ivy", (MONDAY, TUESDAY, THURSDAY), EVENING, 6, week_one=3),
    Plot("Brook", "", "Sage", (TUESDAY, WEDNESDAY, THURSDAY), AFTERNOON, 8, week_one=2),
    Plot("Ridge", "", "Basil", (MONDAY, WEDNESDAY, THURSDAY), EVENING, 8, week_one=1),
]
# One hour on every workday, when none of their groups meets: for what, in which town, with whom, from when.
HOURS = [
    (SlotKind.REASSESS, "toledo", "Basil", time(10)),
    (SlotKind.INDIVIDUAL, "toledo", "Basil", time(11)),
    (SlotKind.REASSESS, "maumee", "Reed", time(9)),
    (SlotKind.INDIVIDUAL, "maumee", "Reed", time(10)),
    (SlotKind.REASSESS, "perrysburg", "Laurel", time(13)),
    (SlotKind.INDIVIDUAL, "perrysburg", "Laurel", time(14)),
    (SlotKind.REASSESS, "oregon", "Ivy", time(9)),
    (SlotKind.INDIVIDUAL, "oregon", "Ivy", time(10)),
    (SlotKind.INDIVIDUAL, "", "Sage", time(16)),
]


def plant(*, by: Any, now: datetime) -> None:
    """Make the groups, and hours to book. Who sits in them is told by the stories of the people."""
    today = timezone.localdate(now)
    for plot in PLOTS:
        _group(plot, today, by, now)
    for kind, town, led_by, starts in HOURS:
        _hours(kind, town, led_by, starts, by, now)


def _group(plot: Plot, today: date, by: Any, now: datetime) -> Group:
    group = Group(
        name=plot.name,
        location=_place(plot.town),
        level_of_care=plot.level,
        therapist=_therapist(plot.led_by),
        starts=plot.starts,
        minutes=plot.minutes,
    )
    group.full_clean()
    save_group(group, weekdays=plot.days, seats=plot.seats, by=by, now=now)
    if plot.week_one:
        first_day = _coming(plot.days[0], today) + timedelta(weeks=plot.week_one)
        WeekOneStart.objects.create(group=group, date=first_day)
    return group


def _hours(kind: SlotKind, town: str, led_by: str, starts: time, by: Any, now: datetime) -> None:
    """From tomorrow, for two weeks."""
    today = timezone.localdate(now)
    plan = HoursPlan(
        kind=kind,
        therapist=_therapist(led_by),
        location=_place(town),
        weekdays=WORKDAYS,
        starts=starts,
        ends=starts.replace(hour=starts.hour + 1),
        minutes=60,
        first=today + timedelta(days=1),
        last=today + HOURS_AHEAD,
    )
    add_hours(plan, by=by, now=now)


def _place(town: str) -> Location | None:
    return Location.objects.filter(slug=town).first()


def _therapist(name: str) -> Therapist:
    return Therapist.objects.get_or_create(display_name=name)[0]


def _coming(weekday: int, today: date) -> date:
    """That day of the week, tomorrow at the earliest."""
    return today + timedelta(days=1 + (weekday - today.weekday() - 1) % 7)
