"""One way to write down a note, so that the same note always has the same SHA-256 (R-H6). Pure.

JSON in UTF-8 with sorted keys and no spaces; dates and times in ISO form, moments in UTC. What is hashed is the text
itself, never how it is sealed: a new key changes no hash.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

VERSION = 1  # a change of what is written, or how, needs a new number and the old way kept beside it
# By name, so that a field added later changes no hash that exists.
NOTE_FIELDS = (
    "id", "request_id", "booking_id", "author_id", "cosigner_id", "begun_at", "signed_at", "is_late",
    "encounter_on", "starts", "ends", "modality", "location_id", "present", "reason", "time_since",
    "substance_use", "withdrawal", "overdose", "medications", "physical", "pregnancy", "mental_health", "said_since",
    "risk", "home", "naloxone", "said_safety", "work", "transport", "childcare", "legal",
    "strengths", "helped", "hurt", "said_helps", "asam_edition", "ratings", "considerations",
    "assessed_level", "placed_level", "level_reason", "basis", "prior_assessed_on", "bills_medicaid",
    "next_step", "restart_kind", "change_asked", "plan_due_on", "notice_given", "consent_given",
)  # fmt: skip
SIGNATURE_FIELDS = ("note_id", "by_id", "printed_name", "credential", "meaning", "at", "note_sha256")
ADDENDUM_FIELDS = (
    "note_id", "number", "kind", "text", "reason", "by_id", "printed_name", "credential", "at", "previous_sha256",
)  # fmt: skip


def canonical(what: str, values: Mapping[str, Any]) -> bytes:
    """The bytes that are hashed. Raises TypeError for a value that has no one way to be written."""
    whole = {"what": what, "version": VERSION, "values": {name: _plain(value) for name, value in values.items()}}
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def note_sha256(note: Any) -> str:
    return _hash("note", note, NOTE_FIELDS)


def signature_sha256(signature: Any) -> str:
    return _hash("signature", signature, SIGNATURE_FIELDS)


def addendum_sha256(addendum: Any) -> str:
    return _hash("addendum", addendum, ADDENDUM_FIELDS)


def _hash(what: str, row: Any, names: tuple[str, ...]) -> str:
    return hashlib.sha256(canonical(what, {name: getattr(row, name) for name in names})).hexdigest()


def _plain(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, time):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
