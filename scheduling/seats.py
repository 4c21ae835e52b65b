"""Every write to a seat: hold it, give it back, confirm it, leave it, and how many a group has.

All verbs are atomic and take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime).
Locks make writers wait in line, so that the errors below are exact. That no seat is ever given away twice does
not hang on them: the one-to-one from a claim to its seat refuses it (docs/decisions/0009).
"""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from privacy import audit
from scheduling.models import Ended, Group, Seat, SeatClaim

MOST_SEATS = 40


class NoSeatLeft(Exception):
    """Every seat of the group is held or placed."""


class AlreadyHolding(Exception):
    """This request holds a seat already: it is given back first, or confirmed."""


class AlreadyPlaced(Exception):
    """This request has a confirmed seat already."""


class NotHeld(Exception):
    """The hold is over, or confirmed: somebody was faster."""


class NotPlaced(Exception):
    """There is no confirmed seat to leave."""


class SeatsTaken(Exception):
    """A group cannot have fewer seats than people who have a claim on one."""


def hold_seat(
    *, group_id: int, request_id: int, starts_on: date, expires_at: datetime, by: Any, now: datetime
) -> SeatClaim:
    """Keep a free seat for this request until `expires_at`.

    Raises NoSeatLeft, or AlreadyHolding when the request holds another seat, in whichever group.
    """
    try:
        with transaction.atomic():
            seat = _locked_group(group_id).seats.free().first()
            if seat is None:
                raise NoSeatLeft(group_id)
            claim = SeatClaim.objects.create(
                group_id=group_id,
                seat=seat,
                request_id=request_id,
                starts_on=starts_on,
                made_at=now,
                expires_at=expires_at,
            )
            audit.record("seat.held", by=by, subject=claim, now=now, fields=["seat", "starts_on", "expires_at"])
            return claim
    except IntegrityError:
        if SeatClaim.objects.holds().filter(request_id=request_id).exists():
            raise AlreadyHolding(request_id) from None
        raise


def release_hold(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """Give a held seat back. Raises NotHeld."""
    with transaction.atomic():
        return _end(_locked_hold(claim_id), Ended.RELEASED, "seat.released", by, now)


def expire_holds(*, by: Any, now: datetime) -> list[SeatClaim]:
    """Free every seat whose hold has run out; returns those claims. Safe to run twice, and beside the other verbs."""
    due = SeatClaim.objects.run_out(now).values_list("pk", flat=True)
    ended = [_expire(claim_id, by, now) for claim_id in due]
    return [claim for claim in ended if claim]


def place(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """Staff confirm a hold: the seat is theirs. A hold that ran out but was not freed yet still counts.

    Raises NotHeld, or AlreadyPlaced when the request has another confirmed seat.
    """
    try:
        with transaction.atomic():
            claim = _locked_hold(claim_id)
            claim.confirmed_at = now
            claim.save(update_fields=["confirmed_at"])
            audit.record("seat.placed", by=by, subject=claim, now=now, fields=["confirmed_at"])
            return claim
    except IntegrityError:
        if SeatClaim.objects.placements().filter(request__seat_claims=claim_id).exists():
            raise AlreadyPlaced(claim_id) from None
        raise


def end_placement(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """A confirmed seat is not needed any more and is free again. Raises NotPlaced."""
    with transaction.atomic():
        claim = SeatClaim.objects.placements().select_for_update().filter(pk=claim_id).first()
        if claim is None:
            raise NotPlaced(claim_id)
        return _end(claim, Ended.LEFT, "seat.left", by, now)


def set_seats(*, group_id: int, number: int, by: Any, now: datetime) -> None:
    """Give the group so many seats, by adding free ones or taking free ones away.

    Raises SeatsTaken when more than `number` are held or placed.
    """
    with transaction.atomic():
        group = _locked_group(group_id)
        there = group.seats.count()
        if number == there:
            return
        if number > there:
            Seat.objects.bulk_create(Seat(group=group) for _ in range(number - there))
        else:
            _take_away(group, there - number)
        audit.record("group.seats_set", by=by, subject=group, now=now, fields=["seats"])


def fewest_seats(group_id: int) -> int:
    """How many seats the group must keep: nobody claims another one until this transaction is over."""
    return _locked_group(group_id).seats.taken().count()


def _take_away(group: Group, number: int) -> None:
    free = list(group.seats.free().order_by("-id")[:number].values_list("pk", flat=True))
    if len(free) < number:
        raise SeatsTaken(group.pk)
    Seat.objects.filter(pk__in=free).delete()


def _expire(claim_id: int, by: Any, now: datetime) -> SeatClaim | None:
    """One at a time, looked at again under its lock: it may have been confirmed or given back since."""
    with transaction.atomic():
        claim = SeatClaim.objects.run_out(now).select_for_update().filter(pk=claim_id).first()
        return _end(claim, Ended.EXPIRED, "seat.expired", by, now) if claim else None


def _end(claim: SeatClaim, how: Ended, action: str, by: Any, now: datetime) -> SeatClaim:
    claim.seat, claim.ended_at, claim.ended_how = None, now, how
    claim.save(update_fields=["seat", "ended_at", "ended_how"])
    audit.record(action, by=by, subject=claim, now=now, fields=["seat", "ended_how"])
    return claim


def _locked_group(group_id: int) -> Group:
    return Group.objects.select_for_update().get(pk=group_id)


def _locked_hold(claim_id: int) -> SeatClaim:
    claim = SeatClaim.objects.holds().select_for_update().filter(pk=claim_id).first()
    if claim is None:
        raise NotHeld(claim_id)
    return claim
