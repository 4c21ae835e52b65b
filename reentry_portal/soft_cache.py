"""The cache on Redis. While Redis does not answer, everything is as if nothing had ever been kept in it.

The cache only counts tries. Losing count for a while is better than staff who cannot sign in and people who
cannot write to us. That Redis is down is told by /readyz, which asks it directly.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def _or(operation: Callable[..., Any], without: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, and what takes its place while Redis does not answer."""

    @wraps(operation)
    def soft(self, *args, **kwargs):
        try:
            answer = operation(self, *args, **kwargs)
        except RedisError:
            SoftRedisClient.note_it_is_down()
            return without(*args, **kwargs)
        SoftRedisClient.is_down = False
        return answer

    return soft


class SoftRedisClient(RedisCacheClient):
    is_down = False  # of the whole process, so that a bad hour is one line in the log and not thousands

    @classmethod
    def note_it_is_down(cls) -> None:
        if not SoftRedisClient.is_down:
            log.error("The cache is down: nothing is counted or kept")
        SoftRedisClient.is_down = True

    add = _or(RedisCacheClient.add, lambda key, value, timeout: True)
    get = _or(RedisCacheClient.get, lambda key, default: default)
    set = _or(RedisCacheClient.set, lambda key, value, timeout: None)
    touch = _or(RedisCacheClient.touch, lambda key, timeout: False)
    delete = _or(RedisCacheClient.delete, lambda key: False)
    get_many = _or(RedisCacheClient.get_many, lambda keys: {})
    has_key = _or(RedisCacheClient.has_key, lambda key: False)
    incr = _or(RedisCacheClient.incr, lambda key, delta: delta)
    set_many = _or(RedisCacheClient.set_many, lambda data, timeout: None)
    delete_many = _or(RedisCacheClient.delete_many, lambda keys: None)
    clear = _or(RedisCacheClient.clear, lambda: False)


class SoftRedisCache(RedisCache):
    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = SoftRedisClient
