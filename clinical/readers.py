"""Who has read a note, from the log: for the panel beside it. Nothing is decided by it (R-H5)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from clinical.models import ReassessmentNote
from privacy.models import AuditEvent

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
class Glances:
    """What one person did with the note: how often, and when for the first and the last time."""

    who: str
    what: str
    times: int
    first: datetime
    last: datetime


def readers_of(note: ReassessmentNote) -> list[Glances]:
    """The latest first, one for each person and what they did, so that many openings hide nobody. One query."""
    events = AuditEvent.objects.filter(subject_type=note._meta.label_lower, subject_key=str(note.pk), action__in=WORDS)
    each = events.values("actor", "action").annotate(times=Count("id"), first=Min("at"), last=Max("at"))
    latest_first = each.annotate(newest=Max("id")).order_by("-newest")
    return [
        Glances(one["actor"], WORDS[one["action"]], one["times"], one["first"], one["last"]) for one in latest_first
    ]
