"""Rows that must not be, written straight into the tables: only the database can say no.

`RAW_WRITES` has one for each rule on hours, seats, claims, offers and waits. Each makes what has to be there before,
and returns the write that is refused.
"""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

from intake.models import CallbackRequest, Offer
from scheduling.models import AppointmentSlot, Seat, SeatClaim, WaitlistEntry
from tests.intake.make import sent
from tests.scheduling.make import DAY, NOW, TOMORROW, group, hour

ALL_RULES = {
    rule.name for model in (AppointmentSlot, Seat, SeatClaim, WaitlistEntry, Offer) for rule in model._meta.constraints
}
ENDED = {"seat": None, "ended_at": NOW, "ended_how": "left"}


_days = count(30)  # a day that no other hour of Sage is on


def claim_on(there: Seat, who: CallbackRequest, **changes: Any) -> SeatClaim:
    """A claim on that seat, of a group or of an hour, written without any of our verbs."""
    kind = there.slot.kind if there.slot else "new_time"
    of = {"kind": kind, "group": there.group, "slot": there.slot, "seat": there, "request": who}
    return SeatClaim.objects.create(**(of | {"starts_on": TOMORROW, "made_at": NOW, "expires_at": NOW + DAY} | changes))


def _seat(kind: str = "new_time") -> Seat:
    return group().seats.first() if kind == "new_time" else _hour(kind).seat


def _hour(kind: str = "reassess", **fields: Any) -> AppointmentSlot:
    return hour(kind, **{"starts_at": NOW + next(_days) * DAY} | fields)


def _claim(**changes: Any) -> Callable:
    return partial(claim_on, _seat(), sent()[0], **changes)


def _second_claim(kind: str, **changes: Any) -> Callable:
    """Somebody who has one of that sort gets another."""
    wren = sent()[0]
    claim_on(_seat(kind), wren, **changes)
    return partial(claim_on, _seat(kind), wren, **changes)


def _wait(*, before: bool = False, **changes: Any) -> Callable:
    given = {"request": sent()[0], "kind": "new_time", "group": None, "joined_at": NOW} | changes
    if before:
        WaitlistEntry.objects.create(**given)
    return partial(WaitlistEntry.objects.create, **given)


def _offer(kind: str) -> Callable:
    return partial(Offer.objects.create, request=sent()[0], group=group(), kind=kind, starts_on=TOMORROW, made_at=NOW)


def _hour_twice() -> Callable:
    return partial(_hour, starts_at=_hour().starts_at)


RAW_WRITES: dict[str, Callable[[], Callable]] = {
    "slot_known_kind": lambda: partial(_hour, "new_time"),
    "slot_length_is_sane": lambda: partial(_hour, minutes=5),
    "slot_once_per_therapist": _hour_twice,
    "seat_of_a_group_or_an_hour": lambda: partial(Seat.objects.create),
    "seatclaim_is_of_a_group_or_an_hour": lambda: _claim(kind="reassess"),
    "seatclaim_known_kind": lambda: _claim(kind="nonsense"),
    "claim_has_a_seat_until_it_ends": lambda: _claim(seat=None),
    "claim_ended_in_a_known_way": lambda: _claim(**ENDED | {"ended_how": "nonsense"}),
    "claim_is_held_for_a_while": lambda: _claim(expires_at=NOW),
    "claim_known_first_session": lambda: _claim(confirmed_at=NOW, first_session="early", first_session_marked_at=NOW),
    "claim_first_session_is_of_a_placement": lambda: _claim(first_session="came", first_session_marked_at=NOW),
    "claim_one_live_hold_per_request": lambda: _second_claim("new_time"),
    "claim_one_live_placement_per_request": lambda: _second_claim("new_time", confirmed_at=NOW),
    "claim_one_live_hold_of_an_hour": lambda: _second_claim("reassess"),
    "claim_one_live_booking_of_an_hour": lambda: _second_claim("individual", confirmed_at=NOW),
    "offer_is_of_a_group_or_an_hour": lambda: _offer("reassess"),
    "offer_known_kind": lambda: _offer("nonsense"),
    "waitlist_known_kind": lambda: _wait(kind="nonsense"),
    "waitlist_known_end": lambda: _wait(ended_at=NOW, ended_how="gone"),
    "waitlist_of_a_group_only_for_groups": lambda: _wait(kind="reassess", group=group()),
    "waitlist_ends_in_some_way": lambda: _wait(ended_at=NOW),
    "waitlist_once_per_group": lambda: _wait(before=True, group=group()),
    "waitlist_once_per_kind": lambda: _wait(before=True),
}
# The row breaks this other rule too, and PostgreSQL names the first of the alphabet.
NAMED_INSTEAD = {
    "seatclaim_known_kind": "seatclaim_is_of_a_group_or_an_hour",
    "offer_known_kind": "offer_is_of_a_group_or_an_hour",
}
