"""When something goes wrong at the desk: a page in its own dress, the same whoever asks, with a way back to work."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from reentry_portal import errors
from tests.intake.people import staff
from tests.roles_world import addresses_of_the_desk
from tests.test_looks import problems_of
from tests.test_pages import text_of

pytestmark = pytest.mark.django_db
DESK = "/staff/intake/callbackrequest/"
PAGES = {
    errors.bad_request: (400, "That did not come through"),
    errors.permission_denied: (403, "This page is not open to you"),
    errors.csrf_failure: (403, "This page was open a long time"),
    errors.not_found: (404, "There is no page here"),
    errors.too_many: (429, "Give it a minute"),
    errors.server_error: (500, "Something broke on our side"),
    errors.database_down: (503, "We can’t save this right now"),
}


class OnlyThePath:
    """A request of which nothing but the path can be read."""

    path = f"{DESK}7/change/"


def signed_in(role: str = "intake") -> Client:
    client = Client()
    client.force_login(staff(role=role))
    return client


@pytest.mark.parametrize("handler", PAGES, ids=lambda handler: handler.__name__)
def test_every_page_says_what_happened_in_the_dress_of_the_desk(handler):
    status, heading = PAGES[handler]
    answer = handler(RequestFactory().post(f"{DESK}desk/"))
    page = text_of(answer)
    assert answer.status_code == status
    assert answer["Cache-Control"] == "no-store"
    assert f"<h1>{heading}</h1>" in page
    assert [part in page for part in ("desk.css", "portal.css", "Leave this page")] == [True, False, False]
    assert [way in page for way in ("tel:911", "tel:988", "sms:988")] == [True] * 3
    assert problems_of(page) == []


@pytest.mark.parametrize("handler", PAGES, ids=lambda handler: handler.__name__)
def test_the_page_is_the_same_whoever_asks(handler):
    def page_for(user) -> str:
        request = RequestFactory().post(f"{DESK}7/change/", {"words": "Wren"})
        request.user = user
        return text_of(handler(request))

    assert page_for(AnonymousUser()) == page_for(staff())


@pytest.mark.parametrize("handler", [errors.server_error, errors.database_down])
def test_what_may_meet_a_broken_house_reads_nothing_but_the_path(handler, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert f'<a class="go" href="{reverse("admin:index")}">Back to the desk</a>' in text_of(handler(OnlyThePath()))


def test_a_page_that_is_not_there_leads_back_to_the_desk():
    colleague = signed_in()
    answer = colleague.get(f"{DESK}999999/change/")
    assert answer.status_code == 404
    assert '<a class="go" href="/staff/">Back to the desk</a>' in text_of(answer)
    assert colleague.get("/staff/", follow=True).redirect_chain == [(f"{DESK}desk/", 302)]


def test_a_page_of_another_role_leads_back_to_the_desk():
    answer = signed_in().get(reverse("staff-report"))
    assert answer.status_code == 403
    assert '<a class="go" href="/staff/">Back to the desk</a>' in text_of(answer)


def test_a_page_that_was_open_too_long_leads_to_itself():
    answer = Client(enforce_csrf_checks=True).post(f"{DESK}7/attempt/")
    assert f'<a class="go" href="{DESK}7/change/">Open it again</a>' in text_of(answer)


def test_too_many_tries_to_sign_in_get_the_page_of_the_desk(settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    visitor = Client()
    answers = [visitor.post(reverse("account_login"), {"login": "juno", "password": "x"}) for _try in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert [part in text_of(answers[1]) for part in ("<h1>Give it a minute</h1>", "desk.css")] == [True, True]


def test_a_visitor_keeps_the_page_for_visitors():
    assert "portal.css" in text_of(errors.not_found(RequestFactory().get("/staffing/")))


# --- A list that is asked for what it does not know ------------------------------------------------------------------

NOT_KNOWN = [
    "place=abc",
    "location__id__exact=abc",
    "location__id__exact=99999999999999999999",
    "location__name=Toledo",
    "status__exact=nowhere",
    "status__exact=%00",
    "kind__exact=%00",
    "action=%00",
    "is_open__exact=maybe",
    "note__contains=Tuesday",
    "at__year=9999&at__month=12",
    "at__year=0",
    "date__year=9999",
    "date__year=2026&date__month=13",
    "starts_at__year=9999",
    "made_at__gte=yesterday",
    "at__gte=%00",
    "with=%00",
    "time=soon",
    "p=abc",
    "p=999999",
    "o=abc",
    "o=99.-99",
    "all=1",
    "_to_field=note",
    "q=%00",
    "e=1",
]


@pytest.mark.parametrize("asked", NOT_KNOWN)
def test_a_list_that_is_asked_for_what_it_does_not_know_shows_itself(asked, client, caplog):
    person = staff(role="nobody")
    type(person).objects.filter(pk=person.pk).update(is_superuser=True)
    client.force_login(person)
    lists = [reverse(f"admin:{name}") for name in addresses_of_the_desk() if name.endswith("_changelist")]
    lists.remove(reverse("admin:clinical_reassessmentnote_changelist"))  # ours all through, and not for them
    assert len(lists) > 10
    found = {path: client.get(f"{path}?{asked}", follow=True).status_code for path in lists}
    assert found == dict.fromkeys(lists, 200)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
