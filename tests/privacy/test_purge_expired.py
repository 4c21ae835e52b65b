"""What goes when its time is over, and what stays: each class of rows, with the clock moved (R-H9)."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command

from intake import actions
from intake.models import CallbackRequest, PrivateLink
from intake.retention import erase_request
from intake.states import ENDED, OPEN, Status
from privacy import audit, retention
from privacy.models import AuditEvent
from tests.intake.make import DAY, NOW, move, sent, standing_at

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
# Who came back has a chart, which is kept for years; what is erased is erased.
ERASED_WHEN_OVER = sorted(set(ENDED) - {Status.RETURNED, Status.ERASED})
KEPT = sorted({*OPEN, Status.RETURNED})


def purge(now, *options):
    out = io.StringIO()
    with time_machine.travel(now, tick=False):
        call_command("purge_expired", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("status", ERASED_WHEN_OVER)
def test_a_request_that_ended_half_a_year_ago_is_erased_by_the_clock(status):
    request = standing_at(status, name="Wrenfeather")
    over = request.status_since + retention.REQUESTS_KEPT
    assert "requests erased: 0" in purge(over - SECOND)
    assert CallbackRequest.objects.get().name == "Wrenfeather"
    assert "requests erased: 1" in purge(over)
    erased = CallbackRequest.objects.get()
    assert (erased.status, erased.name, erased.contact.phone) == (Status.ERASED, "", "")
    assert AuditEvent.objects.get(action="request.erase").actor == audit.CLOCK
    assert "requests erased: 0" in purge(over + DAY)


@pytest.mark.parametrize("status", KEPT)
def test_a_request_that_is_open_or_led_back_is_kept(status):
    request = standing_at(status, name="Wrenfeather")
    purge(request.status_since + retention.REQUESTS_KEPT * 3)
    assert CallbackRequest.objects.get().name == "Wrenfeather"


def test_a_request_that_came_back_to_life_meanwhile_is_not_erased():
    request = standing_at(Status.WITHDRAWN, name="Wrenfeather")
    over = request.status_since + retention.REQUESTS_KEPT
    due = retention.due(retention._rules["requests erased"], over)
    assert due == [request.pk]
    move(request, "ask_again", by=audit.PERSON, now=over)
    erase_request(request.pk, over)
    assert CallbackRequest.objects.get().name == "Wrenfeather"


def test_a_request_that_something_holds_is_kept(monkeypatch):
    held, free = standing_at(Status.WITHDRAWN), standing_at(Status.WITHDRAWN)
    monkeypatch.setattr(retention, "_holds", {})
    retention.hold("requests erased", lambda: [held.pk])
    assert "requests erased: 1" in purge(held.status_since + retention.REQUESTS_KEPT)
    statuses = dict(CallbackRequest.objects.values_list("pk", "status"))
    assert statuses == {held.pk: Status.WITHDRAWN, free.pk: Status.ERASED}


def test_a_link_goes_a_month_after_it_stopped_working():
    sent()
    actions.replace_links(request_id=CallbackRequest.objects.get().pk, by=audit.PERSON, now=NOW + DAY)
    over = NOW + settings.PRIVATE_LINK_AGE + retention.LINKS_KEPT
    assert "private links deleted: 0" in purge(over - SECOND)
    assert "private links deleted: 1" in purge(over)
    assert PrivateLink.objects.get().created_at == NOW + DAY
    assert CallbackRequest.objects.get().status == Status.WAITING


def test_sessions_that_are_over_go_and_others_stay():
    with time_machine.travel(NOW, tick=False):
        old, new = SessionStore(), SessionStore()
        for session, age in ((old, 600), (new, 7200)):
            session["a"] = 1
            session.set_expiry(age)
            session.save()
    assert "sessions deleted: 1" in purge(NOW + timedelta(seconds=601))
    assert [session.pk for session in Session.objects.all()] == [new.session_key]


def test_a_dry_run_counts_and_changes_nothing():
    request = standing_at(Status.WITHDRAWN, name="Wrenfeather")
    over = request.status_since + retention.REQUESTS_KEPT
    said = purge(over, "--dry-run")
    assert "requests erased (would be): 1" in said
    assert "private links deleted (would be): 1" in said
    assert (CallbackRequest.objects.get().name, PrivateLink.objects.count()) == ("Wrenfeather", 1)


def test_it_says_counts_only():
    request, token = sent(name="Wrenfeather")
    move(request, "withdraw", by=audit.PERSON, now=NOW)
    said = purge(NOW + retention.REQUESTS_KEPT)
    for secret in ("Wrenfeather", "555", token, request.reference):
        assert secret not in said


def test_one_row_that_cannot_go_does_not_keep_the_others(monkeypatch, caplog):
    first, second = standing_at(Status.WITHDRAWN), standing_at(Status.WITHDRAWN)
    erase = actions.erase

    def stubborn(*, request_id, **rest):
        if request_id == first.pk:
            raise RuntimeError("Wrenfeather")
        erase(request_id=request_id, **rest)

    monkeypatch.setattr(actions, "erase", stubborn)
    with pytest.raises(CommandError, match="1 could not be finished"):
        purge(first.status_since + retention.REQUESTS_KEPT)
    assert dict(CallbackRequest.objects.values_list("pk", "status")) == {
        first.pk: Status.WITHDRAWN,
        second.pk: Status.ERASED,
    }
