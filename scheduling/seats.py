"""Every write to a seat: hold it, give it back, confirm it, move it, leave it, and how many a group has.

All verbs are atomic and take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime).
Locks make writers wait in line, so that the errors below are exact. That no seat is ever given away twice does
not hang on them: the one-to-one from a claim to its seat refuses it (docs/decisions/0009).
"""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from privacy import audit
from scheduling.models import AppointmentSlot, Ended, FirstSession, Group, Seat, SeatClaim, WaitlistEntry, columns_of
from scheduling.picks import Kind, Pick

MOST_SEATS = 40


class NoSeatLeft(Exception):
    """Every seat of the group is held or placed, or the hour is taken."""


class AlreadyHolding(Exception):
    """This request holds a seat of this sort already: it is given back first, or confirmed."""


class NotHeld(Exception):
    """The hold is over, or confirmed: somebody was faster."""


class NotPlaced(Exception):
    """There is no such confirmed seat."""


class NotLive(Exception):
    """The claim has ended already."""


class NotBegun(Exception):
    """The first day is still to come."""


class SeatsTaken(Exception):
    """A group cannot have fewer seats than people who have a claim on one."""


def hold_seat(
    pick: Pick,
    *,
    request_id: int,
    expires_at: datetime,
    by: Any,
    now: datetime,
    waitlist_entry: WaitlistEntry | None = None,
) -> SeatClaim:
    """Keep a free seat for this request until `expires_at`. The person said yes to it, unless it is from the
    waiting list: then it is kept so that they can be asked.

    Raises NoSeatLeft, or AlreadyHolding when the request holds another seat of this sort.
    """
    try:
        with transaction.atomic():
            seat = _locked_seats(pick).free().first()
            if seat is None:
                raise NoSeatLeft(pick)
            claim = SeatClaim.objects.create(
                **columns_of(pick),
                seat=seat,
                request_id=request_id,
                made_at=now,
                accepted_at=None if waitlist_entry else now,
                expires_at=expires_at,
                waitlist_entry=waitlist_entry,
            )
            audit.record("seat.held", by=by, subject=claim, now=now, fields=["seat", "starts_on", "expires_at"])
            return claim
    except IntegrityError:
        if SeatClaim.objects.holds().alike(pick.kind).filter(request_id=request_id).exists():
            raise AlreadyHolding(request_id) from None
        raise


def accept(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """The person says yes to a seat kept for them, or to a first day that we moved. Twice is fine. Raises NotLive."""
    with transaction.atomic():
        claim = _locked_live(claim_id)
        if claim.accepted_at is None:
            claim.accepted_at = now
            claim.save(update_fields=["accepted_at"])
            audit.record("seat.accepted", by=by, subject=claim, now=now, fields=["accepted_at"])
        return claim


def give_back(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """Give a seat back, held or confirmed; it is free again. Raises NotLive."""
    with transaction.atomic():
        return _give_back(_locked_live(claim_id), by, now)


def give_back_all(*, request_id: int, by: Any, now: datetime) -> list[SeatClaim]:
    """Every seat this request holds or has is free again."""
    with transaction.atomic():
        claims = SeatClaim.objects.live().select_for_update().filter(request_id=request_id)
        return [_give_back(claim, by, now) for claim in claims]


def give_back_missed(*, request_id: int, by: Any, now: datetime) -> list[SeatClaim]:
    """The seats of first days on which they were missed: nobody can ask them any more whether they still want one."""
    with transaction.atomic():
        missed = SeatClaim.objects.live().filter(request_id=request_id, first_session=FirstSession.MISSED)
        return [_give_back(claim, by, now) for claim in missed.select_for_update()]


def expire_hold(*, claim_id: int, by: Any, now: datetime) -> SeatClaim | None:
    """Free a seat whose hold has run out. None when it has not, or was confirmed or given back meanwhile."""
    with transaction.atomic():
        claim = SeatClaim.objects.run_out(now).select_for_update().filter(pk=claim_id).first()
        return _end(claim, Ended.EXPIRED, "seat.expired", by, now) if claim else None


def place(*, claim_id: int, by: Any, now: datetime) -> SeatClaim:
    """Staff confirm a hold: the seat is theirs, and the one they had before is free. A hold that ran out but was not
    freed yet still counts.

    Raises NotHeld.
    """
    with transaction.atomic():
        claim = SeatClaim.objects.holds().select_for_update().filter(pk=claim_id).first()
        if claim is None:
            raise NotHeld(claim_id)
        for before in _locked_placements(claim):
            _end(before, Ended.MOVED, "seat.moved", by, now)
        claim.confirmed_at, claim.accepted_at = now, claim.accepted_at or now
        claim.save(update_fields=["confirmed_at", "accepted_at"])
        audit.record("seat.placed", by=by, subject=claim, now=now, fields=["confirmed_at"])
        return claim


def move_first_day(*, claim_id: int, starts_on: date, by: Any, now: datetime, accepted: bool) -> SeatClaim:
    """Another first day, still to come, in the same seat of the same group; the claim before it stays as history. A
    hold lasts as long again as it did, and never beyond the new start.

    `accepted` says whether the person agreed to it. Raises NotLive, also for an hour, which has only one day.
    """
    with transaction.atomic():
        before = _locked_live(claim_id)
        if before.group_id is None:
            raise NotLive(claim_id)
        seat_id = before.seat_id
        as_long = max(before.expires_at, now + (before.expires_at - before.made_at))
        _end(before, Ended.MOVED, "seat.moved", by, now)
        return SeatClaim.objects.create(
            kind=before.kind,
            group_id=before.group_id,
            starts_on=starts_on,
            seat_id=seat_id,
            request_id=before.request_id,
            made_at=now,
            accepted_at=now if accepted else None,
            expires_at=min(as_long, before.what.session_on(starts_on).start),
            confirmed_at=before.confirmed_at and now,
            # Kept from the list and never asked: it stays that, whatever the day.
            waitlist_entry=None if before.accepted_at else before.waitlist_entry,
            moved_from=before,
        )


def mark_first_session(*, claim_id: int, how: FirstSession, by: Any, now: datetime) -> SeatClaim:
    """They came, or we missed them. A group keeps the seat either way; an hour is over.

    Raises NotPlaced, also when it is marked already, and NotBegun.
    """
    with transaction.atomic():
        claim = SeatClaim.objects.placements().select_for_update().filter(pk=claim_id, first_session="").first()
        if claim is None:
            raise NotPlaced(claim_id)
        if claim.session.start > now:
            raise NotBegun(claim_id)
        claim.first_session, claim.first_session_marked_at = how, now
        claim.save(update_fields=["first_session", "first_session_marked_at"])
        audit.record("seat.first_session", by=by, subject=claim, now=now, fields=["first_session"])
        return _end(claim, Ended.DONE, "seat.done", by, now) if claim.slot_id else claim


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


def _give_back(claim: SeatClaim, by: Any, now: datetime) -> SeatClaim:
    how, action = (Ended.LEFT, "seat.left") if claim.is_confirmed else (Ended.RELEASED, "seat.released")
    return _end(claim, how, action, by, now)


def _end(claim: SeatClaim, how: Ended, action: str, by: Any, now: datetime) -> SeatClaim:
    claim.seat, claim.ended_at, claim.ended_how = None, now, how
    claim.save(update_fields=["seat", "ended_at", "ended_how"])
    audit.record(action, by=by, subject=claim, now=now, fields=["seat", "ended_how"])
    return claim


def _locked_group(group_id: int) -> Group:
    return Group.objects.select_for_update().get(pk=group_id)


def _locked_seats(pick: Pick) -> Any:
    """The seats of that group or hour; whoever else wants one waits until this transaction is over."""
    there = AppointmentSlot.objects if pick.is_hour else Group.objects
    there.select_for_update().get(pk=pick.number)
    return Seat.objects.of(pick)


def _locked_live(claim_id: int) -> SeatClaim:
    claim = SeatClaim.objects.live().select_for_update().filter(pk=claim_id).first()
    if claim is None:
        raise NotLive(claim_id)
    return claim


def _locked_placements(hold: SeatClaim) -> Any:
    """What this request has confirmed of the same sort: one at the most."""
    return SeatClaim.objects.placements().alike(Kind(hold.kind)).select_for_update().filter(request_id=hold.request_id)
