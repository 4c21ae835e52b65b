"""What this person could be offered today, in words: the best three, and all five kinds, none hidden (R-O3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import choices
from intake.clock import day_words
from intake.models import CallbackRequest
from intake.on_offer import MOST_OFFERS, on_offer
from scheduling.models import Group, Therapist
from scheduling.options import KindOptions, Option, Why, best_of
from scheduling.words import days_words, hours_words, seats_words

MOST_OF_A_KIND = 8

_WHY = {
    Why.TOWN: gettext_lazy("The town they asked for."),
    Why.NEAREST: gettext_lazy("The nearest town."),
    Why.AT_HOME: gettext_lazy("They can stay at home."),
    Why.TIME: gettext_lazy("The time they asked for."),
    Why.AFTER_WORK: gettext_lazy("After work."),
    Why.SOONEST: gettext_lazy("Starts soonest."),
    Why.SEAT: gettext_lazy("It has a seat."),
}


@dataclass(frozen=True)
class StartRow:
    """One start: which way back, where, when, from which day, how many seats (an hour has none to count), why it is
    here, and whether it is offered already."""

    code: str
    kind: str
    place: str
    when: str
    starts: str
    seats: str
    why: str
    led_by: str
    is_offered: bool


@dataclass(frozen=True)
class FullRow:
    group_id: int
    words: str


@dataclass(frozen=True)
class KindRows:
    """One of the five kinds with what there is of it, how many more, and what is full."""

    kind: str
    name: str
    rows: list[StartRow]
    more: int
    full: list[FullRow]


@dataclass(frozen=True)
class NameToAvoid:
    key: int
    name: str
    is_avoided: bool


@dataclass(frozen=True)
class Starts:
    """All that the card needs to offer, to hold and to keep away from."""

    best: list[StartRow]
    kinds: list[KindRows]
    is_offered: bool
    self_choice: bool
    groups: list[NameToAvoid]
    therapists: list[NameToAvoid]

    @property
    def kept_away(self) -> list[str]:
        return [one.name for one in [*self.therapists, *self.groups] if one.is_avoided]


def starts_for(callback: CallbackRequest, now: datetime, zone: tzinfo) -> Starts:
    """Eleven queries, however many groups there are. Who leads what is for staff: they know whom to keep away."""
    there = on_offer(callback, now, on_their_own=False)
    offered = {option.pick for option in there.offered}
    therapists = {one.pk: one for one in Therapist.objects.all()}

    def rows(options: Iterable[Option]) -> list[StartRow]:
        return [
            _row(option, now, zone, therapists.get(option.what.therapist_id), is_offered=option.pick in offered)
            for option in options
        ]

    best = list(dict.fromkeys([*there.offered, *best_of(there.kinds, MOST_OFFERS)]))
    return Starts(
        best=rows(best),
        kinds=[_kind(one, rows(_others(one, best))) for one in there.kinds],
        is_offered=bool(offered),
        self_choice=callback.self_choice,
        groups=_names(Group.objects.by_town(), callback.avoid_groups),
        therapists=_names(therapists.values(), callback.avoid_therapists),
    )


def kind_words(kind: str) -> str:
    return str(choices.Option(kind).label)


def meets_words(what: Any) -> str:
    """ "Mon, Wed, 6 to 9 pm." of a group or an hour, from the ledger or from the tables."""
    hours = {"days": days_words(what.weekdays), "hours": hours_words(what.starts, what.ends)}
    return _("%(days)s, %(hours)s.") % hours


def _row(option: Option, now: datetime, zone: tzinfo, therapist: Therapist | None, *, is_offered: bool) -> StartRow:
    what = option.what
    return StartRow(
        code=option.pick.code,
        kind=kind_words(option.pick.kind),
        place=what.place,
        when=meets_words(what),
        starts=_("From %(day)s.") % {"day": day_words(option.starts_at, now, zone)},
        seats="" if option.pick.is_hour else f"{seats_words(what.seats_left)}.",
        why=" ".join(str(_WHY[reason]) for reason in option.why),
        led_by=str(therapist or ""),
        is_offered=is_offered,
    )


def _others(one: KindOptions, best: list[Option]) -> list[Option]:
    """Each start stands on the page once, or unticking it would leave it ticked elsewhere."""
    return [option for option in one.options if option not in best][:MOST_OF_A_KIND]


def _kind(one: KindOptions, rows: list[StartRow]) -> KindRows:
    more = max(0, len(one.options) - len(rows))
    full = [_full(option) for option in one.full[:MOST_OF_A_KIND]]
    return KindRows(one.kind, kind_words(one.kind), rows, more, full)


def _full(option: Option) -> FullRow:
    return FullRow(option.pick.number, f"{option.what.place}, {meets_words(option.what)}")


def _names(everything: Iterable[Any], avoided: Any) -> list[NameToAvoid]:
    keys = {one.pk for one in avoided.all()}
    return [NameToAvoid(one.pk, str(one), one.pk in keys) for one in everything]
