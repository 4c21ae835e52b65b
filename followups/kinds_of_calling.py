"""The messages around our calls, from the first text to the open door (the cadence of R-O)."""

from datetime import datetime, time, timedelta

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from followups.cadence import Cadence
from followups.kind import Kind, each_round, once
from followups.models import KindName, Message, MessageStatus
from followups.silence import A_STEP_OF_THEIRS
from intake import states
from intake.choices import ReachBy
from intake.corrections import STANDS_AFTER
from intake.models import CallAttempt, CallbackRequest, Consent, HistoryEntry
from intake.outcomes import MISSED
from intake.states import TO_CALL, Status

ACKNOWLEDGE_WITHIN = timedelta(days=2)  # later than that, a thank-you would only be odd
INTRODUCED_WITHIN = timedelta(days=30)  # of their last word; later it would come out of nowhere
NOTES_AT = time(10)  # wall time at the place
LAST_NOTE_FOR = (Status.TRYING, Status.DOOR_OPEN)  # closing words, for exactly those whose calls are paused too
NOTES_WITHIN = timedelta(days=60)  # of this round; for half a year of paused ones it is not worked out each minute
CAN_BE_TEXTED = (*states.OPEN, Status.DOOR_OPEN)

requests = CallbackRequest.objects


# --- the first text ----------------------------------------------------------------------------------------------


def _last_word_on(kind: str) -> QuerySet:
    return Consent.objects.filter(request=OuterRef("pk"), kind=kind).order_by("-pk")


def _agreed_to_texts(now: datetime) -> QuerySet:
    """Whose yes to texts stands, from whom we heard lately, and who would be written to by text, not by email. A first
    text that was not sent, on purpose, is planned again when they stand elsewhere: without it no other one goes."""
    theirs = Message.objects.filter(kind=KindName.OPT_IN, request=OuterRef("pk"))
    series = Concat(Cast(OuterRef("yes_to_texts"), CharField(max_length=20)), Value(" "))
    told = theirs.filter(occasion__startswith=series)
    told = told.exclude(status=MessageStatus.SKIPPED, due_at__lt=OuterRef("status_since"))
    lately = HistoryEntry.objects.that_stand().filter(
        A_STEP_OF_THEIRS, request=OuterRef("pk"), at__gt=now - INTRODUCED_WITHIN
    )
    yes = _last_word_on(Consent.Kind.TEXT)
    with_word = requests.filter(contact__text_ok=True, contact__messages_stopped_at=None, status__in=CAN_BE_TEXTED)
    with_word = with_word.annotate(
        yes_to_texts=Subquery(yes.values("pk")[:1]),
        says_yes=Subquery(yes.values("given")[:1]),
        yes_to_email=Subquery(_last_word_on(Consent.Kind.EMAIL).values("given")[:1]),
    ).filter(Q(received_at__gt=now - INTRODUCED_WITHIN) | Exists(lately), says_yes=True)
    return (
        with_word.exclude(Q(contact__reach_by=ReachBy.EMAIL, yes_to_email=True))
        .filter(~Exists(told))
        .prefetch_related("consents")
    )


def _each_yes_to_texts(request: CallbackRequest, now: datetime) -> list[str]:
    """Once for each time they said yes, by where they stood: a new number is a new yes (R-T1)."""
    said = [consent for consent in request.consents.all() if consent.kind == Consent.Kind.TEXT]
    if not said or not said[-1].given:
        return []
    return [f"{said[-1].pk} {request.status_since:%Y-%m-%dT%H:%M:%S}"]


def _not_introduced(request: CallbackRequest, occasion: str, now: datetime) -> bool:
    """Two requests from one number are one person: they are told once."""
    return not Message.objects.introductions(requests.same_phone(request.contact)).exists()


# --- the note ----------------------------------------------------------------------------------------------------


def _not_acknowledged(now: datetime) -> QuerySet:
    """Once ever. Those who have theirs are left out by the database: there may be very many, and each tick asks."""
    told = Message.objects.filter(kind=KindName.ACKNOWLEDGEMENT, request=OuterRef("pk"))
    recent = requests.filter(status=Status.WAITING, received_at__gt=now - ACKNOWLEDGE_WITHIN)
    # Looked up one by one. As EXISTS it was joined, by an old guess of how many there are: each with each.
    return recent.annotate(told=Subquery(told.order_by().values("pk")[:1])).filter(told=None)


def _promise_still_stands(request: CallbackRequest, occasion: str, now: datetime) -> bool:
    """The acknowledgement says by when somebody calls: sent after that hour it would be a broken promise."""
    return request.status in TO_CALL and (request.promised_by is None or now < request.promised_by)


# --- calls -------------------------------------------------------------------------------------------------------


def _missed_in_this_round(now: datetime) -> QuerySet:
    """Whom we missed in this round, but for those who have the message of the first of those calls already."""
    calls = CallAttempt.objects.filter(request=OuterRef("pk"), outcome__in=MISSED, at__gte=OuterRef("round_started_at"))
    missed = Cast(Subquery(calls.order_by("number").values("pk")[:1]), CharField(max_length=20))
    told = Message.objects.filter(kind=KindName.MISSED_CALL, request=OuterRef("pk"), occasion=OuterRef("missed"))
    trying = requests.filter(status=Status.TRYING).annotate(missed=missed)
    return trying.exclude(missed=None).filter(~Exists(told)).prefetch_related("attempts")


def _first_missed(request: CallbackRequest, now: datetime) -> list[str]:
    """By the first call of the round that was missed. Taken back, it was none, and the next one is the first."""
    of_round = [call for call in request.attempts.all() if call.at >= request.round_started_at]
    return [str(call.pk) for call in of_round if call.outcome in MISSED][:1]


def _when_it_stands(request: CallbackRequest, occasion: str, now: datetime) -> datetime:
    """Not before that call can be taken back no more: it may be one on the wrong card."""
    [at] = [call.at for call in request.attempts.all() if str(call.pk) == occasion]
    return at + STANDS_AFTER


def _on_open_day(request: CallbackRequest, number: int) -> datetime | None:
    """Ten in the morning of that open day of the round; None where nobody works as many more days."""
    week = request.week()
    day = week.staffed_day_after(week.local_date(request.round_started_at), number)
    return datetime.combine(day, NOTES_AT, tzinfo=week.zone) if day else None


def _for_the_last_note(request: CallbackRequest, occasion: str, now: datetime) -> datetime | None:
    """None also where that hour was over before the first call: "our last note" must not be the first thing a
    person hears."""
    at = _on_open_day(request, Cadence.objects.of(request.location_id).last_note_day)
    return at if at and at > now else None


def _for_the_open_door(request: CallbackRequest, occasion: str, now: datetime) -> datetime:
    """On that open day, or at once when calls are paused after it."""
    at = _on_open_day(request, Cadence.objects.of(request.location_id).door_open_day)
    return max(at, now) if at else now


KINDS_OF_CALLING = [
    Kind(
        KindName.OPT_IN,
        _agreed_to_texts,
        _each_yes_to_texts,
        known_by=lambda occasion: occasion.partition(" ")[0],  # the yes: where they stand may change meanwhile
        still_true=_not_introduced,
    ),
    Kind(
        KindName.ACKNOWLEDGEMENT,
        _not_acknowledged,
        once,
        still_true=_promise_still_stands,
        facts=lambda request, occasion, now: {"moment": request.promised_by},
        asked_for=True,
    ),
    Kind(
        KindName.MISSED_CALL,
        _missed_in_this_round,
        _first_missed,
        due_at=_when_it_stands,
        still_true=lambda request, occasion, now: request.status == Status.TRYING,
    ),
    Kind(
        KindName.LAST_NOTE,
        lambda now: requests.filter(status__in=LAST_NOTE_FOR, round_started_at__gt=now - NOTES_WITHIN),
        each_round,
        due_at=_for_the_last_note,
        still_true=lambda request, occasion, now: request.status in LAST_NOTE_FOR,
    ),
    Kind(
        KindName.DOOR_OPEN,
        lambda now: requests.filter(status=Status.DOOR_OPEN, round_started_at__gt=now - NOTES_WITHIN),
        each_round,
        due_at=_for_the_open_door,
        still_true=lambda request, occasion, now: request.status == Status.DOOR_OPEN,
    ),
]
