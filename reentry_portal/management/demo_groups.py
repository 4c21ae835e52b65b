"""Invented groups in the four towns and by video, with people in some of their seats, counted from today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from intake.models import CallbackRequest
from intake.states import Status
from scheduling.actions import save_group
from scheduling.models import Group, LevelOfCare, Location, Therapist, WeekOneStart
from scheduling.seats import hold_seat, place

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = range(6)
MORNING, AFTERNOON, EVENING = time(9), time(13), time(18)
HELD_FOR = timedelta(days=2)


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
# Whose seats are confirmed already, and who has one kept for them.
PLACED = {Status.AGREED: "Aster", Status.RETURNED: "Birch"}
HELD = {Status.REACHED: "Heron"}


def plant(*, by: Any, now: datetime) -> None:
    """Make the groups and take some of their seats."""
    today = timezone.localdate(now)
    groups = {plot.name: _group(plot, today, by, now) for plot in PLOTS}
    for status, name in {**PLACED, **HELD}.items():
        for request in CallbackRequest.objects.filter(status=status)[:1]:
            claim = hold_seat(
                group_id=groups[name].pk,
                request_id=request.pk,
                starts_on=_coming(groups[name].weekdays[0], today),
                expires_at=now + HELD_FOR,
                by=by,
                now=now,
            )
            if status in PLACED:
                place(claim_id=claim.pk, by=by, now=now)


def _group(plot: Plot, today: date, by: Any, now: datetime) -> Group:
    group = Group(
        name=plot.name,
        location=Location.objects.filter(slug=plot.town).first(),
        level_of_care=plot.level,
        therapist=Therapist.objects.get_or_create(display_name=plot.led_by)[0],
        starts=plot.starts,
        minutes=plot.minutes,
    )
    group.full_clean()
    save_group(group, weekdays=plot.days, seats=plot.seats, by=by, now=now)
    if plot.week_one:
        first_day = _coming(plot.days[0], today) + timedelta(weeks=plot.week_one)
        WeekOneStart.objects.create(group=group, date=first_day)
    return group


def _coming(weekday: int, today: date) -> date:
    """That day of the week, tomorrow at the earliest."""
    return today + timedelta(days=1 + (weekday - today.weekday() - 1) % 7)
