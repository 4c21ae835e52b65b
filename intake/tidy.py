"""Text as people type it, without what no person means to send. Pure."""

import re
import unicodedata

# Marks that turn the direction of the text around them; a name does not need them, a list of names breaks on them.
_TURNING_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def tidy(text: str, keep: str = "") -> str:
    """Without control characters, broken halves of letters and turning marks; every letter of every script stays."""
    text = _TURNING_MARKS.sub("", text.replace("\r\n", "\n"))
    return "".join(c for c in text if c in keep or unicodedata.category(c) not in {"Cc", "Cs"}).strip()


def can_be_seen(text: str) -> bool:
    """A letter, digit, sign or emoji is in it, not only marks and joiners that show nothing by themselves."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)
