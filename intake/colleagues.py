"""What members of staff are called: by each other, and where two may have the same first name."""

from typing import Any


def name_of(person: Any) -> str:
    """The first name, or the sign-in name of somebody who gave none."""
    return person.get_short_name() or person.get_username()


def full_name_of(person: Any) -> str:
    return person.get_full_name() or person.get_username()
