"""What comes long after we stopped calling: one more call by a person, and the kind notes somebody said yes to."""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from followups.cadence import LONGEST_CARE, Cadence
from followups.kind import Kind
from followups.kinds_of_calling import NOTES_AT
from followups.models import KindName, Message, MessageStatus
from followups.silence import BY_THEIR_WORD
from intake.calling import ONCE_MORE_AFTER
from intake.choices import ReachBy
from intake.models import CallAttempt, CallbackRequest, Consent, HistoryEntry
from intake.outcomes import Outcome
from intake.states import OPEN, Status

CARE_WITHIN = timedelta(days=7)  # what waited longer would come too near to the next one
LATELY = timedelta(weeks=8)
LONGEST = timedelta(days=31 * LONGEST_CARE)

requests = CallbackRequest.objects
_BY_PHONE = (ReachBy.CALL, ReachBy.TEXT)
_HAS_NO_WAY = Q(contact__reach_by__in=_BY_PHONE, contact__phone_hash="") | Q(
    contact__reach_by=ReachBy.EMAIL, contact__email_hash=""
)
# The step that paused the calls, not one made while they are paused: after another return everything begins anew.
PAUSED = HistoryEntry.objects.filter(to_status=Status.DOOR_OPEN).exclude(from_status=Status.DOOR_OPEN)


def _paused(now: datetime) -> QuerySet:
    """Whose door is open, each with that step."""
    steps = PAUSED.filter(request=OuterRef("pk")).order_by("-pk")
    step = Cast(Subquery(steps.values("pk")[:1]), CharField(max_length=20))
    return requests.filter(status=Status.DOOR_OPEN, status_since__gt=now - LONGEST).annotate(step=step)


def _planned(kind: KindName) -> QuerySet:
    return Message.objects.filter(kind=kind, request=OuterRef("pk"))


def _step_of(request: CallbackRequest) -> HistoryEntry | None:
    if request.status != Status.DOOR_OPEN:
        return None
    return PAUSED.filter(request=request).last()


# --- one more call -----------------------------------------------------------------------------------------------


def _never_reached(now: datetime) -> QuerySet:
    """Nobody talked with them in the weeks before the calls were paused."""
    lately = {"request": OuterRef("pk"), "at__gte": OuterRef("lately")}
    talked = CallAttempt.objects.filter(outcome=Outcome.TALKED, **lately)
    came = HistoryEntry.objects.that_stand().filter(what__in=BY_THEIR_WORD, **lately)
    planned = _planned(KindName.STAFF_LOOK_BACK).filter(occasion=OuterRef("step"))
    paused = _paused(now).exclude(_HAS_NO_WAY).annotate(lately=F("status_since") - LATELY)
    return paused.filter(~Exists(talked), ~Exists(came), ~Exists(planned))


def _once_for_each_pause(request: CallbackRequest, now: datetime) -> list[str]:
    step = _step_of(request)
    return [str(step.pk)] if step else []


def _weeks_later(request: CallbackRequest, occasion: str, now: datetime) -> datetime | None:
    """Ten in the morning of an open day; None where nobody works then. For whom the calls went on for longer, a
    while after the last one."""
    weeks = timedelta(weeks=Cadence.objects.of(request.location_id).look_back_weeks)
    moment = max(request.round_started_at + weeks, request.status_since + ONCE_MORE_AFTER)
    week = request.week()
    day = week.staffed_day_after(week.local_date(moment))
    return datetime.combine(day, NOTES_AT, tzinfo=week.zone) if day else None


# --- kind notes --------------------------------------------------------------------------------------------------


def _who_said_yes(now: datetime) -> QuerySet:
    """To kind notes, and none of the months since the calls were paused is planned and still to come."""
    words = Consent.objects.filter(request=OuterRef("pk"), kind=Consent.Kind.CARE).order_by("-pk")
    series = Concat(OuterRef("step"), Value(" "))
    planned = _planned(KindName.CARE).filter(occasion__startswith=series, status=MessageStatus.PLANNED)
    said_yes = _paused(now).annotate(says_yes=Subquery(words.values("given")[:1])).filter(says_yes=True)
    return said_yes.filter(~Exists(planned), contact__messages_stopped_at=None)


def _each_month(request: CallbackRequest, now: datetime) -> list[str]:
    step = _step_of(request)
    if step is None:
        return []
    return [f"{step.pk} month {number}" for number in Cadence.objects.of(request.location_id).months_of_care]


def _in_that_month(request: CallbackRequest, occasion: str) -> datetime:
    step, _month, number = occasion.split(" ")
    paused = request.history.get(pk=int(step)).at.astimezone(request.zone()).date()
    return datetime.combine(months_after(paused, int(number)), NOTES_AT, tzinfo=request.zone())


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or the last day where that month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _if_to_come(request: CallbackRequest, occasion: str, now: datetime) -> datetime | None:
    """None for the months before they said yes."""
    at = _in_that_month(request, occasion)
    return at if at > now else None


def _nobody_came_back(request: CallbackRequest, occasion: str, now: datetime) -> bool:
    """Who asked again by another note is called; a kind note would only confuse. Only a note with the number or address
    to which this one goes: by the other one a person could tell that somebody else wrote to us (R-P3)."""
    contact = request.contact
    same = requests.same_email if contact.reach_by == ReachBy.EMAIL and contact.email else requests.same_phone
    theirs = same(contact).filter(received_at__gt=request.received_at).exclude(pk=request.pk)
    return not theirs.filter(status__in=[*OPEN, Status.RETURNED]).exists()


KINDS_OF_STAYING = [
    Kind(
        KindName.CARE,
        _who_said_yes,
        _each_month,
        due_at=_if_to_come,
        still_true=_nobody_came_back,
        ends=lambda request, occasion: _in_that_month(request, occasion) + CARE_WITHIN,
        asked_for=True,
    ),
    Kind(KindName.STAFF_LOOK_BACK, _never_reached, _once_for_each_pause, due_at=_weeks_later),
]
