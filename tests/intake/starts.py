"""What the tests of starts share: people who choose, staff who confirm, and a look at what happened."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from intake import restarts
from intake.models import CallbackRequest, HistoryEntry, Offer
from intake.states import Status
from privacy import audit
from privacy.models import AuditEvent
from scheduling.models import FirstSession, SeatClaim, WaitlistEntry
from scheduling.picks import Kind
from tests.intake.make import HOUR, NOW, caller, standing_at
from tests.scheduling.make import group, pick_of

NOON = NOW + 2 * HOUR  # of that Monday, in Toledo
FRIDAY = date(2026, 6, 5)
FRIDAY_EVENING = datetime(2026, 6, 5, 22, tzinfo=UTC)
WEDNESDAY_NOON = datetime(2026, 6, 3, 16, tzinfo=UTC)  # until then a seat chosen on Monday is held
CAME, MISSED = FirstSession.CAME, FirstSession.MISSED


def fridays(**changes):
    """A group that meets on Fridays at 6 in the evening."""
    return group(days=[4], **changes)


def reached(**changes):
    return standing_at(Status.REACHED, **changes)


def choose(what, request, *, day=FRIDAY, by=audit.PERSON, now=NOON, kind=Kind.NEW_TIME):
    return restarts.choose(pick_of(what, day, kind), request_id=request.pk, by=by, now=now)


def confirm(claim, *, by=None, now=NOON):
    return restarts.confirm(claim_id=claim.pk, request_id=claim.request_id, by=by or caller(), now=now)


def agreed(what, **changes):
    """Somebody with a confirmed seat there. Returns the claim."""
    claim = choose(what, reached(**changes))
    confirm(claim)
    return claim


def give_back(claim, *, by=audit.PERSON, now=NOON, **how):
    return restarts.give_back(claim_id=claim.pk, request_id=claim.request_id, by=by, now=now, **how)


def mark(claim, how, *, now=FRIDAY_EVENING):
    return restarts.mark_first_session(how, claim_id=claim.pk, request_id=claim.request_id, by=caller(), now=now)


def next_day(claim, *, now=NOON):
    return restarts.move_first_day(claim_id=claim.pk, request_id=claim.request_id, by=caller(), now=now)


def offer(picks, request, *, now=NOON):
    return restarts.offer(picks, request_id=request.pk, by=caller(), now=now)


def steps(request):
    return list(request.history.values_list("what", flat=True))


def status(request):
    return CallbackRequest.objects.get(pk=request.pk).status


def live(request):
    return list(SeatClaim.objects.live().filter(request=request))


@contextmanager
def refused(error):
    """What happens inside raises this error and changes no row."""
    caller()
    before = _every_row()
    with pytest.raises(error):
        yield
    assert _every_row() == before


def _every_row():
    tables = [CallbackRequest, SeatClaim, Offer, WaitlistEntry, HistoryEntry, AuditEvent]
    avoided = [CallbackRequest.avoid_groups.through, CallbackRequest.avoid_therapists.through]
    return [list(table.objects.order_by("pk").values()) for table in [*tables, *avoided]]
