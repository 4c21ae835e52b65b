"""What this person could be offered today, in words: the best three, and the kinds that have nothing (R-O3)."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import choices
from intake.clock import day_words
from intake.models import CallbackRequest
from scheduling.ledger import groups_on_offer
from scheduling.options import KindOptions, Option, Why, Wishes, best_of, restart_options
from scheduling.words import days_words, hours_words, seats_words

MOST_OFFERS = 3  # a choice, not a catalogue

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
class Offer:
    """One group this person could start: where, when, from which day, how many seats, and why it is here."""

    place: str
    when: str
    starts: str
    seats: str
    why: str


@dataclass(frozen=True)
class Offers:
    """`without` says of each kind that has no group to name how it stands: by arrangement, or none right now."""

    best: list[Offer]
    without: list[str]


def offers_for(callback: CallbackRequest, now: datetime, zone: tzinfo) -> Offers:
    """Four queries, however many groups there are."""
    kinds = restart_options(wishes_of(callback), groups_on_offer(now), now)
    return Offers(
        best=[_offer(option, now, zone) for option in best_of(kinds, MOST_OFFERS)],
        without=[_without_words(kind) for kind in kinds if not kind.options],
    )


def wishes_of(callback: CallbackRequest) -> Wishes:
    """What the form asked. Its times of day are when a call is safe, not when a group suits, so they stay out."""
    return Wishes(
        kinds=frozenset(callback.options),
        town=callback.location.slug if callback.location else "",
        needs=frozenset(callback.help_with),
    )


def _offer(option: Option, now: datetime, zone: tzinfo) -> Offer:
    group = option.group
    hours = {"days": days_words(group.weekdays), "hours": hours_words(group.starts, group.ends)}
    return Offer(
        place=group.place,
        when=_("%(days)s, %(hours)s.") % hours,
        starts=_("From %(day)s.") % {"day": day_words(option.starts_at, now, zone)},
        seats=f"{seats_words(group.seats_left)}.",
        why=" ".join(str(_WHY[reason]) for reason in option.why),
    )


def _without_words(kind: KindOptions) -> str:
    words = {"kind": choices.Option(kind.kind).label}
    return (_("%(kind)s: by arrangement.") if kind.by_arrangement else _("%(kind)s: none right now.")) % words
