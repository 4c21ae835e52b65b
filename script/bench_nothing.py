"""A task that does nothing: what the broker and Celery cost by themselves."""

from celery import shared_task


@shared_task
def nothing() -> None:
    """Nothing."""
