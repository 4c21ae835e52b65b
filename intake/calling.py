"""The rules of calling: when the next try may be, how many there are, when we may stop. Pure (RULES 7, R-O2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.hours import Daypart, StaffedWeek, Window, daypart_of, safe_windows

MOST_CALLS = 3
LEAST_DAYS = 3
LEAST_DAYPARTS = 2
# Open days that must lie between call n and the next one: the second on day 2, the third on day 4.
OPEN_DAYS_AFTER_CALL = {1: 1, 2: 2}


@dataclass(frozen=True)
class Tried:
    """When a call was made, as the person's clock shows it."""

    day: date
    daypart: Daypart


def tried(moments: Iterable[datetime], week: StaffedWeek) -> list[Tried]:
    local = [moment.astimezone(week.zone) for moment in moments]
    return [Tried(moment.date(), daypart_of(moment.time())) for moment in local]


def next_window(week: StaffedWeek, times: list[str], calls: list[Tried], now: datetime) -> Window | None:
    """The next span in which somebody is on and the person said it is fine, or None when there is none to come.

    After a call it lies on a later open day, and in another part of the day where the person left us one.
    """
    wished = [Daypart(value) for value in times] or list(Daypart)
    if not calls:
        return next(safe_windows(week, wished, now), None)
    if len(calls) >= MOST_CALLS:
        return None
    after = _earliest_after(week, calls, now)
    if after is None:
        return None
    used = {call.daypart for call in calls}
    fresh = [daypart for daypart in wished if daypart not in used]
    return _first(week, fresh, after) or _first(week, wished, after)


def dayparts_to_call_in(week: StaffedWeek, times: list[str]) -> int:
    """How many parts of the day are both staffed and fine with the person."""
    return sum(daypart in (times or list(Daypart)) for daypart in week.dayparts())


def may_pause_calls(calls: list[Tried], dayparts_to_call_in: int = LEAST_DAYPARTS) -> bool:
    """Three calls, on three days, in two parts of the day; or the person asks us to stop (R-O2).

    Who leaves us one part of the day only, such as mornings, is not called in another one first.
    """
    days, dayparts = {call.day for call in calls}, {call.daypart for call in calls}
    least_dayparts = min(LEAST_DAYPARTS, dayparts_to_call_in)
    return len(calls) >= MOST_CALLS and len(days) >= LEAST_DAYS and len(dayparts) >= least_dayparts


def _earliest_after(week: StaffedWeek, calls: list[Tried], now: datetime) -> datetime | None:
    last_day = max(call.day for call in calls)
    day = week.staffed_day_after(last_day, OPEN_DAYS_AFTER_CALL[len(calls)])
    if day is None:
        return None
    return max(now, datetime.combine(day, datetime.min.time(), tzinfo=week.zone))


def _first(week: StaffedWeek, dayparts: list[Daypart], after: datetime) -> Window | None:
    return next(safe_windows(week, dayparts, after), None) if dayparts else None
