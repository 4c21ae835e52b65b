"""Words in a note that may mean danger. They only raise the staff's attention and show the crisis block (R-C3).

Nothing is ever sent because of them, and nothing is told to the person about being found.
"""

import re
import unicodedata

_WORDS = (
    "suicid",
    "kill myself",
    "killing myself",
    "end my life",
    "end it all",
    "want to die",
    "wanna die",
    "hurt myself",
    "harm myself",
    "overdos",
    "not be here anymore",
    "no reason to live",
    "emergency",
    "quiero morir",
    "no quiero vivir",
    "matarme",
    "quitarme la vida",
    "acabar con mi vida",
    "hacerme dano",
    "sobredosis",
    "emergencia",
)
_PATTERN = re.compile("|".join(re.escape(word) for word in _WORDS), re.IGNORECASE)


def may_mean_danger(words: str) -> bool:
    return bool(_PATTERN.search(re.sub(r"\s+", " ", _plain(words))))


def _plain(words: str) -> str:
    """Without accents: on a phone people type "dano" for "daño"."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", words) if not unicodedata.combining(letter))
