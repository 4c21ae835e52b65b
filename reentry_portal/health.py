"""Is the process up, and is it ready: database, broker, scheduler, and the age of the oldest overdue message."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from redis import Redis
from redis.exceptions import RedisError

from followups.models import Heartbeat, Message

SCHEDULER_SILENT_AFTER = timedelta(seconds=90)
OVERDUE_AFTER = timedelta(minutes=10)
BROKER_ANSWERS_WITHIN = 2  # seconds


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"up": True})


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 when one does not. Ages are in whole seconds; nothing personal."""
    parts = {"database": _database(), "broker": _broker()}
    if parts["database"]:
        parts |= _clockwork()
    ready = all(value for name, value in parts.items() if not name.endswith("_age"))
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def _broker() -> bool:
    """Redis is broker and cache in one; without it (one process, memory) there is nothing that can be down.

    Asked itself: our cache answers as if all were well while Redis is down (soft_cache).
    """
    if not settings.REDIS_URL:
        return True
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=BROKER_ANSWERS_WITHIN) as redis:
            return redis.ping()
    except RedisError:
        return False


def _clockwork() -> dict:
    now = timezone.now()
    beat, oldest = Heartbeat.objects.last_beat(), Message.objects.oldest_overdue(now)
    beat_age, overdue_age = _age(beat, now), _age(oldest, now)
    silent = max(SCHEDULER_SILENT_AFTER, timedelta(seconds=3 * settings.SCHEDULER_TICK))
    return {
        "scheduler": beat is not None and now - beat < silent,
        "scheduler_age": beat_age,
        "messages": oldest is None or now - oldest < OVERDUE_AFTER,
        "oldest_overdue_age": overdue_age,
    }


def _age(moment, now) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
