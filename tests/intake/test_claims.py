"""Two people never call the same person: who takes a call has it, until it is logged, let go of, or forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from intake import actions, claims, overrides
from intake.choices import OverrideReason
from intake.errors import Claimed, NotPossible
from intake.models import CallbackRequest
from intake.staff_places import limit_to
from intake.states import Status
from privacy import audit
from privacy.models import AuditEvent
from scheduling.models import Location
from tests.intake.desk_tools import (
    DESK,
    SECRETS,
    at_the_desk,
    attempt_on,
    card_of,
    move_of,
    standing_at,
    text,
    words_of,
    wren,
)
from tests.intake.make import at_once
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

MINUTE = timedelta(minutes=1)
NOT_YOURS = "Marlo has had this call since 10:42 am. Nothing was done: take another one."


@pytest.fixture
def marlo(db):
    return staff("marlo", first_name="Marlo")


def claim_of(request) -> str:
    return reverse("admin:intake_callbackrequest_claim", args=[request.pk])


def release_of(request) -> str:
    return reverse("admin:intake_callbackrequest_release", args=[request.pk])


def taken(request, by, now=MONDAY) -> CallbackRequest:
    return claims.claim(request_id=request.pk, by=by, now=now)


def holder_of(request) -> tuple:
    request.refresh_from_db()
    return request.claimed_by, request.claimed_at


def steps(request) -> list[str]:
    return list(request.history.values_list("what", flat=True))


def test_who_takes_a_call_comes_to_its_card_with_the_number_to_press(desk, juno):
    request = wren()
    assert "tel:" not in text(desk.get(card_of(request)))
    answer = desk.post(claim_of(request))
    assert (answer.status_code, answer.headers["Location"]) == (303, card_of(request))
    assert holder_of(request) == (juno, MONDAY)
    page = text(desk.get(card_of(request)))
    assert "This call is yours" in page
    assert 'href="tel:+14195550117"' in page


def test_a_colleague_sees_who_has_it_and_since_when_and_no_number_to_press(desk, marlo):
    request = taken(wren(), marlo)
    for address in (reverse(DESK), card_of(request)):
        page = text(desk.get(address))
        assert "Marlo is on this call" in page
        assert "since 10:42 am" in page
        assert claim_of(request) not in page
    assert "tel:" not in page


def test_who_comes_second_is_told_who_and_since_when_and_goes_back_to_the_list(desk, marlo):
    request = taken(wren(), marlo)
    answer = desk.post(claim_of(request))
    assert answer.headers["Location"] == reverse(DESK)
    assert words_of(answer) == [NOT_YOURS]
    assert [secret for secret in SECRETS if secret in words_of(answer)[0]] == []
    assert holder_of(request)[0] == marlo


def test_a_claim_that_was_forgotten_can_be_taken_over_and_the_story_says_so(desk, juno, marlo, settings):
    request = taken(wren(times=[]), marlo)
    later = MONDAY + settings.CLAIM_LASTS
    with pytest.raises(Claimed) as refused:
        taken(request, juno, later - MINUTE)
    assert refused.value.args == ("Marlo", MONDAY)
    with time_machine.travel(later, tick=False):
        page = text(desk.get(card_of(request)))
        assert "Marlo took this call at 10:42 am and logged nothing since." in page
        assert "Take it over" in page
        desk.post(claim_of(request))
        assert holder_of(request) == (juno, later)
        assert steps(request)[-2:] == ["claimed", "claim_taken_over"]
        assert "Took over this call" in text(desk.get(card_of(request)))


def test_a_long_call_is_kept_by_taking_it_again(juno):
    request = taken(wren(times=[]), juno)
    taken(request, juno, MONDAY + 14 * MINUTE)
    assert holder_of(request) == (juno, MONDAY + 14 * MINUTE)
    assert steps(request) == ["received", "claimed"]


def test_letting_go_frees_it_and_only_who_has_it_can(desk, juno, marlo):
    request = taken(wren(), marlo)
    assert words_of(desk.post(release_of(request)))[0].startswith("That step is not open any more.")
    assert holder_of(request)[0] == marlo
    taken_by_me = taken(wren(), juno)
    answer = desk.post(release_of(taken_by_me))
    assert words_of(answer)[1:] == [f"{taken_by_me.reference} is free for a colleague again."]
    assert holder_of(taken_by_me) == (None, None)
    assert steps(taken_by_me)[-1] == "claim_released"


def test_logging_the_call_ends_the_claim(desk, juno):
    request = taken(wren(), juno)
    desk.post(attempt_on(request), {"outcome": "no_answer"})
    assert holder_of(request) == (None, None)


def test_who_takes_it_back_on_their_page_ends_the_claim_too(juno):
    request = taken(wren(), juno)
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert holder_of(request) == (None, None)


def test_outside_their_times_it_is_taken_by_a_reason_only(desk, juno):
    request = wren(times=["evening"])
    answer = desk.post(claim_of(request))
    assert words_of(answer) == ["Nothing was done. A call is not fine with them now. Say on the card why it is made."]
    assert holder_of(request) == (None, None)
    overrides.call_anyway(OverrideReason.CALLED_US, request_id=request.pk, by=juno, now=MONDAY)
    assert holder_of(request) == (juno, MONDAY)
    taken(request, juno, MONDAY + MINUTE)
    assert holder_of(request) == (juno, MONDAY + MINUTE)


def test_while_a_colleague_is_on_the_call_nobody_else_logs_it_or_moves_it(desk, juno, marlo):
    request = taken(wren(), marlo)
    page = text(desk.get(card_of(request)))
    assert [name for name in ("attempt", "move/rest", "choice") if f"{request.pk}/{name}/" in page] == []
    assert f"{request.pk}/note/" in page
    answers = [
        desk.post(attempt_on(request), {"outcome": "talked", "attempt": "1"}),
        desk.post(move_of(request, "rest"), {"weeks": "2"}),
    ]
    assert [words_of(answer)[-1] for answer in answers] == [NOT_YOURS] * 2
    request.refresh_from_db()
    assert (request.status, request.claimed_by, request.attempts.count()) == (Status.WAITING, marlo, 0)


def test_the_person_goes_before_whoever_is_on_the_call(marlo):
    request = taken(wren(), marlo)
    actions.rest(weeks=1, request_id=request.pk, by=audit.PERSON, now=MONDAY)
    request.refresh_from_db()
    assert request.status == Status.RESTING


def test_who_may_not_see_a_town_any_more_is_on_no_call_there(juno, marlo):
    theirs, elsewhere = taken(wren(town="toledo"), marlo), taken(wren(town="maumee"), marlo)
    mine = taken(wren(town="toledo"), juno)
    limit_to([Location.objects.get(slug="maumee")], user_id=marlo.pk, by=juno, now=MONDAY)
    assert [holder_of(one)[0] for one in (theirs, elsewhere, mine)] == [None, marlo, juno]
    assert theirs.history.values_list("what", "actor").last() == ("claim_released", "juno")


@pytest.mark.parametrize("status", [Status.REACHED, Status.RESTING, Status.WITHDRAWN, Status.NO_NUMBER])
def test_where_no_call_is_owed_there_is_none_to_take(juno, status):
    with pytest.raises(NotPossible):
        taken(standing_at(status, juno), juno)


def test_every_step_with_a_claim_is_in_the_audit_log(juno, marlo, settings):
    request = taken(wren(times=[]), marlo)
    taken(request, juno, MONDAY + settings.CLAIM_LASTS)
    claims.release(request_id=request.pk, by=juno, now=MONDAY + settings.CLAIM_LASTS)
    events = AuditEvent.objects.filter(subject_key=str(request.pk), fields=["claimed_by"]).order_by("pk")
    wanted = [("request.claimed", "marlo"), ("request.claim_taken_over", "juno"), ("request.claim_released", "juno")]
    assert list(events.values_list("action", "actor")) == wanted


def test_a_button_to_take_a_call_is_never_a_link(desk):
    assert desk.get(claim_of(wren())).status_code == 405


@pytest.mark.parametrize("role", ["clinician", "manager", "privacy", "nobody"])
def test_only_intake_staff_can_take_a_call(role):
    request, client = wren(), at_the_desk(staff(role, role=role))
    assert [client.post(address).status_code for address in (claim_of(request), release_of(request))] == [404, 404]
    assert holder_of(request) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_of_five_who_take_it_at_the_same_moment_one_has_it_and_the_others_are_told_who():
    request, people = wren(), [staff(f"colleague{number}", first_name=f"Colleague {number}") for number in range(5)]
    results = at_once(*[lambda who=who: taken(request, who) for who in people])
    winners = [who for who, result in zip(people, results, strict=True) if isinstance(result, CallbackRequest)]
    told = [result.args for result in results if isinstance(result, Claimed)]
    assert len(winners) == 1
    assert told == [(winners[0].first_name, MONDAY)] * 4
    assert holder_of(request) == (winners[0], MONDAY)
    assert steps(request) == ["received", "claimed"]
