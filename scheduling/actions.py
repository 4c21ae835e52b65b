"""Writes to the ledger that are more than one form's save."""

from datetime import datetime
from typing import Any

import holidays
from django.db import transaction
from django.utils import timezone

from privacy import audit
from scheduling.models import Closure

STATE = "OH"
YEARS_AHEAD = 5


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
