"""The sign that scheduled work still runs, for `/readyz` and the container's health check."""

from datetime import datetime

from followups.models import Heartbeat


def beat(*, now: datetime) -> None:
    Heartbeat.objects.update_or_create(pk=1, defaults={"at": now})
