"""Notes and what belongs to them: signatures, addenda, looks in an emergency, consents to disclose, disclosures."""

from clinical.models.disclosures import ConsentRevocation, Disclosure, DisclosureConsent
from clinical.models.emergency import EmergencyLook
from clinical.models.notes import ReassessmentNote
from clinical.models.resealing import Resealing
from clinical.models.signatures import NoteAddendum, NoteSignature

__all__ = [
    "ConsentRevocation",
    "Disclosure",
    "DisclosureConsent",
    "EmergencyLook",
    "NoteAddendum",
    "NoteSignature",
    "ReassessmentNote",
    "Resealing",
]
