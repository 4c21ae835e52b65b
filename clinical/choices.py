"""What can be answered with one of a few words."""

from django.db.models import TextChoices


class Modality(TextChoices):
    IN_PERSON = "in_person", "In the room"
    VIDEO = "video", "By video"
    PHONE = "phone", "By phone"


class Basis(TextChoices):
    """Which assessment this note stands on (OAC 5122-29-03)."""

    NEW = "new", "A new assessment, made today"
    REVIEWED = "reviewed", "An earlier one, reviewed and updated today"


class Naloxone(TextChoices):
    GIVEN = "given", "Given today"
    HAS_SOME = "has_some", "Has some already"
    OFFERED = "offered", "Offered, not wanted today"


class Meaning(TextChoices):
    """What a signature says (R-L4)."""

    AUTHOR = "author", "I wrote this note, and it is true and complete"
    COSIGNER = "cosigner", "I supervise the author, have read this note, and agree"


class AddendumKind(TextChoices):
    ADDENDUM = "addendum", "Addendum: something to add"
    CORRECTION = "correction", "Correction: something was not right"


class Purpose(TextChoices):
    """What a disclosure is for. Proceedings against anyone need a consent of their own kind, made elsewhere (R-P5)."""

    TREATMENT = "treatment", "Treatment"
    PAYMENT = "payment", "Payment"
    OPERATIONS = "operations", "Running this program"
    ALL_THREE = "all_three", "Treatment, payment and running this program"
    OTHER = "other", "Another purpose, named in the description"


class Credential(TextChoices):
    """Ohio credentials of people who write these notes."""

    LICDC_CS = "LICDC-CS", "LICDC-CS"
    LICDC = "LICDC", "LICDC"
    LCDC_III = "LCDC III", "LCDC III"
    LCDC_II = "LCDC II", "LCDC II"
    CDCA = "CDCA", "CDCA"
    LISW_S = "LISW-S", "LISW-S"
    LISW = "LISW", "LISW"
    LSW = "LSW", "LSW"
    LPCC_S = "LPCC-S", "LPCC-S"
    LPCC = "LPCC", "LPCC"
    LPC = "LPC", "LPC"
    IMFT = "IMFT", "IMFT"
    MFT = "MFT", "MFT"
    PSYCHOLOGIST = "Psychologist", "Psychologist"
    RN = "RN", "RN"
    APRN = "APRN", "APRN"
    PHYSICIAN = "MD/DO", "MD or DO"


# Whoever works under supervision: their note counts only with the signature of a supervisor as well.
NEEDS_COSIGNATURE = frozenset(
    {Credential.LCDC_II, Credential.CDCA, Credential.LSW, Credential.LPC, Credential.MFT, Credential.LCDC_III}
)
