"""The waiting list: nobody waits beside an open seat, one is asked at a time, once a day, three times in all."""

from datetime import date, datetime

import pytest

from intake import actions, restarts, waiting_list
from intake.errors import NotOffered, NotPossible
from intake.models import HistoryEntry
from intake.states import CAN_CHOOSE, Status
from privacy import audit
from privacy.models import AuditEvent
from scheduling.models import MOST_NOTICES, LeftTheList, SeatClaim, WaitlistEntry
from scheduling.picks import Kind
from scheduling.seats import set_seats
from tests.intake.make import DAY, HOUR, NOW, caller, sent, standing_at
from tests.intake.starts import (
    FRIDAY,
    NOON,
    WEDNESDAY_NOON,
    agreed,
    choose,
    confirm,
    fridays,
    give_back,
    live,
    reached,
    refused,
    status,
    steps,
)
from tests.scheduling.make import WHO, group, hour, placed, seats_of

pytestmark = pytest.mark.django_db


def join(request, what=None, *, kind=Kind.NEW_TIME, now=NOON):
    number = what and what.pk
    return waiting_list.join_list(kind, group_id=number, request_id=request.pk, by=audit.PERSON, now=now)


def leave(entry, *, now=NOON):
    waiting_list.leave_list(entry_id=entry.pk, request_id=entry.request_id, by=audit.PERSON, now=now)


def ask(now=NOON):
    """One round of the clock: what ran out is freed, then whoever waits is asked."""
    restarts.free_what_ran_out(now=now)
    return waiting_list.ask_who_waits(now=now)


def waiting_for(what, *, now=NOON):
    """Somebody we talked to, who waits for a seat there."""
    request = reached()
    join(request, what, now=now)
    return request


def a_seat_is_free(what, number=1):
    set_seats(group_id=what.pk, number=number, **WHO)


def ended(request):
    return list(WaitlistEntry.objects.of(request.pk).values_list("ended_how", flat=True))


# --- joining and leaving -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", CAN_CHOOSE)
def test_who_can_choose_can_wait_for_a_full_group(where):
    request, full = standing_at(where), fridays(seats=0)
    entry = join(request, full)
    assert (entry.group, entry.kind, entry.joined_at) == (full, Kind.NEW_TIME, NOON)
    assert (status(request), steps(request)[-1]) == (where, "joined_list")


@pytest.mark.parametrize("where", [one for one in Status if one not in CAN_CHOOSE])
def test_nobody_else_can(where):
    request, full = standing_at(where), fridays(seats=0)
    with refused(NotPossible):
        join(request, full)


@pytest.mark.parametrize("kind", Kind)
def test_of_every_kind_that_has_nothing_one_can_wait_for_anything(kind):
    assert join(reached(), kind=kind).group is None


def test_nobody_waits_beside_an_open_seat():
    fridays(), hour("individual")
    request = reached()
    for kind in (Kind.NEW_TIME, Kind.INDIVIDUAL):
        with refused(NotOffered):
            join(request, kind=kind)


def test_one_waits_for_a_group_only_while_it_is_full_and_would_fit():
    request = reached()
    free, avoided, closed = fridays(), fridays(seats=0), fridays(seats=0, is_open=False)
    request.avoid_groups.add(avoided)
    for what in (free, avoided, closed, hour()):
        with refused(NotOffered):
            join(request, what)


def test_the_number_of_a_group_is_no_number_of_an_hour():
    request, full = reached(), fridays(seats=0)
    with refused(NotOffered):
        join(request, full, kind=Kind.REASSESS)


def test_joining_twice_is_once_also_when_a_seat_was_freed_meanwhile():
    request, full = reached(), fridays(seats=0)
    first = join(request, full)
    a_seat_is_free(full)
    assert join(request, full, now=NOON + HOUR) == first
    assert steps(request).count("joined_list") == 1


def test_leaving_twice_is_fine_and_joining_again_is_a_new_wait():
    request, full = reached(), fridays(seats=0)
    entry = join(request, full)
    leave(entry), leave(entry)
    assert (ended(request), steps(request).count("left_list")) == ([LeftTheList.LEFT], 1)
    assert join(request, full) != entry


def test_nobody_takes_somebody_else_off_the_list():
    full = fridays(seats=0)
    theirs, request = join(reached(), full), reached()
    waiting_list.leave_list(entry_id=theirs.pk, request_id=request.pk, by=audit.PERSON, now=NOON)
    theirs.refresh_from_db()
    assert theirs.ended_at is None
    assert "left_list" not in steps(request)


# --- asked, one at a time ----------------------------------------------------------------------------------------


def test_the_seat_is_kept_for_whoever_waits_longest_until_they_can_be_told():
    full = fridays(seats=0)
    first, second = waiting_for(full), waiting_for(full, now=NOON + HOUR)
    a_seat_is_free(full)
    assert (ask(NOON + HOUR), ask(NOON + HOUR)) == (1, 0)
    (kept,) = live(first)
    assert (kept.accepted_at, kept.expires_at, kept.waitlist_entry.request) == (None, WEDNESDAY_NOON, first)
    assert (live(second), seats_of(full)) == ([], (0, 1, 0))
    assert (status(first), steps(first)[-1]) == (Status.REACHED, "seat_kept")


def test_a_seat_that_nobody_answers_for_goes_to_the_next_person_not_to_the_same_one_again():
    full = fridays(seats=0)
    first, second = waiting_for(full), waiting_for(full, now=NOON + HOUR)
    a_seat_is_free(full)
    ask(NOON + HOUR)
    over = live(first)[0].expires_at
    restarts.free_what_ran_out(now=over)
    assert ask(over) == 1
    assert (live(first), len(live(second))) == ([], 1)


def test_somebody_who_was_faster_is_no_fault(monkeypatch, caplog):
    """The seat goes between looking and holding: nothing is kept, and the log has nothing to say."""
    full = fridays(seats=0)
    waiting_for(full)
    a_seat_is_free(full)
    monkeypatch.setattr(waiting_list, "held_until", lambda *_: a_seat_is_free(full, 0) or NOON + DAY)
    assert ask() == 0
    assert caplog.records == []


def test_two_free_seats_are_kept_for_two_people():
    full = fridays(seats=0)
    first, second, third = [waiting_for(full) for _ in range(3)]
    a_seat_is_free(full, 2)
    assert ask() == 2
    assert [len(live(request)) for request in (first, second, third)] == [1, 1, 0]


def test_nobody_is_asked_while_nothing_is_free():
    waiting_for(fridays(seats=0))
    assert ask() == 0


def test_whoever_waits_for_anything_of_a_kind_gets_the_best_of_it():
    request = reached()
    join(request, kind=Kind.INDIVIDUAL)
    hour("individual", starts_at=NOW + 4 * DAY), hour("individual", starts_at=NOW + 3 * DAY)
    assert ask() == 1
    assert live(request)[0].what.starts_at == NOW + 3 * DAY


def test_a_free_seat_that_does_not_fit_goes_to_the_next():
    full = fridays(seats=0)
    picky, other = waiting_for(full), waiting_for(full)
    picky.avoid_groups.add(full)
    a_seat_is_free(full)
    assert ask() == 1
    assert (len(live(picky)), len(live(other))) == (0, 1)


def test_nobody_is_asked_while_they_hold_a_seat_of_that_sort():
    full, river = fridays(seats=0), fridays()
    request = waiting_for(full)
    choose(river, request)
    a_seat_is_free(full)
    assert ask() == 0
    choose(hour(), request)
    give_back(live(request)[0])
    assert ask() == 1  # an hour that is held is another sort


def test_who_has_a_seat_and_waits_for_a_better_one_is_asked():
    full = fridays(seats=0)
    request = agreed(group(days=[4])).request
    join(request, full)
    a_seat_is_free(full)
    assert ask() == 1
    assert seats_of(full) == (0, 1, 0)


def test_one_that_cannot_be_read_does_not_keep_the_others_waiting(monkeypatch):
    full = fridays(seats=0)
    broken, whole = waiting_for(full), waiting_for(full)
    read = waiting_list.on_offer

    def on_offer(request, *args, **more):
        assert request != broken
        return read(request, *args, **more)

    monkeypatch.setattr(waiting_list, "on_offer", on_offer)
    a_seat_is_free(full)
    assert ask() == 1
    assert len(live(whole)) == 1


# --- yes, no, no answer ------------------------------------------------------------------------------------------


def test_yes_to_a_kept_seat_is_their_choice_and_written_down_once():
    full = fridays(seats=0)
    request = waiting_for(full)
    a_seat_is_free(full)
    ask()
    (kept,) = live(request)
    for _ in range(2):
        restarts.accept(claim_id=kept.pk, request_id=request.pk, by=audit.PERSON, now=NOON + HOUR)
    kept.refresh_from_db()
    assert (kept.accepted_at, steps(request)[-2:]) == (NOON + HOUR, ["seat_kept", "chose"])


def test_choosing_the_kept_seat_from_the_list_of_starts_is_a_yes_too():
    full = fridays(seats=0)
    request = waiting_for(full)
    a_seat_is_free(full)
    ask()
    assert choose(full, request) == live(request)[0]
    assert (live(request)[0].accepted_at, steps(request)[-1]) == (NOON, "chose")


def test_whose_kept_seat_is_confirmed_leaves_the_list():
    full = fridays(seats=0)
    request = waiting_for(full)
    a_seat_is_free(full)
    ask()
    assert confirm(live(request)[0]).status == Status.AGREED
    assert ended(request) == [LeftTheList.SEATED]


def test_a_kept_seat_that_nobody_asked_for_is_not_a_reason_to_call():
    full = fridays(seats=0)
    request = waiting_for(full)
    a_seat_is_free(full)
    ask()
    assert restarts.free_what_ran_out(now=WEDNESDAY_NOON) == 1
    assert (status(request), ended(request)) == (Status.REACHED, [""])


def test_a_no_gives_it_to_the_next_and_keeps_them_on_the_list():
    full = fridays(seats=0)
    first, second = waiting_for(full), waiting_for(full)
    a_seat_is_free(full)
    ask()
    give_back(live(first)[0])
    assert ask() == 1
    assert (live(first), len(live(second)), ended(first)) == ([], 1, [""])


@pytest.mark.parametrize(
    "leave",
    [
        lambda who: actions.rest(weeks=1, **who),
        lambda who: actions.make_move("withdraw", **who),
        lambda who: actions.erase(**who),
    ],
    ids=["rests", "takes it back", "erases"],
)
def test_who_leaves_gives_the_kept_seat_to_the_next_and_is_not_asked_again(leave):
    full = fridays(seats=0)
    first, second = waiting_for(full), waiting_for(full)
    a_seat_is_free(full)
    ask()
    leave({"request_id": first.pk, "by": audit.PERSON, "now": NOON})
    assert (live(first), ended(first)) == ([], [LeftTheList.LEFT])
    assert ask(NOON + 2 * DAY) == 1
    assert len(live(second)) == 1


# --- once a day, three times in all ------------------------------------------------------------------------------


def test_nobody_is_told_twice_on_one_day_of_their_own_town():
    full = fridays(seats=0)
    request = waiting_for(full)
    a_seat_is_free(full)
    ask()
    give_back(live(request)[0])
    before_midnight = datetime.fromisoformat("2026-06-02T03:59:59Z")
    assert ask(before_midnight) == 0
    assert ask(datetime.fromisoformat("2026-06-02T04:00Z")) == 1


def test_two_waits_of_one_person_are_one_notice_a_day():
    full, other = fridays(seats=0), hour("individual")
    choose(other, sent()[0])
    request = waiting_for(full)
    join(request, kind=Kind.INDIVIDUAL)
    a_seat_is_free(full), hour("individual", starts_at=NOW + 2 * DAY)
    assert ask() == 1
    assert len(live(request)) == 1


def told_so_often(full, times=MOST_NOTICES):
    """Somebody for whom a seat was kept that often, and who said no each time. Returns them with the day after."""
    request = waiting_for(full)
    a_seat_is_free(full)
    for days in range(times):
        assert ask(NOON + days * DAY) == 1
        give_back(live(request)[0], now=NOON + days * DAY)
    return request, NOON + times * DAY


def test_after_three_times_they_are_not_told_again():
    request, later = told_so_often(group(days=range(7), seats=0))
    assert ask(later) == 0
    assert ended(request) == [LeftTheList.TOLD]
    assert SeatClaim.objects.exclude(waitlist_entry=None).count() == MOST_NOTICES == 3


def test_while_the_third_seat_is_kept_for_them_they_are_still_on_the_list():
    full = group(days=range(7), seats=0)
    request, later = told_so_often(full, MOST_NOTICES - 1)
    assert (ask(later), ask(later + HOUR), ended(request)) == (1, 0, [""])
    confirm(live(request)[0], now=later + HOUR)
    assert ended(request) == [LeftTheList.SEATED]


def test_who_was_told_three_times_cannot_join_again_and_can_still_choose():
    full = group(days=range(7), seats=0)
    request, later = told_so_often(full)
    ask(later)
    taken = placed(full, sent()[0], starts_on=FRIDAY)
    with refused(NotPossible):
        join(request, full, now=later)
    give_back(taken, by=caller())
    assert choose(full, request, day=date(2026, 6, 4), now=later)


def test_no_step_of_the_list_has_a_word_of_theirs():
    full = fridays(seats=0, name="Canary River")
    request = reached(name="Wrenna Canary", note="tuesdays are canary days")
    entry = join(request, full)
    a_seat_is_free(full)
    ask()
    leave(entry)
    written = str([list(table.objects.values()) for table in (HistoryEntry, AuditEvent, SeatClaim, WaitlistEntry)])
    assert "seat_kept" in written
    assert "canary" not in written.lower()


@pytest.mark.parametrize("people", [1, 3])
def test_a_round_in_which_nothing_is_free_asks_as_little_for_three_as_for_one(people, django_assert_num_queries):
    full = fridays(seats=0)
    for _ in range(people):
        waiting_for(full)
    with django_assert_num_queries(6):
        assert waiting_list.ask_who_waits(now=NOON) == 0
