"""Does the ledger agree with what the public pages say?"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.utils import timezone
from django.utils.text import slugify

from scheduling.models import Closure, Location


@register(Tags.database)
def places_match_the_guide(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """scheduling.W001: the towns on the guide are not the places still taking people."""
    if not _can_be_asked(databases):
        return []
    on_guide = {slugify(name) for name in settings.PROVIDER_PLACES}
    taking_people = set(Location.objects.taking_people().values_list("slug", flat=True))
    if on_guide == taking_people:
        return []
    return [
        Warning(
            "The guide names other towns than the places that are still taking people.",
            hint=_hint(only_guide=on_guide - taking_people, only_ledger=taking_people - on_guide),
            id="scheduling.W001",
        )
    ]


@register(Tags.database)
def next_year_has_closed_days(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """scheduling.W002: somebody would be promised a call on a holiday of next year."""
    next_year = timezone.localdate().year + 1
    if not _can_be_asked(databases) or Closure.objects.filter(location=None, date__year=next_year).exists():
        return []
    return [
        Warning(
            f"No day of {next_year} is closed for every place.",
            hint=f"Under “Closed days” in the admin, press “Close on the federal holidays of {next_year}”.",
            id="scheduling.W002",
        )
    ]


def _can_be_asked(databases: Sequence[str] | None) -> bool:
    """Not while the very first migration is still to come: `migrate` runs these checks before it."""
    if "default" not in (databases or ()):
        return False
    return Location._meta.db_table in connections["default"].introspection.table_names()


def _hint(*, only_guide: set[str], only_ledger: set[str]) -> str:
    sentences = []
    if only_guide:
        sentences.append(f"Add or open in the admin: {', '.join(sorted(only_guide))}.")
    if only_ledger:
        sentences.append(f"Close in the admin, or add to PROVIDER_PLACES: {', '.join(sorted(only_ledger))}.")
    return " ".join(sentences)
