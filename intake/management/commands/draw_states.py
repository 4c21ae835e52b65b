from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from intake.states import drawing

PAGE = settings.BASE_DIR / "docs" / "states.md"


class Command(BaseCommand):
    help = "Draw docs/states.md from the table of moves; with --check, only compare."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--check", action="store_true", help="Fail when the page is not up to date.")

    def handle(self, *args, check: bool, **options) -> None:
        with translation.override("en"):
            wanted = drawing()
        if not check:
            PAGE.write_text(wanted)
        elif not PAGE.exists() or PAGE.read_text() != wanted:
            raise SystemExit("docs/states.md is out of date: run `python manage.py draw_states`.")
