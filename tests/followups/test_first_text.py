"""Without the first text no other one goes: it must not be lost, and not go to whoever has gone."""

from datetime import timedelta

import pytest

from followups.gates import Asked
from followups.models import KindName, Message
from intake import actions
from intake.answers import Reach
from intake.models import CallbackRequest
from privacy import audit

from .people import DAY, WEDNESDAY, a_caller, by_email, call, fate, left, someone, tick
from .test_cadence import story_of, walk

pytestmark = [pytest.mark.django_db, pytest.mark.whole_cadence]

HOUR = timedelta(hours=1)
NIGHT = WEDNESDAY + 12 * HOUR
OPT_IN = KindName.OPT_IN


def kinds_sent(*people) -> list[str]:
    return [line.split()[0] for line in story_of(*people)]


@pytest.mark.parametrize("move", ["withdraw", "return"])
def test_who_took_it_back_or_came_back_in_the_night_is_not_written_to_in_the_morning(move):
    request = someone(now=NIGHT)
    tick(now=NIGHT)
    by = audit.PERSON if move == "withdraw" else a_caller()
    actions.make_move(move, request_id=request.pk, by=by, now=NIGHT)
    walk(NIGHT, NIGHT + DAY)
    assert left() == []
    assert fate(request, OPT_IN) == ("skipped", "no_longer_true")


def test_who_asks_again_after_that_is_introduced_after_all():
    request = someone(now=NIGHT)
    tick(now=NIGHT)
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=NIGHT)
    walk(NIGHT, NIGHT + DAY)
    actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=NIGHT + DAY)
    walk(NIGHT + DAY, NIGHT + 2 * DAY)
    assert kinds_sent(request)[0] == "opt_in"


def test_who_changes_from_email_to_texts_after_weeks_is_introduced_then():
    later = WEDNESDAY + 35 * DAY
    request = by_email(phone="+14195550101", text_ok=True)
    tick()
    assert not Message.objects.filter(kind=OPT_IN).exists()
    reach = Reach(reach_by="call", phone="+14195550101", email="wren@example.org", text_ok=True)
    actions.change_contact(reach, request_id=request.pk, page="my", by=audit.PERSON, now=later)
    walk(later, later + DAY)
    assert kinds_sent(request)[-1] == "opt_in"


def test_texts_that_are_off_for_an_hour_lose_nobody_anything(settings):
    on = settings.CHANNELS
    settings.CHANNELS = {**on, "text": "off"}
    request = someone()
    tick()
    assert fate(request, OPT_IN) == ("planned", "channel_off")
    settings.CHANNELS = on
    walk(WEDNESDAY + HOUR, WEDNESDAY + 3 * HOUR)
    assert kinds_sent(request) == ["opt_in", "acknowledgement"]


def test_whoever_answers_the_phone_after_months_is_no_stranger_to_texts():
    request = someone()
    tick()
    for _ in range(3):
        request.refresh_from_db()
        now = max(request.call_from, WEDNESDAY)
        call(request, now=now)
    actions.make_move("pause_calls", request_id=request.pk, by=a_caller(), now=now)
    phoned = now + 100 * DAY
    actions.make_move("got_in_touch", request_id=request.pk, by=a_caller(), now=phoned)
    Message.objects.create(request=request, kind=KindName.OPTIONS_OFFERED, occasion="x", due_at=phoned)
    asked = Asked(Message.objects.latest("id"), "text", phoned + DAY)
    assert asked.silent_for == DAY


def test_at_the_moment_when_a_rest_ends_nothing_turns_round_and_round():
    request = someone()
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=WEDNESDAY)
    wake = CallbackRequest.objects.get(pk=request.pk).wake_at
    tick(now=wake)
    assert Message.objects.get(kind=OPT_IN).due_at > wake
