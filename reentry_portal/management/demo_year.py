"""A past year, for figures that tell something: invented requests that are all over by now, counted from today.

The people of the demo go through the real actions. For a year of people that would take minutes, so these rows go
straight into the tables. Each step is one of the table of moves, and there are no more than the figures are made of.
Scheduled work finds nothing to do with them: nobody is to be called or written to, and no calendar erases them yet.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from intake import moves
from intake.models import CallAttempt, CallbackRequest, ContactPreference, HistoryEntry, Offer
from intake.outcomes import Outcome
from intake.states import MOVES, Status
from privacy import audit
from privacy.retention import REQUESTS_KEPT
from privacy.tokens import new_reference, new_token
from reentry_portal.management.demo_chances import KINDS, REACH_BY, TIMES, WISHES, Pace, Year
from scheduling.models import Ended, FirstSession, Group, SeatClaim

REQUESTS = 900  # with half as many, small numbers hide most of two months
NAME = "Robin"
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
STAYS = timedelta(weeks=12)
NO_NOTES_AFTER = timedelta(days=65)  # past the sixty in which a paused round still has notes to come
STILL_LATELY = timedelta(weeks=6)  # of the eight in which a talk counts for the look back: three calls come after it


def plant(requests: int, *, by: Any, now: datetime) -> None:
    """So many requests of the year before now. `by` is who made the calls. Always the same year."""
    year = Year(by, now)
    stories = sorted((_Story(year, one) for one in _references(requests)), key=lambda story: story.asked)
    with transaction.atomic():
        _save([story.request for story in stories])
        for rows in zip(*(story.rows() for story in stories), strict=True):
            _save([row for some in rows for row in some])


def _references(number: int) -> list[str]:
    """No two alike: among ten thousand random ones there may be."""
    found: dict[str, None] = {}
    while len(found) < number:
        found[new_reference()] = None
    return list(found)


def _save(rows: list[Any]) -> None:
    for model in {type(row): None for row in rows}:
        model._default_manager.bulk_create(rows, batch_size=2000)


class _Story:
    """One invented request, from asking to its end, as rows that are not saved yet."""

    def __init__(self, year: Year, reference: str) -> None:
        self.year, self.chance = year, year.chance
        self.asked, self.place = year.asked(), year.place()
        self.times = list(self.chance.choices([*TIMES], [*TIMES.values()])[0])
        self.safe = year.safe(self.place, self.times)
        self.request = self._request(reference)
        self.contact = ContactPreference(request=self.request, reach_by=self.chance.choice(REACH_BY), times=self.times)
        self.steps: list[HistoryEntry] = []
        self.calls: list[CallAttempt] = []
        self.offers: list[Offer] = []
        self.seats: list[SeatClaim] = []
        self._note("received", "", audit.PERSON, self.asked)
        self._live()
        self._end()

    def rows(self) -> tuple[list[Any], ...]:
        return [self.contact], self.steps, self.calls, self.offers, self.seats

    def _request(self, reference: str) -> CallbackRequest:
        return CallbackRequest(
            reference=reference,
            form_key=new_token(),
            language="en",
            name=NAME,
            location=self.place,
            options=self.chance.choice(WISHES),
            status_since=self.asked,
            received_at=self.asked,
            round_started_at=self.asked,
        )

    # --- what happens ---

    def _live(self) -> None:
        first = self.safe.after(self.asked)
        if self.chance.randrange(100) < 4:
            self._move("erase", audit.PERSON, self.asked + self._some(_HOUR, 1, 6))
        elif first is None:
            self._never_called()
        else:
            pace = self.year.pace(self.place, self.asked)
            tried = self._in_hours(first + timedelta(minutes=self.chance.randint(*pace.minutes)))
            self._talk(tried, pace) if self.chance.randrange(100) < pace.talked else self._in_vain(tried)

    def _never_called(self) -> None:
        """Only times at which nobody is on: some simply come, most take it back."""
        at = self.asked + self._some(_DAY, 2, 12)
        if self.chance.randrange(100) < 40:
            self._move("return", self.year.by, at)
        else:
            self._move("withdraw", audit.PERSON, at)

    def _in_vain(self, tried: datetime) -> None:
        last = self._miss(tried)
        self._move(self.chance.choice(("withdraw", "withdraw", "erase")), audit.PERSON, last + self._some(_HOUR, 3, 40))

    def _talk(self, tried: datetime, pace: Pace) -> None:
        self._call(Outcome.TALKED, "reach", tried)
        offered = tried + self.chance.choice((0, 0, 0, 2, 26)) * _HOUR
        seat = self._seat(offered, self._some(_DAY, *pace.days))
        if seat and self.chance.randrange(100) < pace.came:
            self._come(seat)
        elif seat and self._may_be_paused(seat) and self.chance.randrange(100) < 55:
            self._go_quiet(seat)
        else:
            self._move("withdraw", audit.PERSON, offered + self._some(_HOUR, 5, 80))

    def _seat(self, offered: datetime, later: timedelta) -> SeatClaim | None:
        """A start put before them, so many days after they asked or the day after; None when it is not over by now."""
        group = self.year.group(self.place)
        if group is None:
            return None
        first_day = _meets(group, max((self.asked + later).date(), (offered + _DAY).date()))
        start = {"kind": self.chance.choice(KINDS), "group": group, "starts_on": first_day, "made_at": offered}
        self.offers.append(Offer(request=self.request, **start))
        seat = SeatClaim(request=self.request, accepted_at=offered, expires_at=offered + _DAY, **start)
        return seat if seat.session.end < self.year.now - _DAY else None

    def _may_be_paused(self, seat: SeatClaim) -> bool:
        """Without a note to come, or a look back at somebody whom nobody has talked with lately."""
        missed = seat.session.end
        return missed < self.year.now - NO_NOTES_AFTER and missed < seat.made_at + STILL_LATELY

    def _come(self, seat: SeatClaim) -> None:
        self._place(seat, FirstSession.CAME, Ended.LEFT, seat.session.end + STAYS)
        self._move("return", self.year.by, seat.session.end)

    def _go_quiet(self, seat: SeatClaim) -> None:
        """Missed on the first day, called three times more, in vain: calls are paused."""
        self._move("call_again", self.year.by, seat.session.end)
        self.request.round_started_at = seat.session.end
        last = self._miss(self._in_hours(seat.session.end + 2 * _HOUR)) + _HOUR
        self._move("pause_calls", self.year.by, last)
        self._place(seat, FirstSession.MISSED, Ended.RELEASED, last)

    def _end(self) -> None:
        """What is over for half a year is erased by the clock, except for who came back; and of the erased nothing is
        left that they wrote."""
        over = self.request.status_since + REQUESTS_KEPT
        if self.request.status in (Status.WITHDRAWN, Status.DOOR_OPEN) and over <= self.year.now:
            self._move("erase", audit.CLOCK, over)
        if self.request.status == Status.ERASED:
            self.request.name, self.request.location, self.request.options = "", None, []
            self.contact.times = []
        self.request.first_attempt_at = min((call.at for call in self.calls), default=None)
        for offer in self.offers:
            offer.ended_at = self.request.status_since

    # --- the rows of it ---

    def _miss(self, first: datetime) -> datetime:
        """Three calls, each two days after the one before, from that moment on. Returns the last."""
        at = first
        for again in range(3):
            at = self._in_hours(at + 2 * _DAY) if again else at
            self._call(Outcome.NO_ANSWER, "attempt", at)
        return at

    def _call(self, outcome: Outcome, what: str, at: datetime) -> None:
        number = len(self.calls) + 1
        self.calls.append(
            CallAttempt(request=self.request, number=number, at=self._over(at), by=self.year.by, outcome=outcome)
        )
        self._move(what, self.year.by, at)

    def _move(self, what: str, by: Any, at: datetime) -> None:
        before, self.request.status = self.request.status, MOVES[what].target
        self.request.status_since = self._over(at)
        self._note(what, before, by, at)

    def _note(self, what: str, before: str, by: Any, at: datetime) -> None:
        self.steps.append(
            HistoryEntry(
                request=self.request,
                at=self._over(at),
                actor_kind=moves.actor_kind(by),
                actor=audit.actor_name(by),
                what=what,
                from_status=before,
                to_status=self.request.status,
            )
        )

    def _place(self, seat: SeatClaim, how: FirstSession, ended: Ended, at: datetime) -> None:
        seat.confirmed_at, seat.first_session, seat.first_session_marked_at = seat.made_at, how, seat.session.end
        seat.ended_how, seat.ended_at = ended, self._over(at)
        self.seats.append(seat)

    def _in_hours(self, at: datetime) -> datetime:
        """The same moment, or the next that is fine with them while somebody is on."""
        return self.safe.after(at) or at

    def _over(self, at: datetime) -> datetime:
        return min(at, self.year.now - _HOUR)

    def _some(self, unit: timedelta, fewest: int, most: int) -> timedelta:
        return unit * self.chance.randint(fewest, most)


def _meets(group: Group, day: date) -> date:
    """That day, or the next on which the group meets."""
    return next(day + ahead * _DAY for ahead in range(7) if (day + ahead * _DAY).weekday() in group.weekdays)
