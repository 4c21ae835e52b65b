"""Small tools for tests of the desk: a person with everything on file, addresses of buttons, words on a page."""

import re
from copy import copy
from datetime import timedelta

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from intake import actions
from intake.models import CallbackRequest, ContactPreference
from intake.states import Status
from privacy.tokens import new_reference, new_token
from tests.intake.people import MONDAY, someone

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COUNTS = "admin:intake_callbackrequest_counts"
DESK, LIST = "admin:intake_callbackrequest_desk", "admin:intake_callbackrequest_changelist"
# What could leak: each is on file for `wren`, and none of it belongs in a list, a title or an address.
SECRETS = ("Zebedee", "Wren", "4195550117", "555-0117", "wren@example.org", "Fridays", "hard for me")


def at_the_desk(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def wren(**changes) -> CallbackRequest:
    given = {"email": "wren@example.org", "avoid_times": "Fridays", "note": "Tuesdays are hard for me."}
    return someone(**(given | changes))[0]


def copied(times: int) -> None:
    """So many more of everybody who is there, with contacts of their own, in two statements."""
    people = list(CallbackRequest.objects.select_related("contact"))
    more = [(copy(one), copy(one.contact)) for one in people for _time in range(times)]
    for request, contact in more:
        request.pk, request.reference, request.form_key = None, new_reference(), new_token()
        contact.pk, contact.request = None, request
    CallbackRequest.objects.bulk_create(request for request, _contact in more)
    ContactPreference.objects.bulk_create(contact for _request, contact in more)


def card_of(request) -> str:
    return reverse("admin:intake_callbackrequest_change", args=[request.pk])


def attempt_on(request) -> str:
    return reverse("admin:intake_callbackrequest_attempt", args=[request.pk])


def move_of(request, name: str) -> str:
    return reverse("admin:intake_callbackrequest_move", args=[request.pk, name])


def text(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


def words_of(response: HttpResponse) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def references(page: str, key: str) -> list[str]:
    """The references on one of the three lists, from the top."""
    found = re.search(rf'<table class="queue {key}">.*?</table>', page, re.DOTALL)
    return re.findall(r'class="reference">([^<]+)<', found.group()) if found else []


def numbers(page: str) -> dict[str, str]:
    """How many are on each list, as it stands above the lists."""
    return dict(re.findall(r'data-list="(\w+)">([^<]+)<', page))


def is_titled(page: str) -> str:
    return re.search(r"<title>(.*?)</title>", page, re.DOTALL).group(1).strip()


def three_calls(request: CallbackRequest, by) -> CallbackRequest:
    """Tried on three days, in the morning and in the afternoon, each time in vain."""
    for days, hours in ((10, 0), (7, 4), (4, 0)):
        at = MONDAY - days * DAY + hours * HOUR
        actions.log_attempt("no_answer", request_id=request.pk, by=by, now=at)
    return request


def standing_at(status: Status, by) -> CallbackRequest:
    """A request that came to that place by the moves that really lead there."""
    request = wren(now=MONDAY - 14 * DAY, times=[])
    who = {"request_id": request.pk, "by": by, "now": MONDAY - HOUR}
    if status in (Status.TRYING, Status.DOOR_OPEN):
        three_calls(request, by)
    if status in (Status.REACHED, Status.AGREED):
        actions.log_attempt("talked", **who)
    way = {
        Status.AGREED: "agree",
        Status.DOOR_OPEN: "pause_calls",
        Status.WITHDRAWN: "withdraw",
    }
    if status in way:
        actions.make_move(way[status], **who)
    if status == Status.RESTING:
        actions.rest(weeks=1, **who)
    if status == Status.NO_NUMBER:
        actions.log_attempt("wrong_number", **who)
    return request
