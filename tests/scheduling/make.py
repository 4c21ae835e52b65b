"""A small ledger for tests: groups with seats, and people with a claim on one."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from privacy import audit
from scheduling.models import (
    AppointmentSlot,
    Group,
    GroupDay,
    LevelOfCare,
    Location,
    Seat,
    SeatClaim,
    Therapist,
    WeekOneStart,
)
from scheduling.picks import Kind, Pick
from scheduling.seats import hold_seat, place

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # a Monday, 10 in the morning in Toledo
TOMORROW = date(2026, 6, 2)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WHO = {"by": audit.CLOCK, "now": NOW}
_numbers = count(1)


def group(
    town: str = "toledo",
    *,
    seats: int = 8,
    days: Iterable[int] = (0, 2, 3),
    week_one: Iterable[date] = (),
    **fields: Any,
) -> Group:
    """A group that meets from 6 to 9 in the evening; `town` is a slug, "" for video."""
    given = {
        "name": f"River {next(_numbers)}",
        "location": Location.objects.get(slug=town) if town else None,
        "level_of_care": LevelOfCare.INTENSIVE,
        "starts": time(18),
        "minutes": 180,
    }
    made = Group.objects.create(**(given | fields))
    GroupDay.objects.bulk_create(GroupDay(group=made, weekday=day) for day in days)
    WeekOneStart.objects.bulk_create(WeekOneStart(group=made, date=day) for day in week_one)
    Seat.objects.bulk_create(Seat(group=made) for _ in range(seats))
    return made


def hour(
    kind: str = "reassess", town: str = "toledo", *, starts_at: datetime = NOW + DAY, **fields: Any
) -> AppointmentSlot:
    """A free hour of Sage, tomorrow at ten in the morning; `town` is a slug, "" for video."""
    given = {
        "kind": kind,
        "location": Location.objects.get(slug=town) if town else None,
        "therapist": Therapist.objects.get_or_create(display_name="Sage")[0],
        "starts_at": starts_at,
        "minutes": 60,
    }
    made = AppointmentSlot.objects.create(**(given | fields))
    Seat.objects.create(slot=made)
    return made


def pick_of(what: Group | AppointmentSlot, starts_on: date = TOMORROW, kind: Kind = Kind.NEW_TIME) -> Pick:
    """A group from tomorrow; an hour on its day."""
    if isinstance(what, AppointmentSlot):
        return Pick(Kind(what.kind), what.pk, what.starts_at.astimezone(what.zone).date())
    return Pick(kind, what.pk, starts_on)


def hold(what: Group | AppointmentSlot, request: Any, *, starts_on: date = TOMORROW, **changes: Any) -> SeatClaim:
    """A seat held from NOW for a day."""
    until = {"expires_at": changes.get("now", NOW) + DAY}
    return hold_seat(pick_of(what, starts_on), request_id=request.pk, **(WHO | until | changes))


def placed(what: Group | AppointmentSlot, request: Any, **changes: Any) -> SeatClaim:
    return place(claim_id=hold(what, request, **changes).pk, **WHO)


def seats_of(group: Group) -> tuple[int, int, int]:
    """How many are placed, held and free."""
    counted = Group.objects.with_seats_counted().get(pk=group.pk)
    return counted.placed, counted.held, counted.free
