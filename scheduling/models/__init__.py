"""The ledger: places and hours, the groups that meet there, the hours to book, and the seats in both."""

from scheduling.models.groups import Group, GroupDay, GroupQuerySet, LevelOfCare, Therapist, WeekOneStart
from scheduling.models.hours_to_book import AppointmentSlot, SlotKind
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
from scheduling.models.seats import Ended, FirstSession, Seat, SeatClaim
from scheduling.models.starts import KIND_CHOICES, Start, columns_of
from scheduling.models.waitlist import MOST_NOTICES, LeftTheList, WaitlistEntry

__all__ = [
    "ANY_PLACE",
    "KIND_CHOICES",
    "MOST_NOTICES",
    "AppointmentSlot",
    "Closure",
    "ClosureQuerySet",
    "Ended",
    "FirstSession",
    "Group",
    "GroupDay",
    "GroupQuerySet",
    "LeftTheList",
    "LevelOfCare",
    "Location",
    "LocationQuerySet",
    "Seat",
    "SeatClaim",
    "SlotKind",
    "StaffedHours",
    "Start",
    "Therapist",
    "WaitlistEntry",
    "WeekOneStart",
    "Weekday",
    "columns_of",
    "validate_neutral",
    "validate_plain_letters",
    "validate_time_zone",
]
