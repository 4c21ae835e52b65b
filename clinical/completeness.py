"""What is still missing before a note can be signed, and what to think about once more. Pure (R-L3)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from clinical.asam import levels, rated
from clinical.choices import Basis, Modality
from intake.next_steps import NextStep

LATE_AFTER = timedelta(hours=48)  # R-L4
MOST_H0001_IN_A_YEAR = 2  # Ohio Medicaid; more needs prior authorisation
# Left empty, these block the signature, each with its own words.
_NEEDED = {
    "encounter_on": "Say on which day you met.",
    "starts": "Say from when.",
    "ends": "Say until when.",
    "modality": "Say how you met.",
    "present": "Say who was there.",
    "reason": "Write down why they want to come back, in their words.",
    "risk": "Write down what you asked about risk, and what you heard. Also when there is none.",
    "naloxone": "Say whether naloxone was offered or given.",
    "asam_edition": "Choose the edition. Nothing is chosen for you.",
    "assessed_level": "Choose the level you assessed. Nothing is chosen for you.",
    "placed_level": "Choose the level you agreed on. Nothing is chosen for you.",
    "basis": "Say which assessment this stands on.",
    "next_step": "Say what comes next. Intake waits for it.",
    "notice_given": "Say whether they were given the privacy notice.",
    "consent_given": "Say whether they consented to services.",
}


@dataclass(frozen=True)
class Missing:
    """One thing that blocks the signature: the field it belongs to, and what to do."""

    field: str
    words: str


def missing(note: Any, now: datetime) -> list[Missing]:
    """Everything that blocks the signature, in no more than one line for each field. Empty: it can be signed."""
    found = [Missing(name, words) for name, words in _NEEDED.items() if getattr(note, name) in (None, "")]
    empty = {one.field for one in found}
    return found + [one for rule in _RULES for one in rule(note, now) if one.field not in empty]


def is_late(over_at: datetime, signed_at: datetime) -> bool:
    """Signed more than 48 hours after the conversation."""
    return signed_at - over_at > LATE_AFTER


def year_before(day: date) -> date:
    """The same day a year earlier; February 28 for a leap day."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def _today(note: Any, now: datetime) -> date:
    """The day it is where they met."""
    return now.astimezone(note.zone).date()


def _times(note: Any, now: datetime) -> Iterator[Missing]:
    if note.encounter_on and note.encounter_on > _today(note, now):
        yield Missing("encounter_on", "That day has not come yet.")
    elif note.starts and note.ends and note.ends <= note.starts:
        yield Missing("ends", "It ends before it starts.")
    elif note.over_at and note.over_at > now:
        yield Missing("ends", "It is not over yet. Sign when it is.")
    if note.modality == Modality.IN_PERSON and note.location_id is None:
        yield Missing("location", "Say at which place you met.")


def _ratings(note: Any, now: datetime) -> Iterator[Missing]:
    given = note.rated
    for dimension in rated(note.asam_edition):
        if given.get(dimension.key, "") not in dimension.tokens:
            yield Missing(f"rating_{dimension.key}", "Rate this dimension.")


def _levels(note: Any, now: datetime) -> Iterator[Missing]:
    known = levels(note.asam_edition)
    for name in ("assessed_level", "placed_level"):
        if note.asam_edition and getattr(note, name) not in known:
            yield Missing(name, "This edition does not have that level.")
    if note.assessed_level != note.placed_level and not note.level_reason.strip():
        yield Missing("level_reason", "The two levels differ. Write down why.")


def _assessment(note: Any, now: datetime) -> Iterator[Missing]:
    if note.basis != Basis.REVIEWED:
        return
    met_on = note.encounter_on or _today(note, now)
    if note.prior_assessed_on is None:
        yield Missing("prior_assessed_on", "Say from which day the earlier assessment is.")
    elif note.prior_assessed_on > met_on:
        yield Missing("prior_assessed_on", "The earlier assessment is from after you met.")
    elif note.prior_assessed_on < year_before(met_on):
        yield Missing("prior_assessed_on", "It is more than 12 months old. A new assessment is needed.")


def _agreed(note: Any, now: datetime) -> Iterator[Missing]:
    if note.next_step == NextStep.START and not note.restart_kind:
        yield Missing("restart_kind", "Say which restart you agreed on.")


def _blanks(note: Any, now: datetime) -> Iterator[Missing]:
    """Spaces alone say nothing."""
    for name in ("present", "reason", "risk"):
        if getattr(note, name) and not getattr(note, name).strip():
            yield Missing(name, _NEEDED[name])


_RULES: tuple[Callable[[Any, datetime], Iterator[Missing]], ...] = (
    _times,
    _ratings,
    _levels,
    _assessment,
    _agreed,
    _blanks,
)


def to_think_about(note: Any, billed_this_year: int) -> list[str]:
    """What does not block, but is worth a second look. `billed_this_year` counts signed notes besides this one."""
    found = []
    if note.bills_medicaid and billed_this_year >= MOST_H0001_IN_A_YEAR:
        found.append("Medicaid pays for two assessments in a calendar year. This is one more: ask for authorization.")
    elif note.bills_medicaid and billed_this_year == MOST_H0001_IN_A_YEAR - 1:
        found.append(
            "This is the second assessment billed to Medicaid this calendar year. A third needs authorization."
        )
    return found
