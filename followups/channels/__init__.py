"""How a message leaves: one file per way, all with one function `deliver(outgoing, now)`.

A file may also have `forget_words(provider_id)`, where the provider can blank its own copy of what was sent.
`REAL` names the files through which something leaves this machine, and whose agreements that needs (R-P16).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.utils import timezone

REAL = {"smtp": "email", "anymail": "email", "twilio": "text"}


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
    stop_url: str = ""  # where one press ends these mails (R-E1)


Deliver = Callable[[Outgoing, datetime], str]


def way_out(channel: str) -> Deliver:
    """The function that sends on this channel, and returns the provider's own id of the message, or "".

    Whether the channel is switched on was asked at the gates.
    """
    return _file_of(channel).deliver


def blanking(channel: str) -> Callable[[str], bool] | None:
    """The function that asks the provider to forget the words of one message; None where it cannot be asked."""
    return None if settings.CHANNELS[channel] == "off" else getattr(_file_of(channel), "forget_words", None)


def unsigned(vendor: str) -> list[str]:
    """Which agreements with this vendor do not hold: of BAA and QSOA, those without a date, or with one to come."""
    return [name for name, day in settings.AGREEMENTS[vendor].items() if day is None or day > timezone.localdate()]


def refuse_unsigned(vendor: str) -> None:
    """For a start that went past the check: nothing may go to a vendor who has not signed. Raises TryLater: it is
    nothing about the address."""
    if unsigned(vendor):
        raise TryLater


def _file_of(channel: str) -> ModuleType:
    return import_module(f"followups.channels.{settings.CHANNELS[channel]}")
