"""A past year, for figures that tell something: invented requests that are all over by now, counted from today.

The people of the demo go through the real actions. For a year of people that would take minutes, so these rows go
straight into the tables. Each step is one of the table of moves, and there are no more than the figures are made of.
Scheduled work finds nothing to do with them: nobody is to be called or written to, and no calendar erases them yet.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from intake import moves
from intake.models import CallAttempt, CallbackRequest, ContactPreference, HistoryEntry, Offer
from intake.outcomes import Outcome
from intake.report.open_time import OpenTime, SafeStarts
from intake.states import MOVES, Status
from privacy import audit
from privacy.retention import REQUESTS_KEPT
from privacy.tokens import new_reference, new_token
from scheduling.calendar import Weeks
from scheduling.hours import HORIZON_DAYS
from scheduling.models import Ended, FirstSession, Group, Location, SeatClaim

REQUESTS = 480  # with half as many, small numbers hide every place
SEED = 51
NAME = "Robin"
LATEST, EARLIEST = 18, 364  # days ago; what was asked later than that may not be over by now
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
STAYS = timedelta(weeks=12)
# Past the sixty days in which a paused round still has notes to come.
NO_NOTES_AFTER = timedelta(days=65)

# --- how it goes, and how often ----------------------------------------------------------------------------------

# People write in the evening and at night.
ASKED_AT = (0, 1, 7, 8, 9, 10, 11, 12, 12, 13, 15, 16, 17, 18, 19, 19, 20, 20, 21, 21, 21, 22, 22, 23)
TIMES = {(): 58, ("morning",): 14, ("morning", "afternoon"): 10, ("afternoon",): 6, ("evening",): 12}
WISHES = (
    *([], ["week_one"], ["week_one"], ["new_time"], ["new_time"], ["new_time", "new_therapist"]),
    *(["week_one", "individual"], ["new_therapist"], ["reassess"], ["unsure"]),
)
REACH_BY = ("call", "call", "call", "call", "text", "email")
KINDS = ("new_time", "new_time", "week_one", "new_therapist")


@dataclass(frozen=True)
class Pace:
    """How soon somebody called, after the first moment that was fine with them, and what came of it: how many of a
    hundred were then talked with, how many of a hundred of those came back, and how many days later."""

    minutes: tuple[int, int]
    talked: int
    came: int
    days: tuple[int, int]


AT_ONCE = Pace((4, 50), talked=84, came=74, days=(1, 20))
SAME_DAY = Pace((70, 180), talked=70, came=58, days=(3, 30))
LATE = Pace((280, 480), talked=55, came=46, days=(5, 45))
DAYS_LATER = Pace((1700, 4000), talked=42, came=36, days=(8, 60))
PACES = (AT_ONCE, SAME_DAY, LATE, DAYS_LATER)


def plant(requests: int, *, by: Any, now: datetime) -> None:
    """So many requests of the year before now. `by` is who made the calls. Always the same year."""
    year = _Year(by, now, Random(SEED))  # noqa: S311
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


class _Year:
    """What all stories share: the chances, the clock, the places with their hours, and the groups."""

    def __init__(self, by: Any, now: datetime, chance: Random) -> None:
        self.by, self.now, self.chance = by, now, chance
        self.places = [*Location.objects.taking_people(), None]
        self._groups = list(
            Group.objects.taking_people().exclude(days=None).select_related("location").prefetch_related("days")
        )
        self._weeks, self._today = Weeks(), timezone.localdate(now)
        self._safe: dict[tuple, SafeStarts] = {}

    def place(self) -> Location | None:
        """Most in the first of the places."""
        weights = [max(40 - 9 * number, 12) for number in range(len(self.places) - 1)]
        return self.chance.choices(self.places, [*weights, 12])[0]

    def asked(self) -> datetime:
        """More and more through the year, and mostly in the evening."""
        days = range(LATEST, EARLIEST)
        day = self._today - _DAY * self.chance.choices(days, [500 - ago for ago in days])[0]
        at = time(self.chance.choice(ASKED_AT), self.chance.randrange(60))
        return timezone.make_aware(datetime.combine(day, at))

    def pace(self, place: Location | None, asked: datetime) -> Pace:
        """Sooner as the year goes on, and in the first of the places."""
        soon = 88 - 12 * self.places.index(place) - 30 * (self.now - asked) // (EARLIEST * _DAY)
        rest = 100 - soon
        return self.chance.choices(PACES, [soon, rest * 0.5, rest * 0.25, rest * 0.25])[0]

    def group(self, place: Location | None) -> Group | None:
        """One of that place; by video or anywhere when there is none, or any place will do."""
        there = [group for group in self._groups if place and group.location_id == place.pk]
        return self.chance.choice(there or self._groups) if self._groups else None

    def safe(self, place: Location | None, times: list[str]) -> SafeStarts:
        """When somebody is on there and it is fine with whoever left these times."""
        key = place, *times
        if key not in self._safe:
            self._safe[key] = self._hours(place).safe_starts(times)
        return self._safe[key]

    @cache  # noqa: B019  a year lives no longer than its planting
    def _hours(self, place: Location | None) -> OpenTime:
        first, last = self._today - EARLIEST * _DAY, self._today + HORIZON_DAYS * _DAY
        return OpenTime(self._weeks.of(place), first, last)


class _Story:
    """One invented request, from asking to its end, as rows that are not saved yet."""

    def __init__(self, year: _Year, reference: str) -> None:
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
        elif seat and seat.session.end < self.year.now - NO_NOTES_AFTER and self.chance.randrange(100) < 55:
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

    def _come(self, seat: SeatClaim) -> None:
        self._place(seat, FirstSession.CAME, Ended.LEFT, seat.session.end + STAYS)
        self._move("return", self.year.by, seat.session.end)

    def _go_quiet(self, seat: SeatClaim) -> None:
        """Missed on the first day, called three times more, in vain: calls are paused."""
        self._move("call_again", self.year.by, seat.session.end)
        self.request.round_started_at = seat.session.end
        self._move("pause_calls", self.year.by, last := self._miss(self._in_hours(seat.session.end)) + _HOUR)
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


def _groups() -> QuerySet[Group]:
    open_ones = Group.objects.taking_people().exclude(days=None)
    return open_ones.select_related("location").prefetch_related("days").order_by("pk")


def _meets(group: Group, day: date) -> date:
    """That day, or the next on which the group meets."""
    return next(day + ahead * _DAY for ahead in range(7) if (day + ahead * _DAY).weekday() in group.weekdays)
