"""The last gate before anything leaves: words that would tell somebody looking on what this is about (R-P2).

It reads what is really about to be sent, so that a changed template, label or translation cannot slip past.
"""

import re
import unicodedata
from collections.abc import Collection

from django.conf import settings

from privacy.revealing_words import reveals

TEXT_LENGTH = 160  # GSM-7 septets in one text (R-T2)
SUBJECT_LENGTH, SUBJECT_WORDS = 60, 9  # R-E2
_GSM_7 = re.compile(r"[A-Za-z0-9 \n\r@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ!\"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà]*")
# A number and a street, as addresses are written here: "4747 Monclova Rd", "12 Calle Sol".
_STREET = re.compile(
    r"\b\d+\s+(?:[^\W\d_]\S*\s+){1,3}"
    r"(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|hwy|highway|pike|pkwy|parkway)\b"
    r"|\b(?:calle|avenida|camino|carretera)\s+[^\W_]+",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|www\.|/my/", re.IGNORECASE)


def giveaways(words: str, *, names: Collection[str]) -> list[str]:
    """What in these words must not be sent; empty when they may go. `names`: the person's and the therapists'."""
    found = reveals(words)
    if settings.PROVIDER_NAME.casefold() in words.casefold():
        found.append(settings.PROVIDER_NAME)
    if _LINK.search(words):
        found.append("link")
    if _STREET.search(words):
        found.append("street")
    if any(_is_full_name(name) and _evened(name) in _evened(words) for name in names):
        found.append("name")
    return found


def fits_one_text(words: str) -> bool:
    """Plain letters only and one text long: a curly quote would cut it to 70 letters and split it (R-T2)."""
    return len(words) <= TEXT_LENGTH and _GSM_7.fullmatch(words) is not None


def in_text_letters(words: str) -> str:
    """Accents that a text cannot carry left out, as people do in Spanish: "sáb" is "sab", while "mié" stays."""
    return "".join(letter if _GSM_7.fullmatch(letter) else _without_accent(letter) for letter in words)


def _without_accent(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def fits_a_subject(subject: str) -> bool:
    """There is one, and a lock screen shows all of it (R-E2)."""
    return 0 < len(subject) <= SUBJECT_LENGTH and len(subject.split()) <= SUBJECT_WORDS


def _evened(text: str) -> str:
    """Without capitals and extra spaces, since a text runs its lines together."""
    return " ".join(text.casefold().split())


def _is_full_name(name: str) -> bool:
    """A single name such as Will or May is a word of any message; two names together are a person."""
    return len(name.split()) > 1
