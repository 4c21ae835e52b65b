"""One person's "I'd like to come back": the request, how they may be reached, what happened, what was offered."""

from intake.models.assignment import Assignment
from intake.models.contact import Consent, ContactPreference
from intake.models.desk import CallCorrection, CallOverride, StaffNote, ToDo
from intake.models.family import FamilyMessage
from intake.models.fresh_look import FreshLook
from intake.models.links import PrivateLink
from intake.models.offers import Offer
from intake.models.on_paper import RecordPrint, Restriction
from intake.models.requests import CallbackRequest
from intake.models.staff_places import PlacesOfStaff
from intake.models.story import CallAttempt, HistoryEntry

__all__ = [
    "Assignment",
    "CallAttempt",
    "CallCorrection",
    "CallOverride",
    "CallbackRequest",
    "Consent",
    "ContactPreference",
    "FamilyMessage",
    "FreshLook",
    "HistoryEntry",
    "Offer",
    "PlacesOfStaff",
    "PrivateLink",
    "RecordPrint",
    "Restriction",
    "StaffNote",
    "ToDo",
]
