"""Who came in, who did not, and who left (R-H5).

Signals, which we use for nothing else: signing in is the work of another package, whose code is not ours to call
`audit.record` from, and every way in or out, this year's and next year's, sends these three.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.utils import timezone

from privacy import audit


@receiver(user_logged_in)
def signed_in(*, user: Any, **_: Any) -> None:
    audit.record("desk.signed_in", by=user, subject=user, now=timezone.now())


@receiver(user_logged_out)
def signed_out(*, user: Any, **_: Any) -> None:
    if user is not None:  # who was not signed in has nothing to leave
        audit.record("desk.signed_out", by=user, subject=user, now=timezone.now())


@receiver(user_login_failed)
def sign_in_failed(*, credentials: dict[str, Any], **_: Any) -> None:
    """Which account was tried, if there is one. Never what was typed: that may be a password in the wrong field."""
    tried = get_user_model().objects.filter(username=credentials.get("username") or "").first()
    audit.record("desk.sign_in_failed", by=audit.UNKNOWN, subject=tried, now=timezone.now())
