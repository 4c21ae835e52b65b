"""Texts through Twilio: one request for each, spoken by hand, and what they tell us, checked by their signature.

The connection is opened first: what fails until then has certainly not left. After that only a clear answer counts.
"""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse

from followups.channels import Outgoing, Refused, TryLater, refuse_unsigned

MOST_BYTES = 64 * 1024  # of an answer
ACCEPTED, GONE = (200, 201), 404
LATER = (401, 429)  # our own key is wrong, or too many at once: nothing was taken, and it may be later
_ID = re.compile(r"(SM|MM)[0-9a-f]{32}")


class UnclearAnswer(Exception):
    """They answered, and not in a way that says whether they took it."""


def deliver(outgoing: Outgoing, now: datetime) -> str:
    """Returns their id. Raises TryLater or Refused when it certainly did not leave; any other error leaves it open."""
    refuse_unsigned("text")
    receipt = settings.SITE_URL + reverse("text-receipt", args=[outgoing.message_id])
    text = {"To": outgoing.to, "From": settings.TEXTS_FROM, "Body": outgoing.body, "StatusCallback": receipt}
    status, answer = _post("Messages.json", text)
    if status in ACCEPTED:
        return _their_id(answer)
    if status in LATER:
        raise TryLater
    if 400 <= status < 500:
        raise Refused
    raise UnclearAnswer(status)


def forget_words(provider_id: str) -> bool:
    """Blank their copy of one text. False when they will not; raises TryLater or OSError when they could not say."""
    status, _answer = _post(f"Messages/{provider_id}.json", {"Body": ""})
    if status in LATER or status >= 500:
        raise TryLater
    return status in ACCEPTED or status == GONE


def is_genuine(url: str, fields: QueryDict, signature: str) -> bool:
    """Whether Twilio signed this call to us: HMAC-SHA1 over the address and the sorted fields.

    Without a token there is nothing to check it by, and an empty key would let anybody sign.
    """
    if not settings.TEXTS_TOKEN:
        return False
    signed = url + "".join(name + value for name in sorted(fields) for value in sorted(set(fields.getlist(name))))
    wanted = base64.b64encode(hmac.digest(settings.TEXTS_TOKEN.encode(), signed.encode(), "sha1"))
    return hmac.compare_digest(wanted, signature.encode())


def receipt_in(fields: Mapping[str, str]) -> tuple[str, str]:
    """Their id of the text, and what became of it in their own words."""
    return fields.get("MessageSid", ""), fields.get("MessageStatus", "")


def text_in(fields: Mapping[str, str]) -> tuple[str, str, str, bool]:
    """Their id, the number it came from, its words, and whether they have answered it themselves."""
    words = ("MessageSid", "From", "Body")
    provider_id, number, body = (fields.get(name, "") for name in words)
    return provider_id, number, body, bool(fields.get("OptOutType"))


def answer(words: str) -> str:
    """What they read as our reply; no words, no reply."""
    message = f"<Message>{escape(words)}</Message>" if words else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'


def _their_id(answer: bytes) -> str:
    provider_id = json.loads(answer)["sid"]
    if not _ID.fullmatch(provider_id):
        raise UnclearAnswer
    return provider_id


def _post(path: str, fields: Mapping[str, str]) -> tuple[int, bytes]:
    connection = _opened()
    account = f"{settings.TEXTS_ACCOUNT}:{settings.TEXTS_TOKEN}".encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(account).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    try:
        connection.request("POST", f"/2010-04-01/Accounts/{settings.TEXTS_ACCOUNT}/{path}", urlencode(fields), headers)
        answered = connection.getresponse()
        return answered.status, answered.read(MOST_BYTES)
    finally:
        connection.close()


def _opened() -> HTTPConnection:
    base = urlsplit(settings.TEXTS_URL)
    kind = HTTPSConnection if base.scheme == "https" else HTTPConnection
    connection = kind(base.netloc, timeout=settings.TEXTS_ANSWER_WITHIN)
    try:
        connection.connect()
    except OSError as error:  # nobody there, or nobody we can trust
        raise TryLater from error
    return connection
