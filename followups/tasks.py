"""Scheduled work: read the clock, make the calls. Nothing personal is ever an argument (R-H13)."""

from contextlib import suppress
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from followups import delivery, failures, heartbeat, planner, provider_copies
from followups.channels import local

HELP_WITHIN = 5  # seconds


@shared_task
def tick() -> None:
    """Bring back what a dead worker held and before staff what did not arrive, plan what is called for, deliver what is
    due. Safe to run twice at once."""
    now = timezone.now()
    heartbeat.beat(now=now)
    delivery.recover(now=now)
    failures.take_off_the_desk(now=now)
    failures.bring_to_the_desk(now=now)
    planner.plan(now=now)
    _call_for_help()
    _drain()
    provider_copies.blank(now=now)
    local.forget_the_erased()


@shared_task
def help_to_deliver() -> None:
    """Take part in a long list."""
    _drain()


def _call_for_help() -> None:
    """Ask every worker with free hands. Who is busy does not come later: by then there is another tick."""
    with suppress(OperationalError):  # then it takes longer, and that is all
        for _ in range(delivery.more_batches(now=timezone.now())):
            help_to_deliver.apply_async(expires=HELP_WITHIN, retry=False)


def _drain() -> None:
    """Batch after batch, up to the next tick: a long list is no reason to sit still between two looks. What is put
    off or tried again is due later, so the list gets shorter each time."""
    until = timezone.now() + timedelta(seconds=settings.SCHEDULER_TICK)
    while batch := delivery.due(now=timezone.now()):
        for message_id in batch:
            # A slow service makes a batch last; on the batch's first minute it would go on into the night.
            delivery.deliver(message_id, now=timezone.now())
            if timezone.now() >= until:
                return
