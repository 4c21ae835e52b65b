"""Real talk with a real mail server on this machine: what may be tried again, what never, and what nobody knows."""

import socket
from datetime import date, timedelta
from email import message_from_string

import pytest

from followups.channels import smtp
from followups.models import Message

from .mail_server import SILENCE, MailServer
from .people import WEDNESDAY, by_email, fate, message_of, tick

SIGNED = {"BAA": date(2026, 1, 5), "QSOA": date(2026, 1, 5)}
pytestmark = pytest.mark.django_db


@pytest.fixture
def mail_at(settings):
    """A function: from now on mail goes to this port."""

    def use(port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.CHANNELS = {**settings.CHANNELS, "email": "smtp"}
        settings.AGREEMENTS = {**settings.AGREEMENTS, "email": SIGNED}
        settings.DEFAULT_FROM_EMAIL = "Front Desk <desk@example.org>"

    return use


def send_through(mail_at, **answers) -> tuple[tuple[str, str], list[str]]:
    request = by_email()
    with MailServer(**answers) as server:
        mail_at(server.port)
        tick()
        return fate(request), server.letters


def test_a_letter_is_plain_neutral_and_says_nothing_of_this_machine(mail_at):
    result, letters = send_through(mail_at)
    assert result == ("sent", "")
    (letter,) = map(message_from_string, letters)
    headers = {name: value for name, value in letter.items() if name not in {"Date", "Message-ID", "List-Unsubscribe"}}
    assert headers == {
        "From": "Front Desk <desk@example.org>",
        "To": "wren@example.org",
        "Subject": "We have your note",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "8bit",
    }
    assert letter["Message-ID"].endswith("@example.org>")
    assert socket.gethostname() not in "".join(letters)
    assert "A person will write to you by Thu noon." in letter.get_payload()


@pytest.mark.parametrize(
    ("answers", "result"),
    [
        ({"RCPT": "550 no such person"}, ("failed", "refused")),
        ({"MAIL": "553 not from you"}, ("failed", "refused")),
        ({"DATA": "554 not like this"}, ("failed", "refused")),
        ({"LETTER": "554 looks like spam"}, ("failed", "refused")),
        ({"RCPT": "450 come back later"}, ("planned", "trying_again")),
        ({"MAIL": "451 busy"}, ("planned", "trying_again")),
        ({"LETTER": "452 disk is full"}, ("planned", "trying_again")),
        ({"HELLO": "421 closed for now"}, ("planned", "trying_again")),
        ({"HELLO": None}, ("planned", "trying_again")),
        ({"EHLO": "550 go away", "HELO": "550 go away"}, ("planned", "trying_again")),
        ({"LETTER": None}, ("stuck", "error")),
        ({"LETTER": "what was that"}, ("stuck", "error")),
    ],
)
def test_what_the_server_answers_decides_what_becomes_of_a_letter(answers, result, mail_at):
    assert send_through(mail_at, **answers) == (result, [])
    may_have_left = result[0] == "stuck"
    assert bool(Message.objects.get().handed_over_at) == may_have_left


@pytest.mark.parametrize("goodbye", [None, "500 no goodbye", "nonsense", SILENCE])
def test_a_letter_that_was_accepted_is_sent_however_the_server_says_goodbye(goodbye, mail_at, monkeypatch):
    monkeypatch.setattr(smtp, "ANSWERS_WITHIN", 0.3)
    result, letters = send_through(mail_at, QUIT=goodbye)
    assert result == ("sent", "")
    assert len(letters) == 1


def test_a_server_that_is_down_is_tried_again_and_gets_it_once(mail_at):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refused
        mail_at(unused.getsockname()[1])
        request = by_email()
        tick()
    assert fate(request) == ("planned", "trying_again")
    with MailServer() as server:
        mail_at(server.port)
        tick(now=message_of(request).due_at)
        tick(now=message_of(request).due_at + timedelta(days=1))
        assert fate(request) == ("sent", "")
        assert len(server.letters) == 1


def test_a_server_that_hung_up_after_the_letter_is_not_sent_it_again(mail_at):
    request = by_email()
    with MailServer(LETTER=None) as server:
        mail_at(server.port)
        tick()
    with MailServer() as server:
        mail_at(server.port)
        tick(now=WEDNESDAY + timedelta(hours=1))
        assert server.letters == []
    assert fate(request) == ("stuck", "error")


@pytest.mark.parametrize(
    ("silent_at", "result"), [("HELLO", ("planned", "trying_again")), ("LETTER", ("stuck", "error"))]
)
def test_a_server_that_says_nothing_is_not_waited_for_without_end(silent_at, result, mail_at, monkeypatch):
    """Its silence after the letter leaves open whether it took it."""
    monkeypatch.setattr(smtp, "ANSWERS_WITHIN", 0.3)
    assert send_through(mail_at, **{silent_at: SILENCE}) == (result, [])


def test_a_letter_without_an_address_is_not_called_sent(mail_at):
    with MailServer() as server:
        mail_at(server.port)
        outgoing = smtp.Outgoing(1, "email", "", "We have your note", "Hello")
        with pytest.raises(smtp.Refused):
            smtp.deliver(outgoing, WEDNESDAY)
        assert server.letters == []
