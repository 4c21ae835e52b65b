"""The same site in Spanish, under /es/: whole, plain, kind, neutral, and kept beside every English sentence.

A qualified translator has not read it yet (docs/content-signoff.md); these tests hold what software can hold.
"""

import gettext
import gzip
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from followups.discretion import fits_a_subject, fits_one_text, giveaways
from followups.models import LocalDelivery
from followups.tasks import tick
from followups.words import Words, words_for
from intake.forms import NOTE_LENGTH
from intake.models import CallbackRequest, ContactPreference
from privacy.revealing_words import reveals
from scheduling.models import Location
from tests.spanish import (
    CATALOGUE,
    FAMILY_PAGES,
    FORM,
    GUIDE_PAGES,
    LOST_PAGES,
    MESSAGES,
    OWN_PAGES,
    PROBLEMS,
    ROOT,
    TEMPLATES,
    TRANSLATED,
    Reader,
    all_pages,
    client_msgids,
    client_templates,
    msgids_of_module,
    msgids_of_template,
    open_own_page,
    other_language_of,
    sentences,
    text_of,
    title_of,
    words,
)

OHIO = ZoneInfo("America/New_York")
FIRST_VISIT = 14_336  # bytes: what one round trip of a new connection carries
# `makemessages` reads this file too. It cannot see these three where they are used: two stand in an f-string, and
# the short Saturday is Django's own "sáb", whose á would not go into a text (GSM-7).
UNSEEN = [gettext_noop("am"), gettext_noop("pm"), gettext_noop("Sat")]

WORDS_THAT_HURT = re.compile(
    r"\b(adict\w*|drogadict\w*|toxicóman\w*|alcohólic\w*|borrach\w*|yonqui\w*|vicios?|vicios[oa]s?|recaída\w*|recaer"
    r"|desliz|limpi[oa]s?|suci[oa]s?|abus\w*|fracas\w*|fall(ar|as?|aste|ó|os?)|negación|resistente|incumpl\w*|desert\w*"
    r"|abandon\w*|expuls\w*|gradu\w*|excusas?|pretextos?|segundas? oportunidad\w*|culpables?|víctimas?|inválid\w*"
    r"|lo siento|perdón|disculp\w*|error tuyo|marihuana|usuari[oa]s?|prohibid\w*|suicid\w*|usted|ustedes)\b",
    re.IGNORECASE,
)


# --- the catalogue ----------------------------------------------------------------------------------------------


def test_every_string_a_client_can_see_has_a_spanish_translation():
    wanted = client_msgids()
    assert len(wanted) > 350
    missing = {msgid: place for msgid, place in wanted.items() if msgid not in TRANSLATED}
    assert missing == {}, "run makemessages, translate these in locale/es, run compilemessages"


def test_a_string_without_a_translation_would_be_found():
    """The same look, at words that are not in the catalogue: otherwise the test above could never fail."""
    template = "{% load i18n %}{% translate 'New words' %} {{ day|date:_('l j') }}"
    assert msgids_of_template(template) == {"New words", "l j"}
    assert msgids_of_template("{% blocktranslate trimmed %}\nCall\n{{ x }}{% endblocktranslate %}") == {"Call %(x)s"}
    assert msgids_of_module('label = _("One " "long line")') == {"One long line"}
    assert not {"New words", "One long line"} & TRANSLATED.keys()


def test_no_translation_is_a_guess_by_the_machine():
    assert [msgid for msgid, one in MESSAGES.items() if one["fuzzy"]] == []


def test_the_compiled_catalogue_says_what_the_written_one_says():
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written = {}
    for msgid, one in TRANSLATED.items():
        written |= (
            {(msgid, number): form for number, form in enumerate(one["forms"])}
            if one["plural"]
            else {msgid: one["forms"][0]}
        )
    assert {msgid: said for msgid, said in compiled.items() if msgid} == written, "run compilemessages"


def test_placeholders_and_tags_are_the_same_in_both_languages():
    parts = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|</?\w+>")
    different = [
        (msgid, form)
        for msgid, one in TRANSLATED.items()
        for form in one["forms"]
        if sorted(parts.findall(form)) != sorted(parts.findall(msgid))
    ]
    assert different == []


def test_no_spanish_word_hurts_and_everyone_is_called_tu():
    assert [(one["forms"], found) for one in TRANSLATED.values() if (found := _hurting(one["forms"]))] == []
    assert _hurting(["Tuviste una recaída", "¿Estás limpio?", "un adicto", "Llame usted"]) == [
        "recaída",
        "limpio",
        "adicto",
        "usted",
    ]


def _hurting(forms: list[str]) -> list[str]:
    return [match.group() for form in forms for match in WORDS_THAT_HURT.finditer(form)]


def test_every_title_is_neutral_in_spanish():
    titles = {
        msgid
        for path in client_templates()
        for block in re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text())
        for msgid in msgids_of_template(block)
    }
    assert len(titles) >= 10
    spoken = {msgid: TRANSLATED[msgid]["forms"][0] for msgid in titles}
    assert {msgid: found for msgid, said in spoken.items() if (found := reveals(said))} == {}
    telling = re.compile(r"programa|ayuda|salud|grupo|volver|consum", re.IGNORECASE)
    assert [said for said in spoken.values() if telling.search(said)] == []


# --- the pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*GUIDE_PAGES, "/start/", *FAMILY_PAGES])
def test_every_public_page_answers_in_spanish(path, client, db):
    response = client.get(f"/es{path}")
    assert response.status_code == 200
    assert response["Content-Language"] == "es"
    assert Reader(text_of(response)).language == "es"


@pytest.mark.parametrize("path", GUIDE_PAGES)
def test_a_spanish_guide_page_asks_the_database_nothing(path, client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(f"/es{path}")
    assert not response.cookies


@pytest.mark.parametrize("path", [*GUIDE_PAGES, "/start/", *FAMILY_PAGES, "/start/?options=week_one&location=toledo"])
def test_the_language_link_leads_to_the_same_page_and_back(path, client, db):
    assert other_language_of(text_of(client.get(path))) == ("es", f"/es{path}")
    assert other_language_of(text_of(client.get(f"/es{path}"))) == ("en", path)


def test_the_language_link_of_a_form_with_problems_leads_to_the_form(client, db):
    response = client.post("/es/start/", PROBLEMS)
    assert response.status_code == 422
    assert title_of(text_of(response)) == "Error: Empezar"
    assert other_language_of(text_of(response)) == ("en", "/start/")
    assert other_language_of(text_of(client.post("/start/", PROBLEMS))) == ("es", "/es/start/")


def test_the_language_link_of_an_own_page_keeps_the_page_open(client, db):
    open_own_page(client, "/es")
    for path in OWN_PAGES:
        response = client.get(f"/es{path}")
        assert response.status_code == 200
        assert other_language_of(text_of(response)) == ("en", path)
        assert other_language_of(text_of(client.get(path))) == ("es", f"/es{path}")


def test_an_address_that_is_not_ours_leads_to_the_guide_in_the_other_language(client, db):
    assert other_language_of(text_of(client.get("/es/no-such-page/"))) == ("en", "/")


def test_no_english_sentence_is_left_on_any_spanish_page(tuesday_morning, transactional_db):
    english, spanish = all_pages(""), all_pages("/es")
    assert english.keys() == spanish.keys()
    assert min(len(sentences(html)) for html in spanish.values()) > 20
    assert {Reader(html).language for html in spanish.values()} == {"es"}
    left = {}
    for page, html in spanish.items():
        same = set(sentences(english[page])) & set(sentences(html))
        left[page] = {one for one in same if len(words(one)) >= 4 and one not in _allowed()}
    assert {page: found for page, found in left.items() if found} == {}


def _allowed() -> set[str]:
    """Names that are the same in every language."""
    return {settings.PROVIDER_NAME, ", ".join(settings.PROVIDER_PLACES)}


def test_an_answer_that_is_too_long_is_said_in_spanish(client, db):
    page = text_of(client.post("/es/start/", {**FORM, "note": "a" * (NOTE_LENGTH + 1)}))
    assert "Usa 300 letras como máximo" in page


def test_staff_pages_and_pages_without_a_prefix_stay_english_for_a_spanish_browser(client, db):
    for path in ["/", "/staff/account/login/"]:
        page = text_of(client.get(path, headers={"accept-language": "es-MX,es;q=0.9"}))
        assert '<html lang="en"' in page


def test_the_sitemap_tells_of_both_languages(client):
    page = text_of(client.get("/sitemap.xml"))
    assert "<loc>http://testserver/es/questions/</loc>" in page
    assert 'hreflang="es" href="http://testserver/es/"' in page


@pytest.mark.parametrize("path", [*GUIDE_PAGES[:3], "/start/", "/start/sent/", *FAMILY_PAGES])
def test_spanish_reads_as_easily_as_english(path, client, db):
    """Short sentences, and at least "fairly easy" (grade 6) on the scale of Fernández Huerta."""
    client.post("/es/start/", FORM)
    html = text_of(client.get(f"/es{path}"))
    told = [found for one in sentences(html[html.index("<main") : html.index("</main>")]) if (found := words(one))]
    assert [" ".join(one) for one in told if len(one) > 20] == []
    assert ease(told) >= 70


def ease(told: list[list[str]]) -> float:
    all_words = [word for sentence in told for word in sentence]
    return 206.84 - 60 * sum(map(syllables, all_words)) / len(all_words) - 1.02 * len(all_words) / len(told)


def syllables(word: str) -> int:
    """Each strong or accented vowel is one; weak ones beside it belong to it."""
    word = re.sub(r"qu|gu(?=[eiéí])", "g", word.lower())
    return max(len(re.findall(r"[íú]|[iuüy]*[aeoáéó][iuüy]?|[iuüy]+", word)), 1)


def test_the_scale_tells_a_plain_sentence_from_a_hard_one():
    assert ease([["Te", "llamamos"], ["Tú", "eliges"]]) > 80
    assert ease([["Reevaluación", "multidimensional", "interdisciplinaria", "correspondiente"]]) < 30


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-24 12:00", "A más tardar el martes 24 de noviembre, al mediodía."),
        ("2026-12-02 13:00", "A más tardar el miércoles 2 de diciembre, a la 1 pm."),
        ("2026-12-05 17:30", "A más tardar el sábado 5 de diciembre, a las 5:30 pm."),
    ],
)
def test_days_and_hours_are_said_as_people_say_them(moment, said):
    promise = datetime.fromisoformat(moment).replace(tzinfo=OHIO)
    with translation.override("es"):
        assert render_to_string("intake/_by.html", {"promise": promise, "short": False}).strip() == said
        short = render_to_string("intake/_by.html", {"promise": promise, "short": True, "reach_by": "call"}).strip()
    assert short.startswith("Una persona te llamará <b>a más tardar el ")
    assert short.endswith(f" {said.split(', ')[1].removesuffix('.')}</b>.")


def test_english_still_says_noon():
    promise = datetime(2026, 11, 24, 12, tzinfo=OHIO)
    said = render_to_string("intake/_by.html", {"promise": promise, "short": False}).strip()
    assert said == "No later than Tuesday, November 24, at noon."


# --- from the form to the first message -------------------------------------------------------------------------


def test_someone_writes_in_spanish_and_is_answered_in_spanish(tuesday_morning, transactional_db, client):
    response = client.post("/es/start/", {**FORM, "text_ok": "on", "options": "week_one"})
    assert response.status_code == 303
    assert response["Location"] == "/es/start/sent/"
    request = CallbackRequest.objects.get()
    assert request.language == "es"

    page = text_of(client.get("/es/start/sent/"))
    assert "Una persona te llamará <b>a más tardar el miércoles al mediodía</b>." in page
    assert request.reference in page
    client.get(re.search(r'href="(?:http://testserver)?(/es/my/[^"/]{10,}/)"', page)[1])
    own = text_of(client.get("/es/my/"))
    assert title_of(own) == "Tu página"
    assert "Sigue: te llamamos." in own
    assert "A más tardar el miércoles 2 de diciembre, al mediodía." in own

    tick()
    assert LocalDelivery.objects.get(message__kind="acknowledgement").body == (
        "Front Desk: Gracias. Una persona te llama antes del mié a las 12. "
        "O llama al 888-657-0858. Responde STOP para parar los textos."
    )


LONGEST_LABEL = "Ask for the Front Office"
# Every half hour of a week: every day's name, noon, and the longest hour.
MOMENTS = [datetime(2026, 10, 12, tzinfo=OHIO) + timedelta(minutes=30 * number) for number in range(48 * 7)]
KINDS = sorted(
    tuple(path.name.removesuffix(".txt").split("."))
    for path in (TEMPLATES / "followups").glob("*.txt")
    if not path.name.endswith(".inbox.txt")
)


def spanish_words(
    kind: str, way: str, promised_by: datetime | None, reach_by: str = "call", now: datetime = MOMENTS[0]
) -> Words:
    place = Location(sender_label=LONGEST_LABEL)
    request = CallbackRequest(reference="7KQ-42M", language="es", location=place, promised_by=promised_by)
    request.contact = ContactPreference(reach_by=reach_by)
    return words_for(kind, way, request, now)


@pytest.mark.parametrize("reach_by", ["call", "text", "email"])
@pytest.mark.parametrize(("kind", "way"), KINDS)
def test_every_message_in_spanish_fits_and_gives_nothing_away(kind, way, reach_by):
    assert len(LONGEST_LABEL) == 24
    a_week_before = MOMENTS[0] - timedelta(days=7)  # made then, a message says the date too
    for moment, now in [
        *((moment, now) for moment in MOMENTS for now in (MOMENTS[0], a_week_before)),
        (None, MOMENTS[0]),
    ]:
        said = spanish_words(kind, way, moment, reach_by, now)
        assert giveaways(f"{said.subject}\n{said.body}", names=["Jordan Rivers"]) == []
        assert fits_one_text(said.body) if way == "text" else fits_a_subject(said.subject), said


@pytest.mark.parametrize("kind", [kind for kind, way in KINDS if way == "text"])
def test_every_text_in_spanish_says_who_writes_how_to_call_and_how_to_stop(kind):
    body = spanish_words(kind, "text", MOMENTS[0]).body
    assert body.startswith(f"{LONGEST_LABEL}: ")
    assert "888-657-0858" in body
    assert body.endswith(" Responde STOP para parar los textos.")
    assert not {"YES", "CANCEL", "START", "SI", "SÍ", "ALTO"} & set(re.findall(r"\w+", body.upper()))


# --- in a browser -----------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [320, 1280])
def test_spanish_pages_are_accessible_and_nothing_hides_or_runs_over(
    width, browser, live_server, accessibility_problems
):
    context = browser.new_context(
        viewport={"width": width, "height": 740}, base_url=live_server.url, reduced_motion="reduce"
    )
    page, found = context.new_page(), {}

    def look(name: str) -> None:
        page.wait_for_load_state()
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        phone, leave = page.locator("a.tel").bounding_box(), page.locator("a.leave").bounding_box()
        apart = phone["x"] + phone["width"] <= leave["x"] or phone["y"] + phone["height"] <= leave["y"]
        found[name] = (
            accessibility_problems(page)
            + ["it scrolls sideways"] * wide
            + ["the way out covers the phone"] * (not apart)
        )

    for path in [*GUIDE_PAGES, "/start/", *FAMILY_PAGES, *LOST_PAGES]:
        page.goto(f"/es{path}")
        look(path)
    page.goto("/es/start/")
    page.get_by_role("button", name="Enviar").click()
    look("problems")
    page.get_by_label("¿Con qué nombre te llamamos?").fill("Wren")
    page.locator("label[for=id_reach_by_0]").click()
    page.get_by_label("Número de teléfono").fill("419-555-0117")
    page.get_by_role("button", name="Enviar").click()
    look("sent")
    page.get_by_role("link", name="Abrir mi página").click()
    for path in OWN_PAGES[1:]:
        page.goto(f"/es{path}")
        look(path)
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("name", ["guide", "start"])
def test_a_first_visit_in_spanish_fits_into_the_first_packets_of_a_slow_line(client, db, name):
    """HTML, style, icon and script, compressed, with headers: one round trip."""
    files = [(ROOT / "static" / file).read_bytes() for file in ("portal.css", "icon.svg", "leave.js")]
    with translation.override("es"):
        url = reverse(name)
    bodies = [client.get(url).content, *files]
    assert sum(len(gzip.compress(body)) + 640 for body in bodies) <= FIRST_VISIT
