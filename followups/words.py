"""The words of a message: files under `templates/followups`, read as the person will read them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from followups.discretion import in_text_letters
from intake.models import CallbackRequest

NEEDS_A_DATE = timedelta(days=6)  # a week ahead "Wed" would be taken for today or tomorrow; and it may be read late


@dataclass(frozen=True)
class Words:
    subject: str
    body: str


def words_for(
    kind: str, channel: str, request: CallbackRequest, now: datetime, facts: dict[str, Any] | None = None
) -> Words:
    """Render `<kind>.<channel>.txt`; its first line is the subject for everything but a text.

    `facts` are those of the kind; its `moment` is said as "when", and without one the promise of the page is.
    Nothing of what the person wrote goes in: no name, no town, no reason (R-P2).
    """
    # The day of the week is a word of the message too.
    with translation.override(settings.LANGUAGE_CODE if channel == "inbox" else request.language):
        text = render_to_string(f"followups/{kind}.{channel}.txt", _context(request, now, facts or {})).strip()
    if channel == "text":
        return Words(subject="", body=" ".join(in_text_letters(text).split()))
    subject, _blank, body = text.partition("\n")
    return Words(subject=subject.strip(), body=body.strip())


def _context(request: CallbackRequest, now: datetime, facts: dict[str, Any]) -> dict[str, Any]:
    moment = facts.get("moment", request.promised_by)
    return {
        **facts,
        "label": sender_label(request),
        "phone": plain_phone(settings.PROVIDER_PHONE),
        "when": spoken(moment, request.zone(), now) if moment else "",
        "reach_by": request.contact.reach_by,
        "reference": request.reference,
        "desk_url": f"{settings.SITE_URL}/staff/",
    }


def sender_label(request: CallbackRequest) -> str:
    return request.location.sender_label if request.location else settings.SENDER_LABEL


def spoken(moment: datetime, zone: ZoneInfo, now: datetime) -> str:
    """A day and an hour, shorter than the desk says them, for a text: "Tue noon", "Wed 5 pm", "Wed Oct 21 noon"."""
    local = timezone.localtime(moment, zone)
    far = local.date() - timezone.localtime(now, zone).date() >= NEEDS_A_DATE
    day = date_format(local, _("D M j") if far else "D")
    if (local.hour, local.minute) == (12, 0):
        return _("%(day)s noon") % {"day": day}
    return f"{day} {date_format(local, 'g:i' if local.minute else 'g')} {_('am') if local.hour < 12 else _('pm')}"


def plain_phone(number: str) -> str:
    """888-657-0858: the twelve letters that a text has room for (R-T8); the desk writes "(888) 657-0858"."""
    digits = number.removeprefix("+1")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number
