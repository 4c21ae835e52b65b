"""Why a verb on a request was refused. Each is named for what happened; views turn it into words."""


class NotPossible(Exception):
    """This move does not exist from where the request stands now."""


class LoggedAlready(Exception):
    """The form was sent twice, or drawn before somebody else logged a call."""


class TooEarlyToCall(Exception):
    """They were told that we stop calling, and that is not long ago."""


class NoWayLeft(Exception):
    """There is neither a number nor an address that we may use."""


class TooEarlyToPause(Exception):
    """Fewer than three calls on three days in two parts of the day (R-O2)."""


class TooSoon(Exception):
    """The next try lies further on, on another day (R-O). Its one argument is the moment from which it may be."""


class TooManyCalls(Exception):
    """The cap of calls is reached; the next step is to pause."""


class NotAllowedByThem(Exception):
    """The person said no to this, such as a message on their voicemail (R-P19)."""


class NotOffered(Exception):
    """This start is not on offer to them: it is full by now, over, closed, avoided, or never was."""


class TooManyOffers(Exception):
    """More than a person can weigh at once."""


class CallFirst(Exception):
    """They wait for the call we promised: it comes before a confirmed seat."""


class NotBegun(Exception):
    """The first day is still to come."""


class Claimed(Exception):
    """A colleague is on this call. Its arguments are their name and since when."""


class OutsideTheirTimes(Exception):
    """They did not say that a call is fine now, or nobody is on. A reason opens the way (R-O2)."""


class TooLateToTakeBack(Exception):
    """Only the last call, by who logged it, within some minutes, and where nothing was lost by it."""


class DoesNotFit(Exception):
    """No words or too many, or a day that is over."""


class CannotSeeIt(Exception):
    """This member of staff may not see the request, so it cannot be given to them."""


class NothingToDo(Exception):
    """It is so already."""


class NoReason(Exception):
    """Nothing goes to paper without a reason (R-P4)."""
