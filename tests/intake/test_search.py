"""The search of the desk: exact or nothing, by POST, written down without its term, and it leaks nothing (R-H8)."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from intake import actions
from intake.models import CallbackRequest
from intake.search import Sort, requests_with, sort_of
from privacy.models import AuditEvent
from tests.intake.desk_tools import SECRETS, at_the_desk, card_of, is_titled, text, wren
from tests.intake.people import MONDAY, staff
from tests.intake.test_who_sees_whose import EVERYBODY, limited, somebody
from tests.test_no_leaks import Browser, ears  # noqa: F401  the fixture that hears every logger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

SEARCH = reverse("admin:intake_callbackrequest_search")
PHONES = ("+14195550117", "(419) 555-0117", "419.555.0117", "1 419 555 0117", " 4195550117 ")


def shown(response) -> list[str]:
    """The references that were found, from the top."""
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', text(response))


def look_for(client: Client, term: str) -> list[str]:
    return shown(client.post(SEARCH, {"term": term}))


@pytest.fixture
def request_of_wren():
    return wren()


# --- finding -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("phone", PHONES)
def test_a_phone_number_is_found_however_it_is_written(desk, request_of_wren, phone):
    assert look_for(desk, phone) == [request_of_wren.reference]


@pytest.mark.parametrize("address", ["wren@example.org", "WREN@Example.org", " wren@example.org "])
def test_an_email_is_found_in_any_case(desk, request_of_wren, address):
    assert look_for(desk, address) == [request_of_wren.reference]


def test_a_reference_is_found_in_any_case_with_or_without_its_dash(desk, request_of_wren):
    reference = request_of_wren.reference
    ways = [reference, reference.lower(), reference.replace("-", ""), f" {reference.replace('-', ' ')} "]
    assert [look_for(desk, way) for way in ways] == [[reference]] * 4


@pytest.mark.parametrize("part", ["419555011", "555-0117", "wren@", "@example.org", "wren", "Wren Zebedee", "Fridays"])
def test_a_part_of_anything_finds_nobody(desk, request_of_wren, part):
    assert look_for(desk, part) == []


@pytest.mark.parametrize(
    ("term", "sort"),
    [
        ("7kq-42m", Sort.REFERENCE),
        ("7KQ42M", Sort.REFERENCE),
        ("419-555-0117", Sort.PHONE),
        ("nobody", Sort.REFERENCE),
        ("Wren Zebedee", Sort.PHONE),
        ("a@b", Sort.EMAIL),
    ],
)
def test_what_is_looked_for_is_told_by_its_form(term, sort):
    assert sort_of(term) == sort


def test_everybody_who_left_the_number_is_found_the_newest_first(desk, request_of_wren):
    again = wren(town="toledo")
    assert look_for(desk, PHONES[0]) == [again.reference, request_of_wren.reference]


def test_a_number_is_found_under_an_older_key_while_keys_are_being_changed(desk, request_of_wren, settings):
    settings.LOOKUP_KEYS = ["a-new-key-for-this-test", *settings.LOOKUP_KEYS]
    assert look_for(desk, PHONES[0]) == [request_of_wren.reference]
    settings.LOOKUP_KEYS = settings.LOOKUP_KEYS[:1]
    assert look_for(desk, PHONES[0]) == []


def test_an_erased_request_is_found_by_its_reference_alone(desk, request_of_wren):
    actions.erase(request_id=request_of_wren.pk, by="the person", now=MONDAY)
    assert [look_for(desk, term) for term in (PHONES[0], "wren@example.org")] == [[], []]
    assert look_for(desk, request_of_wren.reference) == [request_of_wren.reference]


def test_a_long_list_is_cut_and_says_so(desk, monkeypatch):
    monkeypatch.setattr("intake.admin.search.MOST_FOUND", 2)
    newest = [wren() for _ in range(3)][::-1]
    page = desk.post(SEARCH, {"term": PHONES[0]})
    assert shown(page) == [one.reference for one in newest[:2]]
    assert "The newest 2. There are more." in text(page)


# --- what nobody may learn ---------------------------------------------------------------------------------------


def test_another_town_and_nobody_at_all_are_the_same_to_the_last_letter(juno, request_of_wren):
    client = at_the_desk(limited(juno, "toledo"))
    strange = "+14195550199"

    def body(term):
        page = text(client.post(SEARCH, {"term": term}))
        return re.sub(r'value="\w{64}"', "", page)  # the mark against forged forms differs on every page

    assert body(PHONES[0]) == body(strange) == body(request_of_wren.reference) == body("222-222")
    assert "Nobody is found." in body(strange)


def test_what_was_typed_stands_nowhere_afterwards(request_of_wren, juno, ears):  # noqa: F811
    browser = Browser()
    browser.force_login(juno)
    for term in (PHONES[1], "wren@example.org", "no-such@canary.example", "(419) 555-0199", "Quillfeather"):
        page = browser.post(SEARCH, {"term": term})
        assert page.status_code == 200
        assert term not in text(page)
        assert [secret for secret in SECRETS if secret in text(page)] == []
        assert is_titled(text(page)) == "Search · Desk"
        assert list(get_messages(page.wsgi_request)) == []
    heard = "\n".join([*ears.lines, *browser.addresses, *map(str, browser.session.items())])
    written = "\n".join(str(vars(event)) for event in AuditEvent.objects.all())
    typed = (*SECRETS, "canary", "0199", "Quillfeather", request_of_wren.reference)
    assert [one for one in typed if one in heard + written] == []
    assert SEARCH in heard


def test_an_address_with_a_term_in_it_finds_nobody(desk, request_of_wren):
    page = text(desk.get(SEARCH, {"term": PHONES[0], "q": PHONES[0]}))
    assert request_of_wren.reference not in page
    assert not AuditEvent.objects.filter(action="request.searched").exists()


def test_a_forged_form_finds_nobody(juno, request_of_wren):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(juno)
    answer = strict.post(SEARCH, {"term": PHONES[0]})
    assert answer.status_code == 403
    assert request_of_wren.reference not in answer.content.decode()


def test_no_copy_of_the_page_is_kept(desk, request_of_wren):
    assert "no-store" in desk.post(SEARCH, {"term": PHONES[0]})["Cache-Control"]


def test_that_somebody_looked_is_written_down_and_for_what_sort_of_thing(desk, request_of_wren):
    for term in (PHONES[0], "nobody@example.org", request_of_wren.reference):
        look_for(desk, term)
    events = AuditEvent.objects.filter(action="request.searched").order_by("id")
    assert [(one.actor, one.fields, one.note, one.subject_key) for one in events] == [
        ("juno", ["phone"], "", ""),
        ("juno", ["email"], "", ""),
        ("juno", ["reference"], "", ""),
    ]


def test_nothing_typed_is_no_search(desk):
    page = desk.post(SEARCH, {"term": " "})
    assert "Type a reference, a number or an address first." in text(page)
    assert not AuditEvent.objects.filter(action="request.searched").exists()


def test_whoever_tries_out_numbers_is_made_to_wait(juno, request_of_wren, settings):
    settings.SEARCHES_PER_HOUR = 2
    client, other = at_the_desk(juno), at_the_desk(staff("aspen"))
    assert [client.post(SEARCH, {"term": PHONES[0]}).status_code for _ in range(3)] == [200, 200, 429]
    assert other.post(SEARCH, {"term": PHONES[0]}).status_code == 200
    refused = AuditEvent.objects.get(action="request.search_refused")
    assert (refused.actor, refused.fields) == ("juno", ["phone"])


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_who_may_see_requests_may_look_for_them(role, request_of_wren):
    client = at_the_desk(somebody(role))
    wanted = 200 if role in {"intake", "manager", "privacy", "administrator"} else 403
    assert client.get(SEARCH).status_code == wanted
    assert client.post(SEARCH, {"term": PHONES[0]}).status_code == wanted


def test_what_was_found_leads_to_the_card(desk, request_of_wren):
    assert f'href="{card_of(request_of_wren)}"' in text(desk.post(SEARCH, {"term": PHONES[0]}))


def test_who_only_prints_finds_a_request_and_no_way_to_its_card(request_of_wren):
    page = text(at_the_desk(staff(role="privacy")).post(SEARCH, {"term": PHONES[0]}))
    assert request_of_wren.reference in page
    assert card_of(request_of_wren) not in page
    assert reverse("admin:intake_callbackrequest_print", args=[request_of_wren.pk]) in page


# --- what it costs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_a_search_costs_the_same_however_many_are_found(desk, number, django_assert_num_queries):
    for _ in range(number):
        wren()
    desk.get(SEARCH)  # the first page also begins the session
    # The session, the person, their permissions twice; the line in the log; and what is found.
    with django_assert_num_queries(6):
        assert len(look_for(desk, PHONES[0])) == number


def test_a_number_that_cannot_be_read_is_not_even_looked_up(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert list(requests_with("hello", Sort.PHONE)) == []


def test_each_sort_is_found_by_an_index():
    """The columns it asks for have one; at a million rows that is the difference (script/bench_search.py)."""
    contact = CallbackRequest._meta.get_field("contact").related_model
    assert CallbackRequest._meta.get_field("reference").unique
    assert all(contact._meta.get_field(f"{kind}_hash").db_index for kind in ("phone", "email"))
