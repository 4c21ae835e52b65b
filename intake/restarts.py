"""Every write about a start: offered, chosen, confirmed, given back, begun. Seats themselves are scheduling's.

All verbs take `by` (a staff user, audit.PERSON or audit.CLOCK) and `now` (an aware datetime), are atomic, and lock the
request before any seat, so that two of them never wait for each other. A claim that is not of this request, or over,
raises NotPossible.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from intake import moves, states
from intake.errors import CallFirst, NotBegun, NothingToDo, NotOffered, NotPossible, TooManyOffers
from intake.models import CallbackRequest, Offer
from intake.on_offer import MOST_OFFERS, held_until, on_offer
from intake.one_by_one import how_many
from intake.states import Status
from privacy import audit
from scheduling import seats, waitlist
from scheduling.ledger import next_day_of
from scheduling.models import FirstSession, LeftTheList, SeatClaim, WaitlistEntry, columns_of
from scheduling.picks import IN_A_GROUP, Kind, Pick

# --- offered -----------------------------------------------------------------------------------------------------


def offer(picks: Collection[Pick], *, request_id: int, by: Any, now: datetime) -> list[Offer]:
    """Put these starts before the person, in place of what was offered before; none takes all of it back (R-O3).

    Raises TooManyOffers, NotOffered when one of them is not there any more, or NothingToDo for none in place of none.
    """
    with transaction.atomic():
        request = _choosing(request_id)
        if len(picks) > MOST_OFFERS:
            raise TooManyOffers
        there = on_offer(request, now, on_their_own=False)
        if not all(there.find(pick) for pick in picks):
            raise NotOffered
        if not picks and not Offer.objects.of(request).exists():
            raise NothingToDo
        Offer.objects.of(request).update(ended_at=now)
        once = dict.fromkeys(picks)
        made = [Offer.objects.create(request=request, made_at=now, **columns_of(pick)) for pick in once]
        moves.note(request, "offered" if made else "offers_taken_back", request.status, by, now)
        audit.record("request.offered", by=by, subject=request, now=now)
        return made


def let_choose(freely: bool, *, request_id: int, by: Any, now: datetime) -> None:
    """Whether the private page shows everything there is, or only what staff offered."""
    with transaction.atomic():
        request = _choosing(request_id)
        request.self_choice = freely
        request.save(update_fields=["self_choice"])
        moves.note(request, "choice_opened" if freely else "choice_closed", request.status, by, now)
        audit.record("request.choice_set", by=by, subject=request, now=now, fields=["self_choice"])


# --- chosen ------------------------------------------------------------------------------------------------------


def choose(pick: Pick, *, request_id: int, by: Any, now: datetime) -> SeatClaim:
    """Hold a seat there. A seat held before is let go of, but only when there is one here; twice is once.

    Raises NotOffered when it is full, over or not for them, and NotPossible.
    """
    with transaction.atomic():
        request = _choosing(request_id)
        mine = SeatClaim.objects.live().alike(pick.kind).filter(request=request)
        for claim in mine:
            if claim.pick == pick and not claim.has_run_out(now):
                return _say_yes(claim, request, by, now)
        for claim in mine.holds():
            seats.give_back(claim_id=claim.pk, by=by, now=now)
        return _hold(pick, request, by, now)


def accept(*, claim_id: int, request_id: int, by: Any, now: datetime) -> SeatClaim:
    """Yes to a seat kept from the waiting list, or to a first day that was moved. Twice is once.

    Raises NotOffered when its time ran out, whether or not it has been freed yet.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        claim = _mine(request, claim_id)
        if claim.has_run_out(now):
            raise NotOffered
        return _say_yes(claim, request, by, now)


def give_back(
    *, claim_id: int, request_id: int, by: Any, now: datetime, cannot_make_it: bool = False
) -> CallbackRequest:
    """The seat is free for somebody else. Who cannot make that day is shown later ones only; whose confirmed seat it
    was needs another start."""
    with transaction.atomic():
        request = moves.locked(request_id)
        claim = seats.give_back(claim_id=_mine(request, claim_id).pk, by=by, now=now)
        if cannot_make_it and claim.group_id:  # one hour that does not suit says nothing about groups
            request.not_before = max(request.not_before or date.min, claim.starts_on + timedelta(days=1))
            request.save(update_fields=["not_before"])
        moves.note(request, "cannot_make_it" if cannot_make_it else "gave_back", request.status, by, now)
        _reopen_without_a_seat(request, by, now)
        return request


# --- confirmed and begun -----------------------------------------------------------------------------------------


def confirm(*, claim_id: int, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Staff confirm the seat; one they had before is free. Raises CallFirst for somebody nobody has tried yet, and
    NotOffered when nothing meets on that day any more."""
    with transaction.atomic():
        request = moves.locked(request_id)
        claim = _mine(request, claim_id)
        if claim.is_confirmed or request.status not in (*states.CAN_CHOOSE, Status.RETURNED):
            raise NotPossible("confirm")
        if request.status == Status.WAITING:
            raise CallFirst
        if SeatClaim.objects.on_no_day().filter(pk=claim.pk).exists():
            raise NotOffered
        seats.place(claim_id=claim.pk, by=by, now=now)
        _wait_no_more(claim, by, now)
        moves.note(request, "seat_confirmed", request.status, by, now)
        return _agree(request, by, now)


def move_first_day(*, claim_id: int, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """The next day on which their group meets becomes their first day. Raises NotOffered when there is none, and
    NotPossible when they have had it: they came."""
    with transaction.atomic():
        request = moves.locked(request_id)
        claim = _mine(request, claim_id)
        if claim.first_session == FirstSession.CAME:
            raise NotPossible("move_first_day")
        day = next_day_of(claim.group, claim.starts_on, now) if claim.group else None
        if day is None:
            raise NotOffered
        moved = seats.move_first_day(claim_id=claim.pk, starts_on=day, by=by, now=now, accepted=True)
        moves.note(request, "first_day_moved", request.status, by, now)
        can_agree = moved.is_confirmed and states.can(request.status, "agree", states.Actor.STAFF)
        return _agree(request, by, now) if can_agree else request


def mark_first_session(how: FirstSession, *, claim_id: int, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """They came: they are back, or after a fresh look they need a next step. We missed them: call them today (R-O).

    Raises NotBegun before the day.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        try:
            claim = seats.mark_first_session(claim_id=_mine(request, claim_id).pk, how=how, by=by, now=now)
        except seats.NotPlaced:
            raise NotPossible("mark_first_session") from None
        except seats.NotBegun:
            raise NotBegun from None
        moves.note(request, f"first_day_{how}", request.status, by, now)
        return _after_the_first_day(request, claim, by, now)


# --- the clock ---------------------------------------------------------------------------------------------------


def free_what_ran_out(*, now: datetime) -> int:
    """Seats whose time is over are free again, and who had chosen one is called again. Returns how many."""
    due = list(SeatClaim.objects.run_out(now).values_list("pk", flat=True))
    return how_many(_free, due, now)


def _free(claim_id: int, now: datetime) -> bool:
    with transaction.atomic():
        request = moves.locked(SeatClaim.objects.values_list("request_id", flat=True).get(pk=claim_id))
        claim = seats.expire_hold(claim_id=claim_id, by=audit.CLOCK, now=now)
        if claim is None:
            return False
        moves.note(request, "hold_over", request.status, audit.CLOCK, now)
        # What we moved they had chosen too, though they have not said yes to the new day yet.
        had_chosen = claim.accepted_at or (claim.moved_from_id and not claim.waitlist_entry_id)
        if had_chosen and _has_nothing_else(request):
            moves.make(request, "call_again", audit.CLOCK, now)
        return True


# --- parts of the verbs above ------------------------------------------------------------------------------------


def _choosing(request_id: int) -> CallbackRequest:
    request = moves.locked(request_id)
    if request.status not in states.CAN_CHOOSE:
        raise NotPossible("choose")
    return request


def _mine(request: CallbackRequest, claim_id: int) -> SeatClaim:
    claim = SeatClaim.objects.live().with_their_start().filter(request=request, pk=claim_id).first()
    if claim is None:
        raise NotPossible("claim")
    return claim


def _say_yes(claim: SeatClaim, request: CallbackRequest, by: Any, now: datetime) -> SeatClaim:
    if claim.waitlist_entry_id:
        leave = {"request_id": request.pk, "entry_id": claim.waitlist_entry_id, "by": by, "now": now}
        waitlist.leave(how=LeftTheList.SEATED, **leave)
    if claim.accepted_at is None:
        moves.note(request, "day_accepted" if claim.moved_from_id else "chose", request.status, by, now)
    return seats.accept(claim_id=claim.pk, by=by, now=now)


def _hold(pick: Pick, request: CallbackRequest, by: Any, now: datetime) -> SeatClaim:
    on_their_own = by == audit.PERSON
    there = on_offer(request, now, on_their_own=on_their_own)
    option = there.find(pick)
    is_theirs = not on_their_own or request.self_choice or option in there.offered
    if option is None or not is_theirs:
        raise NotOffered
    until = held_until(request.week(), option.starts_at, now)
    try:
        claim = seats.hold_seat(pick, request_id=request.pk, expires_at=until, by=by, now=now)
    except seats.NoSeatLeft:
        raise NotOffered from None
    moves.note(request, "chose", request.status, by, now)
    return claim


def _wait_no_more(claim: SeatClaim, by: Any, now: datetime) -> None:
    """Whoever has a seat leaves the lists of that sort."""
    kinds = IN_A_GROUP if claim.kind in IN_A_GROUP else (claim.kind,)
    waits = WaitlistEntry.objects.waiting().of(claim.request_id).filter(kind__in=kinds)
    for entry_id in list(waits.values_list("pk", flat=True)):
        waitlist.leave(request_id=claim.request_id, how=LeftTheList.SEATED, by=by, now=now, entry_id=entry_id)


def _after_the_first_day(request: CallbackRequest, claim: SeatClaim, by: Any, now: datetime) -> CallbackRequest:
    if claim.first_session == FirstSession.CAME and claim.kind != Kind.REASSESS:
        return moves.make(request, "return", by, now) if request.status in states.CAN_CHOOSE else request
    if claim.first_session == FirstSession.MISSED and request.status == Status.NO_NUMBER:
        seats.give_back_missed(request_id=request.pk, by=by, now=now)
    elif claim.first_session == FirstSession.MISSED and request.status == Status.AGREED:
        return moves.make(request, "call_again", by, now)
    return _reopen_without_a_seat(request, by, now)


def _agree(request: CallbackRequest, by: Any, now: datetime) -> CallbackRequest:
    return request if request.status in (Status.AGREED, Status.RETURNED) else moves.make(request, "agree", by, now)


def _has_nothing_else(request: CallbackRequest) -> bool:
    """We talked, or agreed, and there is no other seat that they chose."""
    chosen = SeatClaim.objects.live().chosen().filter(request=request)
    return request.status in (Status.REACHED, Status.AGREED) and not chosen.exists()


def _has_a_seat(request: CallbackRequest) -> bool:
    return SeatClaim.objects.placements().filter(request=request).exists()


def _reopen_without_a_seat(request: CallbackRequest, by: Any, now: datetime) -> CallbackRequest:
    if _has_a_seat(request) or request.status != Status.AGREED:
        return request
    return moves.make(request, "reopen", by, now)
