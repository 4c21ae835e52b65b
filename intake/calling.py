"""The rules of calling: when the next try may be, how many there are, when we may stop. Pure (RULES 7, R-O2)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from intake.outcomes import Outcome
from scheduling.hours import Daypart, StaffedWeek, Window, daypart_of, safe_windows

MOST_CALLS = 3
LEAST_DAYS = 3
LEAST_DAYPARTS = 2
LOG_WITHIN = timedelta(minutes=15)
# Open days that must lie between call n and the next one: the second on day 2, the third on day 4.
OPEN_DAYS_AFTER_CALL = {1: 1, 2: 2}
OPEN_DAYS_BETWEEN_LATER_CALLS = 2
ONCE_MORE_AFTER = timedelta(weeks=4)


@dataclass(frozen=True)
class Tried:
    """When a call was made, as the person's clock shows it; and whether they answered and asked for another time."""

    day: date
    daypart: Daypart
    asked_later: bool = False


def tried(calls: Iterable[tuple[datetime, str]], week: StaffedWeek) -> list[Tried]:
    """From moments and outcomes, earliest first."""
    local = [(moment.astimezone(week.zone), outcome == Outcome.ASKED_LATER) for moment, outcome in calls]
    return [Tried(moment.date(), daypart_of(moment.time()), later) for moment, later in local]


def next_window(week: StaffedWeek, times: list[str], calls: list[Tried], now: datetime) -> Window | None:
    """The next span in which somebody is on and the person said it is fine, or None when there is none to come.

    After a call it lies on a later open day, and in another part of the day where the person left us one.
    """
    wished = [Daypart(value) for value in times] or list(Daypart)
    if not calls:
        return next(safe_windows(week, wished, now), None)
    if used_up(calls, dayparts_to_call_in(week, times)):
        return None
    after = _earliest_after(week, calls, now)
    if after is None:
        return None
    used = {call.daypart for call in calls}
    fresh = [daypart for daypart in wished if daypart not in used]
    return _first(week, fresh, after) or _first(week, wished, after)


def is_fine_now(week: StaffedWeek, times: list[str], now: datetime) -> bool:
    """Somebody is on and the person said this part of the day is fine: now, or a quarter of an hour ago, so that a
    call made in time can be logged after it."""
    wished = [Daypart(value) for value in times] or list(Daypart)
    moments = (now, now - LOG_WITHIN)
    return any(window.start <= at for at in moments if (window := _first(week, wished, at)))


def dayparts_to_call_in(week: StaffedWeek, times: list[str]) -> int:
    """How many parts of the day are both staffed and fine with the person."""
    return sum(daypart in (times or list(Daypart)) for daypart in week.dayparts())


def may_call_once_more(paused_at: datetime, now: datetime) -> bool:
    """Weeks after "we stop calling"; sooner it would be a broken word (R-O)."""
    return now >= paused_at + ONCE_MORE_AFTER


def may_pause_calls(calls: list[Tried], dayparts_to_call_in: int = LEAST_DAYPARTS) -> bool:
    """Three calls, on three days, in two parts of the day; or the person asks us to stop (R-O2).

    Who leaves us one part of the day only, such as mornings, is not called in another one first.
    """
    days, dayparts = {call.day for call in calls}, {call.daypart for call in calls}
    spread = len(days) >= LEAST_DAYS and len(dayparts) >= min(LEAST_DAYPARTS, dayparts_to_call_in)
    return len(calls) >= MOST_CALLS and spread


def used_up(calls: list[Tried], dayparts_to_call_in: int = LEAST_DAYPARTS) -> bool:
    """No further try: we may pause, and the last call did not end with them asking for another time.

    It is the same rule as for pausing, so that nobody is ever stuck between "no more calls" and "too early to stop".
    """
    return may_pause_calls(calls, dayparts_to_call_in) and not calls[-1].asked_later


def all_calls_made(calls: int, planned: bool) -> bool:
    """The same in short, for a list: enough calls, and none is planned any more."""
    return calls >= MOST_CALLS and not planned


def _earliest_after(week: StaffedWeek, calls: list[Tried], now: datetime) -> datetime | None:
    last_day = max(call.day for call in calls)
    day = week.staffed_day_after(last_day, OPEN_DAYS_AFTER_CALL.get(len(calls), OPEN_DAYS_BETWEEN_LATER_CALLS))
    if day is None:
        return None
    return max(now, datetime.combine(day, datetime.min.time(), tzinfo=week.zone))


def _first(week: StaffedWeek, dayparts: list[Daypart], after: datetime) -> Window | None:
    return next(safe_windows(week, dayparts, after), None) if dayparts else None
