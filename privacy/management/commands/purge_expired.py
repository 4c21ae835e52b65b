"""What has been kept long enough goes: links, sessions, requests that ended long ago (R-H9). Prints counts only."""

import logging
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from privacy import retention
from privacy.retention import Rule

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Erases and deletes what has been kept long enough. Safe to stop, and to run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="Only count what would go.")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        failed = sum(self._apply(rule, now, dry_run) for rule in retention.rules())
        if failed:
            raise CommandError(f"{failed} could not be finished and will be tried again next time.")

    def _apply(self, rule: Rule, now: datetime, dry_run: bool) -> int:
        """Returns how many rows could not be purged; one bad row never blocks the rest."""
        due = retention.due(rule, now)
        failed = 0 if dry_run else sum(not _purged(rule, key, now) for key in due)
        self.stdout.write(f"{rule.name}{' (would be)' if dry_run else ''}: {len(due) - failed}")
        return failed


def _purged(rule: Rule, key: Any, now: datetime) -> bool:
    try:
        rule.purge(key, now)
    except Exception:
        log.exception("A row could not be purged")
        return False
    return True
