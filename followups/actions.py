"""Writes of managers: when we write, in data."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from followups.models import Cadence
from privacy import audit


def keep_cadence(row: Cadence, *, fields: Iterable[str], by: Any, now: datetime) -> None:
    """Save a new or changed rhythm; what is planned already stays, and what comes next follows it.

    `fields` are the names of what was changed; where nothing was, nothing is written.
    """
    is_new = row._state.adding
    if not (is_new or fields):
        return
    with transaction.atomic():
        row.save()
        action = "cadence.added" if is_new else "cadence.changed"
        audit.record(action, by=by, subject=row, now=now, fields=fields)


def drop_cadence(row: Cadence, *, by: Any, now: datetime) -> None:
    """The place follows the row of all the rest again."""
    with transaction.atomic():
        audit.record("cadence.deleted", by=by, subject=row, now=now)
        row.delete()
