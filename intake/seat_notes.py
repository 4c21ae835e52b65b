"""What the private page says about seats this person holds or has, and about the lists they wait on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from intake import states
from intake.models import CallbackRequest
from intake.start_words import WAYS, StartWords, day_words, until_words, words_of_claim
from scheduling.models import FirstSession, SeatClaim, WaitlistEntry
from scheduling.picks import Kind

LATELY = timedelta(days=7)
_ABOUT_SEATS = ("chose", "gave_back", "cannot_make_it", "hold_over", "seat_kept")
HELD, KEPT, MOVED, YOURS, MISSED, OFF = "held", "kept", "moved", "yours", "missed", "off"


@dataclass(frozen=True)
class SeatNote:
    """One seat. `state` is held (they chose it), kept (from the list, not asked yet), moved (by us, not asked yet),
    yours (confirmed), missed, or off (nothing meets that day any more); `until` is when a hold ends, `was` the day it
    was moved from."""

    claim_id: int
    state: str
    words: StartWords
    until: str
    was: str


@dataclass(frozen=True)
class Wait:
    entry_id: int
    words: str


def seats_of(request: CallbackRequest, now: datetime) -> list[SeatNote]:
    """Three queries; none where nobody has a seat. A hold that ran out is gone, freed or not."""
    if request.status not in states.MAY_HAVE_A_SEAT:
        return []
    claims = SeatClaim.objects.live().filter(request=request).exclude(first_session=FirstSession.CAME)
    claims = claims.with_their_start().select_related("moved_from").prefetch_related("group__days")
    off = set(claims.on_no_day().values_list("pk", flat=True))
    return [_note(claim, request, is_off=claim.pk in off) for claim in claims if not claim.has_run_out(now)]


def lately_of(request: CallbackRequest, now: datetime) -> str:
    """What became of the seat they had: "ran_out", "cannot_make_it", or nothing that needs a word. One query."""
    if request.status not in states.CAN_CHOOSE:
        return ""
    last = request.history.filter(at__gt=now - LATELY, what__in=_ABOUT_SEATS).last()
    return {"hold_over": "ran_out", "cannot_make_it": "cannot_make_it"}.get(last.what, "") if last else ""


def waits_of(request: CallbackRequest) -> list[Wait]:
    """One query."""
    entries = WaitlistEntry.objects.waiting().of(request.pk).select_related("group__location")
    return [Wait(entry.pk, _waits_for(entry)) for entry in entries]


def _note(claim: SeatClaim, request: CallbackRequest, *, is_off: bool) -> SeatNote:
    return SeatNote(
        claim_id=claim.pk,
        state=OFF if is_off else _state(claim),
        words=words_of_claim(claim),
        until="" if claim.is_confirmed else until_words(claim.expires_at, request.zone()),
        was=day_words(claim.moved_from.starts_on) if claim.moved_from else "",
    )


def _state(claim: SeatClaim) -> str:
    if claim.first_session == FirstSession.MISSED:
        return MISSED
    if claim.accepted_at is None:
        return KEPT if claim.waitlist_entry_id else MOVED
    return YOURS if claim.is_confirmed else HELD


def _waits_for(entry: WaitlistEntry) -> str:
    way = str(WAYS[Kind(entry.kind)])
    return f"{way}, {entry.group.place_name}" if entry.group and entry.group.location else way
