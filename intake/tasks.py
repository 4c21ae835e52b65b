"""Scheduled work on the list of people to call."""

from celery import shared_task
from django.utils import timezone

from intake import actions


@shared_task
def keep_the_list() -> None:
    """Bring back who asked us to wait, and give everyone whose safe window has passed the next one."""
    now = timezone.now()
    actions.wake_the_resting(now=now)
    actions.roll_windows(now=now)
