"""What one person could start with right now: all five kinds, and what staff put before them. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake.models import CallbackRequest, Offer
from scheduling.facts import Ledger
from scheduling.hours import TARGET, StaffedWeek
from scheduling.ledger import ledger_on_offer
from scheduling.options import KindOptions, Option, best_of, find, restart_options
from scheduling.picks import Pick

MOST_OFFERS = 3  # a choice, not a catalogue
HELD_FOR_OPEN_DAYS = 2  # a seat is held until noon of the second day on which somebody is on
HELD_FOR = timedelta(days=2)  # where nobody is ever on


@dataclass(frozen=True)
class OnOffer:
    """`kinds` is everything; `offered` what staff picked out of it, as far as it is still there."""

    kinds: list[KindOptions]
    offered: list[Option]

    @property
    def best(self) -> list[Option]:
        """What to show first: the offers of staff, else the best of all."""
        return self.offered or best_of(self.kinds, MOST_OFFERS)

    def find(self, pick: Pick) -> Option | None:
        return find(self.kinds, pick)


def on_offer(request: CallbackRequest, now: datetime, *, on_their_own: bool, ledger: Ledger | None = None) -> OnOffer:
    """Eight queries, however many groups there are; three when the ledger is given. Two more for somebody who
    chooses on their own: a start that nobody could confirm in time is none."""
    soonest = _soonest(request.week(), now) if on_their_own else now
    kinds = restart_options(request.wishes(), ledger or ledger_on_offer(now), soonest)
    offers = [find(kinds, offer.pick) for offer in Offer.objects.of(request)]
    return OnOffer(kinds, [option for option in offers if option])


def _soonest(week: StaffedWeek, now: datetime) -> datetime:
    """When staff will have been on for an hour, to see what was chosen and to confirm it."""
    return week.add_open_time(now, TARGET) or now


def held_until(week: StaffedWeek, starts_at: datetime, now: datetime) -> datetime:
    """Until when a seat is held: long enough to be called twice, and never beyond the start itself. In UTC."""
    day = week.staffed_day_after(week.local_date(now), HELD_FOR_OPEN_DAYS)
    return min(week.at_noon(day) if day else now + HELD_FOR, starts_at)
