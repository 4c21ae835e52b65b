"""Finding a request again: by its reference, or by the very phone number or email it left (R-H8).

Nothing here can be asked for a part of a name or number: there is one exact answer or none.
"""

import re
from enum import StrEnum

from phonenumber_field.phonenumber import to_python

from intake.models import CallbackRequest
from intake.queries import CallbackRequestQuerySet

MOST_FOUND = 20
_LETTERS_OF_A_REFERENCE = 6
_NOT_IN_A_REFERENCE = re.compile(r"[^0-9A-Z]")


class Sort(StrEnum):
    """What somebody looked for; all that is ever written down of it."""

    REFERENCE = "reference"
    PHONE = "phone"
    EMAIL = "email"


def sort_of(term: str) -> Sort:
    """What this is: an email has an @, a reference six letters and digits, and anything else is taken for a number."""
    if "@" in term:
        return Sort.EMAIL
    return Sort.REFERENCE if len(_letters(term)) == _LETTERS_OF_A_REFERENCE else Sort.PHONE


def requests_with(term: str, sort: Sort) -> CallbackRequestQuerySet:
    """The newest first. Case, spaces and dashes make no difference; nothing is found for what cannot be read."""
    everything = CallbackRequest.objects.order_by("-id")
    if sort == Sort.EMAIL:
        return everything.at_email(term.strip())
    if sort == Sort.PHONE:
        return everything.at_phone(_number(term))
    letters = _letters(term)
    return everything.filter(reference=f"{letters[:3]}-{letters[3:]}")


def _letters(term: str) -> str:
    return _NOT_IN_A_REFERENCE.sub("", term.upper())


def _number(term: str) -> str:
    """As it is kept, such as +14195550117; empty when it is no number."""
    number = to_python(term.strip())
    return number.as_e164 if number and number.is_valid() and not number.extension else ""
