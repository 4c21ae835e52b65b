"""Email through a provider, spoken to by django-anymail: which one is a setting (docs/decisions/0014).

What the library raises is read for one thing: is it certain that nothing left? All else leaves the row open.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from ssl import SSLCertVerificationError
from typing import Any

from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest
from django.urls import resolve
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, SSLError

from followups.channels import Outgoing, Refused, TryLater, refuse_unsigned
from followups.letter import letter

LATER = (401, 429)  # our own key is wrong, or too many at once: nothing was taken, and it may be later
# Raised while the letter is written for them, before anybody is called.
UNSENDABLE = (AnymailInvalidAddress, AnymailSerializationError, AnymailUnsupportedFeature)
ROW = "row"  # the number of our row, which comes back with each receipt; nothing else about anybody goes along


class UnclearAnswer(Exception):
    """They answered, and not in a way that says what they call it."""


@dataclass(frozen=True)
class Heard:
    """What became of one letter, in the library's words for all providers."""

    message_id: int
    provider_id: str
    said: str
    recipient: str


def deliver(outgoing: Outgoing, now: datetime) -> str:
    """Returns a mark of their id. Raises TryLater or Refused when it certainly did not leave; others leave it open."""
    refuse_unsigned("email")
    connection = _opened()
    mail = _untracked(outgoing, connection)
    try:
        handed_over = mail.send()
    except (AnymailRecipientsRefused, *UNSENDABLE) as error:
        raise Refused from error
    except AnymailAPIError as error:
        if meaning := _meaning(error):
            raise meaning from error
        raise  # an error that were its own cause could not be put into words
    finally:
        with suppress(OSError):  # they have answered
            connection.close()
    if not handed_over:
        raise Refused  # nothing is sent, and nothing said, when there is no address
    return _mark(mail.anymail_status.message_id)


def heard_in(request: HttpRequest) -> Iterator[Heard]:
    """What they call us about. Raises PermissionDenied or BadRequest for what is not theirs or makes no sense."""
    if not settings.MAIL_PROVIDER:
        raise PermissionDenied
    theirs: Any = resolve(f"/{settings.MAIL_PROVIDER}/tracking/", "anymail.urls").func
    view_class = theirs.view_class
    if view_class.warn_if_no_basic_auth and not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise PermissionDenied  # the library would hear anybody
    view = view_class()
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest from error
    for event in events:
        row = event.metadata.get(ROW, "") if isinstance(event.metadata, dict) else ""
        if event.message_id and str(row).isdecimal():
            yield Heard(int(row), _mark(event.message_id), event.event_type, event.recipient or "")


def trouble() -> str:
    """Why no letter could leave, found without calling anybody; empty when all is well."""
    try:
        connection: Any = get_connection()
        nobody = Outgoing(0, "email", "nobody@example.org", "Hello", "Hello", settings.SITE_URL)
        connection.build_message_payload(_untracked(nobody, connection), connection.send_defaults)
    except (AnymailError, ImproperlyConfigured, ImportError) as error:
        return type(error).__name__
    return ""


def _untracked(outgoing: Outgoing, connection: BaseEmailBackend) -> Any:
    """With a provider that cannot leave out its pictures and links, the library refuses to write it (R-E2)."""
    mail = letter(outgoing, connection)
    wishes = {"track_opens": False, "track_clicks": False, "metadata": {ROW: str(outgoing.message_id)}}
    vars(mail).update(wishes)  # that is where the library looks for what Django has no word for
    return mail


def _opened() -> BaseEmailBackend:
    try:
        connection = get_connection()
        connection.open()
    except (ImproperlyConfigured, ImportError) as error:
        raise TryLater from error
    if session := getattr(connection, "session", None):
        session.max_redirects = 0  # whoever they point to has signed nothing
    return connection


def _meaning(error: AnymailAPIError) -> Exception | None:
    """None when nobody can say whether it left."""
    status = error.status_code or 0
    if _nobody_there(error) or status in LATER:
        return TryLater()
    return Refused() if 400 <= status < 500 else None


def _nobody_there(error: AnymailAPIError) -> bool:
    """Nobody, or nobody we can trust: it failed while connecting. An error of the same name may also come later."""
    failed = error.__cause__.args[0] if error.__cause__ and error.__cause__.args else None
    why = failed.reason if isinstance(failed, MaxRetryError) else None
    distrusted = isinstance(why, SSLError) and isinstance(why.args[0], SSLCertVerificationError)
    return distrusted or isinstance(why, ConnectTimeoutError)


def _mark(their_id: object) -> str:
    """Their ids are longer than our column, and are only ever compared."""
    if not their_id or not isinstance(their_id, str):
        raise UnclearAnswer
    return hashlib.sha256(their_id.encode()).hexdigest()[:40]
