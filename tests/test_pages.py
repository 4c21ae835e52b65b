"""The public pages as a browser meets them: open to all, the same for all, and gone when you leave."""

import re
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from reentry_portal import errors
from reentry_portal.language_notices import NOTICES

OPEN_PAGES = ("guide", "questions", "safety", "privacy", "language-help")
INDEXED = ("guide", "questions", "safety")
NINE_PARTS = (
    "Stopping is common",
    "You don’t need the right words",
    "Nobody is angry",
    "It may look different this time",
    "Honest is enough",
    "You are not alone, and this is private",
    "Close to home",
    "Feeling embarrassed is normal",
    "One step today",
)
QUESTIONS = (
    "Is it normal to leave and come back?",
    "Will I be judged, or treated in a different way?",
    "What happens after I press Send?",
    "Who sees this?",
    "What if I miss the call?",
    "What will the text or voicemail say?",
    "Can I keep my name to myself at first?",
    "What if I am still using?",
    "Do I need a referral?",
    "Will insurance still cover it after a break?",
    "Can I go somewhere closer?",
    "Can my family help?",
    "What does it cost to ask?",
)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def visitor(client, db):
    """Someone who also has a session, as after opening the private page."""
    session = client.session
    session["seen"] = "canary"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_an_open_page_asks_the_database_nothing(client, db, django_assert_num_queries, name):
    with django_assert_num_queries(0):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_an_open_page_asks_the_database_nothing_even_with_a_session(visitor, django_assert_num_queries, name):
    with django_assert_num_queries(0):
        visitor.get(reverse(name))


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_an_open_page_sets_no_cookie_and_is_the_same_for_everyone(client, name):
    response = client.get(reverse(name))
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert response["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_a_page_that_may_be_found_says_what_it_is_and_no_other_does(client, name):
    page = text_of(client.get(reverse(name)))
    assert ('name="description"' in page) is (name in INDEXED)
    assert ('content="noindex"' in page) is (name not in INDEXED)


def test_the_guide_has_its_nine_parts_in_order(client):
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", text_of(client.get(reverse("guide"))))
    assert tuple(headings[: len(NINE_PARTS)]) == NINE_PARTS


def test_each_of_the_five_ways_opens_the_form_with_that_way_chosen(client):
    page = text_of(client.get(reverse("guide")))
    ways = re.findall(rf'href="{reverse("start")}\?options=(\w+)"', page)
    assert ways == ["week_one", "reassess", "new_time", "individual", "new_therapist"]


def test_each_town_opens_the_form_with_that_town_chosen(client, settings):
    settings.PROVIDER_PLACES = ["Toledo", "Bowling Green", "Oregon"]
    page = text_of(client.get(reverse("guide")))
    towns = re.findall(rf'href="{reverse("start")}\?location=([\w-]+)">(.*?)</a>', page)
    assert towns == [("toledo", "Toledo"), ("bowling-green", "Bowling Green"), ("oregon", "Oregon, Ohio")]


def test_the_questions_people_ask_are_all_answered(client):
    page = text_of(client.get(reverse("questions")))
    assert tuple(re.findall(r"<summary>(.*?)</summary>", page)) == QUESTIONS


def test_another_provider_shows_its_own_phone_and_hours(client, settings):
    settings.PROVIDER_PHONE = "+13305550100"
    settings.PHONE_CLOSES = settings.PHONE_CLOSES.replace(hour=16, minute=30)
    page = text_of(client.get(reverse("guide")))
    assert "(330) 555-0100, weekdays 8 to 4:30" in page
    assert "657-0858" not in page


def test_leaving_wipes_the_session_and_shows_the_weather(visitor, settings):
    response = visitor.get(reverse("leave"))
    assert response.status_code == 303
    assert response["Location"] == settings.LEAVE_URL
    assert response["Clear-Site-Data"] == '"cache", "storage", "cookies"'
    assert response["Cache-Control"] == "no-store"
    assert Session.objects.count() == 0


def test_leaving_works_for_someone_we_never_met(client, db):
    assert client.get(reverse("leave")).status_code == 303


def test_language_help_speaks_each_language_with_its_own_tag_and_direction(client):
    page = text_of(client.get(reverse("language-help")))
    shown = re.findall(r'<li class="note" lang="([\w-]+)" dir="(\w+)">', page)
    assert shown == [(notice.code, notice.dir) for notice in NOTICES]
    assert len(shown) >= 16
    assert ("ar", "rtl") in shown


def test_every_language_notice_gives_the_number_and_the_relay(client, settings):
    page = text_of(client.get(reverse("language-help")))
    main = page[page.index("<main") : page.index("</main>")]
    assert main.count(f"tel:{settings.PROVIDER_PHONE}") == len(NOTICES) + 1
    assert main.count("TTY 711") == len(NOTICES)


def test_a_reviewed_notice_has_both_a_name_and_a_day():
    assert [n.code for n in NOTICES if bool(n.reviewed_by) != bool(n.reviewed_on)] == []


def test_no_other_language_is_offered_while_there_is_only_one(client, settings):
    settings.LANGUAGES = [("en", "English")]
    header = text_of(client.get(reverse("guide"))).split("</header>")[0]
    assert "hreflang" not in header


def test_the_sitemap_lists_the_three_pages_that_may_be_found(client):
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    places = [element.text for element in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    expected = len(INDEXED) * len(settings.LANGUAGES)
    assert len(places) == expected
    assert [f"http://testserver{reverse(name)}" in places for name in INDEXED] == [True] * len(INDEXED)


def test_robots_are_kept_from_private_pages(client):
    answer = text_of(client.get("/robots.txt"))
    assert f"Disallow: {reverse('my')}" in answer
    assert "Sitemap: http://testserver/sitemap.xml" in answer


def test_an_address_that_is_not_ours_gets_a_kind_page(client):
    response = client.get("/nothing-here/")
    assert response.status_code == 404
    assert "You did nothing wrong" in text_of(response)
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.permission_denied, 403),
        (errors.csrf_failure, 403),
        (errors.not_found, 404),
        (errors.too_many, 429),
        (errors.server_error, 500),
        (errors.database_down, 503),
    ],
)
def test_an_error_page_needs_no_database(handler, status):
    response = handler(RequestFactory().post("/start/"))
    assert response.status_code == status
    assert "tel:988" in text_of(response)


def test_a_database_that_is_down_says_when_to_try_again():
    assert errors.database_down(RequestFactory().get("/start/"))["Retry-After"] == "120"


def test_too_many_tries_are_asked_to_wait():
    assert errors.too_many(RequestFactory().post("/start/"), retry_after=90)["Retry-After"] == "90"


@pytest.mark.parametrize(
    ("path", "again"), [("/start/", "/start/"), ("/my/later/", "/my/"), ("/staff/login/", "/staff/login/")]
)
def test_a_form_that_was_open_too_long_leads_back_to_itself(path, again):
    page = text_of(errors.csrf_failure(RequestFactory().post(path)))
    assert f'class="go" href="{again}"' in page


def test_a_stranger_to_every_door_is_sent_to_sign_in_only_where_it_is_closed(client, db):
    assert client.get("/staff/").status_code == 302
    assert client.get(reverse("guide")).status_code == 200
