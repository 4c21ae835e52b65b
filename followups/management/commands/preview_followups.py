from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from followups.preview import foresee

EVERY = 100


class Command(BaseCommand):
    help = "Who would get which message when, and why not, in the coming days as things stand now. Writes nothing."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--days", type=int, default=7, help="How many days to look ahead (1 to 60).")

    def handle(self, *args, days: int, **options) -> None:
        if not 1 <= days <= 60:
            raise CommandError("Look 1 to 60 days ahead.")
        number = 0
        for number, line in enumerate(foresee(now=timezone.now(), days=days), start=1):
            why = f"  not sent: {line.why_not}" if line.why_not else ""
            self.stdout.write(f"{line.when:<22} {line.reference} {line.initial}. {line.way or '-':<5} {line.kind}{why}")
            if number % EVERY == 0:
                self.stderr.write(f"{number} messages looked at")
        self.stderr.write(f"{number} messages in {days} days")
