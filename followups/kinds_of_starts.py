"""The messages about a start: offered, kept, moved, near, or missed (docs/decisions/0011). One per seat."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from followups.cadence import Cadence
from followups.hours_of_a_person import hour_before, next_hour_for
from followups.kind import Kind
from followups.models import KindName, Message
from intake.models import CallbackRequest, Offer
from intake.states import CAN_CHOOSE
from scheduling.models import FirstSession, SeatClaim

REMIND_NO_LATER_THAN = timedelta(hours=24)
NOT_RIGHT_AFTER = timedelta(hours=4)  # who has just chosen a time knows until when it is kept
MISSED_DAY_WITHIN = timedelta(days=2)

Claims = Callable[[datetime], QuerySet]


def told_of(kind: KindName, about: QuerySet) -> QuerySet:
    """Those of these rows, each of one request, that have their message already."""
    told = Message.objects.filter(
        kind=kind, request=OuterRef("request"), occasion=Cast(OuterRef("pk"), CharField(max_length=40))
    )
    return about.filter(Exists(told))


def each_seat(kind: KindName, claims: Claims, **changes: Any) -> Kind:
    """A message once for each of these claims on a seat, by its number, while the person may choose a start."""

    def called_for(now: datetime) -> QuerySet:
        of_those = claims(now).filter(request__status__in=CAN_CHOOSE)
        news = of_those.exclude(pk__in=told_of(kind, of_those).values("pk"))
        return CallbackRequest.objects.filter(pk__in=news.values("request"))

    def occasions(request: CallbackRequest, now: datetime) -> list[str]:
        if request.status not in CAN_CHOOSE:
            return []
        return [str(pk) for pk in claims(now).filter(request=request).values_list("pk", flat=True)]

    return Kind(kind, called_for, occasions, **changes)


def claim_of(occasion: str) -> SeatClaim:
    return SeatClaim.objects.with_their_start().get(pk=int(occasion))


# --- offered -----------------------------------------------------------------------------------------------------


def _with_new_offers(now: datetime) -> QuerySet:
    live = Offer.objects.live()
    told = told_of(KindName.OPTIONS_OFFERED, live).values("request")
    return CallbackRequest.objects.filter(status__in=CAN_CHOOSE, pk__in=live.values("request")).exclude(pk__in=told)


def _each_time_they_are_offered(request: CallbackRequest, now: datetime) -> list[str]:
    """By the first offer of that time; up to three come together."""
    first = Offer.objects.of(request).first()
    return [str(first.pk)] if first and request.status in CAN_CHOOSE else []


def _nothing_chosen_since(request: CallbackRequest, occasion: str, now: datetime) -> bool:
    offered = Offer.objects.get(pk=int(occasion)).made_at
    return not SeatClaim.objects.live().chosen().filter(request=request, accepted_at__gte=offered).exists()


# --- seats -------------------------------------------------------------------------------------------------------


def _holds(now: datetime) -> QuerySet:
    return SeatClaim.objects.holds().chosen().filter(expires_at__gt=now)


def _kept(now: datetime) -> QuerySet:
    return SeatClaim.objects.holds().not_asked_yet().filter(moved_from=None, expires_at__gt=now)


def moved_and_not_agreed(now: datetime) -> QuerySet:
    to_come = SeatClaim.objects.live().filter(first_session="", starts_on__gte=timezone.localdate(now))
    return to_come.not_asked_yet().exclude(moved_from=None)


def _to_come(now: datetime) -> QuerySet:
    """Confirmed, and agreed: a day that we moved is asked about, not reminded of."""
    return SeatClaim.objects.placements().chosen().filter(first_session="", starts_on__gte=timezone.localdate(now))


def _missed(now: datetime) -> QuerySet:
    """Staff said so, today or yesterday."""
    recent = SeatClaim.objects.filter(first_session_marked_at__gt=now - MISSED_DAY_WITHIN)
    return recent.filter(first_session=FirstSession.MISSED)


def _before_the_hold_ends(request: CallbackRequest, occasion: str, now: datetime) -> datetime:
    claim, cadence = claim_of(occasion), Cadence.objects.of(request.location_id)
    return max(claim.expires_at - timedelta(hours=cadence.hold_hours), claim.made_at + NOT_RIGHT_AFTER)


def _before_it_begins(request: CallbackRequest, occasion: str, now: datetime) -> datetime:
    """As long before as the place says. Where no hour between then and a day before is fine with them, earlier: rather
    too early than not at all."""
    starts_at = claim_of(occasion).session.start
    at = starts_at - timedelta(hours=Cadence.objects.of(request.location_id).reminder_hours)
    if next_hour_for(request, at) >= starts_at - REMIND_NO_LATER_THAN:
        at = hour_before(request, at) or at
    return max(at, now)


def kept_until(request: CallbackRequest, occasion: str, now: datetime) -> dict[str, datetime]:
    return {"moment": claim_of(occasion).expires_at}


def _begins(request: CallbackRequest, occasion: str, now: datetime) -> dict[str, datetime]:
    return {"moment": claim_of(occasion).session.start}


KINDS_OF_STARTS = [
    Kind(
        KindName.OPTIONS_OFFERED,
        _with_new_offers,
        _each_time_they_are_offered,
        still_true=_nothing_chosen_since,
        asked_for=True,
    ),
    each_seat(KindName.HOLD_ENDING, _holds, due_at=_before_the_hold_ends, facts=kept_until, asked_for=True),
    each_seat(KindName.SEAT_KEPT, _kept, facts=kept_until, asked_for=True),
    each_seat(KindName.DAY_MOVED, moved_and_not_agreed, facts=_begins, asked_for=True),
    each_seat(
        KindName.START_REMINDER,
        _to_come,
        due_at=_before_it_begins,
        ends=lambda request, occasion: claim_of(occasion).session.start - REMIND_NO_LATER_THAN,
        facts=_begins,
        asked_for=True,
    ),
    each_seat(KindName.MISSED_DAY, _missed),
]
