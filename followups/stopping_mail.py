"""The address in every mail that ends these mails with one press, and what it does (RFC 8058, R-E1)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from followups.models import Message
from intake import stops
from intake.models import CallbackRequest, ContactPreference
from privacy import audit
from privacy.encryption import CannotOpen, seal, unseal
from privacy.lookup import keyed_hash, keyed_hashes

_PURPOSE = "stop-mail"  # nothing else that is sealed opens this door
_ENOUGH = 16  # letters of the hash: only to tell this address from the one before


def address(message: Message) -> str:
    """Opaque, works as long as the keys open it, and is good for the address that this mail goes to alone."""
    contact = message.request.contact
    token = seal(f"{_PURPOSE} {contact.request_id} {keyed_hash('email', contact.email)[:_ENOUGH]}")
    with translation.override(message.request.language):
        return settings.SITE_URL + reverse("stop-mail", args=[token])


def stop(token: str, *, now: datetime) -> None:
    """No more automatic mail to that address, for whichever request. Twice is fine; made up does nothing."""
    with transaction.atomic():
        for request_id in _requests_at(token):
            stops.stop_emails(request_id=request_id, by=audit.PERSON, now=now)


def stop_address(email: str, *, now: datetime) -> None:
    """The same, for whom the mail provider tells us of. An address that nobody here has changes nothing."""
    theirs = CallbackRequest.objects.filter(contact__email_hash__in=keyed_hashes("email", email))
    with transaction.atomic():
        for request_id in theirs.order_by("pk").values_list("pk", flat=True):
            stops.stop_emails(request_id=request_id, by=audit.PERSON, now=now)


def _requests_at(token: str) -> list[int]:
    contact = _contact_of(token)
    return (
        list(CallbackRequest.objects.same_email(contact).order_by("pk").values_list("pk", flat=True)) if contact else []
    )


def _contact_of(token: str) -> ContactPreference | None:
    """Whose mail it was, if that is still their address: who has it now must not be silenced by an old mail."""
    try:
        purpose, request_id, known_by = unseal(token).split(" ")
        written_about = int(request_id)
    except (CannotOpen, ValueError):
        return None
    contact = ContactPreference.objects.filter(request_id=written_about).first() if purpose == _PURPOSE else None
    still = contact and known_by in {hashed[:_ENOUGH] for hashed in keyed_hashes("email", contact.email)}
    return contact if still else None
