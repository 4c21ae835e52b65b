"""Places and hours, groups and who leads them, hours to book and closed days, for program managers."""

from scheduling.admin.closures import ClosureAdmin
from scheduling.admin.groups import GroupAdmin, TherapistAdmin
from scheduling.admin.hours_to_book import AppointmentSlotAdmin
from scheduling.admin.places import LocationAdmin

__all__ = ["AppointmentSlotAdmin", "ClosureAdmin", "GroupAdmin", "LocationAdmin", "TherapistAdmin"]
