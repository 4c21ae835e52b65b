"""The answers a person can pick on the form. The values are the field values that the form posts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReachBy(TextChoices):
    CALL = "call", _("Call")
    TEXT = "text", _("Text")
    EMAIL = "email", _("Email")


UNDELIVERED = [(ReachBy.TEXT.value, "A text"), (ReachBy.EMAIL.value, "An email")]


class Voicemail(TextChoices):
    NO = "no", _("No message")
    NAME_ONLY = "name_only", _("A first name and a number")


class SayWho(TextChoices):
    NO = "no", _("No")
    YES = "yes", _("Yes")


class Option(TextChoices):
    WEEK_ONE = "week_one", _("Start from week one")
    NEW_TIME = "new_time", _("A group at another time")
    NEW_THERAPIST = "new_therapist", _("A different therapist")
    REASSESS = "reassess", _("A fresh look at what fits")
    INDIVIDUAL = "individual", _("One-to-one time too")
    UNSURE = "unsure", _("Not sure yet")


class Help(TextChoices):
    RIDE = "ride", _("A ride")
    CHILD_CARE = "child_care", _("Child care")
    WORK_HOURS = "work_hours", _("Work hours")
    COST = "cost", _("Cost")
    INTERPRETER = "interpreter", _("An interpreter")
    ACCESS = "access", _("Getting around or access")


def labels(choices: type[TextChoices], values: list[str]) -> list[str]:
    """The words for a list of stored answers, in the order of the form."""
    return [str(choice.label) for choice in choices if choice.value in values]


# --- said by staff -----------------------------------------------------------------------------------------------


class OverrideReason(TextChoices):
    """Why a call is made outside the rules of calling."""

    ASKED = "asked", "They asked for a call at this time"
    CALLED_US = "called_us", "They called us first"
    WORRY = "worry", "Their words worry us"
    CLINICIAN = "clinician", "A clinician asked us to call"


class ToDoKind(TextChoices):
    """What staff see to. No kind tells more than the card it stands on."""

    CALL_BACK = "call_back", "Call them back"
    RIDE = "ride", "Arrange a ride"
    INTERPRETER = "interpreter", "Book an interpreter"
    COST = "cost", "Find out what it costs"
    PAPERS = "papers", "Get papers ready"
    ASK = "ask", "Ask a colleague"
    OTHER = "other", "Something else"
