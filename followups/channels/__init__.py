"""How a message leaves: one file per way, all with one function `deliver(outgoing, now)`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings


class TryLater(Exception):
    """It certainly did not leave, and may later: nobody answered, or they said to wait."""


class Refused(Exception):
    """It certainly did not leave and never will: the address or the words were refused for good."""


@dataclass(frozen=True)
class Outgoing:
    message_id: int
    channel: str
    to: str
    subject: str
    body: str


Deliver = Callable[[Outgoing, datetime], None]


def way_out(channel: str) -> Deliver:
    """The function that sends on this channel. Whether the channel is switched on was asked at the gates."""
    return import_module(f"followups.channels.{settings.CHANNELS[channel]}").deliver
