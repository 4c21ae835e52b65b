"""One press in a mail program ends the mails, and tells nobody who is known here (RFC 8058, R-E1, R-P3)."""

from datetime import timedelta
from email import message_from_string
from urllib.parse import urlsplit

import pytest
from django.test import Client

from followups import stopping_mail
from followups.models import Message
from intake import actions
from intake.answers import Reach
from privacy import audit
from privacy.encryption import seal

from .mail_server import MailServer
from .people import WEDNESDAY, by_email, fate, left, message_of, planned, someone, tick
from .test_smtp import mail_at  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path_in_mail(request) -> str:
    planned()
    return urlsplit(stopping_mail.address(message_of(request))).path


def press(path):
    """As a mail service does it: no cookie, no sign-in, no field of ours, against our check for forged forms."""
    return Client(enforce_csrf_checks=True).post(path, ONE_CLICK)


def test_every_mail_carries_both_headers_and_the_press_they_lead_to_works(mail_at):  # noqa: F811
    request = by_email()
    with MailServer() as server:
        mail_at(server.port)
        tick()
        (letter,) = map(message_from_string, server.letters)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = "".join(letter["List-Unsubscribe"].split()).strip("<>")
    assert url.startswith("http://testserver/u/")
    for theirs in ["wren", "%40", "@", str(request.reference)]:
        assert theirs not in url
    assert press(urlsplit(url).path).status_code == 200
    assert not request.consents.filter(kind="email").last().given


def test_mail_to_staff_has_no_such_address(mail_at, settings):  # noqa: F811
    someone(now=WEDNESDAY - timedelta(days=1))
    settings.CHANNELS = {**settings.CHANNELS, "inbox": "smtp", "text": "off"}
    with MailServer() as server:
        mail_at(server.port)
        tick()
        (letter,) = map(message_from_string, server.letters)
    assert letter["To"] == "desk@example.org"
    assert letter["List-Unsubscribe"] is None


def test_a_press_stops_mail_to_that_address_for_every_request_and_nothing_else():
    hers, again = by_email(phone="+14195550101", text_ok=True), by_email()
    other = by_email(email="hazel@example.org")
    assert press(path_in_mail(hers)).status_code == 200
    tick()
    assert fate(again) == ("skipped", "no_consent")
    assert fate(hers) == fate(other) == ("sent", "")
    assert sorted(left()) == [("email", "hazel@example.org"), ("text", "+14195550101")]


def test_looking_at_the_address_changes_nothing():
    request = by_email()
    page = Client().get(path_in_mail(request))
    assert page.status_code == 200
    assert "<button" in page.content.decode()
    tick()
    assert fate(request) == ("sent", "")


def test_a_made_up_address_gets_the_very_same_page_and_no_cookie():
    request = by_email()
    real = path_in_mail(request)
    for method in ("get", "post"):
        pages = [getattr(Client(), method)(path) for path in (real, "/u/made-up/", f"/u/{seal('my 1 x')}/")]
        assert {page.status_code for page in pages} == {200}
        assert [page.cookies for page in pages] == [{}] * 3
        bodies = {page.content.decode().replace(real[3:-1], "…") for page in pages[:1]}
        bodies |= {page.content.decode().replace(page.wsgi_request.path.rsplit("/", 2)[1], "…") for page in pages}
        assert len(bodies) == 1


def test_a_press_twice_is_fine_and_leaves_one_step():
    request = by_email()
    path = path_in_mail(request)
    press(path)
    press(path)
    assert [entry.what for entry in request.history.all()].count("emails_stopped") == 1


def test_an_old_mail_does_not_silence_the_address_that_is_theirs_now():
    request = by_email()
    path = path_in_mail(request)
    reach = Reach(reach_by="email", email="wren@new.example.org")
    actions.change_contact(reach, request_id=request.pk, page="my", by=audit.PERSON, now=WEDNESDAY)
    press(path)
    tick()
    assert left() == [("email", "wren@new.example.org")]


def test_another_time_of_day_is_no_new_yes_and_the_address_given_anew_is():
    request = by_email()
    press(path_in_mail(request))
    for email, given in (("wren@example.org", False), ("wren@new.example.org", True)):
        reach = Reach(reach_by="email", email=email, times=["morning"])
        actions.change_contact(reach, request_id=request.pk, page="my", by=audit.PERSON, now=WEDNESDAY)
        assert request.consents.filter(kind="email").last().given is given


def test_the_page_speaks_the_language_of_the_mail():
    request = by_email()
    request.language = "es"
    request.save()
    path = path_in_mail(request)
    assert path.startswith("/es/u/")
    assert "No recibir estos correos" in Client().get(path).content.decode()
    assert "Ya no llegan correos" in press(path).content.decode()
    tick()
    assert fate(request) == ("skipped", "no_consent")


def test_too_many_presses_from_one_address_are_asked_to_wait(monkeypatch):
    monkeypatch.setattr("followups.views.STOPS_AN_HOUR", 2)
    request = by_email()
    path = path_in_mail(request)
    assert [press(one).status_code for one in ("/u/made-up/", path, path, "/u/made-up/")] == [200, 200, 429, 429]
    assert Message.objects.count() == 1
