"""What must not start, and what the operator is told at the start (R-P16)."""

from datetime import date

import pytest
from django.core.checks import run_checks

MAIL = {"text": "off", "email": "smtp", "inbox": "smtp"}
LOCAL = dict.fromkeys(MAIL, "local")
OFF = dict.fromkeys(MAIL, "off")
SIGNED = {"BAA": date(2026, 1, 5), "QSOA": date(2026, 1, 5)}
UNSIGNED = dict.fromkeys(SIGNED)


@pytest.mark.parametrize(
    ("channels", "signed", "inbox", "found"),
    [
        (MAIL, UNSIGNED, "desk@example.org", ["followups.E001"]),
        (MAIL, {**SIGNED, "BAA": None}, "desk@example.org", ["followups.E001"]),
        (MAIL, {**SIGNED, "QSOA": None}, "desk@example.org", ["followups.E001"]),
        ({**OFF, "inbox": "smtp"}, UNSIGNED, "desk@example.org", ["followups.E001"]),
        (MAIL, SIGNED, "desk@example.org", []),
        (MAIL, SIGNED, "", ["followups.W001"]),
        (LOCAL, UNSIGNED, "desk@example.org", []),
        (OFF, UNSIGNED, "", []),
    ],
)
def test_mail_needs_both_agreements_and_somebody_who_reads_the_inbox(channels, signed, inbox, found, settings):
    settings.CHANNELS, settings.AGREEMENTS, settings.STAFF_INBOX = channels, {"email": signed}, inbox
    assert sorted(one.id for one in run_checks() if one.id.startswith("followups.")) == found
