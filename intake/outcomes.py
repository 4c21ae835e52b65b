"""What can happen on a call, and which move each outcome makes. Data first, like the states."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Outcome(TextChoices):
    TALKED = "talked", _("We talked")
    NO_ANSWER = "no_answer", _("No answer")
    LEFT_MESSAGE = "left_message", _("Left the short message")
    SOMEONE_ELSE = "someone_else", _("Someone else picked up")
    ASKED_LATER = "asked_later", _("They asked for another time")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    ASKED_TO_STOP = "asked_to_stop", _("They asked us to stop")


MOVE_OF: dict[str, str] = {
    Outcome.TALKED: "reach",
    Outcome.NO_ANSWER: "attempt",
    Outcome.LEFT_MESSAGE: "attempt",
    Outcome.SOMEONE_ELSE: "attempt",
    Outcome.ASKED_LATER: "attempt",
    Outcome.WRONG_NUMBER: "lose_number",
    Outcome.ASKED_TO_STOP: "withdraw",
}
MISSED = (Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE, Outcome.SOMEONE_ELSE)
