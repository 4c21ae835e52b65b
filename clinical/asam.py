"""The two editions as data: names of dimensions, tokens of ratings, names of levels (R-L1). No criteria (R-L2).

Nothing here works out a level. A clinician picks one; no field has a default.
"""

from dataclasses import dataclass

from django.db.models import TextChoices


class Edition(TextChoices):
    THIRD = "3", "Third edition (2013)"
    FOURTH = "4", "Fourth edition (2023)"


@dataclass(frozen=True)
class Dimension:
    """One thing to rate: its key in the note, its name, and the tokens that may stand there."""

    key: str
    name: str
    tokens: tuple[str, ...]


_NUMBERS = ("0", "1", "2", "3", "4")
# Symbols, not numbers: they have no order to compute with. Which of them a subdimension knows differs between
# printings; until the clinical lead has narrowed them, every subdimension takes all of them.
_SYMBOLS = ("0", "ANY", "EVAL", "2", "3A", "3B", "4", "A", "B", "C", "D", "E")

RATED: dict[str, tuple[Dimension, ...]] = {
    Edition.THIRD: (
        Dimension("3_1", "1 Acute intoxication and withdrawal potential", _NUMBERS),
        Dimension("3_2", "2 Biomedical conditions and complications", _NUMBERS),
        Dimension("3_3", "3 Emotional, behavioral or cognitive conditions", _NUMBERS),
        Dimension("3_4", "4 Readiness to change", _NUMBERS),
        Dimension("3_5", "5 Relapse, continued use or continued problem potential", _NUMBERS),
        Dimension("3_6", "6 Recovery and living environment", _NUMBERS),
    ),
    Edition.FOURTH: (
        Dimension("4_1a", "1 Intoxication and associated risks", _SYMBOLS),
        Dimension("4_1b", "1 Withdrawal and associated risks", _SYMBOLS),
        Dimension("4_1c", "1 Addiction medication needs", _SYMBOLS),
        Dimension("4_2a", "2 Physical health concerns", _SYMBOLS),
        Dimension("4_2b", "2 Pregnancy-related concerns", _SYMBOLS),
        Dimension("4_3a", "3 Active psychiatric symptoms", _SYMBOLS),
        Dimension("4_3b", "3 Persistent disability", _SYMBOLS),
        Dimension("4_4a", "4 Likelihood of risky substance use", _SYMBOLS),
        Dimension("4_4b", "4 Likelihood of risky SUD-related behaviors", _SYMBOLS),
        Dimension("4_5a", "5 Ability to function effectively in current environment", _SYMBOLS),
        Dimension("4_5b", "5 Safety in current environment", _SYMBOLS),
        Dimension("4_5c", "5 Support in current environment", _SYMBOLS),
    ),
}
# Dimension 6 of the fourth edition has words, and no rating.
UNRATED = {Edition.FOURTH: "6 Person-centered considerations"}

LEVELS: dict[str, dict[str, str]] = {
    Edition.THIRD: {
        "0.5": "Early Intervention",
        "1": "Outpatient Services",
        "OTP": "Opioid Treatment Services",
        "2.1": "Intensive Outpatient Services",
        "2.5": "Partial Hospitalization Services",
        "3.1": "Clinically Managed Low-Intensity Residential",
        "3.3": "Clinically Managed Population-Specific High-Intensity Residential",
        "3.5": "Clinically Managed High-Intensity Residential",
        "3.7": "Medically Monitored Intensive Inpatient",
        "4": "Medically Managed Intensive Inpatient",
    },
    Edition.FOURTH: {
        "RR": "Recovery Residence",
        "1.0": "Long-Term Remission Monitoring",
        "1.5": "Outpatient Therapy",
        "1.5 COE": "Outpatient Therapy, co-occurring enhanced",
        "1.7": "Medically Managed Outpatient",
        "1.7 COE": "Medically Managed Outpatient, co-occurring enhanced",
        "2.1": "Intensive Outpatient",
        "2.1 COE": "Intensive Outpatient, co-occurring enhanced",
        "2.5": "High-Intensity Outpatient",
        "2.5 COE": "High-Intensity Outpatient, co-occurring enhanced",
        "2.7": "Medically Managed Intensive Outpatient",
        "2.7 COE": "Medically Managed Intensive Outpatient, co-occurring enhanced",
        "3.1": "Clinically Managed Low-Intensity Residential",
        "3.1 COE": "Clinically Managed Low-Intensity Residential, co-occurring enhanced",
        "3.5": "Clinically Managed High-Intensity Residential",
        "3.5 COE": "Clinically Managed High-Intensity Residential, co-occurring enhanced",
        "3.7": "Medically Managed Residential",
        "3.7 COE": "Medically Managed Residential, co-occurring enhanced",
        "3.7 BIO": "Medically Managed Residential, biomedically enhanced",
        "4": "Medically Managed Inpatient",
        "4 Psych": "Medically Managed Inpatient, psychiatric",
    },
}


def rated(edition: str) -> tuple[Dimension, ...]:
    """What is rated in this edition; nothing while no edition is chosen."""
    return RATED.get(edition, ())


def levels(edition: str) -> dict[str, str]:
    return LEVELS.get(edition, {})


def level_words(edition: str, code: str) -> str:
    """ "2.1 Intensive Outpatient"; empty for no level."""
    return f"{code} {levels(edition).get(code, '')}".strip()
