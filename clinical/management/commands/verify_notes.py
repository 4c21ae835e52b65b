"""Hashes every signed note again and names each that changed (R-H6). No content is printed. Exit code 1 on a change."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinical import verification


class Command(BaseCommand):
    help = "Hashes every signed note, signature and addendum again, and names what changed. It changes nothing itself."

    def handle(self, *args: Any, **options: Any) -> None:
        total, found = verification.how_many(), 0
        try:
            for what in verification.changes(tell=lambda done: self._progress(done, total)):
                self.stdout.write(what)
                found += 1
        except KeyboardInterrupt:
            raise CommandError(f"Stopped. Changed so far: {found}.") from None
        if found:
            raise CommandError(f"{found} not as signed. Keep the backups, and tell the privacy officer.")
        self.stdout.write(f"{total} reassessments: everything is as it was signed.")

    def _progress(self, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{done} of {total}", ending="\r")
