"""Real talk with a mail provider on this machine: what may be tried again, what never, and what nobody knows."""

import hashlib
import hmac
import json
import logging
import socket
import traceback
from base64 import b64decode, b64encode
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.checks import run_checks
from django.test import Client

from followups.channels import anymail
from followups.models import Message
from intake import actions
from intake.answers import Reach
from privacy import audit
from privacy.redaction import JsonFormatter

from .mail_provider import (
    AWAY,
    HANGS_UP,
    LIES,
    NO_ANSWER,
    NO_ID,
    NOT_JSON,
    ODD_ID,
    SILENT,
    TAKEN,
    MailProvider,
)
from .people import UNDELIVERED, WEDNESDAY, by_email, fate, left, message_of, planned, someone, tick

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SIGNED = {"BAA": date(2026, 1, 5), "QSOA": date(2026, 1, 5)}
STUCK, SENT, AGAIN, REFUSED = ("stuck", "error"), ("sent", ""), ("planned", "trying_again"), ("failed", "refused")
KEY = "a key for their calls"
WREN = "wren@example.org"


@pytest.fixture
def mail_at(settings):
    """A function: from now on mail goes to the provider at this address."""

    def use(url, name="mailgun"):
        settings.MAIL_PROVIDER = name
        settings.EMAIL_BACKEND = f"anymail.backends.{name}.EmailBackend"
        keys = {"MAILGUN_API_KEY": "a secret", "MAILGUN_API_URL": url, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}
        settings.ANYMAIL = {**keys, "WEBHOOK_SECRET": "", "REQUESTS_TIMEOUT": 0.3}
        settings.CHANNELS = {**settings.CHANNELS, "email": "anymail"}
        settings.AGREEMENTS = {**settings.AGREEMENTS, "email": SIGNED}
        settings.DEFAULT_FROM_EMAIL = "Front Desk <hello@frontdesk.test>"
        settings.STAFF_INBOX = "desk@frontdesk.test"

    return use


@pytest.fixture
def provider(mail_at):
    with MailProvider() as provider:
        mail_at(provider.url)
        yield provider


# --- on the way out -------------------------------------------------------------------------------------------------


def test_a_letter_is_plain_neutral_untracked_and_carries_the_number_of_a_row_and_nothing_else(provider):
    request = by_email()
    tick()
    assert fate(request) == SENT
    (letter,) = provider.letters
    stop, own_id, body = (letter.pop(name) for name in ("h:List-Unsubscribe", "h:Message-Id", "text"))
    letter.pop("id")
    assert letter == {
        "from": "Front Desk <hello@frontdesk.test>",
        "to": WREN,
        "subject": "We have your note",
        "h:Auto-Submitted": "auto-generated",
        "h:List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "o:tracking-opens": "no",
        "o:tracking-clicks": "no",
        "v:row": str(message_of(request).pk),
    }
    assert own_id.endswith("@frontdesk.test>")
    assert stop.startswith("<http://testserver/u/")
    assert "A person will write to you by Thu noon." in body
    ((path, authorization),) = provider.asked
    assert path == "/v3/frontdesk.test/messages"
    assert b64decode(authorization.removeprefix("Basic ")) == b"api:a secret"


@pytest.mark.parametrize(
    ("answer", "result", "taken"),
    [
        (TAKEN, SENT, 1),
        (400, REFUSED, 0),
        (403, REFUSED, 0),
        (404, REFUSED, 0),
        (422, REFUSED, 0),
        (401, AGAIN, 0),
        (429, AGAIN, 0),
        (500, STUCK, 0),
        (503, STUCK, 0),
        (204, STUCK, 0),
        (SILENT, STUCK, 1),
        (HANGS_UP, STUCK, 1),
        (NOT_JSON, STUCK, 1),
        (NO_ID, STUCK, 1),
        (ODD_ID, STUCK, 1),
        (NO_ANSWER, STUCK, 1),
    ],
)
def test_what_the_provider_answers_decides_what_becomes_of_a_letter(answer, result, taken, provider):
    provider.answer = answer
    request = by_email()
    tick()
    assert fate(request) == result
    assert len(provider.letters) == taken
    assert bool(message_of(request).handed_over_at) == (result in {SENT, STUCK})


@pytest.mark.parametrize("answer", [SILENT, HANGS_UP, NOT_JSON, NO_ID])
def test_a_letter_that_may_have_been_taken_is_never_sent_again(answer, provider):
    provider.answer = answer
    request = by_email()
    tick()
    provider.answer = TAKEN
    for hours in range(1, 4):
        tick(now=WEDNESDAY + hours * HOUR)
    assert provider.taken() == {WREN: 1}
    assert fate(request) == STUCK
    assert fate(request, UNDELIVERED) == SENT
    assert [way for way, _to in left()] == ["inbox"]


@pytest.mark.parametrize("answer", [SILENT, HANGS_UP, NOT_JSON, NO_ID])
def test_what_broke_on_the_way_can_be_put_into_words(answer, provider, caplog):
    provider.answer = answer
    by_email()
    tick()
    (record,) = [record for record in caplog.records if record.msg == "A message may have left, or may not"]
    error = record.exc_info[1]
    assert error.__cause__ is not error
    assert type(error).__name__ in "".join(traceback.format_exception(error))


def test_a_provider_that_is_down_is_tried_again_and_gets_it_once(mail_at):
    request = by_email()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refused
        mail_at(f"http://127.0.0.1:{unused.getsockname()[1]}/v3")
        tick()
    assert fate(request) == AGAIN
    with MailProvider() as provider:
        mail_at(provider.url)
        tick(now=message_of(request).due_at)
        tick(now=WEDNESDAY + HOUR)
        assert provider.taken() == {WREN: 1}


def test_whoever_cannot_prove_to_be_the_provider_gets_nothing_and_it_is_tried_again(mail_at, tmp_path):
    request, impostor = by_email(), MailProvider()
    impostor.seal_the_line(tmp_path)
    with impostor:
        mail_at(impostor.url.replace("http:", "https:"))
        tick()
        assert impostor.asked == []
    assert fate(request) == AGAIN


def test_too_many_at_once_waits_longer_each_time_and_ends_with_a_person(provider):
    provider.answer = 429
    request, now, waits = by_email(), WEDNESDAY, []
    tick()
    while fate(request) == AGAIN:
        waits.append(message_of(request).due_at - now)
        now = message_of(request).due_at
        tick(now=now)
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16)]
    assert fate(request) == ("failed", "no_answer")


def test_a_provider_that_points_elsewhere_is_not_followed(provider):
    with MailProvider() as other:
        provider.answer, provider.elsewhere = AWAY, f"{other.url}/frontdesk.test/messages"
        request = by_email()
        tick()
        assert other.asked == []
    assert fate(request) == STUCK


@pytest.mark.parametrize("to", ["", "wren", "<wren", "wren@", f"wren@{'ü' * 80}.org"])
def test_an_address_that_is_none_is_refused_before_anybody_is_called(to, provider):
    with pytest.raises(anymail.Refused):
        anymail.deliver(anymail.Outgoing(1, "email", to, "We have your note", "Hello"), WEDNESDAY)
    assert provider.asked == []


GONE = "Found inactive addresses: wren@example.org. Inactive recipients are ones that have generated a hard bounce."


@pytest.mark.parametrize(
    ("status", "says", "result"),
    [
        (TAKEN, {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": WREN}, SENT),
        (422, {"ErrorCode": 406, "Message": GONE}, REFUSED),
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'wren@example.org'."}, REFUSED),
        (422, {"ErrorCode": 412, "Message": "The account is pending approval."}, REFUSED),
        (TAKEN, {"ErrorCode": 0, "Message": "OK"}, STUCK),
        (500, {}, STUCK),
    ],
)
def test_another_provider_is_read_the_same_way_and_told_not_to_track(status, says, result, provider, mail_at, settings):
    mail_at("", name="postmark")
    keys = {"POSTMARK_SERVER_TOKEN": "a secret", "POSTMARK_API_URL": provider.url}
    settings.ANYMAIL = {**keys, "WEBHOOK_SECRET": "user:word", "REQUESTS_TIMEOUT": 0.3}
    provider.answer, provider.body = status, says
    request = by_email()
    tick()
    assert fate(request) == result
    for letter in provider.letters:
        assert (letter["TrackOpens"], letter["TrackLinks"]) == (False, "None")
        assert letter["Metadata"] == {"row": str(message_of(request).pk)}
        assert "HtmlBody" not in letter
    assert len(provider.letters) == (status == TAKEN)


@pytest.mark.parametrize("missing", ["BAA", "QSOA"])
def test_nothing_goes_to_a_vendor_who_has_not_signed_both(missing, provider, settings):
    settings.AGREEMENTS = {**settings.AGREEMENTS, "email": {**SIGNED, missing: None}}
    request = by_email()
    tick()
    assert fate(request) == ("planned", "trying_again")
    assert provider.asked == []
    (error,) = found("followups.E001")
    assert f"EMAIL_{missing}_SIGNED_ON" in error.hint


def test_an_answer_that_quotes_their_address_is_not_in_the_log(provider):
    provider.answer = NOT_JSON
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    log = logging.getLogger("followups")
    log.addHandler(handler)
    try:
        by_email()
        tick()
    finally:
        log.removeHandler(handler)
    assert "AnymailRequestsAPIError" in written.getvalue()
    assert [part for part in ("wren", "Wren", "a secret", "Welcome") if part in written.getvalue()] == []


# --- what must not start --------------------------------------------------------------------------------------------


def found(which: str) -> list:
    return [one for one in run_checks() if one.id == which]


def test_a_provider_without_its_key_does_not_start_and_its_mail_waits(mail_at, settings):
    mail_at("http://127.0.0.1:1/v3")
    assert found("followups.E007") == []
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}
    assert len(found("followups.E007")) == 1
    request = by_email()
    tick()
    assert fate(request) == AGAIN


@pytest.mark.parametrize(
    ("name", "keys", "errors"),
    [
        ("postmark", {"POSTMARK_SERVER_TOKEN": "x"}, 0),
        ("sparkpost", {"SPARKPOST_API_KEY": "x"}, 0),
        ("resend", {"RESEND_API_KEY": "x"}, 1),  # cannot be told not to track
        ("no_such_provider", {}, 1),
    ],
)
def test_another_provider_is_a_setting_and_one_that_must_track_is_refused(name, keys, errors, mail_at, settings):
    mail_at("", name=name)
    settings.ANYMAIL = {**keys, "WEBHOOK_SECRET": "user:word", "REQUESTS_TIMEOUT": 1}
    assert len(found("followups.E007")) == errors


# --- what they tell us later ----------------------------------------------------------------------------------------

WORDS = {
    "delivered": {"event": "delivered"},
    "bounced": {"event": "failed", "severity": "permanent", "reason": "bounce"},
    "deferred": {"event": "failed", "severity": "temporary"},
    "rejected": {"event": "rejected", "reject": {"reason": "old"}},
    "complained": {"event": "complained"},
    "unsubscribed": {"event": "unsubscribed"},
    "opened": {"event": "opened"},
    "a new word": {"event": "something new"},
}


def call_of(said, *, row, their_id, to=WREN, key=KEY) -> dict:
    token = "t" * 50
    signature = hmac.digest(key.encode(), f"1760454000{token}".encode(), "sha256").hex()
    message = {"headers": {"message-id": their_id.strip("<>")}}
    event = {**WORDS[said], "timestamp": 1760454000.5, "message": message, "recipient": to}
    signed = {"timestamp": "1760454000", "token": token, "signature": signature}
    return {"signature": signed, "event-data": {**event, "user-variables": {"row": str(row)}}}


def post(body, **headers):
    content = body if isinstance(body, str) else json.dumps(body)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post("/m/", content, content_type="application/json", headers=headers)


def hear(request, *said, their_id="<1@frontdesk.test>", **changes) -> tuple[str, str]:
    row = message_of(request).pk
    for one in said:
        assert post(call_of(one, **{"row": row, "their_id": their_id, **changes})).status_code == 200
    return fate(request)


def handed_over(their_id="<1@frontdesk.test>", **changes):
    """A request whose acknowledgement the provider took."""
    request = by_email()
    planned()
    mark = hashlib.sha256(their_id.encode()).hexdigest()[:40] if their_id else ""
    as_sent = {"status": "sent", "channel": "email", "tries": 1, "handed_over_at": WEDNESDAY, "provider_id": mark}
    Message.objects.filter(request=request).update(**{**as_sent, **changes})
    return request


@pytest.fixture
def listening(mail_at):
    mail_at("http://127.0.0.1:1/v3")


BOUNCED = ("failed", "bounced")


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (["deferred", "delivered"], SENT),
        (["delivered", "deferred"], SENT),
        (["delivered", "delivered"], SENT),
        (["delivered", "bounced"], BOUNCED),
        (["bounced", "delivered"], BOUNCED),
        (["bounced", "deferred", "bounced"], BOUNCED),
        (["rejected"], BOUNCED),
        (["opened", "a new word"], SENT),
    ],
)
def test_calls_in_any_order_and_played_again_come_to_the_same(said, result, listening):
    request = handed_over()
    assert hear(request, *said) == result
    assert hear(request, *said) == result
    assert bool(message_of(request).delivered_at) == ("delivered" in said and result == SENT)


def test_what_the_provider_took_is_known_by_the_id_it_gave(provider):
    request = by_email()
    tick()
    assert hear(request, "bounced", their_id="<another@frontdesk.test>") == SENT
    assert hear(request, "bounced", their_id=provider.letters[0]["id"]) == BOUNCED


def test_a_call_settles_what_nobody_knew(listening):
    for status in ("sending", "stuck"):
        request = handed_over("", status=status)
        assert hear(request, "deferred") == SENT
        assert hear(request, "bounced", their_id="<2@frontdesk.test>") == SENT
        assert hear(handed_over("", status=status), "bounced") == BOUNCED


def test_a_provider_that_says_too_many_and_took_it_is_believed_when_it_calls_back(provider):
    provider.answer = LIES
    request = by_email()
    tick()
    assert fate(request) == AGAIN
    hear(request, "delivered", their_id=provider.letters[0]["id"])
    provider.answer = TAKEN
    tick(now=WEDNESDAY + HOUR)
    assert fate(request) == SENT
    assert provider.taken() == {WREN: 1}


def test_a_letter_that_came_back_tells_staff_the_same_day(listening, settings):
    request = handed_over()
    hear(request, "bounced")
    settings.CHANNELS = {**settings.CHANNELS, "inbox": "local"}
    tick(now=WEDNESDAY + HOUR)
    assert fate(request, UNDELIVERED) == SENT
    assert [way for way, _to in left()] == ["inbox"]


def test_a_call_about_something_else_changes_nothing(listening):
    request, text = handed_over(), someone()
    planned()
    Message.objects.filter(request=text).update(status="sent", channel="text", tries=1, handed_over_at=WEDNESDAY)
    for row in (0, 999_999, 10**30, "x", "", message_of(text).pk):
        assert hear(request, "bounced", "complained", row=row) == SENT
    for body in (call_of("bounced", row=message_of(request).pk, their_id=""), forget(call_of, request)):
        assert post(body).status_code == 200
    assert (fate(request), fate(text)) == (SENT, SENT)
    assert request.consents.filter(kind="email").last().given
    assert hear(handed_over(status="skipped"), "delivered") == ("skipped", "")


def forget(make, request) -> dict:
    body = make("bounced", row=message_of(request).pk, their_id="<1@frontdesk.test>")
    body["event-data"]["user-variables"] = []
    return body


@pytest.mark.parametrize("said", ["complained", "unsubscribed"])
def test_who_calls_it_unwanted_gets_no_more_mail_for_any_request_at_that_address(said, listening, settings):
    hers, again, other = handed_over(), by_email(), by_email(email="hazel@example.org")
    assert hear(hers, said, said, to="WREN@example.org") == SENT
    assert [entry.what for entry in hers.history.all()].count("emails_stopped") == 1
    settings.CHANNELS = {**settings.CHANNELS, "email": "local"}
    tick()
    assert fate(again) == ("skipped", "no_consent")
    assert left() == [("email", "hazel@example.org")]
    assert other.consents.filter(kind="email").last().given


def test_a_complaint_about_an_old_letter_does_not_silence_the_address_that_is_theirs_now(listening):
    request = handed_over()
    reach = Reach(reach_by="email", email="wren@new.example.org")
    actions.change_contact(reach, request_id=request.pk, page="my", by=audit.PERSON, now=WEDNESDAY)
    hear(request, "complained")
    assert request.consents.filter(kind="email").last().given


def test_a_letter_to_staff_that_came_back_is_seen_and_their_complaint_stops_nobody(listening, settings):
    request = handed_over(channel="inbox")
    settings.STAFF_INBOX = WREN
    assert hear(request, "complained", "bounced") == BOUNCED
    assert request.consents.filter(kind="email").last().given


@pytest.mark.parametrize("trouble", ["another key", "no signature", "a list", "no JSON", "odd letters", "nothing"])
def test_what_is_not_signed_by_them_is_not_heard(trouble, listening):
    request = handed_over()
    body = call_of("bounced", row=message_of(request).pk, their_id="<1@frontdesk.test>", key="another")
    if trouble == "no signature":
        del body["signature"]
    if trouble == "odd letters":
        body["signature"]["token"] = "ü"
    body = {"a list": "[]", "no JSON": "{", "nothing": ""}.get(trouble, body)
    assert post(body).status_code == 400
    assert fate(request) == SENT


def test_a_signed_call_that_makes_no_sense_is_an_error_of_theirs(listening):
    body = call_of("bounced", row=1, their_id="<1@frontdesk.test>")
    for nonsense in ({}, {"event": "failed", "timestamp": "soon"}, [], None):
        assert post({**body, "event-data": nonsense}).status_code == 400


def test_a_provider_that_does_not_sign_is_heard_only_with_the_password_we_gave_it(listening, settings):
    request = handed_over("1")
    settings.MAIL_PROVIDER = "postmark"
    body = {"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "1", "Email": WREN}
    body["Metadata"] = {"row": str(message_of(request).pk)}
    assert post(body).status_code == 403  # no password was given, so anybody could know it
    settings.ANYMAIL = {"WEBHOOK_SECRET": "user:word"}
    assert post(body).status_code == 400
    assert post(body, Authorization=basic("user:another")).status_code == 400
    assert fate(request) == SENT
    assert post(body, Authorization=basic("user:word")).status_code == 200
    assert fate(request) == BOUNCED


def basic(word: str) -> str:
    return f"Basic {b64encode(word.encode()).decode()}"


def test_where_no_provider_is_set_nobody_is_heard(settings):
    request = handed_over()
    assert post(call_of("bounced", row=message_of(request).pk, their_id="<1@frontdesk.test>")).status_code == 403
    assert fate(request) == SENT


def test_the_address_for_their_calls_is_neutral_answers_a_knock_and_keeps_nothing(listening):
    knock = Client().head("/m/")
    assert (knock.status_code, knock.cookies) == (200, {})
    assert Client().get("/m/").status_code == 405
    answer = post(call_of("delivered", row=1, their_id="<1@frontdesk.test>"))
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"", {})
