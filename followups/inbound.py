"""What a text to us means: read from its words alone, in English and Spanish. Pure; nothing is kept (R-T3, R-T8).

Read in favour of silence: whoever may mean "stop" gets no more texts. A stop is never asked for in one exact form.
"""

import re
import unicodedata

from followups.numbers import Meaning

_STOP = set("stop stopall quit end revoke optout cancel unsubscribe remove arret td".split())  # noqa: SIM905
_STOP |= set("alto parar pare para basta baja cancelar detener terminar fin".split())  # noqa: SIM905
_STOP |= set("sotp stpo unsubcribe unsuscribe unsubscibe unsubscribed cancle stopit stp".split())  # noqa: SIM905
# Said in a longer sentence these still mean it; "end" and "cancel" may be about a day or a visit.
_STRONG = set("stop stopall quit revoke optout unsubscribe basta alto unsubcribe unsuscribe".split())  # noqa: SIM905
_HELP = set("help info ayuda informacion".split())  # noqa: SIM905
_START = set("start unstop iniciar comenzar empezar".split())  # noqa: SIM905
_FITS, _CHANGE = {"1", "one", "uno", "una"}, {"2", "two", "dos"}
# Said around a word without changing it.
_AROUND = set(
    """
    a again all an and any at contacting de del en everything favor from gracias hello hey hi hola i id it just
    like los me mensaje mensajes mi mis msg msgs my now number ok okay pls please plz por quiero right sending sms
    texting texto textos text texts message messages messaging thank thanks that the them these this thx to todo
    todos want would ya you your
    """.split()  # noqa: SIM905  easier to read as text
)
# Said by nobody who writes English.
_SPANISH = set(
    """
    alto parar pare para basta baja cancelar detener terminar deje dejen ayuda informacion iniciar comenzar empezar
    uno dos hola gracias favor por que como cuando donde quien quiero puedo necesito estoy soy esta este numero
    equivocado equivocada llame llamen llamar llamenme mensaje mensajes textos escriban manden hoy manana mi nos
    del las una pero muy bueno buenos buenas dias tardes noches
    """.split()  # noqa: SIM905  easier to read as text
)
_WRONG = re.compile(
    r"\bwrong (number|num|no|person|phone|guy|one)\b|\bwrongnumber\b|\b(got|have) the wrong\b"
    r"|\bnot (my|the|her|his|their) (number|phone)\b|\bnumber (is )?not mine\b|\bnumero equivocado\b"
    r"|\bnumero incorrecto\b|\bpersona equivocada\b"
    r"|\bequivoc(ado|aste|o) de (numero|persona)\b|\bno es (su|mi) numero\b"
    r"|\b(dont|do not) know (any(body|one)|who) (called|named|by that)\b|\bnot (the|that) person\b"
)
_SILENCE = re.compile(
    r"\b(dont|do not|never|not to|quit|no)( ever| please| you| want)* (text|txt|message|contact|write|sms|bother)"
    r"|\bno more( of)?( \w+)? (text|txt|message|msg|sms)|\bno( \w+)? (texts|messages|msgs)\b"
    r"|\bleave me alone\b|\btake me off\b|\b(remove|delete|lose|erase) (me|my)\b|\bopt (me )?out\b|\bnot interested\b"
    r"|\bno (me|nos) (\w+ )?(escrib|mand|envi|text|molest|contact|llam)|\bno mas (\w+ )?(mensaje|texto)"
    r"|\bdeje?n? de (escrib|mand|envi|text|molest)|\bdejen?me en paz\b|\bya no (quiero|me)\b|\bquitenme\b"
    r"|\bborr(a|e|en) mi\b"
)
_SIGNS = {"🛑": " stop ", "⛔": " stop ", "✋": " stop ", "🚫": " stop ", "1️⃣": " 1 ", "2️⃣": " 2 ", "#": " number "}


def meaning_of(text: str) -> Meaning:
    """The first that fits, the most careful one first."""
    words = _words(text)
    said = " ".join(words)
    if _WRONG.search(said):
        return Meaning.WRONG_NUMBER
    if _only(words, _STOP):
        return Meaning.STOP
    if _SILENCE.search(said) or {_evened(word) for word in words} & _STRONG:
        return Meaning.PERHAPS_STOP
    plain = {Meaning.HELP: _HELP, Meaning.START: _START, Meaning.FITS: _FITS, Meaning.CHANGE: _CHANGE}
    return next((meaning for meaning, known in plain.items() if _only(words, known)), Meaning.OTHER)


def is_spanish(text: str) -> bool:
    """Whether their words are; what both languages share, such as "1" and "STOP", is not."""
    return not _SPANISH.isdisjoint(_words(text))


def _words(text: str) -> list[str]:
    """Small letters without accents, marks, apostrophes and pictures; "no." for a number is a word like any other."""
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(letter for letter in folded if unicodedata.category(letter) not in {"Mn", "Cf", "Me"})
    return re.findall(r"[a-z0-9]+", re.sub(r"['’‘`´]", "", plain))


def _only(words: list[str], known: set[str]) -> bool:
    """One of these words, also spelled out or drawn out, and beside it only what is said around it."""
    left = [word for word in words if word not in _AROUND or word in known]
    spelled_out = {"".join(left), _evened("".join(left)), "".join(words)}
    return bool(spelled_out & known) or (bool(left) and all({word, _evened(word)} & known for word in left))


def _evened(word: str) -> str:
    """ "stoooop" and "st0p" are "stop"; "one" and "2" stay what they are."""
    return re.sub(r"(.)\1{1,}", r"\1", word.replace("0", "o")) if len(word) > 2 else word
