"""Words for time at the desk, and the waiting clock of a request: number, word, shape, and only then color (R-O1).

Pure: no database, no clock. Every datetime taken must be aware; `zone` says what the wall clock shows.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from scheduling.clock_words import clock_with_half
from scheduling.hours import LATE, TARGET

LONG_WAIT = timedelta(days=7)  # from here on days say more than open hours, and are cheaper to count

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Clock:
    """What the clock of one request shows. `shape` is quarter, half, three or diamond."""

    text: str
    word: str
    shape: str
    late: bool = False


def waiting_clock(
    waited: timedelta,
    *,
    since: datetime,
    now: datetime,
    late_at: datetime | None,
    overdue_at: datetime | None,
    calls: int = 0,
) -> Clock:
    """The clock of somebody on the list since `since`, of which somebody was on for `waited` (R-O1).

    The clocks of lateness measure the first call. Once there was one, it says so and never turns red.
    """
    text = _how_long(waited, now - since)
    if calls:
        return Clock(text, _tried(calls), _shape_of(waited))
    if overdue_at and now >= overdue_at:
        return Clock(text, _("Overdue"), "diamond", late=True)
    is_late = now >= late_at if late_at else waited >= LATE
    if is_late:
        return Clock(text, _("Late"), "three", late=True)
    word = _("In good time") if waited < TARGET else _("Past the hour")
    return Clock(text, word, _shape_of(waited))


def span_words(span: timedelta) -> str:
    """Whole minutes, rounded down: "24 min", "4 h 25 min", "2 h"."""
    hours, rest = divmod(max(span, timedelta()), _HOUR)
    minutes = rest // _MINUTE
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


def time_words(moment: datetime, zone: tzinfo) -> str:
    """The time on the wall: "noon", "5 pm", "10:42 am"."""
    wall = moment.astimezone(zone)
    if (wall.hour, wall.minute) in {(12, 0), (0, 0)}:
        return _("noon") if wall.hour else _("midnight")
    return clock_with_half(wall)


def day_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """The day as people say it: "today", "tomorrow", "Wednesday", "Wednesday, December 2"."""
    wall = moment.astimezone(zone)
    ahead = (wall.date() - now.astimezone(zone).date()).days
    if ahead in (-1, 0, 1):
        return {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}[ahead]
    return in_words(wall, "l" if 0 < ahead < 7 else "l, F j")


def date_words(day: date, now: datetime, zone: tzinfo) -> str:
    """The same for a day without an hour, as it is where the person is."""
    return day_words(datetime.combine(day, time(12), tzinfo=zone), now, zone)


def when_words(moment: datetime, now: datetime, zone: tzinfo) -> str:
    """Day and time: "tomorrow at 8 am"."""
    return _("%(day)s at %(time)s") % {
        "day": day_words(moment, now, zone),
        "time": time_words(moment, zone),
    }


def in_span_words(moment: datetime, now: datetime) -> str:
    """How far away a coming moment is: "2 h 18 min", or "3 days" when it is not within a day."""
    ahead = moment - now
    if ahead < timedelta(days=1):
        return span_words(ahead)
    return ngettext("%(days)d day", "%(days)d days", ahead.days) % {"days": ahead.days}


def _how_long(waited: timedelta, by_calendar: timedelta) -> str:
    if by_calendar < LONG_WAIT:
        return span_words(waited)
    return ngettext("%(days)d day", "%(days)d days", by_calendar.days) % {"days": by_calendar.days}


def _tried(calls: int) -> str:
    if calls <= 2:
        return _("Tried once") if calls == 1 else _("Tried twice")
    return _("Tried %(calls)d times") % {"calls": calls}


def _shape_of(waited: timedelta) -> str:
    return "quarter" if waited < TARGET else "half"
