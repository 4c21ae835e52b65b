"""Thousands of random steps by people, staff, managers and the clock: after each the ledger adds up, and what is
forbidden was refused by its name and changed nothing."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from intake import actions, restarts, states, waiting_list, wishes
from intake.errors import (
    CallFirst,
    NotBegun,
    NothingToDo,
    NotOffered,
    NotPossible,
    OutsideTheirTimes,
    TooEarlyToPause,
    TooManyCalls,
    TooManyOffers,
    TooSoon,
)
from intake.models import CallbackRequest, HistoryEntry, Offer
from intake.on_offer import MOST_OFFERS, on_offer
from intake.outcomes import Outcome
from intake.states import Actor, Status
from privacy import audit
from privacy.models import AuditEvent
from scheduling.actions import move_everyone_for_closure
from scheduling.ledger import next_day_of
from scheduling.models import (
    MOST_NOTICES,
    Closure,
    FirstSession,
    Group,
    Location,
    Seat,
    SeatClaim,
    WaitlistEntry,
)
from scheduling.picks import BY_APPOINTMENT, IN_A_GROUP, Kind, Pick
from scheduling.seats import SeatsTaken, set_seats
from tests.intake.make import DAY, HOUR, NOW, caller, standing_at
from tests.scheduling.make import group, hour

EXAMPLES, STEPS = 21, 100
MONDAY = date(2026, 6, 1)
GROUPS = 3
throws = st.integers(0, 2**32)

MOMENTS = [timedelta(minutes=10), HOUR, 5 * HOUR, DAY, DAY, 3 * DAY]
BACK = ["got_in_touch", "call_again", "agree"]
AWAY = ["withdraw", "pause_calls", "return"]
HOW_OFTEN = {
    "choose": 3,
    "confirm": 2,
    "say_yes": 2,
    "give_back": 1,
    "decline": 4,
    "move_first_day": 1,
    "mark_first_session": 3,
    "offer": 1,
    "what_they_are_shown": 1,
    "talk": 2,
    "call_without_answer": 1,
    "come_back": 1,
    "go_away": 3,
    "join_list": 3,
    "leave_list": 1,
    "change_seats": 3,
    "close_a_day": 1,
    "open_a_day": 1,
    "time_passes": 1,
    "time_passes_and_the_clock_runs": 6,
}
EVERY_ROW = " UNION ALL ".join(
    f"SELECT md5(string_agg(t::text, ',' ORDER BY id)) FROM {table._meta.db_table} AS t"
    for table in (CallbackRequest, SeatClaim, Offer, WaitlistEntry, Seat, HistoryEntry, AuditEvent)
)


class Ledger(RuleBasedStateMachine):
    """Five people, three groups and two hours; `cast` is made once, and every example is rolled back to it.

    One rule with many steps, because hypothesis leaves out some rules in each example, and here they need each other.
    """

    cast: dict
    steps, done = 0, Counter()

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now, self.staff, self.chance = NOW, self.cast["staff"], Random(0)

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(seats=st.tuples(*[st.sampled_from([0, 0, 0, 1, 2, 3])] * GROUPS))
    def a_morning_of_work(self, seats):
        for one, number in zip(self.cast["groups"], seats, strict=True):
            set_seats(group_id=one, number=number, by=self.staff, now=self.now)
        for number, step in enumerate(["join_list"] * 4 + ["choose", "confirm"] * 2):
            self.something_happens(step, number + sum(seats))

    @rule(step=st.sampled_from([step for step, times in HOW_OFTEN.items() for _ in range(times)]), dice=throws)
    def something_happens(self, step, dice):
        """Whom and what it is about is thrown, mostly so that it could succeed."""
        self.chance = Random(dice)
        getattr(self, step)()

    # --- parts of the steps below --------------------------------------------------------------------------------

    def person_or_staff(self):
        return self.chance.choice([Actor.PERSON, Actor.STAFF])

    def mostly(self):
        return self.chance.random() < 0.8

    def one_of(self, rows, otherwise):
        """Mostly one of the first, else any."""
        rows = list(rows) if self.mostly() else []
        rows = rows or list(otherwise)
        return self.chance.choice(rows) if rows else None

    def somebody(self, *statuses) -> CallbackRequest:
        everybody = CallbackRequest.objects.order_by("pk")
        return self.one_of(everybody.filter(status__in=statuses or states.CAN_CHOOSE), everybody)

    def some_claim(self, claims) -> tuple[SeatClaim | None, CallbackRequest]:
        """One of these, or any that ever was; and whose it is, or mostly."""
        all_of_them = SeatClaim.objects.with_their_start().select_related("request")
        claim = self.one_of(all_of_them.filter(pk__in=claims), all_of_them)
        return claim, claim.request if claim and self.mostly() else self.somebody()

    def some_pick(self, there) -> Pick:
        kind = self.chance.choice(list(Kind))
        number = self.chance.choice(self.cast["hours" if kind in BY_APPOINTMENT else "groups"])
        at_random = Pick(kind, number, MONDAY + DAY * self.chance.randrange(20))
        return self.one_of([option.pick for one in there.kinds for option in one.options], [at_random])

    def who(self, request, actor=Actor.STAFF):
        return {"request_id": request.pk, "by": audit.PERSON if actor == Actor.PERSON else self.staff, "now": self.now}

    def try_to(self, verb, refusal=None, *may_refuse, **given):
        """Done when nothing speaks against it, else refused by that name and nothing has changed."""
        before, expected = self.rows(), (refusal, *may_refuse) if refusal else may_refuse
        try:
            answer = verb(**given)
        except expected as error:
            assert self.rows() == before
            Ledger.done[verb.__name__, type(error).__name__] += 1
            return None
        assert refusal is None, f"{verb.__name__} was not refused"
        Ledger.done[verb.__name__, "done"] += 1
        return answer

    def rows(self):
        with connection.cursor() as cursor:
            cursor.execute(EVERY_ROW)
            return cursor.fetchall()

    def not_theirs(self, claim, request):
        return claim.ended_at is not None or claim.request_id != request.pk

    # --- people and staff ----------------------------------------------------------------------------------------

    def choose(self):
        request, actor = self.somebody(), self.person_or_staff()
        there = on_offer(request, self.now, on_their_own=actor == Actor.PERSON)
        pick = self.some_pick(there)
        mine = SeatClaim.objects.live().alike(pick.kind).filter(request=request)
        may = actor == Actor.STAFF or request.self_choice or pick in [option.pick for option in there.offered]
        has_it = pick in [claim.pick for claim in mine]
        refusal, may_refuse = None, ()
        if not has_it and not (may and there.find(pick)):
            lets_go_of_it = may and pick.number in [claim.pick.number for claim in mine.holds()]
            refusal, may_refuse = (None, (NotOffered,)) if lets_go_of_it else (NotOffered, ())
        if request.status not in states.CAN_CHOOSE:
            refusal = NotPossible
        self.try_to(restarts.choose, refusal, *may_refuse, pick=pick, **self.who(request, actor))

    def say_yes(self):
        claim, request = self.some_claim(SeatClaim.objects.live())
        if claim:
            refusal = NotOffered if claim.has_run_out(self.now) else None
            if self.not_theirs(claim, request):
                refusal = NotPossible
            self.try_to(restarts.accept, refusal, claim_id=claim.pk, **self.who(request, self.person_or_staff()))

    def decline(self):
        """A seat that was kept for them, or a day that we moved."""
        self.give_back(SeatClaim.objects.live().not_asked_yet())

    def give_back(self, claims=None):
        claim, request = self.some_claim(SeatClaim.objects.live() if claims is None else claims)
        if claim:
            refusal = NotPossible if self.not_theirs(claim, request) else None
            given = {"claim_id": claim.pk, "cannot_make_it": not self.mostly()}
            self.try_to(restarts.give_back, refusal, **given, **self.who(request, self.person_or_staff()))

    def confirm(self):
        claim, request = self.some_claim(SeatClaim.objects.holds())
        if claim:
            refusal = NotOffered if SeatClaim.objects.on_no_day().filter(pk=claim.pk).exists() else None
            if request.status == Status.WAITING:
                refusal = CallFirst
            has_a_say = request.status in (*states.CAN_CHOOSE, Status.RETURNED)
            if self.not_theirs(claim, request) or claim.is_confirmed or not has_a_say:
                refusal = NotPossible
            after = self.try_to(restarts.confirm, refusal, claim_id=claim.pk, **self.who(request))
            assert refusal or after.status in (Status.AGREED, Status.RETURNED)

    def move_first_day(self):
        claim, request = self.some_claim(SeatClaim.objects.live())
        if claim:
            has_no_other = claim.group is None or next_day_of(claim.group, claim.starts_on, self.now) is None
            refusal = NotOffered if has_no_other else None
            if self.not_theirs(claim, request) or claim.first_session == FirstSession.CAME:
                refusal = NotPossible
            self.try_to(restarts.move_first_day, refusal, claim_id=claim.pk, **self.who(request))

    def mark_first_session(self):
        claim, request = self.some_claim(SeatClaim.objects.to_be_marked(self.now.date() - DAY))
        if claim:
            refusal = NotBegun if claim.session.start > self.now else None
            if self.not_theirs(claim, request) or not claim.is_confirmed or claim.first_session:
                refusal = NotPossible
            how = self.chance.choice(list(FirstSession))
            self.try_to(restarts.mark_first_session, refusal, how=how, claim_id=claim.pk, **self.who(request))

    def offer(self):
        request = self.somebody()
        there = on_offer(request, self.now, on_their_own=False)
        picks = {self.some_pick(there) for _ in range(self.chance.randrange(5))}
        refusal = None if all(there.find(pick) for pick in picks) else NotOffered
        refusal = TooManyOffers if len(picks) > MOST_OFFERS else refusal
        refusal = refusal if picks or Offer.objects.of(request).exists() else NothingToDo
        refusal = refusal if request.status in states.CAN_CHOOSE else NotPossible
        self.try_to(restarts.offer, refusal, picks=picks, **self.who(request))

    def what_they_are_shown(self):
        request = self.somebody()
        who, is_open = self.who(request), None if request.status in states.OPEN else NotPossible
        may_choose = None if request.status in states.CAN_CHOOSE else NotPossible
        if not self.mostly():
            self.try_to(restarts.let_choose, may_choose, freely=not request.self_choice, **who)
        elif not self.mostly():
            self.try_to(wishes.not_this_group, is_open, group_id=self.chance.choice(self.cast["groups"]), **who)
        else:
            self.try_to(wishes.show_all_again, is_open, **who)

    def talk(self):
        request = self.somebody(Status.WAITING, Status.TRYING, Status.RESTING)
        refusal = None if states.can(request.status, "reach", Actor.STAFF) else NotPossible
        self.try_to(actions.log_attempt, refusal, outcome=Outcome.TALKED, **self.who(request))

    def call_without_answer(self):
        request = self.somebody(*states.TO_CALL)
        refusal = None if states.can(request.status, "attempt", Actor.STAFF) else NotPossible
        given = {"outcome": Outcome.NO_ANSWER, **self.who(request)}
        self.try_to(actions.log_attempt, refusal, TooSoon, TooManyCalls, OutsideTheirTimes, **given)

    def come_back(self):
        request, actor = self.somebody(*states.HAS_NO_SEAT, Status.REACHED), self.person_or_staff()
        move = self.chance.choice(BACK)
        refusal = None if states.can(request.status, move, actor) else NotPossible
        self.try_to(actions.make_move, refusal, move_name=move, **self.who(request, actor))
        request.refresh_from_db()
        back = "wake" if request.status == Status.RESTING else "ask_again"
        refusal = None if states.can(request.status, back, Actor.PERSON) else NotPossible
        self.try_to(actions.ask_to_be_called, refusal, **self.who(request, Actor.PERSON))

    def go_away(self):
        request, actor = self.somebody(*states.OPEN), self.person_or_staff()
        who = self.who(request, actor)
        if not self.mostly():
            refusal = None if states.can(request.status, "rest", actor) else NotPossible
            self.try_to(actions.rest, refusal, weeks=1, **who)
        elif not self.mostly():
            move = self.chance.choice(AWAY)
            unmarked = SeatClaim.objects.placements().filter(request=request, first_session="")
            is_said_beside_the_seat = move == "return" and unmarked.exists()
            is_open = states.can(request.status, move, actor) and not is_said_beside_the_seat
            refusal = None if is_open else NotPossible
            self.try_to(actions.make_move, refusal, TooEarlyToPause, move_name=move, **who)

    # --- the waiting list ----------------------------------------------------------------------------------------

    def join_list(self):
        request = self.somebody()
        kinds = on_offer(request, self.now, on_their_own=True).kinds
        full = [(one.kind, option.what.id) for one in kinds for option in one.full]
        worth_it = full + [(one.kind, None) for one in kinds if not one.options]
        any_at_all = [(kind, group_id) for kind in Kind for group_id in (None, *self.cast["groups"])]
        kind, group_id = self.one_of(full or worth_it, any_at_all)
        waits = WaitlistEntry.objects.waiting().of(request.pk).filter(kind=kind, group=group_id).exists()
        refusal = None if waits or (kind, group_id) in worth_it else NotOffered
        told = SeatClaim.objects.filter(request=request, moved_from=None).exclude(waitlist_entry=None).count()
        if request.status not in states.CAN_CHOOSE or told >= MOST_NOTICES:
            refusal = NotPossible
        given = {"kind": kind, "group_id": group_id, **self.who(request, Actor.PERSON)}
        self.try_to(waiting_list.join_list, refusal, **given)

    def leave_list(self):
        entry, request = self.one_of(WaitlistEntry.objects.waiting(), WaitlistEntry.objects.all()), self.somebody()
        if entry:
            self.try_to(waiting_list.leave_list, entry_id=entry.pk, **self.who(request, Actor.PERSON))

    # --- managers and the clock ----------------------------------------------------------------------------------

    def change_seats(self):
        group_id, number = self.chance.choice(self.cast["groups"]), self.chance.randrange(4)
        is_too_few = SeatClaim.objects.live().filter(group=group_id).count() > number
        given = {"group_id": group_id, "number": number, "by": self.staff, "now": self.now}
        self.try_to(set_seats, SeatsTaken if is_too_few else None, **given)

    def close_a_day(self):
        """Mostly one that touches somebody. Nobody who has an open day ahead is left behind."""
        days = SeatClaim.objects.live().values_list("starts_on", flat=True)
        day = self.one_of(days, [self.now.date() + DAY * ahead for ahead in range(8)])
        place = self.chance.choice([None, *Location.objects.all()[:2]])
        closure, _ = Closure.objects.get_or_create(location=place, date=day)
        move_everyone_for_closure(closure_id=closure.pk, by=self.staff, now=self.now)
        left = SeatClaim.objects.on_a_closed_day().starting_on(day).with_their_start()
        assert not [claim for claim in left if claim.group and next_day_of(claim.group, claim.starts_on, self.now)]

    def open_a_day(self):
        closure = self.one_of(Closure.objects.filter(reason=""), [])
        if closure:
            closure.delete()

    def time_passes(self):
        self.now += self.chance.choice(MOMENTS)

    def time_passes_and_the_clock_runs(self):
        self.now += self.chance.choice(MOMENTS)
        actions.wake_the_resting(now=self.now)
        Ledger.done["freed"] += restarts.free_what_ran_out(now=self.now)
        assert not SeatClaim.objects.run_out(self.now).exists()
        Ledger.done["asked"] += waiting_list.ask_who_waits(now=self.now)
        if not self.mostly():
            before = self.rows()
            assert restarts.free_what_ran_out(now=self.now) == waiting_list.ask_who_waits(now=self.now) == 0
            assert self.rows() == before  # twice is once

    # --- what must hold after every step -------------------------------------------------------------------------

    @invariant()
    def it_adds_up(self):
        Ledger.steps += 1
        claims = list(SeatClaim.objects.all())
        live = [claim for claim in claims if claim.ended_at is None]
        seat_of = {number: (one, hour) for number, one, hour in Seat.objects.values_list("pk", "group", "slot")}
        standing = dict(CallbackRequest.objects.values_list("pk", "status"))
        self.every_seat_is_placed_held_or_free(live, seat_of)
        self.every_claim_is_live_on_one_seat_or_over(claims, live, seat_of)
        self.every_person_has_one_of_each(live)
        self.nobody_who_is_gone_has_anything(live, standing)
        self.nobody_is_told_too_often(claims)
        self.the_story_ends_where_they_stand(standing)

    def every_seat_is_placed_held_or_free(self, live, seat_of):
        rows = Counter(group_id for group_id, _hour in seat_of.values())
        for one in Group.objects.with_seats_counted():
            assert min(one.placed, one.held, one.free) >= 0
            assert one.placed + one.held + one.free == rows[one.pk]
            mine = [claim for claim in live if claim.group_id == one.pk]
            assert one.placed == sum(claim.is_confirmed for claim in mine)
            assert one.held == sum(not claim.is_confirmed for claim in mine)

    def every_claim_is_live_on_one_seat_or_over(self, claims, live, seat_of):
        seats = [claim.seat_id for claim in claims if claim.seat_id]
        assert len(seats) == len(set(seats)) == len(live)
        by_number = {claim.pk: claim for claim in claims}
        for claim in claims:
            assert (claim.seat_id is None) == (claim.ended_at is not None) == bool(claim.ended_how)
            assert claim.accepted_at or claim.waitlist_entry_id or claim.moved_from_id
            if before := by_number.get(claim.moved_from_id):
                assert (before.ended_how, before.group_id) == ("moved", claim.group_id)
        for claim in live:
            of = claim.group_id, claim.slot_id
            assert seat_of[claim.seat_id] == of
            starts_at = self.cast["starts"][of].session_on(claim.starts_on).start
            assert claim.is_confirmed or claim.made_at < claim.expires_at <= starts_at

    def every_person_has_one_of_each(self, live):
        sorts = Counter(
            (claim.request_id, "group" if claim.kind in IN_A_GROUP else claim.kind, claim.is_confirmed)
            for claim in live
        )
        assert set(sorts.values()) <= {1}

    def nobody_who_is_gone_has_anything(self, live, standing):
        waiting = list(WaitlistEntry.objects.waiting().values_list("request", flat=True))
        assert {standing[claim.request_id] for claim in live} <= set(states.MAY_HAVE_A_SEAT)
        assert {standing[person] for person in waiting}.isdisjoint(states.WAITS_FOR_NO_SEAT)

    def nobody_is_told_too_often(self, claims):
        told = [claim for claim in claims if claim.waitlist_entry_id and not claim.moved_from_id]
        assert max(Counter(claim.request_id for claim in told).values(), default=0) <= MOST_NOTICES
        zone = Location.objects.first().zone
        days = Counter((claim.request_id, claim.made_at.astimezone(zone).date()) for claim in told)
        assert set(days.values()) <= {1}

    def the_story_ends_where_they_stand(self, standing):
        last = dict(HistoryEntry.objects.order_by("id").values_list("request", "to_status"))
        assert last == standing


def raise_it_again(*_words):
    """In place of a line in the log: here no row may fail unseen."""
    raise


@pytest.mark.timeout(1200)  # seconds; thousands of steps on a machine that may be busy
@pytest.mark.django_db
def test_whatever_happens_in_whatever_order_the_ledger_adds_up(monkeypatch):
    monkeypatch.setattr("intake.one_by_one.log.exception", raise_it_again)
    groups = [
        group("toledo", days=[0, 2, 3], week_one=[MONDAY + 7 * DAY]),
        group("maumee", days=[4]),
        group("", days=range(7), week_one=[MONDAY + 3 * DAY, MONDAY + 17 * DAY]),
    ]
    hours = [hour("reassess", starts_at=NOW + 3 * DAY), hour("individual", starts_at=NOW + 9 * DAY)]
    Ledger.cast = {
        "staff": caller(),
        "groups": [one.pk for one in groups],
        "hours": [one.pk for one in hours],
        "starts": {(one.pk, None): one for one in groups} | {(None, one.pk): one for one in hours},
    }
    for where in (Status.WAITING, Status.TRYING, Status.REACHED, Status.REACHED, Status.AGREED):
        standing_at(where)
    Ledger.steps = 0
    slow = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    run_state_machine_as_test(Ledger, settings=slow)
    assert Ledger.steps >= 2000
