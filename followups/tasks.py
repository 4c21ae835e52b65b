"""Scheduled work: read the clock, make the calls. Nothing personal is ever an argument (R-H13)."""

from celery import shared_task
from django.utils import timezone

from followups import delivery, heartbeat, planner
from followups.channels import local


@shared_task
def tick() -> None:
    """Plan what is called for, bring back what a dead worker held, deliver what is due. Safe to run twice at once."""
    now = timezone.now()
    heartbeat.beat(now=now)
    planner.plan(now=now)
    delivery.recover(now=now)
    for message_id in delivery.due(now=now):
        # A slow mail service makes a batch last; on the batch's first minute it would go on into the night.
        delivery.deliver(message_id, now=timezone.now())
    local.forget_the_erased()
