"""One concrete start, as it is named on a page and in a form: which of the five ways, what of, and from which day.

Pure. A code such as "new_time.12.2026-12-07" tells an onlooker nothing and is checked against the ledger when it
comes back.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_CODE = re.compile(r"([a-z_]{1,20})\.(\d{1,18})\.(\d{4}-\d\d-\d\d)", re.ASCII)


class Kind(StrEnum):
    """The five ways back, in the order of the form; the values are those of the form."""

    WEEK_ONE = "week_one"
    NEW_TIME = "new_time"
    NEW_THERAPIST = "new_therapist"
    REASSESS = "reassess"
    INDIVIDUAL = "individual"


IN_A_GROUP = (Kind.WEEK_ONE, Kind.NEW_TIME, Kind.NEW_THERAPIST)
BY_APPOINTMENT = (Kind.REASSESS, Kind.INDIVIDUAL)  # an hour with one person, not a group


@dataclass(frozen=True)
class Pick:
    """`number` is the primary key of the group or, for a kind by appointment, of the hour."""

    kind: Kind
    number: int
    starts_on: date

    @property
    def code(self) -> str:
        return f"{self.kind}.{self.number}.{self.starts_on.isoformat()}"

    @property
    def is_hour(self) -> bool:
        return self.kind in BY_APPOINTMENT

    @property
    def thing(self) -> tuple[bool, int]:
        """The group or hour itself, whichever way back and first day it is picked for."""
        return self.is_hour, self.number


def read_pick(code: str) -> Pick | None:
    """The pick of that code; None for anything that is no code of ours."""
    found = _CODE.fullmatch(code)
    try:
        return Pick(Kind(found[1]), int(found[2]), date.fromisoformat(found[3])) if found else None
    except ValueError:  # no such kind, or no such day
        return None
