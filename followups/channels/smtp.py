"""Plain email through Django's mail settings: neutral sender, text only, nothing that tracks (R-E2)."""

from datetime import datetime
from smtplib import SMTPConnectError, SMTPRecipientsRefused, SMTPSenderRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from followups.channels import Outgoing, Refused, TryLater


def deliver(outgoing: Outgoing, now: datetime) -> None:
    """Raises TryLater before anything was handed over, Refused for good; any other error leaves it unknown."""
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPConnectError) as error:
        raise TryLater from error
    message = EmailMessage(
        subject=outgoing.subject,
        body=outgoing.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[outgoing.to],
        connection=connection,
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPSenderRefused) as error:
        raise Refused from error
    finally:
        connection.close()
