"""The words a person signs when they let us disclose, by version (42 CFR 2.31).

COUNSEL reads them before anyone real signs; docs/content-signoff.md lists them.
"""

CONSENT_WORDING_VERSION = "2026-11"
RIGHT_TO_REVOKE = (
    "You can take this consent back at any time, in writing, by letter or in person at any of our places, or by "
    "telling us. What was shared before that cannot be called back."
)
RISKS = (
    "Whoever gets this may be allowed to share it further, and then Part 2 may no longer protect it. You can say no: "
    "then we do not share it, and you can still come here. Someone who pays for care may not pay without it."
)
