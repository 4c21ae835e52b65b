"""Who has read a note, from the log: for the panel beside it. Nothing is decided by it (R-H5)."""

from dataclasses import dataclass
from datetime import datetime

from clinical.models import ReassessmentNote
from privacy.models import AuditEvent

MOST_ROWS = 40
WORDS = {
    "note.read": "read it",
    "note.beside": "read it beside another note",
    "note.printed": "opened it for printing",
    "note.draft_opened": "opened the draft",
    "note.refused": "tried to open it, and was not let in",
    "note.disclosure_refused": "tried to give it to somebody outside; nothing went out",
    "note.disclosed": "gave it to somebody outside, under a consent",
    "note.signed": "signed it",
    "note.cosigned": "co-signed it",
    "note.added_to": "added to it",
}


@dataclass(frozen=True)
class Glance:
    at: datetime
    who: str
    what: str


def readers_of(note: ReassessmentNote) -> list[Glance]:
    """Newest first, at most 40. One query."""
    events = AuditEvent.objects.filter(subject_type=note._meta.label_lower, subject_key=str(note.pk), action__in=WORDS)
    return [Glance(one.at, one.actor, WORDS[one.action]) for one in events[:MOST_ROWS]]
