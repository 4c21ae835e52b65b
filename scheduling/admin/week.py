"""The week, town by town: when each group meets, which hours can be booked, and the seats, drawn and in words."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.views.decorators.http import require_safe

from scheduling.admin.week_hours import HoursRow, hours_by_place
from scheduling.models import Group, Location, Weekday
from scheduling.models.places import BY_VIDEO
from scheduling.words import free_words, hours_words, taken_words


@dataclass(frozen=True)
class Row:
    """One group in the week. `seats` holds one word for each seat: placed, held or free. It is lit when somebody
    could start there."""

    pk: int
    name: str
    led_by: str
    hours: str
    meets: list[bool]
    seats: list[str]
    taken: str
    free: str
    is_open: bool
    is_lit: bool
    week_one: date | None


@dataclass(frozen=True)
class Town:
    name: str
    rows: list[Row]
    hours: list[HoursRow]


@require_safe
def week(request: HttpRequest) -> HttpResponse:
    """For whoever may see groups. Towns without a group are there too: that is what a manager looks for."""
    if not request.user.has_perm("scheduling.view_group"):
        raise PermissionDenied
    now, may_see_hours = timezone.now(), request.user.has_perm("scheduling.view_appointmentslot")
    context = {
        **admin.site.each_context(request),
        "title": "Groups",
        "weekdays": list(WEEKDAYS_ABBR.values()),
        "towns": _towns(now, hours_by_place(now) if may_see_hours else {}),
        "may_add": request.user.has_perm("scheduling.add_group"),
        "may_add_hours": request.user.has_perm("scheduling.add_appointmentslot"),
        "may_see_therapists": request.user.has_perm("scheduling.view_therapist"),
    }
    return TemplateResponse(request, "admin/scheduling/group/week.html", context)


def _towns(now: datetime, hours: dict[Location | None, list[HoursRow]]) -> list[Town]:
    groups = Group.objects.with_seats_counted().with_their_days(timezone.localdate(now)).by_town()
    rows = {place: [_row(group) for group in there] for place, there in groupby(groups, attrgetter("location"))}
    places = [*Location.objects.all(), None]
    return [
        Town(place.name if place else BY_VIDEO, rows.get(place, []), hours.get(place, []))
        for place in places
        if place in rows or place in hours or (place and place.is_open)
    ]


def _row(group: Group) -> Row:
    return Row(
        pk=group.pk,
        name=group.name,
        led_by=str(group.therapist or ""),
        hours=hours_words(group.starts, group.ends),
        meets=[day in group.weekdays for day in Weekday.values],
        seats=["placed"] * group.placed + ["held"] * group.held + ["free"] * group.free,
        taken=taken_words(placed=group.placed, held=group.held),
        free=free_words(group.free),
        is_open=group.is_open,
        is_lit=group.is_open and group.free > 0,
        week_one=group.coming_starts[0].date if group.coming_starts else None,
    )
