"""Scheduled work: read the clock once, make the calls. Nothing personal is ever an argument (R-H13)."""

from celery import shared_task
from django.utils import timezone

from followups import delivery, heartbeat, planner


@shared_task
def tick() -> None:
    """Plan what is called for, bring back what a dead worker held, deliver what is due. Safe to run twice at once."""
    now = timezone.now()
    heartbeat.beat(now=now)
    planner.plan(now=now)
    delivery.recover(now=now)
    delivery.deliver_due(now=now)
