"""The text provider calls us: signed or not heard, behind the proxy too, and odd ones break nothing (R-T3, R-P3)."""

import base64
import hmac

import pytest
import time_machine
from django.http import QueryDict
from django.test import Client

from followups.channels.twilio import is_genuine
from followups.models import InboundText, Message

from .people import WEDNESDAY, fate, message_of, planned, someone
from .test_texts_in import NIGHT, NUMBER, now_of, steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def their_token(settings):
    settings.TEXTS_TOKEN = "a secret of theirs and ours"
    settings.SITE_URL = "https://desk.example.org"
    return settings.TEXTS_TOKEN


def signature(token, url, fields) -> str:
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def call_us(path, fields, *, token, site="https://desk.example.org") -> object:
    headers = {"X-Twilio-Signature": signature(token, site + path, fields)}
    return Client(enforce_csrf_checks=True).post(path, fields, headers=headers)


def test_the_signature_is_theirs_as_their_own_papers_compute_it(settings):
    """The worked example of Twilio's page on webhook security."""
    settings.TEXTS_TOKEN = "12345"
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    fields = QueryDict(mutable=True)
    fields.update(
        {
            "CallSid": "CA1234567890ABCDE",
            "Caller": "+14158675309",
            "Digits": "1234",
            "From": "+14158675309",
            "To": "+18005551212",
        }
    )
    assert is_genuine(url, fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    assert not is_genuine(url + "&more=1", fields, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")


def test_a_signed_text_is_heard_and_answered_behind_the_proxy(their_token):
    request = someone()
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "Stop!", "To": "+14195550100"}
    answer = call_us("/t/", fields, token=their_token)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml")
    assert b"<Message>Front Desk: You are opted out" in answer.content
    assert not answer.cookies
    assert not now_of(request).contact.text_ok
    again = call_us("/t/", fields, token=their_token)
    assert b"<Message>" not in again.content
    assert steps(request).count("texts_stopped") == 1


@pytest.mark.parametrize(
    "trouble", ["wrong token", "changed words", "no signature", "odd signature", "no token of ours"]
)
def test_what_is_not_signed_by_them_is_not_heard(trouble, their_token, settings):
    request = someone()
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP"}
    token = "another" if trouble == "wrong token" else their_token
    if trouble == "no token of ours":
        settings.TEXTS_TOKEN = token = ""
    signed = signature(token or "x", "https://desk.example.org/t/", fields)
    signed = {"no signature": "", "odd signature": "ü" * 28}.get(trouble, signed)
    if trouble == "no token of ours":
        signed = base64.b64encode(
            hmac.digest(b"", b"https://desk.example.org/t/BodySTOPFrom+14195550101MessageSidSM1", "sha1")
        ).decode()
    if trouble == "changed words":
        fields["Body"] = "START"
    assert Client().post("/t/", fields, headers={"X-Twilio-Signature": signed}).status_code == 403
    assert now_of(request).contact.text_ok
    assert not InboundText.objects.exists()


def test_a_signed_receipt_is_heard_and_a_forged_one_is_not(their_token):
    request = someone()
    planned()
    Message.objects.update(status="sent", channel="text", tries=1, handed_over_at=WEDNESDAY, provider_id="SM1")
    path, fields = f"/t/{message_of(request).pk}/", {"MessageSid": "SM1", "MessageStatus": "undelivered"}
    assert call_us(path, fields, token="another").status_code == 403
    assert fate(request) == ("sent", "")
    assert call_us(path, fields, token=their_token).status_code == 204
    assert fate(request) == ("failed", "undelivered")
    assert call_us("/t/999/", fields, token=their_token).status_code == 204


def test_what_the_provider_answered_itself_is_not_answered_twice(their_token):
    request = someone()
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "STOP", "OptOutType": "STOP"}
    assert b"<Message>" not in call_us("/t/", fields, token=their_token).content
    assert not now_of(request).contact.text_ok


@pytest.mark.parametrize("path", ["/t/", "/t/?from=1&x=%2B", "/t/?a=1&a=2"])
@pytest.mark.parametrize("site", ["https://desk.example.org", "https://desk.example.org:8443", "http://testserver"])
def test_the_address_they_signed_is_the_public_one_with_all_of_its_query(path, site, their_token, settings):
    settings.SITE_URL = site
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "HELP"}
    assert b"<Message>" in call_us(path, fields, token=their_token, site=site).content
    wrong = call_us(path, fields, token=their_token, site="https://another.example.org")
    assert wrong.status_code == 403


ODD = {
    "a picture": {"MessageSid": "MM1", "Body": "", "NumMedia": "1", "MediaUrl0": "https://api.example.org/picture"},
    "no words": {"Body": ""},
    "no field for words": {"Body": None},
    "no id": {"MessageSid": None},
    "no number": {"From": None},
    "an empty number": {"From": ""},
    "a number that is a word": {"From": "ANONYMOUS"},
    "a short number": {"From": "22000"},
    "very long": {"Body": "no me " * 30_000},
    "a long id": {"MessageSid": f"SM{'1' * 200}"},
    "letters of all kinds": {"Body": "☎️ 你好 \u202e \ud7ff <Body>&amp; ñ", "ProfileName": "Ünï"},
    "nothing": dict.fromkeys(["MessageSid", "From", "Body"]),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_text_is_no_error_and_nothing_of_it_comes_back(what, their_token):
    someone()
    fields = {"MessageSid": "SM1", "From": NUMBER, "Body": "hello", **ODD[what]}
    fields = {name: value for name, value in fields.items() if value is not None}
    with time_machine.travel(NIGHT, tick=False):
        answer = call_us("/t/", fields, token=their_token)
    assert answer.status_code == 200
    for theirs in ("no me", "你好", "picture", "ANONYMOUS", NUMBER):
        assert theirs not in answer.content.decode()
