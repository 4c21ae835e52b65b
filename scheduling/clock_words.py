"""A time on the wall in words, for every page and desk that tells one. Pure."""

from datetime import datetime, time

from django.utils.translation import gettext as _


def clock_figures(wall: time | datetime) -> str:
    """ "8", "10:42": the figures alone, where the half of the day is plain."""
    return f"{wall.hour % 12 or 12}" + (f":{wall:%M}" if wall.minute else "")


def clock_with_half(wall: time | datetime) -> str:
    """ "8 am", "10:42 pm"."""
    pattern = _("%(clock)s am") if wall.hour < 12 else _("%(clock)s pm")
    return pattern % {"clock": clock_figures(wall)}
