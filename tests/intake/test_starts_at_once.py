"""Two people, two tabs, staff and the clock at the same moment: one of them was faster, and nothing is in between."""

from functools import partial

import pytest

from intake import actions, restarts, waiting_list
from intake.errors import NotOffered, NotPossible
from intake.models import CallbackRequest
from intake.states import Status
from privacy import audit
from scheduling.models import Ended, SeatClaim, WaitlistEntry
from scheduling.picks import Kind
from tests.intake.make import at_once, caller, sent
from tests.intake.starts import (
    NOON,
    WEDNESDAY_NOON,
    agreed,
    choose,
    confirm,
    fridays,
    give_back,
    live,
    reached,
    status,
    steps,
)
from tests.scheduling.make import hour, seats_of

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(4)  # each is a toss; both faces are right


def kinds_of(answers):
    return sorted(type(answer).__name__ for answer in answers)


def test_two_tabs_that_choose_at_once_hold_one_seat():
    request, rivers = reached(), [fridays(seats=1) for _ in range(3)]
    answers = at_once(*(partial(choose, river, request) for river in rivers))
    assert kinds_of(answers) == ["SeatClaim"] * 3
    assert len(live(request)) == 1
    assert sorted(seats_of(river) for river in rivers) == [(0, 0, 1), (0, 0, 1), (0, 1, 0)]


def test_the_same_button_pressed_in_two_tabs_is_one_choice():
    request, river = reached(), fridays()
    first, second = at_once(*[partial(choose, river, request)] * 2)
    assert first == second
    assert steps(request).count("chose") == 1


@pytest.mark.parametrize("make", [fridays, hour], ids=["the last seat", "an hour"])
def test_of_ten_people_who_choose_it_at_once_one_holds_it_and_the_others_are_told(make):
    what = make(seats=1) if make is fridays else make()
    answers = at_once(*(partial(choose, what, sent()[0]) for _ in range(10)))
    assert kinds_of(answers) == ["NotOffered"] * 9 + ["SeatClaim"]
    assert SeatClaim.objects.get().what == what


def test_two_people_who_swap_seats_at_once_never_wait_for_each_other():
    """Each lets go of what the other wants; whoever is second may find it free, or not yet."""
    for _ in ROUNDS:
        river, creek = fridays(seats=1), fridays(seats=1)
        wren, hazel = choose(river, sent()[0]).request, choose(creek, sent()[0]).request
        answers = at_once(partial(choose, creek, wren), partial(choose, river, hazel))
        assert set(kinds_of(answers)) <= {"SeatClaim", "NotOffered"}
        assert len(live(wren)) == len(live(hazel)) == 1


def test_staff_confirm_while_the_person_gives_it_back():
    for _ in ROUNDS:
        claim = choose(fridays(seats=1), reached())
        confirmed, given_back = at_once(partial(confirm, claim, by=caller()), partial(give_back, claim))
        assert isinstance(given_back, CallbackRequest)
        assert isinstance(confirmed, NotPossible | CallbackRequest)
        assert (live(claim.request), status(claim.request)) == ([], Status.REACHED)


def test_the_clock_frees_it_while_staff_confirm():
    for _ in ROUNDS:
        river = fridays(seats=1)
        claim = choose(river, reached())
        freed, confirmed = at_once(
            partial(restarts.free_what_ran_out, now=WEDNESDAY_NOON),
            partial(confirm, claim, by=caller(), now=WEDNESDAY_NOON),
        )
        outcome = (freed, type(confirmed), status(claim.request), seats_of(river))
        assert outcome in [
            (0, CallbackRequest, Status.AGREED, (1, 0, 0)),
            (1, NotPossible, Status.WAITING, (0, 0, 1)),
        ]


def test_two_clocks_free_it_once():
    claim = choose(fridays(), reached())
    assert sum(at_once(*[partial(restarts.free_what_ran_out, now=WEDNESDAY_NOON)] * 3)) == 1
    assert steps(claim.request).count("hold_over") == 1


@pytest.mark.parametrize("leave", ["withdraw", "rest"])
def test_who_takes_it_back_or_rests_while_choosing_has_no_seat(leave):
    for _ in ROUNDS:
        river, request = fridays(seats=1), reached()
        who = {"request_id": request.pk, "by": audit.PERSON, "now": NOON}
        gone = partial(actions.rest, weeks=1, **who) if leave == "rest" else partial(actions.make_move, leave, **who)
        chosen, left = at_once(partial(choose, river, request), gone)
        assert isinstance(chosen, NotPossible | SeatClaim)
        assert isinstance(left, CallbackRequest)
        assert (live(request), seats_of(river)) == ([], (0, 0, 1))


def test_two_staff_confirm_the_same_seat_once():
    claim = choose(fridays(), reached())
    answers = at_once(*[partial(confirm, claim, by=caller())] * 2)
    assert kinds_of(answers) == ["CallbackRequest", "NotPossible"]
    assert steps(claim.request).count("seat_confirmed") == 1


def test_a_seat_is_given_back_once_in_two_tabs():
    claim = agreed(fridays())
    answers = at_once(*[partial(give_back, claim)] * 2)
    assert kinds_of(answers) == ["CallbackRequest", "NotPossible"]
    claim.refresh_from_db()
    assert claim.ended_how == Ended.LEFT


def test_a_seat_that_is_free_goes_to_who_waits_or_to_who_chooses_and_never_to_both():
    for _ in ROUNDS:
        river, waits, comes = fridays(seats=1), reached(), sent()[0]
        entry = WaitlistEntry.objects.create(request=waits, kind=Kind.NEW_TIME, group=river, joined_at=NOON)
        kept, chosen = at_once(partial(waiting_list.ask_who_waits, now=NOON), partial(choose, river, comes))
        assert (kept, type(chosen)) in [(1, NotOffered), (0, SeatClaim)]
        assert seats_of(river) == (0, 1, 0)
        entry.refresh_from_db()
        assert entry.ended_at is None


def test_two_clocks_ask_one_person_once():
    river, waits = fridays(), reached()
    WaitlistEntry.objects.create(request=waits, kind=Kind.NEW_TIME, group=river, joined_at=NOON)
    assert sum(at_once(*[partial(waiting_list.ask_who_waits, now=NOON)] * 3)) == 1
    assert (len(live(waits)), steps(waits).count("seat_kept")) == (1, 1)


def test_joining_the_list_in_two_tabs_is_waiting_once():
    request, full = reached(), fridays(seats=0)
    join = partial(
        waiting_list.join_list, Kind.NEW_TIME, group_id=full.pk, request_id=request.pk, by=audit.PERSON, now=NOON
    )
    first, second = at_once(join, join)
    assert first == second
    assert steps(request).count("joined_list") == 1
