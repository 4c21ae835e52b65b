"""The rules of calling, asked of one request as it stands (R-O2). A reason given beforehand opens the way."""

from datetime import datetime

from intake import calling, moves
from intake.errors import OutsideTheirTimes, TooManyCalls, TooSoon
from intake.models import CallbackRequest
from intake.states import Status


def refuse_a_call_against_the_rules(request: CallbackRequest, now: datetime) -> None:
    """Raises TooManyCalls, TooSoon with the moment from which the next one may be, or OutsideTheirTimes."""
    calls, dayparts_to_call_in = _tries(request)
    if calling.used_up(calls, dayparts_to_call_in):
        raise TooManyCalls
    if calls and request.call_from and now < request.call_from:
        raise TooSoon(request.call_from)
    if not calling.is_fine_now(request.week(), request.contact.times, now):
        raise OutsideTheirTimes


def is_too_early_to_pause(request: CallbackRequest) -> bool:
    """Where there is no number left to call, nothing is too early."""
    return request.status == Status.TRYING and not calling.may_pause_calls(*_tries(request))


def _tries(request: CallbackRequest) -> tuple[list[calling.Tried], int]:
    """The calls of this round, and in how many parts of the day this person can be called at all."""
    week = request.week()
    return moves.calls_of_round(request, week), calling.dayparts_to_call_in(week, request.contact.times)
