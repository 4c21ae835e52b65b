"""Does the ledger agree with what the public pages say?"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections
from django.utils.text import slugify

from scheduling.models import Location


@register(Tags.database)
def places_match_the_guide(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """scheduling.W001: the towns on the guide are not the places still taking people."""
    if "default" not in (databases or ()) or not _table_is_there():
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


def _table_is_there() -> bool:
    """No, while the very first migration is still to come: `migrate` runs this check before it."""
    return Location._meta.db_table in connections["default"].introspection.table_names()


def _hint(*, only_guide: set[str], only_ledger: set[str]) -> str:
    sentences = []
    if only_guide:
        sentences.append(f"Add or open in the admin: {', '.join(sorted(only_guide))}.")
    if only_ledger:
        sentences.append(f"Close in the admin, or add to PROVIDER_PLACES: {', '.join(sorted(only_ledger))}.")
    return " ".join(sentences)
