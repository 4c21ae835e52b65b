"""The words on the public pages: kind, plain, short, and neutral where an onlooker may read them.

Pages are rendered and then read as a person reads them: tags gone, sentences counted.
Rules: R-F2, R-F7, R-F8, R-F9, R-C2.
"""

import datetime
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from intake.family_form import FamilyForm
from reentry_portal import language_notices, pages
from reentry_portal.provider import facts

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "templates"
PUBLIC_TEMPLATES = sorted(
    path
    for folder in (".", "pages", "portal", "portal/layout", "intake")
    for path in (TEMPLATES / folder).glob("*.html")
)
WORDS_THAT_HURT = re.compile(
    r"\b(addicts?|abus(e|es|ed|er|ers|ing)|users?|alcoholics?|junk(y|ie|ies)|relaps\w*|laps\w*|slipp?\w*|"
    r"clean|dirty|non-?complian\w*|denial|resistant|MAT|replacement therapy|habit|drop-?outs?|"
    r"dropped out|quit treatment|kicked out|graduat\w*|fail\w*|second chances?|excuses?|no-?shows?|marijuana|"
    r"commit suicide|sorry|invalid|oops|forbidden|victims?|OhioMHAS)\b",
    re.IGNORECASE,
)
# "child abuse" is the name of a duty in the law; the notice must be able to say it.
NAMES_OF_THINGS = ("child abuse",)
REVEALING = re.compile(
    r"recover|rehab|\biop\b|detox|treat|addict|sober|\bsud\b|counsel|therap|clinic|program|opioid|drug|alcohol|intensive",
    re.IGNORECASE,
)
SENT = {
    "reference": "7KQ-42M",
    "promise": datetime.datetime(2026, 11, 24, 17, tzinfo=datetime.UTC),
    "promise_is_far": False,
    "reach_by": "call",
    "private_url": "/my/x/",
    "worried": True,
}
READ_ALOUD = {
    "pages/guide.html": {},
    "pages/questions.html": {},
    "pages/safety.html": {},
    "intake/sent.html": SENT,
    "intake/someone_else.html": {"form": FamilyForm()},
    "intake/someone_else_sent.html": {},
}
ERRORS = ("400.html", "403.html", "404.html", "429.html", "500.html", "trouble.html", "csrf.html")


class _Reader(HTMLParser):
    """Reads a page as a person would: each block is its own line, and tags say nothing."""

    BLOCKS = {
        "p",
        "li",
        "h1",
        "h2",
        "h3",
        "dt",
        "dd",
        "summary",
        "legend",
        "label",
        "small",
        "title",
        "div",
        "button",
    }
    UNREAD = {"script", "style", "svg"}

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self._unread = "", 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._unread += tag in self.UNREAD
        self._break_at(tag)

    def handle_endtag(self, tag):
        self._unread -= tag in self.UNREAD
        self._break_at(tag)

    def handle_data(self, data):
        if not self._unread:
            self.text += data

    def _break_at(self, tag):
        if tag in self.BLOCKS:
            self.text += "\n"


def read(page: str) -> str:
    return _Reader(page).text


def render(template: str, **context) -> str:
    return render_to_string(template, {"provider": facts(), "other_languages": [], **context})


def main_part(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def sentences(text: str) -> list[list[str]]:
    """Words of each sentence; a phone number and a name of a place are not words to stumble over."""
    parts = re.split(r"[.?!:]+[”\"]?(?=\s|$)|\n", text)
    found = ([word for word in re.findall(r"[A-Za-z’'-]+", part) if re.search("[A-Za-z]", word)] for part in parts)
    return [words for words in found if words]


def syllables(word: str) -> int:
    word = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)


def grade(text: str) -> float:
    """Flesch-Kincaid grade of running text."""
    told = sentences(text)
    words = [word for sentence in told for word in sentence]
    return 0.39 * len(words) / len(told) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


@pytest.fixture
def start_page(client, db) -> str:
    return client.get(reverse("start")).content.decode()


@pytest.mark.parametrize("path", PUBLIC_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_no_template_holds_a_word_that_hurts(path):
    text = read(path.read_text())
    for name in NAMES_OF_THINGS:
        text = text.replace(name, "")
    text = re.sub(r"{%\s*(?!translate|blocktranslate)[^%]*%}|{{[^}]*}}", "", text)
    assert WORDS_THAT_HURT.findall(text) == []


@pytest.mark.parametrize("name", ["portal.css", "leave.js", "icon.svg"])
def test_no_static_file_holds_a_revealing_word(name):
    assert REVEALING.findall((ROOT / "static" / name).read_text()) == []


def test_no_language_notice_names_what_we_do():
    assert [notice.code for notice in language_notices.NOTICES if REVEALING.search(notice.text)] == []


@pytest.mark.parametrize("path", PUBLIC_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_title_is_neutral(path):
    titles = re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text())
    assert [title for title in titles if REVEALING.search(title)] == []


@pytest.mark.parametrize(
    "name", ["guide", "questions", "start", "sent", "my", "safety", "privacy", "language-help", "leave", "someone-else"]
)
def test_every_path_is_neutral(name):
    assert not REVEALING.search(reverse(name))


def test_the_deny_list_knows_the_words_it_is_there_for():
    assert WORDS_THAT_HURT.search("A relapse is no excuse")
    assert REVEALING.search("Recovery Center")


@pytest.mark.parametrize("template", READ_ALOUD)
def test_a_page_reads_at_grade_six_and_never_above_eight(template):
    assert grade(read(main_part(render(template, **READ_ALOUD[template])))) <= 6


@pytest.mark.parametrize("template", READ_ALOUD)
def test_no_sentence_is_longer_than_twenty_words(template):
    told = sentences(read(main_part(render(template, **READ_ALOUD[template]))))
    assert [" ".join(words) for words in told if len(words) > 20] == []


def test_the_form_reads_at_grade_six_with_short_sentences(start_page):
    text = read(main_part(start_page))
    assert grade(text) <= 6
    assert [" ".join(words) for words in sentences(text) if len(words) > 20] == []


def test_the_grade_tells_a_plain_sentence_from_a_hard_one():
    assert grade("We call you. You choose.") < 2
    assert grade("Comprehensive multidimensional reassessment necessitates collaboration.") > 12


@pytest.mark.parametrize(
    "promise",
    [
        "You don’t have to explain why you left.",
        "You don’t have to stop using first.",
        "A person will answer.",
        "You can stop at any time.",
    ],
)
def test_the_first_screen_says_what_people_fear_is_not_so(promise):
    page = render("pages/guide.html")
    assert promise in page[: page.index("<section")]


@pytest.mark.parametrize("template", [*READ_ALOUD, "pages/privacy.html", "pages/language_help.html", *ERRORS])
def test_every_page_ends_with_the_same_care_in_the_same_order(template):
    page = render(template, **READ_ALOUD.get(template, {}), notices=[], again="/start/")
    footer = page[page.index("<footer") :]
    places = [footer.index(part) for part in ("tel:911", "tel:988", "sms:988", "not watched at night")]
    assert places == sorted(places)
    assert facts().phone_display in footer
    assert reverse("privacy") in footer


@pytest.mark.parametrize("template", [*READ_ALOUD, *ERRORS])
def test_every_page_can_be_left_from_the_top_and_by_keyboard(template):
    page = render(template, **READ_ALOUD.get(template, {}), again="/start/")
    header = page[page.index("<header") : page.index("</header>")]
    assert header.count(f'href="{reverse("leave")}"') == 2


def test_no_template_has_a_script_or_a_style_of_its_own():
    inline = re.compile(r"<style|\sstyle=|<script(?! src)|\son\w+=", re.IGNORECASE)
    assert [path.name for path in PUBLIC_TEMPLATES if inline.search(path.read_text())] == []


def test_staying_safe_stands_on_the_guide_the_questions_and_after_sending():
    for template in ("pages/guide.html", "pages/questions.html", "intake/sent.html"):
        assert "Keep naloxone close" in render(template, **READ_ALOUD[template])


def test_the_privacy_page_keeps_mobile_numbers_from_marketers():
    assert (
        "Mobile information will not be shared with third parties or affiliates "
        "for marketing or promotional purposes." in render("pages/privacy.html")
    )


def test_the_privacy_page_has_the_header_the_law_words():
    text = " ".join(read(render("pages/privacy.html")).split())
    assert f"Notice of Privacy Practices of {facts().name}" in text
    assert "This notice describes:" in text
    assert "How health information about you may be used and disclosed" in text
    assert "Your rights with respect to your health information" in text
    assert "How to file a complaint concerning a violation of the privacy or security" in text
    assert "You have a right to a copy of this notice (in paper or electronic form)" in text


def test_a_worried_note_shows_care_before_anything_else():
    page = main_part(render("intake/sent.html", **SENT))
    assert page.index("tel:911") < page.index("What happens next")


def test_no_promise_of_a_day_is_made_when_nobody_is_on():
    page = render("intake/sent.html", **(SENT | {"promise": None}))
    assert "We can’t say the day yet" in page
    assert "No later than" not in page


def test_every_sitemap_page_is_one_of_ours():
    assert set(pages.IN_THE_SITEMAP) == {"guide", "questions", "safety"}
