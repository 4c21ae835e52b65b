"""Who asked to come back must not be readable anywhere but on the staff's own pages (R-H4, R-H13).

One person with unmistakable words goes through the whole portal; then everything the portal wrote down is searched.
"""

import logging
from datetime import timedelta
from types import SimpleNamespace
from unittest import mock

import pytest
import time_machine
from celery import Task
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from followups.models import LocalDelivery
from followups.tasks import tick
from intake import actions
from intake.models import CallbackRequest
from intake.outcomes import Outcome
from intake.tasks import keep_the_list
from privacy import audit
from privacy.roles import INTAKE_STAFF
from tests.intake.make import NOW, every_text_in_the_database
from tests.intake.page import Page

CANARIES = {
    "name": "Quillfeather",
    "phone": "4195550142",
    "email": "quillfeather@canary.example",
    "note": "Zanzibar at dusk",
    "avoid_times": "Never on quartzdays",
    "new_phone": "4195550177",
}
FORM = {
    **{name: CANARIES[name] for name in ("name", "phone", "email", "note", "avoid_times")},
    "reach_by": "call",
    "text_ok": "on",
}
HOUR = timedelta(hours=1)


class Ears(logging.Handler):
    """Every record of every logger, as the real formatter writes it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        formatter = settings.LOGGING["formatters"]["json"]["()"]
        module, name = formatter.rsplit(".", 1)
        self.setFormatter(getattr(__import__(module, fromlist=[name]), name)())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def ears():
    """Listen at the root and at every logger that does not pass its records on."""
    ears = Ears()
    loggers = [logging.getLogger(), *map(logging.getLogger, ("django", "django.server", "celery", "portal"))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(ears)
        logger.setLevel(logging.DEBUG)
    yield ears
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(ears)
        logger.setLevel(level)


class Browser(Client):
    """A browser that writes down every address it goes to or is sent to."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def request(self, **environ):
        response = super().request(**environ)
        self.addresses += [f"{environ['PATH_INFO']}?{environ.get('QUERY_STRING', '')}", response.get("Location", "")]
        return response


def _staff():
    member = User.objects.create_user("juno", password="a long password of staff", is_staff=True)
    member.groups.add(Group.objects.get(name=INTAKE_STAFF))
    return member


def _at_the_desk(desk, request):
    """Every page of the desk that the menu leads to, and the card of this request with one call."""
    for name in ("desk", "changelist"):
        desk.get(reverse(f"admin:intake_callbackrequest_{name}"))
    desk.get(reverse("admin:intake_callbackrequest_change", args=[request.pk]))
    log = reverse("admin:intake_callbackrequest_attempt", args=[request.pk])
    assert desk.post(log, {"outcome": Outcome.NO_ANSWER}).status_code in {302, 303}
    assert request.attempts.count() == 1


def _mishaps(browser, token):
    """Each kind of trouble, because errors are what usually talks too much."""
    Client().post("/start/", FORM, headers={"X-Forwarded-For": "x"}, QUERY_STRING="name=Quillfeather")
    browser.post("/start/", FORM | {"phone": "419555014"})
    for path in (f"/my/{token}", f"/my/{token}/x/", f"/nowhere/?email={CANARIES['email']}", f"/my/{token}x/"):
        Client().get(path)
    strict = Client(enforce_csrf_checks=True)
    strict.post("/start/", FORM)
    strict.post("/my/contact/", FORM)
    broken = Client(raise_request_exception=False)
    with mock.patch("intake.actions.receive_request", side_effect=RuntimeError(f"DETAIL: {CANARIES}")):
        assert broken.post("/start/", FORM).status_code == 500


@pytest.fixture
def story(db, ears, django_capture_on_commit_callbacks):
    """The whole way of one person, and everything that was heard and kept meanwhile."""
    browser, desk, tasks = Browser(), Browser(), []
    with (
        time_machine.travel(NOW) as clock,
        mock.patch.object(Task, "apply_async", lambda self, *args, **kwargs: tasks.append((self.name, args, kwargs))),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert browser.post("/start/", FORM).status_code == 303
        link = next(href for href in Page(browser.get("/start/sent/")).links if href.startswith("http"))
        token = link.rstrip("/").rsplit("/", 1)[-1]
        request = CallbackRequest.objects.get()
        tick()
        browser.get(link)
        browser.get("/my/")
        changed = {"reach_by": "text", "phone": CANARIES["new_phone"], "text_ok": "on"}
        assert browser.post("/my/contact/", changed).status_code == 303
        desk.force_login(_staff())
        _at_the_desk(desk, request)
        _mishaps(browser, token)
        clock.shift(3 * HOUR)
        for task in (tick, keep_the_list):
            task()
            task.delay()
        replaced = actions.replace_links(request_id=request.pk, by=audit.PERSON, now=NOW)
        sessions = [session.get_decoded() for session in Session.objects.all()]
    return SimpleNamespace(
        request=request,
        tokens=[token, replaced],
        addresses=browser.addresses + desk.addresses,
        sessions=sessions,
        tasks=tasks,
        lines=ears.lines,
    )


def found(text, *more):
    """The canaries in this text, in any case; a number also as a person would write it."""
    phones = [CANARIES["phone"], CANARIES["new_phone"]]
    spelled = [f"{phone[3:6]}{sep}{phone[6:]}" for phone in phones for sep in "- ."]
    return [one for one in [*CANARIES.values(), *spelled, *more] if one.casefold() in text.casefold()]


def test_the_search_finds_what_is_there():
    """All tests below are worth nothing when this one fails."""
    assert found("called quillfeather at (419) 555-0142") == ["Quillfeather", "555-0142"]
    assert found('{"to": "+14195550177"}') == ["4195550177"]


def test_a_copy_of_the_database_tells_nobody_who_it_was(story):
    text = every_text_in_the_database()
    assert story.request.reference in text
    assert LocalDelivery.objects.exists(), "something was sent, and its copy is in there"
    assert found(text, *story.tokens) == []


def test_no_log_line_tells_who_it_was(story):
    text = "\n".join(story.lines)
    assert "/my/…" in text
    assert '"error": "RuntimeError"' in text
    assert "django.security.csrf" in text
    assert found(text, *story.tokens) == []


def test_no_task_carries_anything_of_theirs(story):
    assert [name for name, _args, _kwargs in story.tasks] == ["followups.tasks.tick", "intake.tasks.keep_the_list"]
    assert found(repr(story.tasks), *story.tokens) == []


def test_no_session_can_be_read_for_who_it_was(story):
    text = repr(story.sessions)
    assert len(story.sessions) >= 2
    assert "sent" in text
    assert found(text, *story.tokens) == []


def test_no_address_holds_anything_they_wrote(story):
    """The one address with a token is the private link itself, which leads on to one without."""
    token = story.tokens[0]
    assert f"/my/{token}/?" in story.addresses
    others = [address for address in story.addresses if address != f"/my/{token}/?"]
    assert "/my/" in others
    assert found("\n".join(others), *story.tokens) == []


def test_no_row_introduces_itself_by_what_they_wrote(story):
    shown = 0
    for model in apps.get_models():
        for row in model._default_manager.all():
            shown += model.__module__.split(".")[0] in {"intake", "followups", "privacy"}
            assert found(f"{row!s} {row!r}", *story.tokens) == [], model
    assert shown > 8
