"""When we last heard from somebody."""

from datetime import datetime

from django.db.models import Q

from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.states import Actor

SPOKE = (Outcome.TALKED, Outcome.ASKED_LATER)
# Steps that staff write down because of a word of theirs, and the end of a rest they asked for.
BY_THEIR_WORD = ("got_in_touch", "reach", "rest", "wake", "chose", "agree", "day_accepted", "first_day_came", "reopen")
A_STEP_OF_THEIRS = Q(actor_kind=Actor.PERSON) | Q(what__in=BY_THEIR_WORD)


def last_word(request: CallbackRequest) -> datetime:
    """The last step of their own or by their word, the last call in which we talked, or the note. Two queries."""
    steps = request.history.that_stand().filter(A_STEP_OF_THEIRS).order_by("-at")
    calls = request.attempts.filter(outcome__in=SPOKE).order_by("-at")
    moments = [moments.values_list("at", flat=True).first() for moments in (steps, calls)]
    return max(filter(None, [request.received_at, *moments]))
