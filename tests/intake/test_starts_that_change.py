"""A start that changes or begins: given back, moved, marked, run out; and who is gone has no seat."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from intake import actions, restarts
from intake.errors import NotBegun, NotOffered, NotPossible
from intake.models import CallbackRequest, HistoryEntry
from intake.on_offer import on_offer
from intake.outcomes import Outcome
from intake.seat_notes import seats_of as page_seats_of
from intake.states import Status
from privacy import audit
from privacy.models import AuditEvent
from scheduling.actions import move_for_closure
from scheduling.models import Closure, Ended, FirstSession, LeftTheList, SeatClaim, WaitlistEntry
from scheduling.picks import Kind
from tests.intake.make import DAY, HOUR, NOW, call, caller, move, sent, standing_at
from tests.intake.starts import (
    CAME,
    FRIDAY,
    FRIDAY_EVENING,
    MISSED,
    NOON,
    WEDNESDAY_NOON,
    agreed,
    choose,
    confirm,
    fridays,
    give_back,
    live,
    mark,
    next_day,
    reached,
    refused,
    status,
    steps,
)
from tests.scheduling.make import group, hour, seats_of


def seats_of_page(request, now=NOON):
    request.refresh_from_db()
    return page_seats_of(request, now)


pytestmark = pytest.mark.django_db


# --- given back --------------------------------------------------------------------------------------------------


def test_a_seat_given_back_is_free_and_they_stay_where_they_stand():
    request, river = reached(), fridays(seats=1)
    give_back(choose(river, request))
    assert (status(request), seats_of(river), steps(request)[-1]) == (Status.REACHED, (0, 0, 1), "gave_back")


def test_who_cannot_make_that_day_is_shown_later_ones_only():
    request, river = reached(), fridays()
    give_back(choose(river, request), cannot_make_it=True)
    request.refresh_from_db()
    assert (request.not_before, steps(request)[-1]) == (date(2026, 6, 6), "cannot_make_it")
    assert [option.starts_on for option in on_offer(request, NOON, on_their_own=True).best] == [FRIDAY + 7 * DAY]


def test_whose_confirmed_seat_is_given_back_needs_another_start():
    river = fridays()
    claim = agreed(river)
    assert give_back(claim).status == Status.REACHED
    assert steps(claim.request)[-2:] == ["gave_back", "reopen"]
    assert seats_of(river) == (0, 0, 8)


def test_who_gives_one_of_two_confirmed_seats_back_still_comes():
    claim = agreed(fridays())
    talk = choose(hour(), claim.request)
    confirm(talk)
    assert give_back(talk).status == Status.AGREED
    assert give_back(claim).status == Status.REACHED


def test_a_seat_is_given_back_once_and_only_ones_own():
    claim, theirs = choose(fridays(), reached()), choose(fridays(), sent()[0])
    give_back(claim)
    for other in (claim, SeatClaim(pk=theirs.pk, request=claim.request)):
        with refused(NotPossible):
            give_back(other)


@pytest.mark.parametrize("verb", [confirm, next_day, give_back, partial(mark, how=CAME)])
def test_a_claim_of_somebody_else_is_nothing_to_us(verb):
    request, theirs = reached(), choose(fridays(), reached())
    with refused(NotPossible):
        verb(SeatClaim(pk=theirs.pk, request=request))


# --- moved to another day ----------------------------------------------------------------------------------------


def test_the_first_day_moves_to_the_next_on_which_the_group_meets_in_the_same_seat():
    claim = agreed(fridays(seats=1))
    next_day(claim)
    (moved,) = live(claim.request)
    assert (moved.starts_on, moved.seat_id, moved.moved_from) == (FRIDAY + 7 * DAY, claim.seat_id, claim)
    assert (moved.confirmed_at, status(claim.request)) == (NOON, Status.AGREED)
    assert steps(claim.request)[-1] == "first_day_moved"


def test_closed_days_are_passed_over_when_a_first_day_moves():
    claim = agreed(fridays())
    Closure.objects.create(date=FRIDAY + 7 * DAY)
    next_day(claim)
    assert live(claim.request)[0].starts_on == FRIDAY + 21 * DAY  # the Friday between is Juneteenth


def test_who_was_missed_talked_to_us_and_has_another_first_day_has_agreed_again():
    claim = agreed(fridays())
    mark(claim, MISSED)
    call(claim.request, Outcome.TALKED, now=FRIDAY_EVENING + HOUR)
    next_day(claim, now=FRIDAY_EVENING + HOUR)
    (moved,) = live(claim.request)
    assert (moved.first_session, status(claim.request)) == ("", Status.AGREED)


def test_a_hold_that_is_moved_is_still_a_hold_and_never_lasts_beyond_its_start():
    request = reached()
    claim = choose(group(days=[2, 3]), request, day=date(2026, 6, 3))
    next_day(claim, now=WEDNESDAY_NOON)
    (moved,) = live(request)
    assert (moved.confirmed_at, moved.starts_on, status(request)) == (None, date(2026, 6, 4), Status.REACHED)
    assert moved.expires_at == datetime(2026, 6, 4, 22, tzinfo=UTC)


def test_an_hour_and_a_group_that_meets_no_more_have_no_next_day():
    talk, river = choose(hour(), reached()), fridays()
    claim = choose(river, reached())
    river.days.all().delete()
    for one in (talk, claim):
        with refused(NotOffered):
            next_day(one)


def test_whoever_came_has_had_their_first_day():
    claim = agreed(fridays())
    mark(claim, CAME)
    with refused(NotPossible):
        next_day(claim, now=FRIDAY_EVENING + HOUR)


# --- begun -------------------------------------------------------------------------------------------------------


def test_whoever_came_is_back_and_keeps_their_seat():
    river = fridays()
    claim = agreed(river)
    assert mark(claim, CAME).status == Status.RETURNED
    assert (seats_of(river), steps(claim.request)[-2:]) == ((1, 0, 7), ["first_day_came", "return"])


def test_whom_we_missed_is_called_today_and_keeps_their_seat():
    river = fridays()
    claim = agreed(river)
    request = mark(claim, MISSED)
    assert (request.status, seats_of(river)) == (Status.WAITING, (1, 0, 7))
    assert request.round_started_at == FRIDAY_EVENING
    assert steps(request)[-2:] == ["first_day_missed", "call_again"]


@pytest.mark.parametrize(("kind", "then"), [("reassess", Status.REACHED), ("individual", Status.RETURNED)])
def test_an_hour_that_took_place_is_over_and_a_fresh_look_needs_a_next_step(kind, then):
    talk = hour(kind)
    claim = agreed(talk)
    assert mark(claim, CAME).status == then
    claim.refresh_from_db()
    assert (claim.ended_how, claim.seat) == (Ended.DONE, None)


def test_a_fresh_look_beside_a_confirmed_group_changes_nothing_about_the_group():
    claim = agreed(fridays())
    talk = choose(hour(), claim.request)
    confirm(talk)
    assert mark(talk, CAME).status == Status.AGREED


def test_nobody_came_before_it_began():
    claim = agreed(fridays())
    for how in FirstSession:
        with refused(NotBegun):
            mark(claim, how, now=FRIDAY_EVENING - timedelta(seconds=1))


def test_a_first_day_is_marked_once_and_only_of_a_confirmed_seat():
    claim, held = agreed(fridays()), choose(fridays(), reached())
    mark(claim, CAME)
    for one in (claim, held):
        with refused(NotPossible):
            mark(one, MISSED)


def test_whether_they_came_is_said_beside_the_seat_and_not_past_it():
    claim = agreed(fridays())
    with refused(NotPossible):
        move(claim.request, "return")
    assert mark(claim, CAME).status == Status.RETURNED


def test_who_is_back_keeps_the_hour_beside_the_group_in_sight_and_it_can_be_marked():
    group_claim = agreed(fridays())
    request = group_claim.request
    beside = choose(hour("individual", starts_at=NOW + 10 * DAY), request)
    mark(group_claim, CAME)
    confirm(beside)
    assert [note.state for note in seats_of_page(request)] == ["yours"]
    then = NOW + 10 * DAY + HOUR
    assert CallbackRequest.objects.needs_decision(then).filter(first_day=True).get() == request
    assert mark(beside, MISSED, now=then).status == Status.RETURNED


def test_a_wrong_number_after_a_missed_day_frees_the_seat_and_one_before_it_does_not():
    river = fridays()
    missed, before = agreed(river), agreed(river, phone="+14195550155")
    mark(missed, MISSED)
    for claim in (missed, before):
        if claim is before:
            move(claim.request, "call_again", now=FRIDAY_EVENING)
        call(claim.request, "wrong_number", now=FRIDAY_EVENING + DAY)
    assert (live(missed.request), len(live(before.request))) == ([], 1)
    assert mark(before, MISSED, now=FRIDAY_EVENING + DAY).status == Status.NO_NUMBER
    assert live(before.request) == []


def test_a_start_on_a_day_that_is_closed_since_is_not_confirmed():
    claim = choose(fridays(), reached())
    Closure.objects.create(date=FRIDAY)
    with refused(NotOffered):
        confirm(claim)


def test_a_start_on_a_day_on_which_the_group_meets_no_more_needs_a_decision():
    river = fridays()
    claim = agreed(river)
    river.days.update(weekday=1)
    assert CallbackRequest.objects.needs_decision(NOON).get(no_day=True) == claim.request
    assert [note.state for note in seats_of_page(claim.request)] == ["off"]


def test_a_yes_that_comes_too_late_is_too_late_and_choosing_again_holds_anew():
    request, river = reached(), fridays(seats=1)
    claim = choose(river, request)
    with refused(NotOffered):
        restarts.accept(claim_id=claim.pk, request_id=request.pk, by=audit.PERSON, now=claim.expires_at)
    assert seats_of_page(request, claim.expires_at) == []
    again = choose(river, request, now=claim.expires_at)
    assert (again.pk != claim.pk, again.expires_at > claim.expires_at) == (True, True)


def test_one_hour_that_does_not_suit_hides_no_group():
    claim = choose(hour("individual", starts_at=NOW + 20 * DAY), reached())
    assert give_back(claim, cannot_make_it=True).not_before is None


def test_a_day_they_cannot_make_never_brings_back_earlier_ones():
    request = reached()
    CallbackRequest.objects.filter(pk=request.pk).update(not_before=date(2026, 7, 1))
    assert give_back(choose(group(days=[4]), request, by=caller(), day=date(2026, 7, 10)), cannot_make_it=True)
    request.refresh_from_db()
    assert request.not_before == date(2026, 7, 11)


def test_one_hold_that_runs_out_beside_another_calls_nobody_again():
    request = reached()
    choose(fridays(), request), choose(hour("individual", starts_at=NOW + 20 * DAY), request, now=NOON + DAY)
    assert restarts.free_what_ran_out(now=WEDNESDAY_NOON) == 1
    assert status(request) == Status.REACHED


# --- the clock ---------------------------------------------------------------------------------------------------


def test_a_hold_whose_time_is_over_is_freed_and_who_chose_it_is_called_again():
    request, river = reached(), fridays(seats=1)
    choose(river, request)
    assert restarts.free_what_ran_out(now=WEDNESDAY_NOON - timedelta(seconds=1)) == 0
    assert restarts.free_what_ran_out(now=WEDNESDAY_NOON) == 1
    assert restarts.free_what_ran_out(now=WEDNESDAY_NOON) == 0
    request.refresh_from_db()
    assert (request.status, request.call_from, seats_of(river)) == (Status.WAITING, WEDNESDAY_NOON, (0, 0, 1))
    assert steps(request)[-2:] == ["hold_over", "call_again"]


def test_who_agreed_without_a_seat_and_whose_hold_is_over_is_called_again():
    request = standing_at(Status.AGREED)
    choose(fridays(), request)
    restarts.free_what_ran_out(now=WEDNESDAY_NOON)
    assert status(request) == Status.WAITING


def test_whose_chosen_day_we_moved_and_who_never_said_yes_to_that_is_called_again():
    claim = choose(group(days=[3, 4]), reached(), day=date(2026, 6, 4))
    Closure.objects.create(date=date(2026, 6, 4))
    moved = move_for_closure(claim_id=claim.pk, by=caller(), now=NOON)
    assert (moved.starts_on, moved.accepted_at) == (FRIDAY, None)
    restarts.free_what_ran_out(now=WEDNESDAY_NOON)
    assert (live(claim.request), status(claim.request)) == ([], Status.WAITING)


def test_who_has_a_confirmed_seat_is_not_called_for_another_that_ran_out():
    claim = agreed(fridays())
    choose(fridays(), claim.request)
    restarts.free_what_ran_out(now=WEDNESDAY_NOON)
    assert (status(claim.request), [one.pk for one in live(claim.request)]) == (Status.AGREED, [claim.pk])


@pytest.mark.parametrize("where", [Status.WAITING, Status.TRYING])
def test_who_is_on_the_list_stays_there_with_the_clocks_they_had(where):
    request = sent()[0]
    if where == Status.TRYING:
        call(request)
    choose(fridays(), request)
    restarts.free_what_ran_out(now=WEDNESDAY_NOON)
    request.refresh_from_db()
    assert (request.status, request.round_started_at, steps(request)[-1]) == (where, NOW, "hold_over")


# --- who is gone has no seat -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("leave", "then"),
    [
        (lambda who: actions.rest(weeks=1, **who), Status.RESTING),
        (lambda who: actions.make_move("withdraw", **who), Status.WITHDRAWN),
        (lambda who: actions.erase(**who), Status.ERASED),
    ],
)
def test_who_rests_or_takes_it_back_lets_go_of_every_seat_and_list(leave, then):
    river, talk = fridays(), hour()
    request = agreed(river).request
    choose(fridays(), request), choose(talk, request)
    WaitlistEntry.objects.create(request=request, kind=Kind.INDIVIDUAL, joined_at=NOW)
    leave({"request_id": request.pk, "by": audit.PERSON, "now": NOON})
    assert (status(request), live(request)) == (then, [])
    assert {one.ended_how for one in SeatClaim.objects.all()} == {Ended.LEFT, Ended.RELEASED}
    assert WaitlistEntry.objects.get().ended_how == LeftTheList.LEFT


def test_whose_calls_are_paused_lets_go_of_their_seat():
    request, river = standing_at(Status.TRYING), fridays()
    choose(river, request)
    move(request, "pause_calls", now=NOW + 4 * DAY)
    assert (status(request), seats_of(river)) == (Status.DOOR_OPEN, (0, 0, 8))


def test_no_step_and_no_audit_row_has_a_word_of_theirs():
    request = reached(name="Wrenna Canary", note="tuesdays are canary days")
    claim = choose(fridays(name="Canary River"), request)
    confirm(claim)
    mark(claim, MISSED)
    call(request, Outcome.TALKED, now=FRIDAY_EVENING + HOUR)
    next_day(claim, now=FRIDAY_EVENING + HOUR)
    give_back(live(request)[0], cannot_make_it=True)
    written = str([list(table.objects.values()) for table in (HistoryEntry, AuditEvent, SeatClaim)])
    assert "first_day_missed" in written
    assert "canary" not in written.lower()


def test_who_was_missed_and_came_after_all_is_back():
    claim = agreed(fridays())
    mark(claim, MISSED)
    next_day(claim, now=FRIDAY_EVENING + HOUR)
    assert mark(live(claim.request)[0], CAME, now=FRIDAY_EVENING + 7 * DAY).status == Status.RETURNED
