"""The note in the order of a conversation: sections with their questions. One table for form, page, print and PDF."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """`fields` are asked; `said` is the side note for the person's own words, if there is one."""

    key: str
    title: str
    hint: str
    fields: tuple[str, ...]
    said: str = ""


SECTIONS = (
    Section(
        "meeting",
        "When and where",
        "Filled in from the booking. Change what was different.",
        ("encounter_on", "starts", "ends", "modality", "location", "present"),
    ),
    Section(
        "why",
        "Why now",
        "Start here, and let them finish. Write their words, not ours.",
        ("reason", "time_since"),
    ),
    Section(
        "since",
        "Since they were last here",
        "Everything can be skipped. What they do not want to talk about stays empty.",
        ("substance_use", "withdrawal", "overdose", "medications", "physical", "pregnancy", "mental_health"),
        "said_since",
    ),
    Section("safety", "Safety", "Ask, and write down the answer.", ("risk", "home", "naloxone"), "said_safety"),
    Section("life", "Around them", "What makes coming easy or hard.", ("work", "transport", "childcare", "legal")),
    Section(
        "helps",
        "What helps",
        "What they are good at, and what we can do better this time.",
        ("strengths", "helped", "hurt"),
        "said_helps",
    ),
    Section(
        "level",
        "What fits now",
        "Choose the edition and save; then its dimensions are here. Another edition starts its ratings anew.",
        ("asam_edition", "considerations", "assessed_level", "placed_level", "level_reason"),
    ),
    Section(
        "assessment",
        "The assessment this stands on",
        "An earlier one counts for 12 months, when it was reviewed and updated today.",
        ("basis", "prior_assessed_on", "bills_medicaid"),
    ),
    Section(
        "agreed",
        "What you agreed",
        "Intake sees the level, the restart and the next step. Nothing else of this note.",
        ("next_step", "restart_kind", "change_asked", "plan_due_on", "notice_given", "consent_given"),
    ),
)
SECTION_KEYS = tuple(section.key for section in SECTIONS)
# Everything that is written in the form, apart from the ratings, whose names depend on the edition.
ASKED = tuple(name for section in SECTIONS for name in (*section.fields, section.said) if name)


def section_after(key: str) -> str:
    """Where to go on after a section was saved; the last one leads to itself."""
    place = SECTION_KEYS.index(key) + 1 if key in SECTION_KEYS else 0
    return SECTION_KEYS[min(place, len(SECTION_KEYS) - 1)]
