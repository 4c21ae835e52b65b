"""Plain email through Django's mail settings: neutral sender, text only, nothing that tracks (R-E2)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from email.utils import make_msgid, parseaddr
from smtplib import SMTPHeloError, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from followups.channels import Outgoing, Refused, TryLater

ANSWERS_WITHIN = 30  # seconds, for each step of the talk; well inside delivery.STUCK_AFTER


def deliver(outgoing: Outgoing, now: datetime) -> str:
    """Raises TryLater or Refused when it certainly did not leave; any other error leaves that unknown."""
    connection = _opened()
    try:
        handed_over = _message(outgoing, connection).send()
    except SMTPHeloError as error:  # they refused us, before they heard of any letter
        raise TryLater from error
    except SMTPRecipientsRefused as error:
        raise _meaning([code for code, _words in error.recipients.values()], error) from error
    except SMTPResponseException as error:
        raise _meaning([error.smtp_code], error) from error
    finally:
        with suppress(OSError):  # they have answered; how they say goodbye changes nothing
            connection.close()
    if not handed_over:
        raise Refused  # Django sends nothing, and says nothing, when there is no address
    return ""


def _opened() -> BaseEmailBackend:
    connection = get_connection(timeout=ANSWERS_WITHIN)
    try:
        connection.open()
    except OSError as error:  # all errors of smtplib are among them
        raise TryLater from error
    return connection


def _message(outgoing: Outgoing, connection: BaseEmailBackend) -> EmailMessage:
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return EmailMessage(
        subject=outgoing.subject,
        body=outgoing.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.to],
        connection=connection,
        headers={
            # Django would put the name of this machine here, which may say what we do (R-P2).
            "Message-ID": make_msgid(domain=sender.rpartition("@")[2]),
            "Auto-Submitted": "auto-generated",
            **_one_click(outgoing.stop_url),
        },
    )


def _one_click(stop_url: str) -> dict[str, str]:
    """The button "unsubscribe" of the reader's own mail program (RFC 8058, R-E1)."""
    if not stop_url:
        return {}
    return {"List-Unsubscribe": f"<{stop_url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _meaning(codes: Iterable[int], error: Exception) -> Exception:
    """What a server's "no" says: 4xx is for now, 5xx for good, and anything else we do not understand."""
    first_digits = {code // 100 for code in codes}
    return {4: TryLater(), 5: Refused()}.get(min(first_digits, default=0), error)
