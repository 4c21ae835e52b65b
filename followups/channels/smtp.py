"""Email through the mail server of EMAIL_URL."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from smtplib import SMTPHeloError, SMTPRecipientsRefused, SMTPResponseException

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from followups.channels import Outgoing, Refused, TryLater, refuse_unsigned
from followups.letter import letter

ANSWERS_WITHIN = 30  # seconds, for each step of the talk; well inside delivery.STUCK_AFTER


def deliver(outgoing: Outgoing, now: datetime) -> str:
    """Raises TryLater or Refused when it certainly did not leave; any other error leaves that unknown."""
    refuse_unsigned("email")
    connection = _opened()
    try:
        handed_over = letter(outgoing, connection).send()
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


def _meaning(codes: Iterable[int], error: Exception) -> Exception:
    """What a server's "no" says: 4xx is for now, 5xx for good, and anything else we do not understand."""
    first_digits = {code // 100 for code in codes}
    return {4: TryLater(), 5: Refused()}.get(min(first_digits, default=0), error)
