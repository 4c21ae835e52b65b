"""A start in the words of the private page: where, on which days, from when to when, from which day, and why.

The words say nothing to somebody looking on: no name of a group, of who leads it, or of what it is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from django.utils.dateformat import format as in_words
from django.utils.dates import WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from scheduling.clock_words import clock_with_half
from scheduling.hours import Daypart, daypart_of
from scheduling.models import SeatClaim
from scheduling.options import VIDEO, Option, Why
from scheduling.picks import BY_APPOINTMENT, Kind, Pick
from scheduling.words import hours_words, seats_words

WAYS = {
    Kind.WEEK_ONE: gettext_lazy("From week one"),
    Kind.NEW_TIME: gettext_lazy("A group at another time"),
    Kind.NEW_THERAPIST: gettext_lazy("A group with someone new"),
    Kind.REASSESS: gettext_lazy("A fresh look at what fits"),
    Kind.INDIVIDUAL: gettext_lazy("One-to-one time too"),
}
_GROUP_AT = {
    Daypart.MORNING: gettext_lazy("A morning group"),
    Daypart.AFTERNOON: gettext_lazy("An afternoon group"),
    Daypart.EVENING: gettext_lazy("An evening group"),
}
_WHY = {
    Why.TOWN: gettext_lazy("The town you asked for."),
    Why.NEAREST: gettext_lazy("The nearest town."),
    Why.AT_HOME: gettext_lazy("You can stay at home."),
    Why.TIME: gettext_lazy("The time you asked for."),
    Why.AFTER_WORK: gettext_lazy("After work."),
    Why.SOONEST: gettext_lazy("Starts soonest."),
    Why.SEAT: gettext_lazy("It is open."),
}
# Where the lit part of a window stands in the little week: high, in the middle, low.
_LIGHT = {Daypart.MORNING: "am", Daypart.AFTERNOON: "pm", Daypart.EVENING: "eve"}


@dataclass(frozen=True)
class Day:
    """One window of the little week; `light` is "" when nothing is on."""

    letter: str
    light: str


@dataclass(frozen=True)
class StartWords:
    """`heading` says which way it is, `among` what sets it apart from others of that way. `facts` are name and words,
    always in the same order. `choose` is the label of the button, `from_day` its second line."""

    code: str
    heading: str
    among: str
    week: list[Day]
    facts: list[tuple[str, str]]
    why: str
    choose: str
    from_day: str


def words_of_option(option: Option) -> StartWords:
    """A start that could be chosen, with its seats and why it stands here."""
    what, by_video = option.what, option.what.town == VIDEO
    return _words(
        option.pick,
        what,
        _place(what.place, by_video),
        by_video=by_video,
        more=[] if option.pick.is_hour else [(_("Seats"), seats_words(what.seats_left))],
        why=" ".join(str(_WHY[reason]) for reason in option.why),
        choose=_("Choose video") if by_video else _("Choose %(place)s") % {"place": what.place},
    )


def words_of_claim(claim: SeatClaim) -> StartWords:
    """A start that this person holds or has: there is nothing to choose."""
    by_video = claim.what.location is None
    return _words(claim.pick, claim.what, _place(claim.place_name, by_video), by_video=by_video)


def day_words(day: date) -> str:
    """ "Monday, December 7"."""
    return in_words(day, _("l, F j"))


def until_words(moment: datetime, zone: tzinfo) -> str:
    """ "Friday, December 4, at noon", by the clock of that zone. Spanish says one o’clock in its own way."""
    wall = moment.astimezone(zone)
    if (wall.hour, wall.minute) == (12, 0):
        at = _("at noon")
    else:
        at = ngettext("at %(time)s", "at %(time)s", wall.hour % 12 or 12) % {"time": clock_with_half(wall)}
    return _("%(day)s, %(at)s") % {"day": day_words(wall.date()), "at": at}


def _words(
    pick: Pick,
    what: Any,
    place: str,
    *,
    by_video: bool,
    more: Iterable[tuple[str, str]] = (),
    why: str = "",
    choose: str = "",
) -> StartWords:
    """Of a group or an hour, from the ledger or from the tables."""
    return StartWords(
        code=pick.code,
        heading=_heading(pick.kind, what.starts, by_video),
        among=_among(pick.kind, what.starts, by_video, pick.starts_on),
        week=_week(what.weekdays, what.starts),
        facts=[*_facts(pick.kind, place, what.weekdays, what.starts, what.ends, pick.starts_on), *more],
        why=why,
        choose=choose,
        from_day=day_words(pick.starts_on),
    )


def _heading(kind: Kind, starts: time, by_video: bool) -> str:
    return _group_words(starts, by_video) if kind == Kind.NEW_TIME else str(WAYS[kind])


def _among(kind: Kind, starts: time, by_video: bool, starts_on: date) -> str:
    return day_words(starts_on) if kind in BY_APPOINTMENT else _group_words(starts, by_video)


def _group_words(starts: time, by_video: bool) -> str:
    return _("From home, by video") if by_video else str(_GROUP_AT[daypart_of(starts)])


def _place(name: str, by_video: bool) -> str:
    return _("At home, by video") if by_video else name


def _facts(
    kind: Kind, place: str, weekdays: Iterable[int], starts: time, ends: time, starts_on: date
) -> list[tuple[str, str]]:
    where, when = (_("Place"), place), (_("Time"), hours_words(starts, ends))
    if kind in BY_APPOINTMENT:
        return [where, (_("Day"), day_words(starts_on)), when]
    days = get_text_list([str(WEEKDAYS[day]) for day in sorted(weekdays)], _("and"))
    return [where, (_("Days"), days), when, (_("Starts"), day_words(starts_on))]


def _week(weekdays: Iterable[int], starts: time) -> list[Day]:
    light, lit = _LIGHT[daypart_of(starts)], set(weekdays)
    return [Day(str(WEEKDAYS[day])[0].upper(), light if day in lit else "") for day in range(7)]
