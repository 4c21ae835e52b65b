"""Seats: held, given back, confirmed, left; and what the database refuses whoever writes."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from privacy.models import AuditEvent
from scheduling import seats
from scheduling.models import Ended, Group, Seat, SeatClaim
from tests.intake.make import sent
from tests.scheduling.make import DAY, HOUR, NOW, TOMORROW, WHO, group, hold, placed, seats_of

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
    claim = seats.release_hold(claim_id=hold(river, wren).pk, **WHO)
    assert (claim.seat, claim.ended_at, claim.ended_how) == (None, NOW, Ended.RELEASED)
    assert seats_of(river) == (0, 0, 2)
    hold(river, wren)


def test_a_hold_is_given_back_once(river, wren):
    claim = hold(river, wren)
    seats.release_hold(claim_id=claim.pk, **WHO)
    with pytest.raises(seats.NotHeld):
        seats.release_hold(claim_id=claim.pk, **WHO)


# --- when the time is over ---------------------------------------------------------------------------------------


def test_a_hold_that_ran_out_frees_its_seat_and_no_other_does(river, wren):
    early, late = hold(river, wren, expires_at=NOW + HOUR), hold(river, other(), expires_at=NOW + 2 * HOUR)
    ended = seats.expire_holds(by="the clock", now=NOW + HOUR)
    assert ended == [early]
    assert ended[0].ended_how == Ended.EXPIRED
    assert list(SeatClaim.objects.live()) == [late]


def test_a_confirmed_seat_never_runs_out(river, wren):
    placed(river, wren)
    assert seats.expire_holds(by="the clock", now=NOW + 30 * DAY) == []
    assert seats_of(river) == (1, 0, 1)


def test_freeing_twice_frees_once(river, wren):
    hold(river, wren)
    assert len(seats.expire_holds(by="the clock", now=NOW + DAY)) == 1
    assert seats.expire_holds(by="the clock", now=NOW + DAY) == []


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
    seats.release_hold(claim_id=claim.pk, **WHO)
    with pytest.raises(seats.NotHeld):
        seats.place(claim_id=claim.pk, **WHO)


def test_a_person_has_one_confirmed_seat(river, wren):
    placed(river, wren)
    second = hold(group("maumee"), wren)
    with pytest.raises(seats.AlreadyPlaced):
        seats.place(claim_id=second.pk, **WHO)
    assert list(SeatClaim.objects.holds()) == [second]


def test_a_seat_that_is_left_is_free_again(river, wren):
    claim = seats.end_placement(claim_id=placed(river, wren).pk, **WHO)
    assert claim.ended_how == Ended.LEFT
    assert seats_of(river) == (0, 0, 2)
    with pytest.raises(seats.NotPlaced):
        seats.end_placement(claim_id=claim.pk, **WHO)


def test_a_hold_is_no_placement_to_leave(river, wren):
    with pytest.raises(seats.NotPlaced):
        seats.end_placement(claim_id=hold(river, wren).pk, **WHO)


def test_every_step_is_written_down_and_names_nobody(river, wren):
    seats.release_hold(claim_id=hold(river, wren).pk, **WHO)
    seats.end_placement(claim_id=placed(river, wren).pk, **WHO)
    events = AuditEvent.objects.filter(action__startswith="seat.")
    steps = [event.action for event in events.order_by("id")]
    assert steps == ["seat.held", "seat.released", "seat.held", "seat.placed", "seat.left"]
    assert {event.subject_type for event in events} == {"scheduling.seatclaim"}


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


def claim_on(seat, request, **changes):
    given = {"group": seat.group, "starts_on": TOMORROW, "made_at": NOW, "expires_at": NOW + DAY}
    return SeatClaim.objects.create(seat=seat, request=request, **(given | changes))


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


def test_a_group_with_seats_cannot_be_deleted(river):
    with pytest.raises(ProtectedError):
        Group.objects.get(pk=river.pk).delete()


def test_rows_say_what_they_are_and_whose_they_are_not(river, wren):
    claim = hold(river, wren)
    assert str(claim) == f"Claim {claim.pk} of {wren.pk}"
    assert str(claim.seat) == f"Seat {claim.seat_id} of group {river.pk}"
