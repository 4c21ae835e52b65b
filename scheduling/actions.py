"""Writes to the ledger: places, therapists, staffed hours and closed days, each recorded (R-H5)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

import holidays
from django.db import transaction
from django.utils import timezone

from privacy import audit
from scheduling.ledger import next_day_of
from scheduling.models import Closure, Group, GroupDay, Location, SeatClaim, StaffedHours, Therapist
from scheduling.models.seats import SeatClaimQuerySet
from scheduling.seats import move_first_day, set_seats

STATE = "OH"
YEARS_AHEAD = 5
# in the audit table
WORD_FOR = {Location: "place", Therapist: "therapist", StaffedHours: "staffed_hours", Closure: "closure"}


class YearOutOfReach(Exception):
    """Holidays are filled in for this year and the next few; a past or far year is a slip of the hand."""


class NotTouched(Exception):
    """This first day is on no closed day any more: it has moved or ended, or the place is open again."""


class NoOpenDay(Exception):
    """There is no other day: an hour has only one, and a group may meet on none ahead on which its place is open."""


@transaction.atomic
def prefill_holidays(*, year: int, by: Any, now: datetime) -> list[Closure]:
    """Close every place on the federal holidays of that year, observed days included.

    Staff may edit them after. Returns the closures that were added; a day on which every place is already
    closed is left as it is.
    Raises YearOutOfReach for a year that is over or more than YEARS_AHEAD away.
    """
    this_year = timezone.localdate(now).year
    if not this_year <= year <= this_year + YEARS_AHEAD:
        raise YearOutOfReach(year)
    closures = [
        Closure.objects.get_or_create(location=None, date=day, defaults={"reason": name})
        for day, name in sorted(holidays.country_holidays("US", subdiv=STATE, years=year).items())
    ]
    added = [closure for closure, is_new in closures if is_new]
    for closure in added:
        audit.record("closure.added", by=by, subject=closure, now=now, fields=["date", "reason"])
    return added


@transaction.atomic
def keep(row: Location | Therapist | StaffedHours | Closure, *, fields: Iterable[str], by: Any, now: datetime) -> None:
    """Save a new or changed row. `fields` are the names of what was changed; where nothing was, nothing is written."""
    is_new = row._state.adding
    if not (is_new or fields):
        return
    row.save()
    action = f"{WORD_FOR[type(row)]}.{'added' if is_new else 'changed'}"
    audit.record(action, by=by, subject=row, now=now, fields=fields)


@transaction.atomic
def remove(row: StaffedHours | Closure, *, by: Any, now: datetime) -> None:
    """Delete hours or a closed day. A place is never deleted: requests hang on it."""
    audit.record(f"{WORD_FOR[type(row)]}.deleted", by=by, subject=row, now=now)
    row.delete()


def move_for_closure(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """The place is closed on their first day: the next open day of their group becomes it, in the same seat.

    Nobody has asked them yet, so the claim that is returned waits for their yes. Raises NotTouched or NoOpenDay.
    """
    with transaction.atomic():
        _lock_request_of(claim_id)
        claim = SeatClaim.objects.on_a_closed_day().with_their_start().filter(pk=claim_id).first()
        if claim is None:
            raise NotTouched(claim_id)
        day = next_day_of(claim.group, claim.starts_on, now) if claim.group else None
        if day is None:
            raise NoOpenDay(claim_id)
        return move_first_day(claim_id=claim_id, starts_on=day, by=by, now=now, accepted=False)


def move_everyone_for_closure(
    *, closure_id: int, by: Any, now: datetime, among: SeatClaimQuerySet | None = None
) -> int:
    """Move whomever that day touches and who can be moved; with `among`, only those. Returns how many.

    Each move stands by itself.
    """
    closure = Closure.objects.get(pk=closure_id)
    claims = SeatClaim.objects.all() if among is None else among
    touched = claims.starting_on(closure.date).at(closure.location_id).values_list("pk", flat=True)
    return sum(_is_moved(claim_id, by, now) for claim_id in list(touched))


def _is_moved(claim_id: int, by: Any, now: datetime) -> bool:
    try:
        move_for_closure(claim_id=claim_id, by=by, now=now)
    except (NotTouched, NoOpenDay):
        return False
    return True


def _lock_request_of(claim_id: int) -> None:
    """Before any seat, as everybody else does: else two of them could wait for each other."""
    claims = SeatClaim.objects.select_related("request").only("request__reference")
    claims.select_for_update(of=["request"]).filter(pk=claim_id).first()


@transaction.atomic
def save_group(group: Group, *, weekdays: Iterable[int], seats: int, by: Any, now: datetime) -> Group:
    """Save a group, new or changed, with the days it meets on and its number of seats.

    Raises SeatsTaken when more seats than that are held or placed.
    """
    group.save()
    group.days.exclude(weekday__in=weekdays).delete()
    GroupDay.objects.bulk_create((GroupDay(group=group, weekday=day) for day in weekdays), ignore_conflicts=True)
    set_seats(group_id=group.pk, number=seats, by=by, now=now)
    audit.record("group.saved", by=by, subject=group, now=now)
    return group


def copy_group(*, group_id: int, by: Any, now: datetime) -> Group:
    """A group of the same kind, without people, without dates, and closed until somebody has looked it over."""
    group = Group.objects.get(pk=group_id)
    weekdays, seats = group.weekdays, group.seats.count()
    group.pk, group._state.adding = None, True
    group.name, group.is_open = _name_of_copy(group.name), False
    return save_group(group, weekdays=weekdays, seats=seats, by=by, now=now)


def _name_of_copy(name: str) -> str:
    longest = Group._meta.get_field("name").max_length or len(name)
    endings = (" (copy)" if number == 1 else f" (copy {number})" for number in count(1))
    names = (name[: longest - len(ending)] + ending for ending in endings)
    return next(new for new in names if not Group.objects.filter(name=new).exists())
