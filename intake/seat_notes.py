"""What the private page says about seats this person holds or has, and about the lists they wait on."""

from dataclasses import dataclass

from intake import states
from intake.models import CallbackRequest
from intake.start_words import WAYS, StartWords, day_words, until_words, words_of_claim
from scheduling.models import FirstSession, SeatClaim, WaitlistEntry
from scheduling.picks import Kind

HELD, KEPT, MOVED, YOURS, MISSED = "held", "kept", "moved", "yours", "missed"


@dataclass(frozen=True)
class SeatNote:
    """One seat. `state` is held (they chose it), kept (from the list, not asked yet), moved (by us, not asked yet),
    yours (confirmed) or missed; `until` is when a hold ends, `was` the day it was moved from."""

    claim_id: int
    state: str
    words: StartWords
    until: str
    was: str


@dataclass(frozen=True)
class Wait:
    entry_id: int
    words: str


def seats_of(request: CallbackRequest) -> list[SeatNote]:
    """Two queries; none where nobody chooses."""
    if request.status not in states.CAN_CHOOSE:
        return []
    claims = SeatClaim.objects.live().filter(request=request).exclude(first_session=FirstSession.CAME)
    claims = claims.with_their_start().select_related("moved_from").prefetch_related("group__days")
    return [_note(claim, request) for claim in claims]


def waits_of(request: CallbackRequest) -> list[Wait]:
    """One query."""
    entries = WaitlistEntry.objects.waiting().of(request.pk).select_related("group__location")
    return [Wait(entry.pk, _waits_for(entry)) for entry in entries]


def _note(claim: SeatClaim, request: CallbackRequest) -> SeatNote:
    return SeatNote(
        claim_id=claim.pk,
        state=_state(claim),
        words=words_of_claim(claim),
        until="" if claim.is_confirmed else until_words(claim.expires_at, request.zone()),
        was=day_words(claim.moved_from.starts_on) if claim.moved_from else "",
    )


def _state(claim: SeatClaim) -> str:
    if claim.first_session == FirstSession.MISSED:
        return MISSED
    if claim.accepted_at is None:
        return MOVED if claim.moved_from_id else KEPT
    return YOURS if claim.is_confirmed else HELD


def _waits_for(entry: WaitlistEntry) -> str:
    way = str(WAYS[Kind(entry.kind)])
    return f"{way}, {entry.group.place_name}" if entry.group and entry.group.location else way
