"""When we last heard from somebody."""

from datetime import datetime

from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.states import Actor

SPOKE = (Outcome.TALKED, Outcome.ASKED_LATER)


def last_word(request: CallbackRequest) -> datetime:
    """The last step of their own, the last call in which we talked, or the note itself. Two queries."""
    steps = request.history.filter(actor_kind=Actor.PERSON).order_by("-at")
    calls = request.attempts.filter(outcome__in=SPOKE).order_by("-at")
    moments = [moments.values_list("at", flat=True).first() for moments in (steps, calls)]
    return max(filter(None, [request.received_at, *moments]))
