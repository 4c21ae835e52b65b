"""Who this portal speaks for: one place that reads the provider's name, phone, towns and hours.

Everything here comes from settings, so the public pages and the error pages need no database (R-C2),
and another provider can set its own facts without touching a template.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import get_text_list, slugify
from django.utils.translation import get_language, get_language_info, override
from django.utils.translation import gettext as _

from intake.words_to_say import phone_words
from scheduling.clock_words import clock_figures, clock_with_half

# A town that shares its name with a state is given its own state as well.
TOWNS_NAMED_LIKE_A_STATE = {"Oregon"}


@dataclass(frozen=True)
class Place:
    """A town people can choose; `slug` is the value the form takes."""

    slug: str
    name: str

    @property
    def label(self) -> str:
        """The name as the guide prints it: "Oregon, Ohio", never only "Oregon"."""
        return f"{self.name}, Ohio" if self.name in TOWNS_NAMED_LIKE_A_STATE else self.name


@dataclass(frozen=True)
class Provider:
    """The facts of one provider; hours are local wall-clock times, Monday to Friday."""

    name: str
    phone: str
    calls_from: str
    places: tuple[Place, ...]
    opens: datetime.time
    closes: datetime.time

    @property
    def phone_display(self) -> str:
        """The phone as people write it: (888) 657-0858."""
        return phone_words(self.phone)

    @property
    def calls_from_display(self) -> str:
        """The number that will show on the person's phone, so that they know it is us."""
        return phone_words(self.calls_from)

    @property
    def phone_link(self) -> SafeString:
        """The phone as a link, for use inside a sentence."""
        return format_html('<a href="tel:{}">{}</a>', self.phone, self.phone_display)

    @property
    def hours_words(self) -> str:
        """Short hours: "weekdays 8 to 5". The only promise of a live answer on the site (R-F6)."""
        return _("weekdays %(opens)s to %(closes)s") % {
            "opens": clock_figures(self.opens),
            "closes": clock_figures(self.closes),
        }

    @property
    def hours_words_long(self) -> str:
        """Hours nobody can misread: "weekdays, 8 am to 5 pm"."""
        return _("weekdays, %(opens)s to %(closes)s") % {
            "opens": clock_with_half(self.opens),
            "closes": clock_with_half(self.closes),
        }

    @property
    def towns(self) -> str:
        """All towns in one phrase: "Toledo, Maumee, Perrysburg and Oregon, Ohio"."""
        return get_text_list([place.label for place in self.places], _("and"))


def facts() -> Provider:
    """Read the provider from settings; cheap, and always true for tests that override settings."""
    return Provider(
        name=settings.PROVIDER_NAME,
        phone=settings.PROVIDER_PHONE,
        calls_from=settings.CALLS_FROM,
        places=tuple(Place(slugify(name), name) for name in settings.PROVIDER_PLACES),
        opens=settings.PHONE_OPENS,
        closes=settings.PHONE_CLOSES,
    )


def other_languages(path: str) -> list[tuple[str, str, str]]:
    """Return (code, own name, url of the page at `path`) for each further language; empty in one language."""
    here = get_language()
    return [
        (code, get_language_info(code)["name_local"].capitalize(), _same_page(path, code))
        for code, _name in settings.LANGUAGES
        if code != here
    ]


def _same_page(path: str, code: str) -> str:
    """That page in another language, or the guide where the address is not one of ours (a 404)."""
    translated = translate_url(path, code)
    if translated != path:
        return translated
    with override(code):
        return reverse("guide")


def provider(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what header, footer and care block need on every page (R-C2, R-A2)."""
    return {"provider": facts(), "other_languages": other_languages(request.get_full_path())}
