"""What a person wrote, checked and tidied: what the form hands to the actions. Pure data."""

from dataclasses import dataclass, field
from typing import Any

from privacy.lookup import keyed_hash


@dataclass(frozen=True)
class Reach:
    """How a person wants to be reached: the part of the form that can be changed later on the private page."""

    reach_by: str
    phone: str = ""  # E.164
    email: str = ""
    voicemail: str = "no"
    say_who: str = "no"
    text_ok: bool = False
    times: list[str] = field(default_factory=list)
    avoid_times: str = ""


@dataclass(frozen=True)
class Answers:
    """A valid form. `location` is a Location or None for any of them."""

    name: str
    reach: Reach
    location: Any = None
    options: list[str] = field(default_factory=list)
    help_with: list[str] = field(default_factory=list)
    note: str = ""
    language: str = "en"

    def keyed_hash(self) -> str:
        """The same answers give the same hash, so that sending twice from one browser is one request."""
        reach = self.reach
        parts = [self.name, reach.reach_by, reach.phone, reach.email, reach.voicemail, reach.say_who]
        parts += [
            str(reach.text_ok),
            reach.avoid_times,
            self.note,
            (self.location and self.location.slug) or "any",
        ]
        return keyed_hash("answers", "\x1f".join(parts + reach.times + self.options + self.help_with))
