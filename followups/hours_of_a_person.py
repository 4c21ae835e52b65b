"""The hours in which we may write to one person by ourselves: night, holidays, and the times of day they ticked (R-T4).

"Times not to call" are their own free words: no program can read them, so they bind the person who calls and not us.
"""

from datetime import date, datetime, time
from typing import TypedDict

from django.conf import settings

from followups.quiet_hours import last_allowed, next_allowed
from intake.models import CallbackRequest
from scheduling.models import Closure


class Hours(TypedDict):
    opens: time
    closes: time
    holidays: frozenset[date]
    times: list[str]


def next_hour_for(request: CallbackRequest, at: datetime) -> datetime:
    """That moment, or the next one that is fine. In UTC."""
    return next_allowed(at, request.zone(), **_hours_of(request))


def hour_before(request: CallbackRequest, at: datetime) -> datetime | None:
    """The last moment up to then that is fine, in UTC; None when the week before has none."""
    return last_allowed(at, request.zone(), **_hours_of(request))


def _hours_of(request: CallbackRequest) -> Hours:
    holidays = Closure.objects.filter(location=None).values_list("date", flat=True)
    return {
        "opens": settings.SENDING_OPENS,
        "closes": settings.SENDING_CLOSES,
        "holidays": frozenset(holidays),
        "times": request.contact.times,
    }
