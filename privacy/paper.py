"""Records on paper: letters, styles and pages, with the short notice of Part 2 at the foot of each (R-P10).

The fonts come with the library. A letter they do not have is written as its number, never left out in silence.
"""

from collections.abc import Iterable
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
from reportlab.platypus import Paragraph, SimpleDocTemplate

from privacy.part2 import SHORT_NOTICE

_PLAIN, _BOLD = "Vera", "VeraBd"
_INK, _SOFT, _ALERT = HexColor("#1d262c"), HexColor("#4a5157"), HexColor("#9a2617")
registerFont(TTFont(_PLAIN, "Vera.ttf"))
registerFont(TTFont(_BOLD, "VeraBd.ttf"))
registerFontFamily(_PLAIN, normal=_PLAIN, bold=_BOLD, italic=_PLAIN, boldItalic=_BOLD)
_LETTERS = TTFont(_PLAIN, "Vera.ttf").face.charToGlyph

TEXT = ParagraphStyle("text", fontName=_PLAIN, fontSize=9.5, leading=13.5, textColor=_INK, spaceAfter=4)
LABEL = ParagraphStyle("label", parent=TEXT, fontName=_BOLD, fontSize=8.5, spaceBefore=4, spaceAfter=1)
_HEAD = ParagraphStyle("head", parent=TEXT, fontName=_BOLD, fontSize=12, leading=16, spaceBefore=12, spaceAfter=4)
_TITLE = ParagraphStyle("title", parent=_HEAD, fontSize=17, leading=22)
SAID = ParagraphStyle("said", parent=TEXT, leftIndent=14, borderPadding=2, textColor=_SOFT)
NOTICE = ParagraphStyle(
    "notice", parent=TEXT, borderWidth=1, borderColor=_INK, borderPadding=8, leftIndent=8, rightIndent=8,
    spaceBefore=12, spaceAfter=16,
)  # fmt: skip
BANNER = ParagraphStyle("banner", parent=NOTICE, fontName=_BOLD, borderWidth=2, borderColor=_ALERT, textColor=_ALERT)


def as_pdf(parts: Iterable[Any], *, foot: str) -> bytes:
    """The file. Its own title says nothing of what it is, and `foot` stands under the short notice on each page."""
    file = BytesIO()
    pages = SimpleDocTemplate(
        file, pagesize=LETTER, title="Record", author="", topMargin=0.8 * inch, bottomMargin=0.9 * inch
    )
    footer = _footer(foot)
    pages.build(list(parts), onFirstPage=footer, onLaterPages=footer)
    return file.getvalue()


def title(words: str) -> Paragraph:
    return text(words, _TITLE)


def heading(words: str) -> Paragraph:
    return text(words, _HEAD)


def pair(label: str, words: str) -> list[Paragraph]:
    return [text(label, LABEL), text(words)]


def text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    return Paragraph(escape(_printable(words)).replace("\n", "<br/>"), style)


def moment(at: Any) -> str:
    """The time on the wall here."""
    return in_words(timezone.localtime(at), "F j, Y, g:i a")


def _footer(foot: str) -> Any:
    def draw(canvas: Any, pages: Any) -> None:
        canvas.saveState()
        canvas.setFont(_PLAIN, 7.5)
        canvas.setFillColor(_SOFT)
        canvas.drawString(inch, 0.62 * inch, SHORT_NOTICE)
        canvas.drawString(inch, 0.46 * inch, foot)
        canvas.drawRightString(LETTER[0] - inch, 0.46 * inch, f"Page {pages.page}")
        canvas.restoreState()

    return draw


def _printable(words: str) -> str:
    """Browsers end a line with two characters, and let people type tabs: no letters, so no numbers of them."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4)
    return "".join(one if one in "\n" or ord(one) in _LETTERS else f"[U+{ord(one):04X}]" for one in lines)
