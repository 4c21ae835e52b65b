"""Seats of groups and of hours: held, given back, confirmed, left; and what the database refuses whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from privacy.models import AuditEvent
from scheduling import seats
from scheduling.models import Ended, FirstSession, Group, Seat, SeatClaim
from tests.intake.make import sent
from tests.scheduling.make import DAY, HOUR, NOW, TOMORROW, WHO, group, hold, hour, placed, seats_of
from tests.scheduling.raw_writes import ALL_RULES, NAMED_INSTEAD, RAW_WRITES, claim_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def river():
    return group(seats=2)


@pytest.fixture
def wren():
    return sent()[0]


def other():
    return sent(phone="+14195550199")[0]


# --- holding -----------------------------------------------------------------------------------------------------


def test_a_held_seat_is_not_free(river, wren):
    claim = hold(river, wren)
    assert (claim.group, claim.request, claim.starts_on, claim.expires_at) == (river, wren, TOMORROW, NOW + DAY)
    assert seats_of(river) == (0, 1, 1)


def test_when_every_seat_is_claimed_there_is_none_left(river, wren):
    placed(river, other())
    hold(river, other())
    with pytest.raises(seats.NoSeatLeft):
        hold(river, wren)
    assert seats_of(river) == (1, 1, 0)


def test_a_group_without_seats_gives_none_away(wren):
    with pytest.raises(seats.NoSeatLeft):
        hold(group(seats=0), wren)


def test_a_person_holds_one_seat_at_a_time_in_whichever_group(river, wren):
    hold(river, wren)
    with pytest.raises(seats.AlreadyHolding):
        hold(group("maumee"), wren)
    assert SeatClaim.objects.count() == 1


def test_a_hold_that_is_over_before_it_starts_is_a_mistake_and_not_a_second_hold(river, wren):
    with pytest.raises(IntegrityError, match="claim_is_held_for_a_while"):
        hold(river, wren, expires_at=NOW)


def test_somebody_who_is_placed_can_hold_another_seat_before_they_move(river, wren):
    placed(river, wren)
    assert hold(group("maumee"), wren).seat is not None


def test_a_seat_given_back_is_free_again(river, wren):
    claim = seats.give_back(claim_id=hold(river, wren).pk, **WHO)
    assert (claim.seat, claim.ended_at, claim.ended_how) == (None, NOW, Ended.RELEASED)
    assert seats_of(river) == (0, 0, 2)
    hold(river, wren)


def test_a_hold_is_given_back_once(river, wren):
    claim = hold(river, wren)
    seats.give_back(claim_id=claim.pk, **WHO)
    with pytest.raises(seats.NotLive):
        seats.give_back(claim_id=claim.pk, **WHO)


# --- when the time is over ---------------------------------------------------------------------------------------


def expire(claim, now):
    return seats.expire_hold(claim_id=claim.pk, by="the clock", now=now)


def test_a_hold_that_ran_out_frees_its_seat_and_no_other_does(river, wren):
    early, late = hold(river, wren, expires_at=NOW + HOUR), hold(river, other(), expires_at=NOW + 2 * HOUR)
    assert expire(early, NOW + HOUR).ended_how == Ended.EXPIRED
    assert expire(late, NOW + HOUR) is None
    assert list(SeatClaim.objects.live()) == [late]


def test_a_confirmed_seat_never_runs_out(river, wren):
    assert expire(placed(river, wren), NOW + 30 * DAY) is None
    assert seats_of(river) == (1, 0, 1)


def test_freeing_twice_frees_once(river, wren):
    claim = hold(river, wren)
    assert expire(claim, NOW + DAY)
    assert expire(claim, NOW + DAY) is None


# --- confirming and leaving --------------------------------------------------------------------------------------


def test_a_confirmed_hold_keeps_its_seat(river, wren):
    held = hold(river, wren)
    claim = seats.place(claim_id=held.pk, **WHO)
    assert (claim.seat_id, claim.confirmed_at) == (held.seat_id, NOW)
    assert seats_of(river) == (1, 0, 1)


def test_a_hold_that_ran_out_a_moment_ago_can_still_be_confirmed(river, wren):
    claim = hold(river, wren, expires_at=NOW + HOUR)
    assert seats.place(claim_id=claim.pk, by="the clock", now=NOW + 2 * HOUR).confirmed_at


def test_a_hold_that_is_over_is_not_confirmed(river, wren):
    claim = hold(river, wren)
    seats.give_back(claim_id=claim.pk, **WHO)
    with pytest.raises(seats.NotHeld):
        seats.place(claim_id=claim.pk, **WHO)


def test_who_is_placed_and_gets_another_seat_confirmed_has_moved(river, wren):
    first = placed(river, wren)
    second = placed(group("maumee"), wren)
    assert list(SeatClaim.objects.live()) == [second]
    first.refresh_from_db()
    assert first.ended_how == Ended.MOVED
    assert seats_of(river) == (0, 0, 2)


def test_a_seat_that_is_left_is_free_again(river, wren):
    claim = seats.give_back(claim_id=placed(river, wren).pk, **WHO)
    assert claim.ended_how == Ended.LEFT
    assert seats_of(river) == (0, 0, 2)
    with pytest.raises(seats.NotLive):
        seats.give_back(claim_id=claim.pk, **WHO)


def test_every_step_is_written_down_and_names_nobody(river, wren):
    seats.give_back(claim_id=hold(river, wren).pk, **WHO)
    seats.give_back(claim_id=placed(river, wren).pk, **WHO)
    events = AuditEvent.objects.filter(action__startswith="seat.")
    steps = [event.action for event in events.order_by("id")]
    assert steps == ["seat.held", "seat.released", "seat.held", "seat.placed", "seat.left"]
    assert {event.subject_type for event in events} == {"scheduling.seatclaim"}


# --- hours -------------------------------------------------------------------------------------------------------


def test_an_hour_is_held_confirmed_and_given_back_like_a_seat_of_a_group(wren):
    talk = hour()
    held = hold(talk, wren)
    assert (held.slot, held.group, held.kind, held.starts_on) == (talk, None, "reassess", TOMORROW)
    with pytest.raises(seats.NoSeatLeft):
        hold(talk, other())
    assert seats.place(claim_id=held.pk, **WHO).seat == talk.seat
    assert seats.give_back(claim_id=held.pk, **WHO).ended_how == Ended.LEFT
    hold(talk, other())


def test_hours_of_two_kinds_and_a_group_are_three_sorts_and_of_each_there_is_one(river, wren):
    look, talk = hour("reassess"), hour("individual", starts_at=NOW + 2 * DAY)
    claims = [hold(what, wren) for what in (river, look, talk)]
    for what in (group("maumee"), hour("reassess", starts_at=NOW + 3 * DAY)):
        with pytest.raises(seats.AlreadyHolding):
            hold(what, wren)
    assert list(SeatClaim.objects.holds()) == claims


def test_another_confirmed_hour_of_its_kind_frees_the_first_and_nothing_else(river, wren):
    look, later = hour("reassess"), hour("reassess", starts_at=NOW + 2 * DAY)
    talk = placed(hour("individual", starts_at=NOW + 3 * DAY), wren)
    in_river, first, second = placed(river, wren), placed(look, wren), placed(later, wren)
    first.refresh_from_db()
    assert (first.ended_how, list(Seat.objects.free().filter(slot__kind="reassess"))) == (Ended.MOVED, [look.seat])
    assert set(SeatClaim.objects.placements()) == {talk, in_river, second}


def test_an_hour_has_one_day_only(wren):
    claim = hold(hour(), wren)
    with pytest.raises(seats.NotLive):
        seats.move_first_day(claim_id=claim.pk, starts_on=TOMORROW + DAY, accepted=True, **WHO)
    assert list(SeatClaim.objects.live()) == [claim]


def test_an_hour_that_took_place_is_over_and_a_seat_of_a_group_stays(river, wren):
    talk, in_river = placed(hour(), wren), placed(river, wren)
    who = {"by": WHO["by"], "now": NOW + 2 * DAY}
    for claim, ended in ((talk, Ended.DONE), (in_river, "")):
        assert seats.mark_first_session(claim_id=claim.pk, how=FirstSession.MISSED, **who).ended_how == ended
    with pytest.raises(seats.NotPlaced):
        seats.mark_first_session(claim_id=in_river.pk, how=FirstSession.CAME, **who)


def test_nobody_is_marked_before_it_begins(wren):
    talk = placed(hour(), wren)
    with pytest.raises(seats.NotBegun):
        seats.mark_first_session(claim_id=talk.pk, how=FirstSession.CAME, by=WHO["by"], now=NOW + DAY - HOUR / 60)


# --- another first day -------------------------------------------------------------------------------------------


def test_a_moved_hold_lasts_as_long_again_and_never_beyond_its_start(river, wren):
    claim = hold(river, wren)
    later = {"by": WHO["by"], "now": NOW + 23 * HOUR}
    moved = seats.move_first_day(claim_id=claim.pk, starts_on=TOMORROW + DAY, accepted=False, **later)
    assert (moved.expires_at, moved.accepted_at, moved.moved_from) == (NOW + 47 * HOUR, None, claim)
    later["now"] = NOW + 47 * HOUR
    again = seats.move_first_day(claim_id=moved.pk, starts_on=TOMORROW + DAY, accepted=True, **later)
    assert again.expires_at == again.session.start == NOW + 2 * DAY + 8 * HOUR
    assert seats_of(river) == (0, 1, 1)


# --- how many seats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2, 5])
def test_a_group_gets_as_many_seats_as_asked(river, number):
    seats.set_seats(group_id=river.pk, number=number, **WHO)
    assert seats_of(river) == (0, 0, number)


def test_seats_that_somebody_has_stay(river, wren):
    claim = hold(river, wren)
    seats.set_seats(group_id=river.pk, number=1, **WHO)
    with pytest.raises(seats.SeatsTaken):
        seats.set_seats(group_id=river.pk, number=0, **WHO)
    assert list(river.seats.all()) == [claim.seat]


# --- what the database refuses, without any of our verbs ---------------------------------------------------------


def refused(create):
    """Tried at once, foreign keys and all, which PostgreSQL otherwise looks at when the transaction ends."""

    def create_and_check():
        create()
        connection.check_constraints()

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        create_and_check()
    return str(refusal.value)


def test_no_seat_has_two_claims(river, wren):
    seat = river.seats.first()
    claim_on(seat, other())
    assert "seat_id" in refused(lambda: claim_on(seat, wren))


def test_a_request_has_one_live_hold(river, wren):
    first, second = river.seats.all()
    claim_on(first, wren)
    assert "claim_one_live_hold_per_request" in refused(lambda: claim_on(second, wren))


def test_a_request_has_one_live_placement(river, wren):
    first, second = river.seats.all()
    claim_on(first, wren, confirmed_at=NOW)
    words = refused(lambda: claim_on(second, wren, confirmed_at=NOW))
    assert "claim_one_live_placement_per_request" in words


@pytest.mark.parametrize(
    "changes",
    [{"ended_at": NOW}, {"ended_how": "left"}, {"ended_at": NOW, "ended_how": "left"}],
    ids=["ended without a word", "a word without an end", "ended and still sitting"],
)
def test_a_claim_that_ended_has_no_seat(river, wren, changes):
    assert "claim_has_a_seat_until_it_ends" in refused(lambda: claim_on(river.seats.first(), wren, **changes))


def test_a_hold_lasts_a_while(river, wren):
    assert "claim_is_held_for_a_while" in refused(lambda: claim_on(river.seats.first(), wren, expires_at=NOW))


def test_a_seat_that_somebody_has_cannot_be_taken_away(river, wren):
    seat = hold(river, wren).seat
    with pytest.raises(ProtectedError):
        seat.delete()
    assert "seat_id" in refused(lambda: Seat.objects.filter(pk=seat.pk)._raw_delete("default"))


@pytest.mark.parametrize("rule", RAW_WRITES)
def test_every_rule_is_kept_whoever_writes(rule):
    assert NAMED_INSTEAD.get(rule, rule) in refused(RAW_WRITES[rule]())


def test_no_rule_is_without_a_row_that_breaks_it():
    assert set(RAW_WRITES) == ALL_RULES


def test_an_hour_has_one_seat_and_a_claim_moves_on_once(wren):
    talk = hour()
    assert "slot_id" in refused(lambda: Seat.objects.create(slot=talk))
    claim = hold(talk, wren)
    ended = {"seat": None, "ended_at": NOW, "ended_how": "moved", "moved_from": claim}
    claim_on(talk.seat, wren, **ended)
    assert "moved_from_id" in refused(lambda: claim_on(talk.seat, wren, **ended))


@pytest.mark.parametrize("ended", [False, True], ids=["live", "over"])
def test_an_hour_that_somebody_has_or_had_cannot_be_deleted(wren, ended):
    claim = hold(hour(), wren)
    if ended:
        seats.give_back(claim_id=claim.pk, **WHO)
    with pytest.raises(ProtectedError):
        claim.slot.delete()


def test_a_group_with_seats_cannot_be_deleted(river):
    with pytest.raises(ProtectedError):
        Group.objects.get(pk=river.pk).delete()


def test_rows_say_what_they_are_and_whose_they_are_not(river, wren):
    claim = hold(river, wren)
    assert str(claim) == f"Claim {claim.pk} of {wren.pk}"
    assert str(claim.seat) == f"Seat {claim.seat_id} of group {river.pk}"
