"""The exact words people agree to, with the version that is kept beside each consent (R-T1, R-H10).

Change a sentence here and you must give it a new version; a test holds the two together.
"""

from django.utils.translation import gettext_lazy as _

TEXT_CONSENT_VERSION = "text-1"
TEXT_CONSENT = _("Yes, you may text me")
TEXT_CONSENT_TERMS = _(
    "Three texts a week at most. Message and data rates may apply. Reply STOP to stop, HELP for help."
)

EMAIL_CONSENT_VERSION = "email-1"
EMAIL_CONSENT = _("Email is not sealed. Someone who can open your inbox could read it.")

CARE_CONSENT_VERSION = "care-1"
CARE_CONSENT = _("Yes, send me a kind note now and then, if I don’t come back for now")
CARE_CONSENT_TERMS = _("Eight in a year at most. Nothing is asked of you. You can stop it here, any time.")

# A yes to other words than these is no yes to what we send: an earlier version stands here while it says the same.
STILL_GOOD = frozenset({TEXT_CONSENT_VERSION, EMAIL_CONSENT_VERSION, CARE_CONSENT_VERSION})
