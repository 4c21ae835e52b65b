"""R-H13: a name, a number, an address and a note stay in their sealed columns, whatever is logged or queued."""

import io
import logging
from smtplib import SMTPRecipientsRefused

import pytest
from django.db import connection

from followups import delivery, tasks
from followups.channels import Refused, local
from followups.models import LocalDelivery, Message
from intake import actions
from privacy import audit
from privacy.redaction import JsonFormatter

from .people import WEDNESDAY, by_email, call, fate, someone, tick

pytestmark = pytest.mark.django_db

THEIRS = {"name": "Jordan Rivers", "note": "Knock at the blue door"}
WORDS = ["Jordan", "Rivers", "blue door", "4195550101", "419-555-0101", "jordan@example.org", "jordan"]


@pytest.fixture
def logged():
    """Everything that is logged from now on, at DEBUG, as the lines of our own formatter."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "celery", "kombu")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    yield stream
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def found_in(text: str) -> list[str]:
    return [word for word in WORDS if word.casefold() in text.casefold()]


def jordan(**changes):
    return someone(**THEIRS, **changes)


def test_planning_and_sending_logs_nothing_of_theirs(logged):
    request = jordan()
    by_email(number=2, email="jordan@example.org", **THEIRS)
    tick()
    call(request)
    tick(now=WEDNESDAY)
    logging.getLogger("followups").debug("the log is on")
    assert "the log is on" in logged.getvalue()
    assert found_in(logged.getvalue()) == []


@pytest.mark.parametrize(
    ("place", "name"), [(local, "deliver"), (delivery, "words_of"), (delivery, "address_of"), (delivery, "first_no")]
)
def test_an_error_that_quotes_them_is_logged_without_its_words(place, name, logged, monkeypatch):
    """Such as a mail server's "no" that names the address, or a database that quotes the row."""
    jordan()

    def quote(*args):
        raise RuntimeError("Jordan Rivers +14195550101 jordan@example.org: Knock at the blue door")

    monkeypatch.setattr(place, name, quote)
    tick()
    assert "RuntimeError" in logged.getvalue()
    assert found_in(logged.getvalue()) == []


def test_a_refusal_that_quotes_the_address_is_not_logged_at_all(logged, monkeypatch):
    request = by_email(email="jordan@example.org", **THEIRS)

    def refuse(*args):
        raise Refused from SMTPRecipientsRefused({"jordan@example.org": (550, b"no jordan here")})

    monkeypatch.setattr(local, "deliver", refuse)
    tick()
    assert fate(request) == ("failed", "refused")
    assert found_in(logged.getvalue()) == []


@pytest.mark.parametrize("table", ["followups_localdelivery", "followups_message"])
def test_the_columns_hold_nothing_that_can_be_read(table):
    jordan()
    by_email(number=2, email="jordan@example.org", **THEIRS)
    tick()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        rows = cursor.fetchall()
    assert len(rows) == 2
    raw = " ".join(str(value) for row in rows for value in row)
    assert found_in(raw) == []
    assert "Thanks for reaching out" not in raw
    assert "+1" not in raw


def test_what_the_local_outbox_kept_goes_with_what_they_erased():
    """The numbers and words of a demonstration too; those of others stay."""
    erased, stays = jordan(), someone(number=2)
    tick()
    assert LocalDelivery.objects.count() == 2
    actions.erase(request_id=erased.pk, by=audit.PERSON, now=WEDNESDAY)
    tasks.tick()
    assert {one.message.request for one in LocalDelivery.objects.all()} == {stays}
    assert Message.objects.filter(request=erased).exists(), "that something went out, and when, is kept"


def test_a_message_is_called_by_its_number():
    jordan()
    tick()
    for one in (Message.objects.get(), LocalDelivery.objects.get()):
        assert found_in(f"{one} {one!r}") == []
