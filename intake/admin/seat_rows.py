"""What the card says about seats: those this person holds or has, and the lists they wait on."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _

from intake import states
from intake.admin.offers import kind_words, meets_words
from intake.clock import day_words, when_words
from intake.models import CallbackRequest
from intake.states import Status
from scheduling.models import FirstSession, SeatClaim, WaitlistEntry


@dataclass(frozen=True)
class Button:
    """One button beside a seat; `verb` is the end of its address. The first of a row goes forward."""

    verb: str
    label: str


@dataclass(frozen=True)
class SeatRow:
    """One seat, in words: what it is, how it stands, and what can be done."""

    claim_id: int
    place: str
    what: str
    stands: str
    buttons: list[Button]


@dataclass(frozen=True)
class SeatRows:
    rows: list[SeatRow]
    waits: list[str]


def seat_rows(request: CallbackRequest, now: datetime, zone: tzinfo) -> SeatRows:
    """Three queries."""
    claims = SeatClaim.objects.live().filter(request=request).with_their_start().prefetch_related("group__days")
    waits = WaitlistEntry.objects.waiting().of(request.pk).select_related("group__location")
    return SeatRows([_row(claim, request, now, zone) for claim in claims], [_wait(entry) for entry in waits])


def _row(claim: SeatClaim, request: CallbackRequest, now: datetime, zone: tzinfo) -> SeatRow:
    starts = _("First day: %(day)s.") % {"day": day_words(claim.session.start, now, claim.zone)}
    return SeatRow(
        claim_id=claim.pk,
        place=claim.place_name,
        what=f"{kind_words(claim.kind)}. {meets_words(claim.what)} {starts}",
        stands=_stands(claim, request, now, zone),
        buttons=_buttons(claim, request, now),
    )


def _stands(claim: SeatClaim, request: CallbackRequest, now: datetime, zone: tzinfo) -> str:
    if claim.first_session:
        return f"{claim.get_first_session_display()}."
    until = {"when": when_words(claim.expires_at, now, zone)}
    if claim.accepted_at is None:
        moved = _("We moved the first day, and they do not know it yet. Tell them.")
        return moved if claim.moved_from_id else _("Kept from the list until %(when)s. Tell them.") % until
    if claim.is_confirmed:
        return _("Confirmed.")
    held = _("They chose it. Held until %(when)s.") % until
    return f"{held} " + _("Call first, then confirm.") if request.status == Status.WAITING else held


def _buttons(claim: SeatClaim, request: CallbackRequest, now: datetime) -> list[Button]:
    """Nothing that would be refused."""
    if request.status == Status.RETURNED:
        return [Button("give-back", _("They do not need the seat any more"))]
    if request.status not in states.CAN_CHOOSE:
        return []
    buttons = []
    if not claim.is_confirmed and request.status != Status.WAITING:
        buttons.append(Button("confirm", _("Confirm this seat")))
    if claim.accepted_at is None:
        buttons.append(Button("yes", _("They said yes")))
    if claim.is_confirmed and not claim.first_session and claim.session.start <= now:
        buttons += [Button("came", _("They came")), Button("missed", _("We missed them"))]
    if claim.group_id and (claim.is_confirmed or claim.first_session == FirstSession.MISSED):
        buttons.append(Button("next-day", _("Start on the next day instead")))
    return [*buttons, Button("give-back", _("Give the seat back"))]


def _wait(entry: WaitlistEntry) -> str:
    words = kind_words(entry.kind)
    return f"{words}, {entry.group.place_name}" if entry.group else words
