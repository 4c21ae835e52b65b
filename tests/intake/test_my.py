"""The page after sending and the private page: the link leaves the address bar, every change works, twice is fine."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import Client
from django.urls import reverse

from intake import actions
from intake.models import CallbackRequest
from intake.states import CONTACT_CAN_CHANGE, PAGE_STILL_LIVES, Status
from privacy import audit
from scheduling.models import Closure
from tests.intake.make import DAY, NOW, caller, every_text_in_the_database, sent, standing_at
from tests.intake.page import Page

pytestmark = pytest.mark.django_db
NAME, PHONE, EMAIL = "Wrenfeather", "+14195550142", "wrenfeather@example.org"
NOTE, NEVER = "Zebras at noon", "Never on quartzdays"
WHOLE = {"name": NAME, "phone": PHONE, "email": EMAIL, "note": NOTE, "avoid_times": NEVER}
NEW_YORK = ZoneInfo("America/New_York")
PAGES = ("my", "my-contact", "my-stop", "my-kind-notes", "my-withdraw", "my-erase")


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def opened(token, client=None):
    """A browser that came in by this link."""
    client = client or Client()
    assert client.get(reverse("my-link", args=[token])).status_code == 302
    return client


def link_to(request):
    return actions.another_link(request_id=request.pk, by=audit.PERSON, now=NOW)


def status_of(request):
    return CallbackRequest.objects.get(pk=request.pk).status


# --- the link -----------------------------------------------------------------------------------------------------


def test_the_token_leaves_the_address_bar_and_the_session_changes(client):
    _request, token = sent()
    before = client.session.session_key
    response = client.get(f"/my/{token}/")
    assert (response.status_code, response["Location"]) == (302, "/my/")
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    page = client.get("/my/")
    assert page.status_code == 200
    assert token not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"


def dead_links():
    """A link of each kind that must not work, each made from one that did."""
    _request, expired = sent(now=NOW - settings.PRIVATE_LINK_AGE)
    request, replaced = sent()
    actions.replace_links(request_id=request.pk, by=caller(), now=NOW)
    erased_request, erased = sent()
    actions.erase(request_id=erased_request.pk, by=audit.PERSON, now=NOW)
    return {"made up": "x" * 43, "expired": expired, "replaced": replaced, "erased": erased, "odd": "%F0%9F%98%80"}


def test_every_dead_link_gives_the_same_page():
    tokens = dead_links()
    answers = {kind: Client().get(f"/my/{token}/") for kind, token in tokens.items()}
    assert {answer.status_code for answer in answers.values()} == {404}
    # The way to another language repeats the address that was asked for.
    assert len({answers[kind].content.decode().replace(tokens[kind], "…") for kind in tokens}) == 1
    headers = [{**answer.headers, "Content-Length": "…"} for answer in answers.values()]
    assert all(one == headers[0] for one in headers)
    assert not any(answer.cookies for answer in answers.values())


def test_a_link_works_until_its_last_moment():
    _request, token = sent()
    for past, works in ((-timedelta(seconds=1), True), (timedelta(), False)):
        with time_machine.travel(NOW + settings.PRIVATE_LINK_AGE + past, tick=False):
            assert Client().get(f"/my/{token}/").status_code == (302 if works else 404)


@pytest.mark.parametrize("end", ["replace_links", "erase"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_is_open_ends_with_its_link(name, end):
    request, token = sent()
    client = opened(token)
    assert client.get(reverse(name)).status_code == 200
    getattr(actions, end)(request_id=request.pk, by=audit.PERSON, now=NOW)
    assert client.get(reverse(name)).status_code == 404


def test_an_open_page_ends_when_nobody_looks_at_it():
    _request, token = sent()
    client = opened(token)
    with time_machine.travel(NOW + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1), tick=False):
        assert client.get("/my/").status_code == 404


@pytest.mark.parametrize("name", [*PAGES, "my-later", "my-wake"])
def test_without_a_link_there_is_no_page(client, name):
    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name)).status_code == 404


def test_the_session_of_one_link_never_reaches_another_request():
    mine, token = sent(name="Mine")
    theirs, _token = sent(name="Theirs")
    client = opened(token)
    for name in ("my-withdraw", "my-later", "my-stop", "my-erase"):
        client.post(reverse(name), {"weeks": "1", "request": theirs.pk, "request_id": theirs.pk, "link": theirs.pk})
    assert (status_of(mine), status_of(theirs)) == (Status.ERASED, Status.WAITING)
    assert CallbackRequest.objects.get(pk=theirs.pk).contact.messages_stopped_at is None


def test_a_second_link_in_the_same_browser_replaces_the_first():
    mine, _token = sent()
    theirs, their_token = sent()
    client = opened(their_token, opened(link_to(mine)))
    client.post(reverse("my-withdraw"))
    assert (status_of(mine), status_of(theirs)) == (Status.WAITING, Status.WITHDRAWN)


# --- what it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", PAGE_STILL_LIVES)
def test_no_page_shows_who_it_is_or_who_we_are(status):
    request = standing_at(status, **WHOLE)
    client = opened(link_to(request))
    for name in PAGES:
        text = client.get(reverse(name), follow=True).content.decode()
        for secret in (NAME, PHONE, "555-0142", EMAIL, NOTE, NEVER, settings.PROVIDER_NAME, "Recovery"):
            assert secret not in text


@pytest.mark.parametrize("status", PAGE_STILL_LIVES)
def test_the_page_offers_what_works_and_nothing_else(status):
    request = standing_at(status)
    page = Page(opened(link_to(request)).get("/my/"))
    assert ("/my/contact/" in page.links) == (status in CONTACT_CAN_CHANGE)
    assert "/my/erase/" in page.links


# --- every change, and each twice ---------------------------------------------------------------------------------


def post_twice(client, name, data=None):
    for _ in range(2):
        response = client.post(reverse(name), data or {})
        assert (response.status_code, response["Location"]) == (303, "/my/")


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_not_now_waits_as_long_as_they_said(weeks):
    request, token = sent()
    post_twice(opened(token), "my-later", {"weeks": str(weeks)})
    request.refresh_from_db()
    assert (request.status, request.wake_at) == (Status.RESTING, NOW + timedelta(weeks=weeks))


@pytest.mark.parametrize("weeks", ["", "3", "-1", "1000", "x"])
def test_a_number_of_weeks_we_do_not_offer_changes_nothing(weeks):
    request, token = sent()
    opened(token).post(reverse("my-later"), {"weeks": weeks})
    assert status_of(request) == Status.WAITING


@pytest.mark.parametrize("status", [Status.RESTING, Status.WITHDRAWN, Status.DOOR_OPEN])
def test_they_can_change_their_mind_and_a_second_press_is_fine(status):
    request = standing_at(status)
    client = opened(link_to(request))
    assert client.post(reverse("my-wake")).status_code == 303
    assert client.post(reverse("my-wake")).status_code == 302
    assert status_of(request) == Status.WAITING
    assert request.history.filter(what__in=["wake", "ask_again"]).count() == 1


def test_stopping_messages_asks_first_and_twice_is_fine():
    request, token = sent(text_ok=True)
    client = opened(token)
    client.get(reverse("my-stop"))
    assert CallbackRequest.objects.get().contact.messages_stopped_at is None
    post_twice(client, "my-stop")
    assert CallbackRequest.objects.get().contact.messages_stopped_at == NOW
    assert "Messages are off." in client.get("/my/").content.decode()
    assert status_of(request) == Status.WAITING


def test_kind_notes_need_a_yes_of_their_own_with_its_words_and_it_can_be_taken_back():
    request, token = sent(text_ok=True)
    client = opened(token)
    page = client.get(reverse("my-kind-notes")).content.decode()
    assert "Yes, send me a kind note now and then" in page
    assert not request.consents.filter(kind="care").exists()
    post_twice(client, "my-kind-notes", {"say": "yes"})
    (yes,) = request.consents.filter(kind="care")
    assert (yes.given, yes.page, yes.at, yes.wording_version) == (True, "my", NOW, "care-1")
    assert yes.wording.startswith(
        "Yes, send me a kind note now and then, if I don’t come back for now. Eight in a year"
    )
    assert "You said yes to them." in client.get(reverse("my-kind-notes")).content.decode()
    post_twice(client, "my-kind-notes", {"say": "no"})
    assert list(request.consents.filter(kind="care").values_list("given", flat=True)) == [True, False]
    assert [step.what for step in request.history.filter(what__startswith="care")] == ["care_yes", "care_no"]


@pytest.mark.parametrize("then", ["my-stop", "my-withdraw"])
def test_who_stopped_or_took_it_back_is_not_offered_kind_notes(then):
    request, token = sent()
    client = opened(token)
    client.post(reverse(then))
    assert reverse("my-kind-notes") not in client.get("/my/").content.decode()
    client.post(reverse("my-kind-notes"), {"say": "yes"})
    assert not request.consents.filter(kind="care", given=True).exists()


def test_taking_it_back_asks_first_and_twice_is_fine():
    request, token = sent()
    client = opened(token)
    client.get(reverse("my-withdraw"))
    assert status_of(request) == Status.WAITING
    assert client.post(reverse("my-withdraw")).status_code == 303
    assert client.post(reverse("my-withdraw")).status_code == 302
    assert status_of(request) == Status.WITHDRAWN


def test_erasing_asks_first_leaves_nothing_and_ends_the_page():
    request, token = sent(**WHOLE)
    client = opened(token)
    client.get(reverse("my-erase"))
    assert status_of(request) == Status.WAITING
    assert client.post(reverse("my-erase")).status_code == 200
    assert client.post(reverse("my-erase")).status_code == 404
    assert Client().get(f"/my/{token}/").status_code == 404
    row, contact = CallbackRequest.objects.values().get(), CallbackRequest.objects.get().contact
    assert [row[name] for name in ("name", "note", "answers_hash", "options", "help_with", "location_id")] == [
        *[""] * 3,
        [],
        [],
        None,
    ]
    assert {contact.phone, contact.email, contact.avoid_times, contact.phone_hash, contact.email_hash} == {""}
    text = every_text_in_the_database()
    assert request.reference in text, "the database is being read"
    for secret in (NAME, PHONE, EMAIL, NOTE, NEVER, token, "gAAAAA"):
        assert secret not in text


@pytest.mark.parametrize(
    "name", ["my-contact", "my-later", "my-wake", "my-stop", "my-kind-notes", "my-withdraw", "my-erase"]
)
def test_a_forged_change_is_refused(name):
    request, token = sent()
    client = opened(token, Client(enforce_csrf_checks=True))
    assert client.post(reverse(name), {"weeks": "1", "reach_by": "call"}).status_code == 403
    assert status_of(request) == Status.WAITING


# --- contact ------------------------------------------------------------------------------------------------------


def test_an_empty_box_keeps_what_we_have():
    _request, token = sent(**WHOLE)
    opened(token).post(reverse("my-contact"), {"reach_by": "call", "times": ["afternoon"]})
    contact = CallbackRequest.objects.get().contact
    assert (contact.phone, contact.email, contact.avoid_times) == (PHONE, EMAIL, NEVER)
    assert contact.times == ["afternoon"]


def test_a_new_number_is_kept_and_the_same_change_twice_is_fine():
    _request, token = sent()
    post_twice(opened(token), "my-contact", {"reach_by": "text", "phone": "419 555 0199", "text_ok": "on"})
    contact = CallbackRequest.objects.get().contact
    assert (contact.reach_by, contact.phone, contact.text_ok) == ("text", "+14195550199", True)


@pytest.mark.parametrize(
    ("changes", "where"),
    [({}, "#id_reach_by_0"), ({"reach_by": "email"}, "#id_email"), ({"reach_by": "call", "phone": "1"}, "#id_phone")],
)
def test_a_change_that_cannot_be_is_explained_and_shows_nothing_we_hold(changes, where):
    _request, token = sent(phone=PHONE)
    response = opened(token).post(reverse("my-contact"), changes)
    page = Page(response)
    assert response.status_code == 422
    assert page.title.startswith("Error: ")
    assert [href for href, _words in page.summary] == [where]
    assert "555" not in page.text
    assert CallbackRequest.objects.get().contact.phone == PHONE


def test_a_new_number_puts_who_was_lost_back_on_the_list():
    request = standing_at(Status.NO_NUMBER)
    opened(link_to(request)).post(reverse("my-contact"), {"reach_by": "call", "phone": "4195550188"})
    assert status_of(request) == Status.WAITING


# --- after sending ------------------------------------------------------------------------------------------------


def sent_page(client, **changes):
    client.post("/start/", {"name": NAME, "reach_by": "call", "phone": PHONE, "note": NOTE, **changes})
    return client.get("/start/sent/")


def test_the_page_after_sending_shows_a_link_that_works_and_nothing_they_wrote(client):
    response = sent_page(client)
    text, links = response.content.decode(), Page(response).links
    for secret in (NAME, "555-0199", NOTE, settings.PROVIDER_NAME):
        assert secret not in text
    assert CallbackRequest.objects.get().reference in text
    link = next(href for href in links if href.startswith("http://testserver/my/"))
    assert Client().get(link).status_code == 302


def test_the_browser_that_sent_opens_its_page_without_the_link_so_that_none_stays_in_its_history(client):
    assert "/my/" in Page(sent_page(client)).links
    assert "We have your note." in client.get("/my/").content.decode()


def test_opened_without_having_sent_anything_it_is_the_form(client):
    assert client.get("/start/sent/")["Location"] == "/start/"


def test_it_still_opens_when_its_key_is_taken_out_of_the_ring(client, settings):

    sent_page(client)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    response = client.get("/start/sent/")
    assert response.status_code == 200
    assert not [href for href in Page(response).links if "/my/" in href]


BY_WHEN = [
    ("2026-11-20 18:30", {}, "by Monday at noon"),  # Friday evening
    ("2026-11-23 10:00", {}, "by Tuesday at noon"),
    ("2026-09-04 16:00", {}, "by Tuesday at noon"),  # the Friday before Labor Day
    ("2026-10-31 12:00", {}, "by Monday at noon"),  # the night in between has an hour twice
    ("2027-03-13 12:00", {}, "by Monday at noon"),  # and this one an hour less
    ("2026-11-20 18:30", {"times": ["afternoon"]}, "by Monday at 5 pm"),
    ("2026-11-25 23:59", {}, "by Friday at noon"),  # the night before Thanksgiving
]


@pytest.mark.parametrize(("written", "changes", "promise"), BY_WHEN)
def test_by_when_is_a_time_at_which_somebody_works(client, written, changes, promise):
    Closure.objects.all().delete()
    for day in ("2026-09-07", "2026-11-26"):
        Closure.objects.create(date=day)
    local = datetime.fromisoformat(written).replace(tzinfo=NEW_YORK)
    with time_machine.travel(local.astimezone(UTC), tick=False):
        assert promise in " ".join(sent_page(client, **changes).content.decode().split()).replace("<b>", "")


def test_where_nobody_works_no_day_is_promised(client):
    for year in (2026, 2027):
        Closure.objects.bulk_create(
            [Closure(date=NOW.date() + DAY * n) for n in range(70) if (NOW + DAY * n).year == year],
            ignore_conflicts=True,
        )
    assert "We can’t say the day yet." in sent_page(client).content.decode()
