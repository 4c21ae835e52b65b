"""Invented people of a year, made by the real actions at moments written as wall times in Ohio."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from intake import actions, overrides, restarts
from intake.choices import OverrideReason
from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.report.askings import Asking, Back, FirstCall, Offered, Reached
from privacy import audit
from reentry_portal.management import demo_groups, demo_year
from scheduling.models import FirstSession, Group
from scheduling.picks import Kind
from tests.intake.make import caller
from tests.intake.people import someone
from tests.scheduling.make import group, hour, pick_of

OHIO = ZoneInfo("America/New_York")
TODAY = date(2026, 12, 21)  # a Monday


def at(month: int, day: int, clock: str, year: int = 2026) -> datetime:
    """A wall time in Ohio, as UTC."""
    hours, minutes = map(int, clock.split(":"))
    return datetime(year, month, day, hours, minutes, tzinfo=OHIO).astimezone(UTC)


NOW = at(12, 21, "12:30")


def asks(when: datetime, **changes: Any) -> CallbackRequest:
    return someone(now=when, **{"name": "Wren", "town": "maumee", "times": [], **changes})[0]


def called(request: CallbackRequest, when: datetime, outcome: str = Outcome.NO_ANSWER) -> CallbackRequest:
    by = {"request_id": request.pk, "by": caller(), "now": when}
    request.refresh_from_db()
    if not request.is_in_window(when):
        overrides.call_anyway(OverrideReason.ASKED, **by)
    actions.log_attempt(outcome, **by)
    return request


def talked(request: CallbackRequest, when: datetime) -> CallbackRequest:
    return called(request, when, Outcome.TALKED)


def placed(request: CallbackRequest, when: datetime, first_day: date, *, what: Any = None) -> Any:
    """A seat chosen with staff on the phone and confirmed at once, in a group on Fridays unless another is given."""
    what = what or group("maumee", days=[4])
    who = {"request_id": request.pk, "by": caller(), "now": when}
    claim = restarts.choose(pick_of(what, first_day, Kind.NEW_TIME), **who)
    restarts.confirm(claim_id=claim.pk, **who)
    return claim


def came(claim: Any, when: datetime) -> None:
    who = {"claim_id": claim.pk, "request_id": claim.request_id, "by": caller(), "now": when}
    restarts.mark_first_session(FirstSession.CAME, **who)


def moves(request: CallbackRequest, name: str, when: datetime, *, by: Any = None) -> None:
    actions.make_move(name, request_id=request.pk, by=by or caller(), now=when)


def a_fresh_look(request: CallbackRequest, when: datetime, starts_at: datetime) -> None:
    claim = placed(request, when, starts_at.date(), what=hour("reassess", "maumee", starts_at=starts_at))
    came(claim, starts_at + timedelta(hours=2))


def asks_again_after_three_calls(first: datetime, again: datetime) -> CallbackRequest:
    """Tried on three days in two parts of the day, let be, and back on their own page later."""
    request = asks(first)
    for days, hours in ((0, 1), (2, 5), (6, 1)):
        called(request, first + timedelta(days=days, hours=hours))
    moves(request, "pause_calls", first + timedelta(days=7))
    actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=again)
    return request


def a_year(requests: int, now: datetime) -> None:
    """So many of a past year, with the groups of the demo to start in."""
    sage = caller("sage")
    if not Group.objects.exists():
        demo_groups.plant(by=sage, now=now)
    demo_year.plant(requests, by=sage, now=now)


def asking(**changes: Any) -> Asking:
    """An asking out of the blue, for what is counted of many: October, Toledo, tried within the hour, and no more."""
    given: dict[str, Any] = {
        "place": "toledo",
        "options": (),
        "asked_on": date(2026, 10, 5),
        "waited": timedelta(minutes=30),
        "waited_by_calendar": timedelta(minutes=45),
        "first_call": FirstCall.WITHIN_THE_HOUR,
        "reached": Reached.NOT,
        "offered": Offered.LATER_OR_NOT,
        "back": Back.NOT,
    }
    return Asking(**(given | changes))
