"""Places and hours, groups and who leads them, for program managers."""

from scheduling.admin.groups import GroupAdmin, TherapistAdmin
from scheduling.admin.places import ClosureAdmin, LocationAdmin

__all__ = ["ClosureAdmin", "GroupAdmin", "LocationAdmin", "TherapistAdmin"]
