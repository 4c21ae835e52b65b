"""After a new key was put first in ENCRYPTION_KEYS or LOOKUP_KEYS: seal and hash everything with it (R-H4)."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from privacy import key_rotation
from privacy.key_rotation import Tally


class Command(BaseCommand):
    help = (
        "Seals and hashes everything anew with the newest keys. Put a new key first in ENCRYPTION_KEYS or LOOKUP_KEYS, "
        "restart every process, run this, and only then take the old key out. It can be stopped and run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        tallies = []
        try:
            for model in key_rotation.models_with_secrets():
                tallies.append(self._rotate(model))
        except KeyboardInterrupt:
            raise CommandError("Stopped. What is done stays done; run it again to go on.") from None
        self._sum_up(tallies)

    def _rotate(self, model: Any) -> Tally:
        label, total = model._meta.label, QuerySet(model).count()
        tally = key_rotation.rotate(model, tell=lambda tally: self._progress(label, tally, total))
        self.stdout.write(f"{label}: {tally.seen} rows, {tally.renewed} renewed")
        return tally

    def _progress(self, label: str, tally: Tally, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{label}: {tally.seen} of {total}", ending="\r")

    def _sum_up(self, tallies: list[Tally]) -> None:
        unopened = [row for tally in tallies for row in tally.unopened]
        refused = [row for tally in tallies for row in tally.refused]
        for row in refused:
            self.stdout.write(f"May not be changed, and still needs its old key: {row}")
        for row in unopened:
            self.stdout.write(f"No key opens: {row}")
        if unopened or refused:
            raise CommandError(f"Keep the old keys: {len(unopened)} unopened, {len(refused)} that may not be changed.")
        self.stdout.write("Everything is under the newest keys. The old ones may go, apart from those of the backups.")
