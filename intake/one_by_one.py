"""Work on many requests, each in a transaction of its own: one that cannot be read never keeps the others waiting."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

log = logging.getLogger(__name__)


def how_many(do: Callable[[int, datetime], bool], keys: Iterable[int], now: datetime) -> int:
    """Do it for each key. Returns for how many it did something."""
    done = 0
    for key in keys:
        try:
            done += do(key, now)
        except Exception:
            log.exception("Row %s could not be kept up", key)
    return done
