"""A note in words, section by section, without what was left empty: for the page, the print and the PDF alike."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from django.utils.dateformat import format as in_words
from django.utils.text import capfirst

from clinical.asam import UNRATED, level_words, rated
from clinical.choices import Naloxone
from clinical.interview import SECTIONS, Section
from clinical.models import ReassessmentNote
from scheduling.clock_words import clock_with_half


@dataclass(frozen=True)
class Told:
    """One section as it is read: question and answer, and the person's own words beside it."""

    title: str
    answers: list[tuple[str, str]] = field(default_factory=list)
    said: str = ""


def told(note: ReassessmentNote) -> list[Told]:
    """The sections that say something, in the order of the interview."""
    sections = [Told(one.title, list(_answers(note, one)), _said(note, one)) for one in SECTIONS]
    return [one for one in sections if one.answers or one.said]


def day_in_words(day: date) -> str:
    return in_words(day, "F j, Y")


def _said(note: ReassessmentNote, section: Section) -> str:
    return getattr(note, section.said) if section.said else ""


def _answers(note: ReassessmentNote, section: Section) -> Iterator[tuple[str, str]]:
    for name in section.fields:
        words = _words(note, name)
        if words:
            yield _label(note, name), words
        if name == "asam_edition":
            yield from _ratings(note)
    if section.key == "assessment" and note.comprehensive_due_on:
        yield "Comprehensive assessment due", day_in_words(note.comprehensive_due_on)


def _label(note: ReassessmentNote, name: str) -> str:
    if name == "considerations" and note.asam_edition in UNRATED:
        return UNRATED[note.asam_edition]  # type: ignore[index]  # the keys are members that are strings
    return capfirst(str(note._meta.get_field(name).verbose_name))


def _ratings(note: ReassessmentNote) -> Iterator[tuple[str, str]]:
    given = note.rated
    for dimension in rated(note.asam_edition):
        if given.get(dimension.key):
            yield dimension.name, given[dimension.key]


def _words(note: ReassessmentNote, name: str) -> str:
    value = getattr(note, name)
    if name in ("assessed_level", "placed_level"):
        return level_words(note.asam_edition, value)
    if name == "naloxone":
        return str(Naloxone(value).label) if value in Naloxone.values else ""
    if note._meta.get_field(name).choices:
        return capfirst(str(getattr(note, f"get_{name}_display")()))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, time):
        return clock_with_half(value)
    return "" if value is None else str(value)
