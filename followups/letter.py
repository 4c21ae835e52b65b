"""An email as it leaves, whichever way it goes: text only, neutral sender, nothing that tracks (R-E1, R-E2)."""

from email.utils import make_msgid, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from followups.channels import Outgoing


def letter(outgoing: Outgoing, connection: BaseEmailBackend) -> EmailMessage:
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
