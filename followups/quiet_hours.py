"""When an automatic message may go out, on the person's own clock (R-T4). Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SUNDAY = 6
SUNDAY_OPENS = time(12)
LOOK_AHEAD_DAYS = 60


def next_allowed(
    now: datetime, zone: ZoneInfo, opens: time, closes: time, holidays: frozenset[date] = frozenset()
) -> datetime:
    """`now` when sending is allowed at this moment, else the first moment at which it is. In UTC.

    `opens` and `closes` are wall times in `zone`; the last allowed moment is just before `closes`. Never on a
    holiday, and on Sundays from noon only. Raises ValueError when the coming LOOK_AHEAD_DAYS hold no such moment.
    """
    now = now.astimezone(UTC)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS)):
        start = max(now, _moment(day, max(opens, SUNDAY_OPENS) if day.weekday() == SUNDAY else opens, zone))
        if day not in holidays and start < _moment(day, closes, zone):
            return start
    raise ValueError(f"{LOOK_AHEAD_DAYS} days without an hour in which a message may go out.")


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """In UTC, for two moments of one zone are compared by their wall times, which a clock change makes wrong."""
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
