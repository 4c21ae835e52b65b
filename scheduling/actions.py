"""Writes to the ledger: places, staffed hours and closed days, each recorded (R-H5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import holidays
from django.db import transaction
from django.utils import timezone

from privacy import audit
from scheduling.models import Closure, Location, StaffedHours

STATE = "OH"
YEARS_AHEAD = 5
WORD_FOR = {Location: "place", StaffedHours: "staffed_hours", Closure: "closure"}  # in the audit table


class YearOutOfReach(Exception):
    """Holidays are filled in for this year and the next few; a past or far year is a slip of the hand."""


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
def keep(row: Location | StaffedHours | Closure, *, fields: Iterable[str], by: Any, now: datetime) -> None:
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
