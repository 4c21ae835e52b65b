"""Every message there is, in the order in which they are planned: the first text comes before all other texts."""

from datetime import datetime
from typing import Any

from followups.kind import Kind
from followups.kinds_for_staff import KINDS_FOR_STAFF
from followups.kinds_of_calling import KINDS_OF_CALLING
from followups.kinds_of_starts import KINDS_OF_STARTS
from followups.kinds_of_staying import KINDS_OF_STAYING
from followups.models import Message

_ALL = [*KINDS_OF_CALLING, *KINDS_OF_STARTS, *KINDS_OF_STAYING, *KINDS_FOR_STAFF]
KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def facts_of(message: Message, now: datetime) -> dict[str, Any]:
    """What the words of this message tell besides who writes and how to answer."""
    return KINDS[message.kind].facts(message.request, message.occasion, now)
