"""Scheduled work of the whole house."""

import io
import logging

from celery import shared_task
from django.core.management import call_command

log = logging.getLogger(__name__)


@shared_task
def purge_expired() -> None:
    """Once a day, what `manage.py purge_expired` does (R-H9). The counts go to the log."""
    said = io.StringIO()
    try:
        call_command("purge_expired", stdout=said)
    finally:
        log.info("Purged: %s", ", ".join(said.getvalue().splitlines()))
