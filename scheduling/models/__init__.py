"""The ledger: places and hours, the groups that meet there, and the seats in them."""

from scheduling.models.groups import Group, GroupDay, GroupQuerySet, LevelOfCare, Therapist, WeekOneStart
from scheduling.models.places import (
    ANY_PLACE,
    Closure,
    ClosureQuerySet,
    Location,
    LocationQuerySet,
    StaffedHours,
    Weekday,
    validate_neutral,
    validate_plain_letters,
    validate_time_zone,
)
from scheduling.models.seats import Ended, Seat, SeatClaim

__all__ = [
    "ANY_PLACE",
    "Closure",
    "ClosureQuerySet",
    "Ended",
    "Group",
    "GroupDay",
    "GroupQuerySet",
    "LevelOfCare",
    "Location",
    "LocationQuerySet",
    "Seat",
    "SeatClaim",
    "StaffedHours",
    "Therapist",
    "WeekOneStart",
    "Weekday",
    "validate_neutral",
    "validate_plain_letters",
    "validate_time_zone",
]
