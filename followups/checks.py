"""A channel that would really send must not start without its agreement (R-P16)."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security)
def email_needs_an_agreement(app_configs, **kwargs) -> list[Error]:
    if settings.CHANNELS["email"] == "smtp" and not settings.EMAIL_AGREEMENT_SIGNED_ON:
        return [
            Error(
                "Mail would leave this machine, and no agreement with the mail provider is on record.",
                hint="Set EMAIL_AGREEMENT_SIGNED_ON to the date of the agreement, or leave EMAIL_URL empty.",
                id="followups.E001",
            )
        ]
    return []


@register()
def staff_have_an_inbox(app_configs, **kwargs) -> list[Warning]:
    if settings.CHANNELS["inbox"] != "off" and not settings.STAFF_INBOX:
        return [
            Warning(
                "Nobody is told when a call is late.",
                hint="Set STAFF_INBOX to an address that staff read, or leave EMAIL_URL empty.",
                id="followups.W001",
            )
        ]
    return []
