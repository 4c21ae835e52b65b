"""A signed note on paper for somebody outside: the notice of Part 2 first, the consent last, each page marked (R-P10).

The fonts come with the library. A letter they do not have is written as its number, never left out in silence.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from django.utils import timezone
from django.utils.dateformat import format as in_words
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import KeepTogether, PageBreak, Paragraph, SimpleDocTemplate

from clinical.models import Disclosure, DisclosureConsent, NoteAddendum, NoteSignature, ReassessmentNote
from clinical.part2 import LONG_NOTICE, SHORT_NOTICE
from clinical.reading import Told, day_in_words, told

_PLAIN, _BOLD = "Vera", "VeraBd"
_INK, _SOFT = HexColor("#1d262c"), HexColor("#4a5157")
registerFont(TTFont(_PLAIN, "Vera.ttf"))
registerFont(TTFont(_BOLD, "VeraBd.ttf"))
registerFontFamily(_PLAIN, normal=_PLAIN, bold=_BOLD, italic=_PLAIN, boldItalic=_BOLD)
_LETTERS = TTFont(_PLAIN, "Vera.ttf").face.charToGlyph

_TEXT = ParagraphStyle("text", fontName=_PLAIN, fontSize=9.5, leading=13.5, textColor=_INK, spaceAfter=4)
_LABEL = ParagraphStyle("label", parent=_TEXT, fontName=_BOLD, fontSize=8.5, spaceBefore=4, spaceAfter=1)
_HEAD = ParagraphStyle("head", parent=_TEXT, fontName=_BOLD, fontSize=12, leading=16, spaceBefore=12, spaceAfter=4)
_TITLE = ParagraphStyle("title", parent=_HEAD, fontSize=17, leading=22)
_SAID = ParagraphStyle("said", parent=_TEXT, leftIndent=14, borderPadding=2, textColor=_SOFT)
_NOTICE = ParagraphStyle(
    "notice", parent=_TEXT, borderWidth=1, borderColor=_INK, borderPadding=8, leftIndent=8, rightIndent=8,
    spaceBefore=12, spaceAfter=16,
)  # fmt: skip


def record_as_pdf(note: ReassessmentNote, disclosed: Disclosure) -> bytes:
    """The file: notice, note, signatures, addenda, and the consent with its number and its scope."""
    file, consent = BytesIO(), disclosed.consent
    pages = SimpleDocTemplate(
        file, pagesize=LETTER, title="Record", author="", topMargin=0.8 * inch, bottomMargin=0.9 * inch
    )
    footer = _footer(consent, disclosed)
    parts = [*_first(disclosed), *_note(note), PageBreak(), *_consent(consent)]
    pages.build(parts, onFirstPage=footer, onLaterPages=footer)
    return file.getvalue()


def _first(disclosed: Disclosure) -> Iterator[Any]:
    yield Paragraph("Record", _TITLE)
    yield _text(LONG_NOTICE, _NOTICE)
    yield from _pair("For", disclosed.recipient)
    yield from _pair("Purpose", disclosed.get_purpose_display())
    yield from _pair("Disclosed", _moment(disclosed.made_at))
    yield from _pair(
        "Under", f"Consent {disclosed.consent_id}, written out on the last page. Disclosure {disclosed.pk}."
    )


def _note(note: ReassessmentNote) -> Iterator[Any]:
    yield Paragraph("Reassessment", _TITLE)
    yield from _pair("Reference", note.request.reference)
    if note.is_late:
        yield _text("Late entry: signed more than 48 hours after the conversation.", _LABEL)
    for section in told(note):
        yield from _section(section)
    yield Paragraph("Signed", _HEAD)
    for signature in note.signatures.all():
        yield _text(f"{_signer(signature)}. {signature.get_meaning_display()}.")
    yield _text(f"SHA-256 {note.content_sha256}")
    for addendum in note.addenda.all():
        yield from _addendum(addendum)


def _section(section: Told) -> Iterator[Any]:
    pairs = [part for label, words in section.answers for part in _pair(label, words)]
    if section.said:
        pairs += [_text("In their words", _LABEL), _text(f"“{section.said}”", _SAID)]
    yield KeepTogether([Paragraph(escape(section.title), _HEAD), *pairs[:2]])
    yield from pairs[2:]


def _addendum(addendum: NoteAddendum) -> Iterator[Any]:
    yield Paragraph(f"Addendum {addendum.number}", _HEAD)
    yield _text(f"{addendum.get_kind_display()}. {_signer(addendum)}.")
    yield _text(addendum.text)
    yield from _pair("Why", addendum.reason)


def _consent(consent: DisclosureConsent) -> Iterator[Any]:
    """Its ten elements, so that whoever gets the record knows the scope (2.32(b))."""
    yield Paragraph(f"Consent {consent.pk}", _TITLE)
    ends = [day_in_words(consent.expires_on)] if consent.expires_on else []
    values = {
        "expires_on": " or ".join(filter(None, [*ends, consent.ends_when])),
        "signed_on": day_in_words(consent.signed_on),
    }
    values["purpose"] = consent.get_purpose_display()
    names = ["patient_name", "discloser", "what", "recipient", "purpose", "right_to_revoke", "expires_on"]
    for name in [*names, "signature", "signed_on", "risks"]:
        label = str(DisclosureConsent._meta.get_field(name).verbose_name)
        yield from _pair(label, values.get(name) or str(getattr(consent, name)))
    yield from _pair("Version of the wording", consent.wording_version)


def _footer(consent: DisclosureConsent, disclosed: Disclosure) -> Any:
    def draw(canvas: Any, pages: Any) -> None:
        canvas.saveState()
        canvas.setFont(_PLAIN, 7.5)
        canvas.setFillColor(_SOFT)
        canvas.drawString(inch, 0.62 * inch, SHORT_NOTICE)
        canvas.drawString(inch, 0.46 * inch, f"Consent {consent.pk}. Disclosure {disclosed.pk}.")
        canvas.drawRightString(LETTER[0] - inch, 0.46 * inch, f"Page {pages.page}")
        canvas.restoreState()

    return draw


def _pair(label: str, words: str) -> list[Paragraph]:
    return [_text(label, _LABEL), _text(words)]


def _text(words: str, style: ParagraphStyle = _TEXT) -> Paragraph:
    return Paragraph(escape(_printable(words)).replace("\n", "<br/>"), style)


def _printable(words: str) -> str:
    """Browsers end a line with two characters, and let people type tabs: no letters, so no numbers of them."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(one if one in "\n" or ord(one) in _LETTERS else f"[U+{ord(one):04X}]" for one in lines)


def _signer(signed: NoteSignature | NoteAddendum) -> str:
    return f"{signed.printed_name}, {signed.credential}, {_moment(signed.at)} ({signed.in_utc})"


def _moment(at: Any) -> str:
    """The time on the wall here."""
    return in_words(timezone.localtime(at), "F j, Y, g:i a")
