"""What the card says about seats: those this person holds or has, and the lists they wait on."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _

from intake import states
from intake.admin.offers import kind_words, meets_words
from intake.clock import day_words, when_words
from intake.models import CallbackRequest
from intake.states import Status
from scheduling.ledger import next_day_of
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
    is_open: bool
    buttons: list[Button]


@dataclass(frozen=True)
class SeatRows:
    rows: list[SeatRow]
    waits: list[str]

    @property
    def are_open(self) -> bool:
        """Something is still to be confirmed or marked."""
        return any(row.is_open for row in self.rows)


def seat_rows(request: CallbackRequest, now: datetime, zone: tzinfo) -> SeatRows:
    """Four queries, and one for each seat that could start on another day."""
    claims = SeatClaim.objects.live().filter(request=request).with_their_start().prefetch_related("group__days")
    off = set(claims.on_no_day().values_list("pk", flat=True))
    waits = WaitlistEntry.objects.waiting().of(request.pk).select_related("group__location")
    rows = [_row(claim, request, now, zone, is_off=claim.pk in off) for claim in claims]
    return SeatRows(rows, [_wait(entry) for entry in waits])


def _row(claim: SeatClaim, request: CallbackRequest, now: datetime, zone: tzinfo, *, is_off: bool) -> SeatRow:
    starts = _("First day: %(day)s.") % {"day": day_words(claim.session.start, now, claim.zone)}
    return SeatRow(
        claim_id=claim.pk,
        place=claim.place_name,
        what=f"{kind_words(claim.kind)}. {meets_words(claim.what)} {starts} {_led_by(claim)}".strip(),
        stands=_("Nothing meets on that day.") if is_off else _stands(claim, request, now, zone),
        is_open=not claim.first_session,
        buttons=_buttons(claim, request, now, is_off=is_off),
    )


def _stands(claim: SeatClaim, request: CallbackRequest, now: datetime, zone: tzinfo) -> str:
    if claim.first_session:
        return f"{claim.get_first_session_display()}."
    until = {"when": when_words(claim.expires_at, now, zone)}
    if claim.accepted_at is None:
        if claim.waitlist_entry_id:
            return _("Kept from the list until %(when)s. Tell them.") % until
        return _("We moved the first day, and they do not know it yet. Tell them.")
    if claim.is_confirmed:
        return _("Confirmed.")
    held = _("They chose it. Held until %(when)s.") % until
    return f"{held} " + _("Call first, then confirm.") if request.status == Status.WAITING else held


def _led_by(claim: SeatClaim) -> str:
    """Staff know whom somebody keeps away from; the person is not told."""
    return _("Led by %(name)s.") % {"name": claim.what.therapist} if claim.what.therapist else ""


def _buttons(claim: SeatClaim, request: CallbackRequest, now: datetime, *, is_off: bool) -> list[Button]:
    """Nothing that would be refused."""
    if claim.first_session == FirstSession.CAME:
        return [Button("give-back", _("They do not need the seat any more"))]
    if request.status not in states.MAY_HAVE_A_SEAT:
        return []
    buttons = []
    if not (claim.is_confirmed or is_off) and request.status not in (Status.WAITING, Status.NO_NUMBER):
        buttons.append(Button("confirm", _("Confirm this seat")))
    if claim.accepted_at is None:
        buttons.append(Button("yes", _("They said yes")))
    if claim.is_confirmed and not claim.first_session and claim.session.start <= now:
        buttons += [Button("came", _("They came")), Button("missed", _("We missed them"))]
    if claim.group and (claim.is_confirmed or is_off) and (day := next_day_of(claim.group, claim.starts_on, now)):
        buttons.append(Button("next-day", _("Start on %(day)s instead") % {"day": in_words(day, "l, F j")}))
    return [*buttons, Button("give-back", _("Give the seat back"))]


def _wait(entry: WaitlistEntry) -> str:
    words = kind_words(entry.kind)
    return f"{words}, {entry.group.place_name}" if entry.group else words
