"""The five ways back as the private page shows them: the best few first, and every way, also the one with nothing."""

from dataclasses import dataclass
from datetime import datetime

from intake.models import CallbackRequest
from intake.on_offer import on_offer
from intake.start_words import WAYS, StartWords, words_of_option
from intake.waiting_list import may_wait
from scheduling.models import SeatClaim
from scheduling.options import KindOptions, Option
from scheduling.picks import IN_A_GROUP

MOST_OF_A_KIND = 6


@dataclass(frozen=True)
class FullGroup:
    """A group without a seat, and the number to wait for it by."""

    group_id: int
    words: StartWords


@dataclass(frozen=True)
class Way:
    """One of the five: what there is of it, how many more, and what is full."""

    kind: str
    name: str
    starts: list[StartWords]
    is_empty: bool  # there is nothing of it at all; else what is missing here they have already
    more: int
    full: list[FullGroup]

    @property
    def in_a_group(self) -> bool:
        return self.kind in IN_A_GROUP

    @property
    def total(self) -> int:
        return len(self.starts) + self.more


@dataclass(frozen=True)
class Ways:
    """`may_choose` is false where staff keep the choice for the talk: then only what they offered has a button."""

    best: list[StartWords]
    all: list[Way]
    is_offered: bool
    may_choose: bool
    may_wait: bool
    something_is_hidden: bool


def ways_of(request: CallbackRequest, now: datetime) -> Ways:
    """Twelve queries, however many groups there are. What they hold or have is not offered to them again."""
    there, mine = on_offer(request, now, on_their_own=True), _theirs(request)
    best = there.best if request.self_choice else there.offered
    return Ways(
        best=[words_of_option(option) for option in best if option.pick.thing not in mine],
        all=[_way(kind, mine) for kind in there.kinds],
        is_offered=bool(there.offered),
        may_choose=request.self_choice,
        may_wait=may_wait(request),
        something_is_hidden=request.not_before is not None or request.hidden_groups.exists(),
    )


def _way(one: KindOptions, mine: set[tuple[bool, int]]) -> Way:
    options = [option for option in one.options if option.pick.thing not in mine]
    full = [option for option in one.full if option.pick.thing not in mine]
    return Way(
        kind=one.kind,
        name=str(WAYS[one.kind]),
        starts=[words_of_option(option) for option in options[:MOST_OF_A_KIND]],
        is_empty=not one.options,
        more=max(0, len(options) - MOST_OF_A_KIND),
        full=[_full(option) for option in full[:MOST_OF_A_KIND] if one.kind in IN_A_GROUP],
    )


def _theirs(request: CallbackRequest) -> set[tuple[bool, int]]:
    return {claim.pick.thing for claim in SeatClaim.objects.live().filter(request=request)}


def _full(option: Option) -> FullGroup:
    return FullGroup(option.pick.number, words_of_option(option))
