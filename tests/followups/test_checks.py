"""What must not start, and what the operator is told at the start (R-P16)."""

from datetime import date

import pytest
from django.core.checks import run_checks

MAIL = {"text": "off", "email": "smtp", "inbox": "smtp"}
LOCAL = dict.fromkeys(MAIL, "local")
OFF = dict.fromkeys(MAIL, "off")
SIGNED = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("channels", "signed_on", "inbox", "found"),
    [
        (MAIL, None, "desk@example.org", ["followups.E001"]),
        (MAIL, SIGNED, "desk@example.org", []),
        (MAIL, SIGNED, "", ["followups.W001"]),
        (LOCAL, None, "desk@example.org", []),
        (OFF, None, "", []),
    ],
)
def test_mail_needs_an_agreement_and_somebody_who_reads_the_inbox(channels, signed_on, inbox, found, settings):
    settings.CHANNELS, settings.EMAIL_AGREEMENT_SIGNED_ON, settings.STAFF_INBOX = channels, signed_on, inbox
    assert sorted(one.id for one in run_checks() if one.id.startswith("followups.")) == found
