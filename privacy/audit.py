"""The one way into the audit table. Call it inside the transaction of the thing it records (R-H5)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models

from privacy.models import AuditEvent

PERSON = "the person"  # someone using the public pages; who they are is the request, never the actor
CLOCK = "the clock"  # scheduled work
UNKNOWN = "unknown"  # somebody at the sign-in page who could not say who they are


def record(
    action: str,
    *,
    by: Any,
    subject: models.Model | None = None,
    now: datetime,
    fields: Iterable[str] = (),
    note: str = "",
) -> None:
    """Write one row: `action` such as "request.opened", names of `fields`, never their values.

    `by` is a staff user, or PERSON, CLOCK or UNKNOWN. `note` is text a member of staff wrote as a reason.
    """
    AuditEvent.objects.create(
        at=now,
        actor=actor_name(by),
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_key=str(subject.pk) if subject is not None else "",
        fields=sorted(fields),
        note=note,
    )


def actor_name(by: Any) -> str:
    """A username, or one of the fixed words for actors who are no user."""
    return by if isinstance(by, str) else by.get_username()
