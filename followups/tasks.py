"""Scheduled work: read the clock, make the calls. Nothing personal is ever an argument (R-H13)."""

from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from followups import delivery, heartbeat, planner, provider_copies
from followups.channels import local


@shared_task
def tick() -> None:
    """Plan what is called for, bring back what a dead worker held, deliver what is due. Safe to run twice at once."""
    now = timezone.now()
    heartbeat.beat(now=now)
    planner.plan(now=now)
    delivery.recover(now=now)
    _drain(until=now + timedelta(seconds=settings.SCHEDULER_TICK))
    provider_copies.blank(now=now)
    local.forget_the_erased()


def _drain(*, until: datetime) -> None:
    """Batch after batch, up to the next tick: a long list is no reason to sit still between two looks. What is put
    off or tried again is due later, so the list gets shorter each time."""
    while batch := delivery.due(now=timezone.now()):
        for message_id in batch:
            # A slow mail service makes a batch last; on the batch's first minute it would go on into the night.
            delivery.deliver(message_id, now=timezone.now())
        if timezone.now() >= until:
            return
