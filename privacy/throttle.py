"""Counting without keeping: how often one address did a thing this hour (R-F5).

The address is kept only as a hash under a salt that is new each day, and for an hour at most.
"""

import hashlib
import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.cache import cache

HOUR = 3600  # seconds

log = logging.getLogger(__name__)


class TooManyTries(Exception):
    """One address did this more often than the limit; a middleware turns it into the page for that."""


def count_try(kind: str, address: str, *, limit: int, now: datetime) -> None:
    """Count one more this hour. Raises TooManyTries over the limit. A cache that is down never blocks anyone."""
    if _count(kind, address, now) > limit:
        raise TooManyTries


def _count(kind: str, address: str, now: datetime) -> int:
    """How often so far, this one included; 0 when nobody can count."""
    day_salt = f"{settings.SECRET_KEY}:{now:%Y-%m-%d}"
    who = hashlib.sha256(f"{day_salt}:{address}".encode()).hexdigest()[:32]
    key = f"limit:{kind}:{who}:{now:%Y%m%d%H}"
    try:
        cache.add(key, 0, HOUR)
        return cache.incr(key)
    except Exception:  # whatever the cache of the day raises when it is down, or came back between the two lines
        log.warning("The cache is down: tries are not counted")
        return 0


def client_address(request: Any) -> str:
    """Where a request came from. Behind our own proxy that is the last address the proxy wrote down."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")
