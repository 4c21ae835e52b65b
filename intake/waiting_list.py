"""Who waits for a seat, and who is asked next: one at a time, at most three times each, at most once a day.

A notice is a seat kept for them until it runs out; they see it on their page, and staff see that they should be told.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from intake import moves, states
from intake.errors import NotOffered, NotPossible
from intake.models import CallbackRequest
from intake.on_offer import OnOffer, held_until, on_offer
from intake.one_by_one import how_many
from privacy import audit
from scheduling import seats, waitlist
from scheduling.ledger import ledger_on_offer
from scheduling.models import MOST_NOTICES, LeftTheList, SeatClaim, WaitlistEntry
from scheduling.options import KindOptions, Option
from scheduling.picks import Kind


def join_list(kind: Kind, *, group_id: int | None, request_id: int, by: Any, now: datetime) -> WaitlistEntry:
    """Wait for a full group or, without one, for a kind that has nothing right now. Twice is once.

    Raises NotOffered when there is something free, so that nobody waits beside an open seat, and NotPossible for
    somebody who was told as often as we tell anyone.
    """
    with transaction.atomic():
        request = moves.locked(request_id)
        if request.status not in states.CAN_CHOOSE or not may_wait(request):
            raise NotPossible("join_list")
        waits = WaitlistEntry.objects.waiting().of(request_id).filter(kind=kind.value, group=group_id).first()
        if waits:
            return waits
        one = next(one for one in on_offer(request, now, on_their_own=True).kinds if one.kind == kind)
        if not _is_worth_waiting(one, group_id):
            raise NotOffered
        entry = waitlist.join(request_id=request.pk, kind=kind, group_id=group_id, by=by, now=now)
        moves.note(request, "joined_list", request.status, by, now)
        return entry


def may_wait(request: CallbackRequest) -> bool:
    """Not who was told as often as we tell anyone. One query."""
    return len(_told_at(request)) < MOST_NOTICES


def leave_list(*, entry_id: int, request_id: int, by: Any, now: datetime) -> None:
    """Wait no more. Twice is fine."""
    with transaction.atomic():
        request = moves.locked(request_id)
        if waitlist.leave(request_id=request.pk, how=LeftTheList.LEFT, by=by, now=now, entry_id=entry_id):
            moves.note(request, "left_list", request.status, by, now)


def ask_who_waits(*, now: datetime) -> int:
    """Keep each free seat for whoever was asked least and has waited longest. Returns how many are kept. Safe to run
    twice."""
    could_be = WaitlistEntry.objects.next_to_be_asked().filter(request__status__in=states.CAN_CHOOSE)
    waiting = list(could_be.values_list("pk", "group"))
    if not waiting:
        return 0
    asking = _Asking(now)
    return how_many(asking.ask, [entry for entry, group in waiting if asking.has_a_seat(group)], now)


class _Asking:
    """One round over the list. The ledger is read again only after a seat was taken from it."""

    def __init__(self, now: datetime) -> None:
        self.ledger = ledger_on_offer(now)

    def has_a_seat(self, group_id: int | None) -> bool:
        """In that group or, without one, anywhere."""
        return group_id is None or any(one.id == group_id and one.seats_left > 0 for one in self.ledger.groups)

    def ask(self, entry_id: int, now: datetime) -> bool:
        with transaction.atomic():
            entry = WaitlistEntry.objects.get(pk=entry_id)
            request = moves.locked(entry.request_id)
            entry.refresh_from_db()
            if entry.ended_at or _was_told_enough(request, now) or not _may_be_asked(request, entry, now):
                return False
            option = _what_fits(on_offer(request, now, on_their_own=True, ledger=self.ledger), entry)
            is_kept = option is not None and _keep(option, request, entry, now)
        if option is not None:
            self.ledger = ledger_on_offer(now)
        return is_kept


def _may_be_asked(request: CallbackRequest, entry: WaitlistEntry, now: datetime) -> bool:
    """Not while they hold a seat of that sort, and not twice a day."""
    holds = SeatClaim.objects.holds().alike(Kind(entry.kind)).filter(request=request)
    if request.status not in states.CAN_CHOOSE or holds.exists():
        return False
    told_at, zone = _told_at(request), request.zone()
    return not told_at or told_at[-1].astimezone(zone).date() != now.astimezone(zone).date()


def _was_told_enough(request: CallbackRequest, now: datetime) -> bool:
    """After three times, and when the last of those seats is gone, it is their word: the wait ends."""
    if may_wait(request) or SeatClaim.objects.holds().not_asked_yet().filter(request=request).exists():
        return False
    if waitlist.leave(request_id=request.pk, how=LeftTheList.TOLD, by=audit.CLOCK, now=now):
        moves.note(request, "told_enough", request.status, audit.CLOCK, now)
    return True


def _told_at(request: CallbackRequest) -> list[datetime]:
    """When a seat was kept for them from the list, earliest first."""
    notices = SeatClaim.objects.filter(request=request, moved_from=None).exclude(waitlist_entry=None)
    return list(notices.order_by("made_at").values_list("made_at", flat=True))


def _what_fits(there: OnOffer, entry: WaitlistEntry) -> Option | None:
    options = next(one.options for one in there.kinds if one.kind == entry.kind)
    return next((option for option in options if entry.group_id in (None, option.pick.number)), None)


def _keep(option: Option, request: CallbackRequest, entry: WaitlistEntry, now: datetime) -> bool:
    """False when somebody was faster; the next round tries again."""
    until = held_until(request.week(), option.starts_at, now)
    try:
        seats.hold_seat(
            option.pick, request_id=request.pk, expires_at=until, by=audit.CLOCK, now=now, waitlist_entry=entry
        )
    except seats.NoSeatLeft:
        return False
    moves.note(request, "seat_kept", request.status, audit.CLOCK, now)
    return True


def _is_worth_waiting(one: KindOptions, group_id: int | None) -> bool:
    if group_id is None:
        return not one.options
    return group_id in {option.pick.number for option in one.full}
