"""Keyed hashes: find the same phone or email again without keeping it readable (R-H4).

The value is brought to one form first, so that "(419) 555-0117" and "+1 419 555 0117" are the same number.
"""

import hashlib
import hmac

from django.conf import settings


def keyed_hash(kind: str, value: str) -> str:
    """The hash to store, under the newest key; empty for an empty value. `kind` keeps phones and emails apart."""
    return _hash(settings.LOOKUP_KEYS[0], kind, value) if value else ""


def keyed_hashes(kind: str, value: str) -> list[str]:
    """Every hash the value may be stored under while keys are being changed; look up with `__in`."""
    return [_hash(key, kind, value) for key in settings.LOOKUP_KEYS] if value else []


def _hash(key: str, kind: str, value: str) -> str:
    text = f"{kind}:{value.strip().casefold()}"
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
