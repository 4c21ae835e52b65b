"""What one message is made of: whom it is called for, how often, when, whether it is still true, what it tells."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from followups.models import STAFF_KINDS, ChannelName, KindName
from intake.models import CallbackRequest


def _at_once(request: CallbackRequest, occasion: str, now: datetime) -> datetime:
    return now


def _always(request: CallbackRequest, occasion: str, now: datetime) -> bool:
    return True


def _no_end(request: CallbackRequest, occasion: str) -> None:
    return None


def _nothing(request: CallbackRequest, occasion: str, now: datetime) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Kind:
    """`occasions` says how often: a request gets each kind once for each value in it, and none that is not in it
    any more; `known_by` is the part of an occasion that tells.

    `ends` is the moment from which it would be pointless, `facts` are more words for the template (`moment` is said
    as "when"). `asked_for` marks what somebody waits for because of a step of their own: silence does not end it.
    """

    name: KindName
    called_for: Callable[[datetime], QuerySet]
    occasions: Callable[[CallbackRequest, datetime], list[str]]
    known_by: Callable[[str], str] = str
    due_at: Callable[[CallbackRequest, str, datetime], datetime | None] = _at_once
    still_true: Callable[[CallbackRequest, str, datetime], bool] = _always
    ends: Callable[[CallbackRequest, str], datetime | None] = _no_end
    facts: Callable[[CallbackRequest, str, datetime], dict[str, Any]] = _nothing
    asked_for: bool = False

    @property
    def to_staff(self) -> bool:
        return self.name in STAFF_KINDS

    @property
    def is_kind_note(self) -> bool:
        """It needs a yes of its own, beside the one to the way it goes (R-O)."""
        return self.name == KindName.CARE

    @property
    def ways(self) -> list[ChannelName]:
        """The ways for which it has words."""
        if self.to_staff:
            return [ChannelName.INBOX]
        return [ChannelName.TEXT] if self.name == KindName.OPT_IN else [ChannelName.TEXT, ChannelName.EMAIL]


def once(request: CallbackRequest, now: datetime) -> list[str]:
    return ["once"]


def each_round(request: CallbackRequest, now: datetime) -> list[str]:
    """Once for each time the request was put on the list."""
    return [f"round {request.round_started_at:%Y-%m-%dT%H:%M:%S}"]
