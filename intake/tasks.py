"""Scheduled work on the list of people to call."""

from celery import shared_task
from django.utils import timezone

from intake import actions, restarts, waiting_list


@shared_task
def keep_the_list() -> None:
    """Bring back who asked us to wait, give everyone whose safe window has passed the next one, free the seats whose
    time is over, and ask who waits for one."""
    now = timezone.now()
    actions.wake_the_resting(now=now)
    actions.roll_windows(now=now)
    restarts.free_what_ran_out(now=now)
    waiting_list.ask_who_waits(now=now)
