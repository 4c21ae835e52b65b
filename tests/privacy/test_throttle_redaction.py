"""Counting tries without keeping who, and log lines without anything that leads to a person."""

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.core.cache import cache

from privacy.redaction import JsonFormatter, scrub
from privacy.throttle import TooManyTries, client_address, count_try

NOW = datetime(2026, 6, 1, 14, 5, tzinfo=UTC)


def tries(count, address="192.0.2.1", kind="start", now=NOW, limit=3):
    for _ in range(count):
        count_try(kind, address, limit=limit, now=now)


def test_the_limit_is_allowed_and_one_more_is_not():
    tries(3)
    with pytest.raises(TooManyTries):
        tries(1)


@pytest.mark.parametrize(
    "other", [{"address": "192.0.2.2"}, {"kind": "sign-in"}, {"now": NOW + timedelta(hours=1)}], ids=str
)
def test_another_address_another_thing_or_another_hour_counts_by_itself(other):
    tries(3)
    tries(3, **other)
    with pytest.raises(TooManyTries):
        tries(1, **other)


def test_the_address_itself_is_never_kept_and_tomorrow_it_is_another_hash():
    kept = []
    with mock.patch("privacy.throttle.cache") as fake:
        fake.incr.return_value = 1
        tries(1)
        tries(1, now=NOW + timedelta(days=1))
        kept = [call.args[0] for call in fake.add.call_args_list]
        assert {call.args[2] for call in fake.add.call_args_list} == {3600}
    assert not any("192.0.2.1" in key for key in kept)
    assert kept[0].split(":")[2] != kept[1].split(":")[2]


@pytest.mark.parametrize("broken", ["add", "incr"])
def test_a_cache_that_is_down_blocks_nobody(broken):
    with mock.patch("privacy.throttle.cache") as fake:
        getattr(fake, broken).side_effect = ConnectionError("down")
        tries(10, limit=0)


def test_the_count_ends_by_itself():
    tries(1)
    assert cache.ttl(cache.keys("limit:*")[0]) <= 3600 if hasattr(cache, "ttl") else True


def test_only_our_own_proxy_is_believed(rf, settings):
    request = rf.get("/", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.4", REMOTE_ADDR="10.0.0.1")
    settings.SECURE_PROXY_SSL_HEADER = None
    assert client_address(request) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert client_address(request) == "198.51.100.4"
    assert client_address(rf.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"


# --- redaction ------------------------------------------------------------------------------------------------------

TOKEN = "Qm9ndXNfdG9rZW4tZm9yLWEtdGVzdC0wMTIzNDU2Nzg"


@pytest.mark.parametrize(
    ("line", "scrubbed"),
    [
        (f"Not Found: /my/{TOKEN}/", "Not Found: /my/…/"),
        (f"Not Found: /my/{TOKEN}", "Not Found: /my/…"),
        (f'"GET /es/my/{TOKEN}/ HTTP/1.1" 404', '"GET /es/my/…/ HTTP/1.1" 404'),
        (f'"GET /my/{TOKEN}" 404', '"GET /my/…" 404'),
        ("GET /start/?name=Wren&phone=1 HTTP/1.1", "GET /start/?… HTTP/1.1"),
        ("wrote to wren.feather+x@example.org today", "wrote to …@… today"),
        ("called +14195550142 twice", "called … twice"),
        ("called (419) 555-0142 twice", "called (… twice"),
        ("called 419.555.0142, 419 555 0143", "called …, …"),
        ("request 123456 waited 42 s", "request 123456 waited 42 s"),
        ("Nothing to hide here.", "Nothing to hide here."),
    ],
)
def test_a_line_keeps_what_helps_and_loses_what_leads_to_somebody(line, scrubbed):
    assert scrub(line) == scrubbed


def formatted(message, *args, error=None):
    record = logging.LogRecord("portal", logging.ERROR, __file__, 1, message, args, error)
    record.person = "Wrenfeather"
    return json.loads(JsonFormatter().format(record))


def test_a_log_line_is_json_and_holds_only_what_is_allowed():
    line = formatted("Sent to %s", "+14195550142")
    assert line.keys() == {"at", "level", "logger", "message"}
    assert (line["level"], line["logger"], line["message"]) == ("ERROR", "portal", "Sent to …")


def _fails():
    try:
        raise KeyError("Wrenfeather")
    except KeyError as error:
        raise ValueError("DETAIL: Key (name)=(Wrenfeather) exists") from error


def test_of_an_error_only_its_kind_and_its_place_are_told():
    try:
        _fails()
    except ValueError:
        line = formatted("It failed", error=sys.exc_info())
    assert (line["error"], line["message"]) == ("ValueError", "It failed")
    assert line["where"][-1].endswith(" _fails")
    assert "Wrenfeather" not in json.dumps(line)


def test_an_error_quoted_in_the_message_itself_is_left_out():
    """As the task queue does: "Task tick raised unexpected: ValueError(...)"."""
    try:
        _fails()
    except ValueError as error:
        line = formatted("Task %s raised unexpected: %r, that is: %s", "tick", error, error, error=sys.exc_info())
    assert line["message"] == "Task tick raised unexpected: …, that is: …"


def test_a_line_break_cannot_forge_a_second_line():
    record = logging.LogRecord("portal", logging.INFO, __file__, 1, 'x\n{"level": "ERROR"}', (), None)
    assert len(JsonFormatter().format(record).splitlines()) == 1
