"""Every write to the waiting list. Who is asked next, and whether they still want to be, is decided above: this room
knows seats, not people.

All verbs are atomic and take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime).
"""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from privacy import audit
from scheduling.models import LeftTheList, WaitlistEntry
from scheduling.picks import Kind


def join(*, request_id: int, kind: Kind, group_id: int | None, by: Any, now: datetime) -> WaitlistEntry:
    """Wait for a seat in this group or, without one, for anything of this kind. Twice is once."""
    wanted = {"request_id": request_id, "kind": kind.value, "group_id": group_id}
    try:
        with transaction.atomic():
            entry = WaitlistEntry.objects.create(**wanted, joined_at=now)
            audit.record("waitlist.joined", by=by, subject=entry, now=now)
            return entry
    except IntegrityError:
        return WaitlistEntry.objects.waiting().get(**wanted)


def leave(*, request_id: int, how: LeftTheList, by: Any, now: datetime, entry_id: int | None = None) -> int:
    """Wait no more: that entry, or all of this request. Returns how many ended; none when they had ended before."""
    with transaction.atomic():
        waiting = WaitlistEntry.objects.waiting().of(request_id).select_for_update()
        entries = list(waiting if entry_id is None else waiting.filter(pk=entry_id))
        for entry in entries:
            entry.ended_at, entry.ended_how = now, how
            entry.save(update_fields=["ended_at", "ended_how"])
            audit.record("waitlist.left", by=by, subject=entry, now=now, fields=["ended_how"])
        return len(entries)
