"""Words for a group: on which days, from when to when, how many seats. Pure; times are wall times of its place."""

from collections.abc import Iterable
from datetime import time

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.clock_words import clock_figures, clock_with_half

_NUMBERS = (
    "",
    gettext_lazy("one"),
    gettext_lazy("two"),
    gettext_lazy("three"),
    gettext_lazy("four"),
    gettext_lazy("five"),
    gettext_lazy("six"),
    gettext_lazy("seven"),
    gettext_lazy("eight"),
    gettext_lazy("nine"),
)


def days_words(weekdays: Iterable[int]) -> str:
    """ "Mon, Wed, Fri"."""
    return ", ".join(str(WEEKDAYS_ABBR[day]) for day in sorted(weekdays))


def hours_words(starts: time, ends: time) -> str:
    """ "6 to 9 pm", "9 am to noon", "11:30 am to 1 pm"."""
    same_half = (starts.hour < 12) == (ends.hour < 12) and ends != time(12) and starts != time(12)
    first = clock_figures(starts) if same_half else _noon_or(starts)
    return _("%(starts)s to %(ends)s") % {"starts": first, "ends": _noon_or(ends)}


def seats_words(free: int) -> str:
    """ "One seat left", "12 seats left", "No seat left"."""
    if not free:
        return _("No seat left")
    number = _NUMBERS[free] if free < len(_NUMBERS) else str(free)
    return capfirst(ngettext("%(number)s seat left", "%(number)s seats left", free) % {"number": number})


def taken_words(*, placed: int, held: int) -> str:
    """What is not free: "3 taken, 1 held"; empty when everything is."""
    parts = [(placed, _("%(number)d taken")), (held, _("%(number)d held"))]
    return ", ".join(words % {"number": number} for number, words in parts if number)


def free_words(free: int) -> str:
    return _("%(number)d free") % {"number": free} if free else _("none free")


def _noon_or(wall: time) -> str:
    return _("noon") if wall == time(12) else clock_with_half(wall)
