"""The rules of calling, asked of one request as it stands (R-O2). A reason given beforehand opens the way."""

from datetime import datetime

from intake import calling, moves
from intake.contact_card import NO_WAY, way_left
from intake.errors import NoWayLeft, OutsideTheirTimes, TooEarlyToCall, TooEarlyToPause, TooManyCalls, TooSoon
from intake.models import CallbackRequest
from intake.states import TO_CALL, Status


def refuse_a_call_against_the_rules(request: CallbackRequest, now: datetime) -> None:
    """Raises TooManyCalls, TooSoon with the moment from which the next one may be, or OutsideTheirTimes."""
    calls, dayparts_to_call_in = _tries(request)
    if calling.used_up(calls, dayparts_to_call_in):
        raise TooManyCalls
    if calls and request.call_from and now < request.call_from:
        raise TooSoon(request.call_from)
    if not calling.is_fine_now(request.week(), request.contact.times, now):
        raise OutsideTheirTimes


def refuse_a_move_before_its_time(move_name: str, request: CallbackRequest, now: datetime) -> None:
    """Raises TooEarlyToPause, or TooEarlyToCall or NoWayLeft for one more call."""
    if move_name == "pause_calls" and is_too_early_to_pause(request):
        raise TooEarlyToPause
    if move_name == "one_more_call":
        if not calling.may_call_once_more(request.status_since, now):
            raise TooEarlyToCall
        if way_left(request, request.contact) == NO_WAY:
            raise NoWayLeft  # they would stand on the list of calls for good


def may_call_once_more(request: CallbackRequest, now: datetime) -> bool:
    """Whether the card offers it."""
    try:
        refuse_a_move_before_its_time("one_more_call", request, now)
    except (TooEarlyToCall, NoWayLeft):
        return False
    return True


def is_against_the_rules(request: CallbackRequest, now: datetime) -> bool:
    """A call made now would need a reason; where none is owed, none is made."""
    if request.status not in TO_CALL:
        return False
    try:
        refuse_a_call_against_the_rules(request, now)
    except (TooManyCalls, TooSoon, OutsideTheirTimes):
        return True
    return False


def is_too_early_to_pause(request: CallbackRequest) -> bool:
    """Where there is no number left to call, nothing is too early."""
    return request.status == Status.TRYING and not calling.may_pause_calls(*_tries(request))


def _tries(request: CallbackRequest) -> tuple[list[calling.Tried], int]:
    """The calls of this round, and in how many parts of the day this person can be called at all."""
    week = request.week()
    return moves.calls_of_round(request, week), calling.dayparts_to_call_in(week, request.contact.times)
