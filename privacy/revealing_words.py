"""Words that would tell an onlooker what this is about, in English and Spanish (R-P2).

Whatever leaves the house or stays in a browser history passes `reveals`: labels, subjects, texts, titles.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

# Revealing wherever they stand in a word, as in "midwestrecovery.example" or "therapists". Without accents.
_PARTS = tuple(
    """
    recovery recovering rehab detox intoxic addict relapse treatment therapy therapies therapist therapeut
    counsel clinic outpatient inpatient psychiatr alcohol overdos sobriety substanceuse substanceabuse
    opioid opiate 42cfr methadone suboxone buprenorphine naltrexone vivitrol naloxone narcan fentanyl
    recuperacion adiccion adictiv drogadic tratamiento terapia terapeut consejeria psiquiatr recaida
    sobredosis sobriedad opioide
    """.split()  # noqa: SIM905  easier to read as text
)
# Revealing only as a word of their own: "sud" is in "sudden", "sober" in "soberano".
_WORDS = frozenset(
    """
    iop sud oud aud moud asam samhsa cfr sober substance substances drug drugs heroin cocaine
    droga drogas adicto adicta adictos adictas sobrio sobria sobrios sobrias sustancia sustancias
    consejero consejera consejeros consejeras ambulatorio ambulatoria heroina cocaina
    """.split()  # noqa: SIM905  easier to read as text
)
_PHRASES = (
    "behavioral health",
    "behavioural health",
    "mental health",
    "salud mental",
    "twelve step",
    "12 step",
    "doce pasos",
    "12 pasos",
)
_LONGEST = max(map(len, (*_PARTS, *_WORDS)))
_WORD = re.compile(r"[^\W_]+")


def reveals(text: str) -> list[str]:
    """The revealing words of the text, as they are written there, each once; empty when it is neutral.

    Case and accents do not matter, and neither does punctuation between or inside words: "I.O.P.", "re-hab".
    """
    text = unicodedata.normalize("NFKC", text)
    words = list(_WORD.finditer(text))
    found = {word.group(): None for word in words if _is_revealing(_fold(word.group()))}
    found |= dict.fromkeys(_words_taken_apart(text, words))
    found |= dict.fromkeys(_phrases(words))
    return list(found)


def _is_revealing(word: str) -> bool:
    return word in _WORDS or any(part in word for part in _PARTS)


def _words_taken_apart(text: str, words: list[re.Match[str]]) -> Iterator[str]:
    """Revealing words whose letters are kept apart by punctuation, or by single spaces as in "I O P"."""
    for first, word in enumerate(words):
        joined = _fold(word.group())
        if _is_revealing(joined):
            continue
        for before, after in pairwise(words[first : first + _LONGEST]):
            if not _belong_together(text, before, after):
                break
            joined += _fold(after.group())
            if joined in _WORDS or joined.startswith(_PARTS):
                yield text[word.start() : after.end()]
                break


def _belong_together(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    between = text[before.end() : after.start()]
    return not re.search(r"\s", between) or len(before.group()) == len(after.group()) == 1


def _phrases(words: list[re.Match[str]]) -> list[str]:
    text = f" {' '.join(_fold(word.group()) for word in words)} "
    return [phrase for phrase in _PHRASES if f" {phrase}" in text]


def _fold(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
