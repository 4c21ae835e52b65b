"""When an automatic message may go out, on the person's own clock (R-T4). Pure."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.hours import Daypart, Window

SUNDAY = 6
SUNDAY_OPENS = time(12)
LOOK_AHEAD_DAYS, LOOK_BACK_DAYS = 60, 7
TO_SPARE = timedelta(hours=1)


def next_allowed(
    now: datetime,
    zone: ZoneInfo,
    opens: time,
    closes: time,
    holidays: frozenset[date] = frozenset(),
    times: Collection[str] = (),
) -> datetime:
    """`now` when sending is allowed at this moment, else the first moment at which it is. In UTC.

    `opens` and `closes` are wall times in `zone`; the last allowed moment is just before `closes`. Never on a
    holiday, on Sundays from noon only, and in these dayparts only when there are `times`.
    Raises ValueError when the coming LOOK_AHEAD_DAYS hold no such moment.
    """
    now = now.astimezone(UTC)
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS)):
        for window in [] if day in holidays else _windows_on(day, zone, opens, closes, times):
            start = max(now, window.start)
            if start in window:
                return start
    raise ValueError(f"{LOOK_AHEAD_DAYS} days without an hour in which a message may go out.")


def last_allowed(
    before: datetime,
    zone: ZoneInfo,
    opens: time,
    closes: time,
    holidays: frozenset[date] = frozenset(),
    times: Collection[str] = (),
) -> datetime | None:
    """The last moment up to `before`, in UTC, at which sending is allowed, with some time to spare before the end of
    its hours: what is due at the very end is late. None when the LOOK_BACK_DAYS before hold no such moment."""
    before = before.astimezone(UTC)
    today = before.astimezone(zone).date()
    for day in (today - timedelta(days=back) for back in range(LOOK_BACK_DAYS)):
        for window in reversed([] if day in holidays else _windows_on(day, zone, opens, closes, times)):
            moment = min(before, window.end - TO_SPARE)
            if moment in window:
                return moment
    return None


def _windows_on(day: date, zone: ZoneInfo, opens: time, closes: time, times: Collection[str]) -> list[Window]:
    """In the order of the day; one that is over before it starts holds no moment."""
    opens = max(opens, SUNDAY_OPENS) if day.weekday() == SUNDAY else opens
    whole = Window(_moment(day, opens, zone), _moment(day, closes, zone))
    return [part.on(day, zone).within(whole) for part in Daypart if part in times] if times else [whole]


def _moment(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """In UTC, for two moments of one zone are compared by their wall times, which a clock change makes wrong."""
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)
