"""The form at /start/ as a stranger on the internet meets it: bad input, odd letters, twice, too often."""

import re
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client

from intake.forms import AVOID_TIMES_LENGTH, NAME_LENGTH, NOTE_LENGTH, StartForm
from intake.models import CallbackRequest, PrivateLink
from scheduling.models import Location, StaffedHours
from tests.intake.make import at_once
from tests.intake.page import Page

pytestmark = pytest.mark.django_db
FORM = {"name": "Wren", "reach_by": "call", "phone": "(419) 555-0142"}
FULL = FORM | {
    "email": "wren@example.org",
    "voicemail": "name_only",
    "say_who": "yes",
    "text_ok": "on",
    "times": ["morning", "afternoon"],
    "avoid_times": "Never on Fridays",
    "location": "maumee",
    "options": ["week_one", "individual"],
    "help_with": ["ride", "cost"],
    "note": "Tuesdays are hard.\nWednesdays too.",
}
TEXTS = ("name", "phone", "email", "avoid_times", "note")


def send(client, form=FORM, **changes):
    return client.post("/start/", {**form, **changes})


def kept(page, form):
    """What the page holds of the answers that were posted, as a browser would post it again."""
    return {name: [value.replace("\r\n", "\n") for value in page.values.get(name, [])] for name in form}


def listed(form):
    return {name: value if isinstance(value, list) else [value] for name, value in form.items()}


def refused(response):
    """The page with the problems, once it is sure that it is one and that its summary is whole."""
    assert response.status_code == 422
    page = Page(response)
    assert page.title.startswith("Error: ")
    assert "There is a problem" in page.text
    assert page.summary, "a problem that nobody is told about"
    for href, words in page.summary:
        assert href.removeprefix("#") in page.ids
        assert page.text.count(words) >= 2, f"“{words}” must stand beside the field as well"
    assert not CallbackRequest.objects.exists()
    return page


def test_two_answers_are_enough(client):
    response = send(client)
    assert (response.status_code, response["Location"]) == (303, "/start/sent/")
    request = CallbackRequest.objects.get()
    assert (request.name, request.contact.phone, request.contact.voicemail) == ("Wren", "+14195550142", "no")


def test_every_answer_arrives(client):
    assert send(client, FULL).status_code == 303
    request = CallbackRequest.objects.get()
    contact = request.contact
    assert (request.location.slug, request.options, request.help_with) == (
        "maumee",
        ["week_one", "individual"],
        ["ride", "cost"],
    )
    assert request.note == "Tuesdays are hard.\nWednesdays too."
    assert (contact.email, contact.voicemail, contact.say_who) == ("wren@example.org", "name_only", "yes")
    assert (contact.text_ok, contact.times) == (True, ["morning", "afternoon"])
    assert contact.avoid_times == "Never on Fridays"


def test_nothing_at_all_comes_back_with_both_questions(client):
    page = refused(client.post("/start/", {}))
    assert page.summary == [
        ("#id_name", "Tell us what to call you"),
        ("#id_reach_by_0", "Choose how we should reach you"),
    ]


@pytest.mark.parametrize("reach_by", ["call", "text", "email"])
def test_the_way_they_chose_needs_its_address_and_no_other(client, reach_by):
    page = refused(client.post("/start/", {"name": "Wren", "reach_by": reach_by}))
    wanted = ("#id_email", "Add an address we can write to")
    if reach_by != "email":
        wanted = ("#id_phone", "Add a number we can reach you at")
    assert page.summary == [wanted]


@pytest.mark.parametrize("phone", ["555-0142", "not a number", "419555", "+999 12345", "4195550142419555", "☎️"])
def test_a_number_that_cannot_be_called_comes_back_with_every_answer(client, phone):
    form = FULL | {"phone": phone}
    page = refused(client.post("/start/", form))
    assert page.summary == [("#id_phone", "Check the number. It needs ten digits, with the area code")]
    assert kept(page, form) == listed(form)


SPELLINGS = """
4195550142|419-555-0142|(419) 555-0142|(419)555-0142|419.555.0142|419 555 0142|1-419-555-0142|1 (419) 555-0142
+1 419 555 0142|+14195550142|1.419.555.0142|14195550142|  419 555 0142  |419 - 555 - 0142|419/555-0142|tel:419-555-0142
(419) 555 0142|４１９５５５０１４２|419‑555‑0142|419–555–0142|+1 (419) 555-0142
"""


@pytest.mark.parametrize("phone", [one for line in SPELLINGS.strip().splitlines() for one in line.split("|")])
def test_any_way_a_number_is_written_it_is_the_same_number(client, phone):
    assert send(client, phone=phone).status_code == 303
    assert CallbackRequest.objects.get().contact.phone == "+14195550142"


def test_ten_thousand_letters_in_every_box_come_back_as_they_were(client):
    form = FULL | dict.fromkeys(TEXTS, "x" * 10000)
    page = refused(client.post("/start/", form))
    assert kept(page, form) == listed(form)
    words = dict(page.summary)
    lengths = {"name": NAME_LENGTH, "avoid_times": AVOID_TIMES_LENGTH, "note": NOTE_LENGTH}
    assert {name: words[f"#id_{name}"] for name in lengths} == {
        name: f"Use {length} letters at most" for name, length in lengths.items()
    }


@pytest.mark.parametrize(
    "name",
    ["😀", "José", "e\u0301ve", "שָׁלוֹם", "محمد", "李雷", "O’Neill-Smith", "X Æ A-12", "\u200fדנה\u200f", "👩‍👧", "7"],
)
def test_every_name_stays_as_it_was_typed(client, name):
    assert send(client, name=name, note=name, avoid_times=name).status_code == 303
    request = CallbackRequest.objects.get()
    assert (request.name, request.note, request.contact.avoid_times) == (name, name, name)


UNSEEN = ["   ", "\u202e\u2066", "\u200f\u200e", "\u200b", "\u2060\ufeff", "\x1b\x07", "\u00ad"]


@pytest.mark.parametrize("name", UNSEEN)
def test_a_name_that_nobody_can_see_is_asked_for_again(client, name):
    page = refused(send(client, name=name))
    assert page.summary == [("#id_name", "Tell us what to call you")]


def test_marks_that_turn_the_text_around_do_not_reach_the_desk(client):
    send(client, name="Wr\u202een", note="a\u2067b\x1b[31m", avoid_times="Fri\u202ddays")
    request = CallbackRequest.objects.get()
    assert (request.name, request.note, request.contact.avoid_times) == ("Wren", "ab[31m", "Fridays")


@pytest.mark.parametrize("field", sorted(FULL))
def test_a_zero_byte_in_any_field_is_never_an_error_of_ours(client, field):
    value = FULL[field][0] if isinstance(FULL[field], list) else FULL[field]
    form = FULL | {field: f"{value}\x00"}
    response = client.post("/start/", form)
    assert response.status_code in {303, 422}
    if response.status_code == 422:
        page = refused(response)
        others = {name: value for name, value in form.items() if name != field}
        assert kept(page, others) == listed(others)


@pytest.mark.parametrize("field", ["form_key", "subject"])
def test_a_zero_byte_in_a_field_nobody_sees_is_never_an_error_of_ours(client, field):
    assert client.post("/start/", FULL | {field: "a\x00b"}).status_code == 303
    assert CallbackRequest.objects.count() == (field == "form_key")  # a machine filled in the other


BROKEN = "%ED%A0%80", "%FF%FE", "%C3%28", "%00"


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("field", [*TEXTS, "reach_by", "times", "location", "options", "form_key", "subject"])
def test_broken_halves_of_letters_are_never_an_error_of_ours(client, field, broken):
    body = "&".join([*(f"{name}={value}" for name, value in FORM.items() if name != field), f"{field}={broken}"])
    response = client.post("/start/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in {303, 422}
    assert CallbackRequest.objects.count() == (response.status_code == 303 and field != "subject")


CHARSETS = ["utf-8", "utf-16", "latin-1", "utf-7", "unicode_escape", "nonsense", "hex", "rot13", "idna"]


@pytest.mark.parametrize("charset", CHARSETS)
def test_a_form_in_any_charset_is_never_an_error_of_ours(client, charset):
    parts = {**FORM, "note": r"\ud800 +2AA-"}
    body = "".join(f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts.items())
    client.raise_request_exception = False
    content_type = f"multipart/form-data; boundary=x; charset={charset}"
    response = client.generic("POST", "/start/", f"{body}--x--\r\n".encode(), content_type=content_type)
    assert response.status_code in {303, 400, 422}


def test_a_lone_surrogate_never_reaches_the_key_ring():
    form = StartForm({**FORM, "name": "Wr\ud800en", "note": "\udfff", "avoid_times": "\ud83d"})
    assert form.is_valid()
    answers = form.answers("en")
    assert (answers.name, answers.note, answers.reach.avoid_times) == ("Wren", "", "")


@pytest.mark.parametrize("field", ["reach_by", "voicemail", "say_who", "times", "location", "options", "help_with"])
def test_a_choice_we_do_not_offer_comes_back_with_the_other_answers(client, field):
    form = FULL | {field: "<script>alert(1)</script>"}
    page = refused(client.post("/start/", form))
    assert [href for href, _words in page.summary] == [f"#id_{field}_0"]
    assert "<script>alert" not in page.text
    others = {name: value for name, value in form.items() if name != field}
    assert kept(page, others) == listed(others)


def test_a_place_that_is_closed_to_new_people_is_no_choice(client):
    Location.objects.filter(slug="maumee").update(is_open=False)
    assert "maumee" not in Page(client.get("/start/")).choices["location"]
    refused(send(client, location="maumee"))


@pytest.mark.parametrize("count", [401, 5000])
def test_a_huge_number_of_fields_is_refused_without_an_error_of_ours(client, count):
    response = client.post("/start/", {**FORM, **{f"field{number}": "" for number in range(count)}})
    assert response.status_code == 400
    assert not CallbackRequest.objects.exists()


def test_a_hundred_times_the_same_field_is_never_an_error_of_ours(client):
    assert client.post("/start/", {**FORM, "options": ["week_one"] * 100}).status_code == 303


def test_a_body_that_is_too_big_is_refused(client):
    assert send(client, note="x" * 300_000).status_code == 400
    assert not CallbackRequest.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_another_method_is_refused(client, method):
    assert getattr(client, method)("/start/").status_code == 405
    assert not CallbackRequest.objects.exists()


def test_a_forged_form_is_refused_and_saves_nothing():
    strict = Client(enforce_csrf_checks=True)
    assert send(strict).status_code == 403
    token = Page(strict.get("/start/")).csrf
    assert send(strict, csrfmiddlewaretoken=token[:-1] + ("a" if token[-1] != "a" else "b")).status_code == 403
    assert not CallbackRequest.objects.exists()
    assert send(strict, csrfmiddlewaretoken=token).status_code == 303


# --- twice --------------------------------------------------------------------------------------------------------


def test_sending_twice_from_one_browser_is_one_request(client):
    key = Page(client.get("/start/")).values["form_key"][0]
    for form_key in (key, key, "another-page-of-the-same-form"):
        assert send(client, form_key=form_key).status_code == 303
    assert CallbackRequest.objects.count() == 1


def test_sending_a_mended_number_from_the_same_page_is_not_lost(client):
    key = Page(client.get("/start/")).values["form_key"][0]
    send(client, form_key=key)
    send(client, form_key=key, phone="419-555-0199")
    newest = CallbackRequest.objects.first()
    assert (CallbackRequest.objects.count(), newest.contact.phone) == (2, "+14195550199")
    assert newest.reference in client.get("/start/sent/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_pressing_send_twice_at_once_is_one_request():
    responses = at_once(*[lambda: send(Client(), form_key="one-page-of-the-form")] * 2)
    assert [response.status_code for response in responses] == [303, 303]
    assert CallbackRequest.objects.count() == 1


def test_who_types_the_same_answers_elsewhere_never_gets_to_their_page(client):
    send(client)
    theirs = CallbackRequest.objects.get()
    onlooker = Client()
    send(onlooker)
    assert CallbackRequest.objects.count() == 2
    page = onlooker.get("/start/sent/").content.decode()
    assert theirs.reference not in page
    assert PrivateLink.objects.filter(request=theirs).count() == 1


def test_a_known_person_and_an_unknown_one_see_the_same(client):
    def seen(phone):
        browser = Client()
        answers = [send(browser, phone=phone), browser.get("/start/sent/")]
        hidden = re.compile(r"[2-9B-Z]{3}-[2-9B-Z]{3}|/my/[\w-]+/|value=\"\w{64}\"")
        return [
            (answer.status_code, sorted(answer.headers), hidden.sub("…", answer.content.decode())) for answer in answers
        ]

    send(client)
    assert seen(FORM["phone"]) == seen("(419) 555-0199")


# --- machines and limits ------------------------------------------------------------------------------------------


def test_a_machine_that_fills_in_everything_sees_the_same_page_and_saves_nothing(client):
    response = send(client, subject="Buy now")
    assert (response.status_code, response["Location"]) == (303, "/start/sent/")
    sent = client.get("/start/sent/")
    assert sent.status_code == 200
    link = next(href for href in Page(sent).links if "/my/" in href)
    assert client.get(link).status_code == 404
    assert not CallbackRequest.objects.exists()


def test_too_many_from_one_address_get_the_phone_instead(client, settings):
    settings.START_LIMIT_PER_HOUR = 2
    for number in range(2):
        assert send(Client(), phone=f"419-555-010{number}").status_code == 303
    response = send(Client(), phone="419-555-0109")
    assert response.status_code == 429
    assert "tel:+18886570858" in Page(response).links
    assert "Retry-After" in response
    assert CallbackRequest.objects.count() == 2
    assert send(Client(REMOTE_ADDR="192.0.2.7"), phone="419-555-0109").status_code == 303


def test_a_cache_that_is_down_lets_people_in(client, settings):
    settings.START_LIMIT_PER_HOUR = 0
    with mock.patch.object(type(cache), "__getattr__", side_effect=ConnectionError("down")):
        assert send(client).status_code == 303
    assert CallbackRequest.objects.count() == 1


# --- what the page offers -----------------------------------------------------------------------------------------

NO_EVENINGS = "Nobody is here to call in the evening."


def test_the_times_on_offer_are_those_in_which_somebody_calls(client):
    page = Page(client.get("/start/"))
    assert page.choices["times"] == ["morning", "afternoon"]
    assert NO_EVENINGS in page.text
    refused(send(client, times="evening"))


def test_an_evening_shift_puts_the_evening_on_the_form(client):
    StaffedHours.objects.create(location=Location.objects.first(), weekday=2, opens="17:00", closes="19:00")
    page = Page(client.get("/start/"))
    assert page.choices["times"] == ["morning", "afternoon", "evening"]
    assert NO_EVENINGS not in page.text
    assert send(client, times="evening").status_code == 303


def test_a_link_on_the_guide_chooses_an_option_and_a_town_beforehand(client):
    page = Page(client.get("/start/?options=week_one&options=new_time&location=toledo"))
    assert (page.values["options"], page.values["location"]) == (["week_one", "new_time"], ["toledo"])


@pytest.mark.parametrize(
    "query", ["options=junk&location=junk", "options=%00&location=%00", "name=Wren&phone=4195550142"]
)
def test_junk_in_the_address_chooses_nothing(client, query):
    page, plain = Page(client.get(f"/start/?{query}")), Page(client.get("/start/"))
    hidden = {"csrfmiddlewaretoken", "form_key"}
    assert {name: page.values[name] for name in page.values.keys() - hidden} == {
        name: plain.values[name] for name in plain.values.keys() - hidden
    }


def test_the_form_of_every_visitor_has_a_key_of_its_own(client):
    keys = {Page(client.get("/start/")).values["form_key"][0] for _ in range(3)}
    assert len(keys) == 3
    assert min(map(len, keys)) >= 32
