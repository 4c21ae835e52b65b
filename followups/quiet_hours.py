"""When an automatic message may go out, on the person's own clock (R-T4). Pure."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SUNDAY = 6
SUNDAY_OPENS = time(12)
LOOK_AHEAD_DAYS = 14


def next_allowed(
    now: datetime, zone: ZoneInfo, opens: time, closes: time, holidays: frozenset[date] = frozenset()
) -> datetime:
    """`now` when sending is allowed at this moment, else the first moment, in `zone`, at which it is.

    The last allowed moment is just before `closes`. No holidays, and Sundays from noon only.
    """
    local = now.astimezone(zone)
    for ahead in range(LOOK_AHEAD_DAYS):
        day = local.date() + timedelta(days=ahead)
        if day in holidays:
            continue
        start = datetime.combine(day, max(opens, SUNDAY_OPENS) if day.weekday() == SUNDAY else opens, tzinfo=zone)
        end = datetime.combine(day, closes, tzinfo=zone)
        if now < end:
            return max(now, start)
    raise ValueError("Two weeks without an hour in which a message may go out.")
