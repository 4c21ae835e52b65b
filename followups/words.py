"""The words of a message: files under `templates/followups`, read as the person will read them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from followups.discretion import in_text_letters
from intake.models import CallbackRequest

# Where no open town is chosen there is no town's clock either; the program's own counts.
PROGRAM_ZONE = ZoneInfo(settings.TIME_ZONE)


@dataclass(frozen=True)
class Words:
    subject: str
    body: str


def words_for(kind: str, channel: str, request: CallbackRequest) -> Words:
    """Render `<kind>.<channel>.txt`; its first line is the subject for everything but a text.

    Nothing of what the person wrote goes in: no name, no town, no reason (R-P2).
    """
    # The day of the week is a word of the message too.
    with translation.override(settings.LANGUAGE_CODE if channel == "inbox" else request.language):
        text = render_to_string(f"followups/{kind}.{channel}.txt", _context(request)).strip()
    if channel == "text":
        return Words(subject="", body=" ".join(in_text_letters(text).split()))
    subject, _blank, body = text.partition("\n")
    return Words(subject=subject.strip(), body=body.strip())


def _context(request: CallbackRequest) -> dict[str, str]:
    return {
        "label": sender_label(request),
        "phone": plain_phone(settings.PROVIDER_PHONE),
        "when": spoken(request.promised_by, zone_of(request)) if request.promised_by else "",
        "reference": request.reference,
        "desk_url": f"{settings.SITE_URL}/staff/",
    }


def sender_label(request: CallbackRequest) -> str:
    return request.location.sender_label if request.location else settings.SENDER_LABEL


def zone_of(request: CallbackRequest) -> ZoneInfo:
    return ZoneInfo(request.location.time_zone) if request.location else PROGRAM_ZONE


def spoken(moment: datetime, zone: ZoneInfo) -> str:
    """A day and an hour, short enough for a text: "Tue noon", "Wed 5 pm"."""
    local = timezone.localtime(moment, zone)
    day = date_format(local, "D")
    if (local.hour, local.minute) == (12, 0):
        return _("%(day)s noon") % {"day": day}
    return f"{day} {date_format(local, 'g:i' if local.minute else 'g')} {_('am') if local.hour < 12 else _('pm')}"


def plain_phone(number: str) -> str:
    """888-657-0858: twelve letters, which every phone can tap."""
    digits = number.removeprefix("+1")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number
