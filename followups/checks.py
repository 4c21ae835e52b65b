"""A channel that would really send must not start without its agreement (R-P16) or with a telling sender (R-P2)."""

from email.utils import parseaddr

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ValidationError

from followups.channels import REAL, anymail, unsigned
from privacy.revealing_words import reveals
from scheduling.models import Location

EXAMPLE = "example.org"  # of .env.example; nothing sent from there arrives


@register(Tags.security)
def real_ways_need_both_agreements(app_configs, **kwargs) -> list[Error]:
    """Mail (E001) and texts (E005): whatever sends for real, its vendor has signed as BAA and as QSOA."""
    vendors = {REAL[way] for way in settings.CHANNELS.values() if way in REAL}
    return [_unsigned(vendor, names) for vendor in sorted(vendors) if (names := unsigned(vendor))]


def _unsigned(vendor: str, names: list[str]) -> Error:
    variables = " and ".join(f"{vendor.upper()}_{name}_SIGNED_ON" for name in names)
    return Error(
        f"{vendor.capitalize()}s would leave this machine, and an agreement with the provider is not on record.",
        hint=f"Set {variables} to the day it was signed, or leave the provider unset.",
        id={"email": "followups.E001", "text": "followups.E005"}[vendor],
    )


@register(Tags.security)
def the_mail_provider_can_be_used(app_configs, **kwargs) -> list[Error]:
    """One letter is written for it and not sent: that shows a missing key, and a provider that cannot but track."""
    if "anymail" not in settings.CHANNELS.values() or not (trouble := anymail.trouble()):
        return []
    return [
        Error(
            f"No letter can be written for the mail provider {settings.MAIL_PROVIDER!r}: {trouble}.",
            hint="Look at MAIL_PROVIDER and MAIL_OPTIONS. A provider that cannot leave out its tracking is no choice.",
            id="followups.E007",
        )
    ]


@register(Tags.security, deploy=True)
def texts_can_be_sent_and_answered(app_configs, **kwargs) -> list[Error]:
    """A number to send from, and no word on an open line, neither theirs to us nor ours to them."""
    addresses = (settings.SITE_URL, settings.TEXTS_URL)
    if settings.CHANNELS["text"] != "twilio":
        return []
    if settings.TEXTS_FROM.startswith("+") and all(address.startswith("https://") for address in addresses):
        return []
    return [
        Error(
            "Texts are on, and there is no number to send from, or an address that is not https.",
            hint="Set TEXTS_FROM to your number such as +14195550142, and SITE_URL to the public https address.",
            id="followups.E006",
        )
    ]


@register()
def staff_have_an_inbox(app_configs, **kwargs) -> list[Warning]:
    if settings.CHANNELS["inbox"] != "off" and not settings.STAFF_INBOX:
        return [
            Warning(
                "Nobody is told when a call is late.",
                hint="Set STAFF_INBOX to an address that staff read, or switch mail off.",
                id="followups.W001",
            )
        ]
    return []


@register(Tags.security)
def the_name_on_messages_is_neutral(app_configs, **kwargs) -> list[Error]:
    """For who has no place yet; the rules are those of a place's own name on messages."""
    try:
        Location._meta.get_field("sender_label").clean(settings.SENDER_LABEL, None)
    except ValidationError as error:
        return [Error("SENDER_LABEL cannot stand on a message.", hint=" ".join(error.messages), id="followups.E002")]
    return []


@register(Tags.security)
def the_sender_of_mail_is_neutral(app_configs, **kwargs) -> list[Error]:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if not _mail_leaves() or ("@" in address and not reveals(settings.DEFAULT_FROM_EMAIL)):
        return []
    return [
        Error(
            "EMAIL_FROM is no address, or tells an onlooker what this is about.",
            hint="Write a neutral name and address, such as Front Desk <hello@neutral-name.com>.",
            id="followups.E003",
        )
    ]


@register(Tags.security, deploy=True)
def the_sender_of_mail_is_our_own(app_configs, **kwargs) -> list[Error]:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    domain = address.rpartition("@")[2].lower()
    if not _mail_leaves() or not f".{domain}".endswith(f".{EXAMPLE}"):
        return []
    return [Error("Mail would come from example.org.", hint="Set EMAIL_FROM to your own address.", id="followups.E004")]


def _mail_leaves() -> bool:
    return not {"smtp", "anymail"}.isdisjoint(settings.CHANNELS.values())
