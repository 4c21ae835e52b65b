"""Every write to a request: the whole table of moves, races, calls, rounds, rests and consents."""

from datetime import timedelta
from itertools import pairwise, product

import pytest
from django.db import IntegrityError, connection

from intake import actions, errors, restarts, states, stops
from intake.models import CallAttempt, CallbackRequest, Consent, HistoryEntry, PrivateLink
from intake.outcomes import MISSED, Outcome
from intake.states import Actor, Status
from privacy import audit
from privacy.field_classes import IDENTIFYING
from privacy.models import AuditEvent
from scheduling.models import Location, StaffedHours
from tests.intake.make import CALLS, DAY, HOUR, NOW, at_once, call, caller, move, reach, sent, standing_at
from tests.scheduling.make import group, placed

pytestmark = pytest.mark.django_db
LATER = NOW + 5 * DAY


def _who(actor):
    return {Actor.PERSON: audit.PERSON, Actor.CLOCK: audit.CLOCK}.get(actor) or caller()


def _a_seat_of(who):
    """The number of a confirmed seat, for somebody whose restart is agreed; the clock takes none away."""
    request = CallbackRequest.objects.get(pk=who["request_id"])
    has_one = request.status == Status.AGREED and who["by"] != audit.CLOCK
    return placed(group(), request).pk if has_one else 0


def _lose_number(who):
    """Staff log it as a call; by itself it comes of a text."""
    status = CallbackRequest.objects.get(pk=who["request_id"]).status
    if who["by"] == audit.CLOCK and states.can(status, "lose_number", Actor.CLOCK):
        return stops.lose_number(**who)
    return actions.log_attempt(Outcome.WRONG_NUMBER, **who)


# How each move that does more than change the status is made; all others go through `make_move`.
VERBS = {
    "attempt": lambda who: actions.log_attempt(Outcome.ASKED_LATER, **who),
    "lose_number": _lose_number,
    "rest": lambda who: actions.rest(weeks=1, **who),
    "erase": lambda who: actions.erase(**who),
    "reopen": lambda who: restarts.give_back(claim_id=_a_seat_of(who), **who),
    "new_number": lambda who: actions.change_contact(reach(phone="+14195550188"), page="my", **who),
}


def make(move_name, request, actor):
    who = {"request_id": request.pk, "by": _who(actor), "now": LATER}
    return VERBS.get(move_name, lambda who: actions.make_move(move_name, **who))(who)


def everything_about(request):
    tables = [HistoryEntry, CallAttempt, Consent, PrivateLink]
    rows = [list(table.objects.filter(request=request).order_by("pk").values()) for table in tables]
    row = CallbackRequest.objects.filter(pk=request.pk).values().get()
    return row, rows, AuditEvent.objects.count(), request.contact.__class__.objects.values().get(request=request)


FULL_MATRIX = list(product(states.MOVES, Status, Actor))
ALLOWED = [one for one in FULL_MATRIX if states.can(one[1], one[0], one[2])]
# Changing contact is more than this one move: other states have tests of their own below.
REFUSED = [
    one
    for one in FULL_MATRIX
    if one not in ALLOWED and (one[0] != "new_number" or one[1] in {Status.NO_NUMBER, Status.ERASED, Status.WITHDRAWN})
]


@pytest.mark.parametrize(("move_name", "status", "actor"), ALLOWED)
def test_a_move_of_the_table_is_made_and_leaves_one_step_and_one_audit_row(move_name, status, actor):
    request = standing_at(status)
    CallbackRequest.objects.filter(pk=request.pk).update(status_since=LATER - timedelta(weeks=4))  # for one more call
    steps = HistoryEntry.objects.filter(request=request, what=move_name).count()
    events = AuditEvent.objects.filter(action=f"request.{move_name}", subject_key=str(request.pk)).count()

    make(move_name, request, actor)

    request.refresh_from_db()
    assert request.status == states.MOVES[move_name].target
    assert request.status_since == LATER
    step = HistoryEntry.objects.filter(request=request, what=move_name).last()
    assert (step.from_status, step.to_status, step.actor_kind) == (status, request.status, actor)
    assert HistoryEntry.objects.filter(request=request, what=move_name).count() == steps + 1
    written = AuditEvent.objects.filter(action=f"request.{move_name}", subject_key=str(request.pk))
    assert written.count() == events + 1
    assert written[0].actor == audit.actor_name(_who(actor))


@pytest.mark.parametrize(("move_name", "status", "actor"), REFUSED)
def test_a_move_that_is_not_in_the_table_is_refused_and_changes_nothing(move_name, status, actor):
    request = standing_at(status)
    _who(actor)
    before = everything_about(request)
    with pytest.raises(actions.NotPossible):
        make(move_name, request, actor)
    assert everything_about(request) == before


def test_the_matrix_is_whole():
    assert len(FULL_MATRIX) == len(states.MOVES) * len(Status) * len(Actor)
    assert len(ALLOWED) == sum(len(one.sources) * len(one.actors) for one in states.MOVES.values())


@pytest.mark.parametrize("move_name", sorted(actions.MOVES_THAT_DO_MORE))
def test_a_move_with_a_verb_of_its_own_cannot_be_half_made(move_name):
    request = standing_at(Status.NO_NUMBER if move_name == "new_number" else Status.WAITING)
    before = everything_about(request)
    for actor in states.MOVES[move_name].actors:
        with pytest.raises(actions.NotPossible):
            actions.make_move(move_name, request_id=request.pk, by=_who(actor), now=LATER)
    assert everything_about(request) == before


@pytest.mark.parametrize("status", [s for s in Status if s not in states.TO_CALL])
def test_whoever_is_not_to_be_called_has_no_window_for_a_call(status):
    request = standing_at(status)
    assert (request.call_from, request.call_until) == (None, None)


def test_a_new_request_is_on_the_list_with_a_window_a_promise_and_clocks():
    request, _token = sent()
    assert request.status == Status.WAITING
    assert request.call_from == NOW
    assert NOW < request.target_at < request.late_at <= request.overdue_at
    assert request.promised_by.isoformat() == "2026-06-02T16:00:00+00:00"  # noon of the next day in Toledo


# --- the same form twice ---------------------------------------------------------------------------------------


def test_the_same_form_twice_is_one_request_and_both_links_open_it():
    first, token = sent(form_key="k" * 20)
    second, other_token = sent(form_key="k" * 20)
    assert first.pk == second.pk
    assert token != other_token
    assert PrivateLink.objects.live(NOW).filter(request=first).count() == 2


def test_going_back_and_mending_the_number_loses_nothing():
    sent(form_key="k" * 20)
    mended, _token = sent(form_key="k" * 20, phone="+14195550199")
    assert CallbackRequest.objects.count() == 2
    assert mended.contact.phone == "+14195550199"


def test_a_form_key_alone_never_opens_somebody_elses_page():
    theirs, _token = sent(form_key="k" * 20, name="Wren")
    mine, _token = sent(form_key="k" * 20, name="Sedge")
    assert mine.pk != theirs.pk
    assert theirs.links.count() == 1


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.ERASED, Status.RESTING])
def test_sending_again_after_taking_it_back_is_a_new_request(status):
    request = standing_at(status, form_key="k" * 20)
    again, _token = sent(form_key="k" * 20, now=LATER)
    assert again.pk != request.pk
    assert again.status == Status.WAITING


@pytest.mark.django_db(transaction=True)
def test_the_same_form_at_the_same_moment_is_one_request():
    results = at_once(*[lambda: sent(form_key="k" * 20)] * 4)
    assert CallbackRequest.objects.count() == 1
    assert len({request.pk for request, _token in results}) == 1
    assert len({token for _request, token in results}) == PrivateLink.objects.count() == 4


# --- calls ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_seven_calls_logged_at_once_one_counts_and_the_others_are_too_soon():
    request, _token = sent()
    caller()
    results = at_once(*[lambda: call(request)] * 7)
    assert sum(isinstance(result, errors.TooSoon) for result in results) == 6
    assert list(request.attempts.values_list("number", flat=True)) == [1]


@pytest.mark.django_db(transaction=True)
def test_taking_it_back_while_staff_reach_them_ends_in_one_of_both_and_never_in_between():
    staff = caller()
    for _ in range(5):
        request, _token = sent()
        at_once(
            lambda pk=request.pk: actions.make_move("withdraw", request_id=pk, by=audit.PERSON, now=LATER),
            lambda pk=request.pk: actions.log_attempt(Outcome.TALKED, request_id=pk, by=staff, now=LATER),
        )
        steps = list(request.history.values_list("from_status", "to_status"))
        assert all(before == after for (_, before), (after, _) in pairwise(steps))
        request.refresh_from_db()
        assert request.status == steps[-1][1] == Status.WITHDRAWN
        assert request.attempts.count() == (("waiting", "reached") in steps)


@pytest.mark.parametrize("outcome", MISSED)
def test_a_fourth_call_in_vain_is_refused(outcome):
    request = standing_at(Status.TRYING, voicemail="name_only")
    with pytest.raises(errors.TooManyCalls):
        call(request, outcome, now=LATER)
    assert request.attempts.count() == 3


@pytest.mark.parametrize("outcome", [one for one in Outcome if one not in MISSED])
def test_after_three_calls_what_they_say_themselves_is_still_logged(outcome):
    request = standing_at(Status.TRYING)
    assert call(request, outcome, now=LATER).number == 4


def test_a_message_they_did_not_want_cannot_be_logged_as_left():
    request, _token = sent(voicemail="no")
    with pytest.raises(actions.NotAllowedByThem):
        call(request, Outcome.LEFT_MESSAGE)
    assert request.attempts.count() == 0
    wanted, _token = sent(voicemail="name_only")
    assert call(wanted, Outcome.LEFT_MESSAGE).number == 1


def test_the_first_call_is_remembered_and_stays_the_first():
    request, _token = sent()
    call(request, now=CALLS[0])
    call(request, now=CALLS[1])
    request.refresh_from_db()
    assert request.first_attempt_at == CALLS[0]


def test_a_wrong_number_is_forgotten_with_its_yes_to_texts():
    request, _token = sent(text_ok=True)
    call(request, Outcome.WRONG_NUMBER)
    contact = CallbackRequest.objects.get(pk=request.pk).contact
    assert (contact.phone, contact.phone_hash, contact.text_ok) == ("", "", False)
    assert request.consents.filter(kind="text").last().given is False
    assert AuditEvent.objects.filter(action="contact.number_removed").get().fields == ["phone"]


def test_a_yes_to_texts_for_a_new_number_is_kept_anew_with_its_words():
    request, _token = sent(text_ok=True)
    call(request, Outcome.WRONG_NUMBER)
    new = reach(phone="+14195550188", text_ok=True)
    actions.change_contact(new, request_id=request.pk, page="my", by=audit.PERSON, now=LATER)
    given = list(request.consents.filter(kind="text").values_list("given", "at", "page"))
    assert given == [(True, NOW, "start"), (False, NOW + HOUR, "wrong_number"), (True, LATER, "my")]


def test_asking_us_to_stop_ends_calls_and_messages():
    request, _token = sent(text_ok=True)
    call(request, Outcome.ASKED_TO_STOP)
    request = CallbackRequest.objects.get(pk=request.pk)
    assert request.status == Status.WITHDRAWN
    assert request.contact.messages_stopped_at == NOW + HOUR
    assert request.contact.text_ok is False
    assert not request.consents.filter(kind="text").last().given


def test_calls_pause_only_after_three_calls_on_three_days_in_two_parts_of_the_day():
    for calls in (CALLS[:1], CALLS[:2]):
        request, _token = sent()
        for at in calls:
            call(request, now=at)
        with pytest.raises(errors.TooEarlyToPause):
            move(request, "pause_calls", now=LATER)
    assert move(standing_at(Status.TRYING), "pause_calls", now=LATER).status == Status.DOOR_OPEN


def test_a_call_before_the_next_one_is_due_is_refused_and_says_from_when():
    request, _token = sent()
    call(request, now=NOW)
    for too_soon in (NOW + HOUR, NOW + DAY):  # the same day; the same part of the next day
        with pytest.raises(errors.TooSoon) as refused:
            call(request, now=too_soon)
        assert refused.value.args == (NOW + DAY + 2 * HOUR,)
    call(request, Outcome.TALKED, now=NOW + HOUR)  # whoever answers or calls us is always welcome


def test_who_leaves_us_mornings_only_does_not_stay_on_the_list_for_ever():
    request, _token = sent(times=["morning"])
    for at in [NOW, NOW + DAY, NOW + 3 * DAY]:
        call(request, now=at)
    assert move(request, "pause_calls", now=LATER).status == Status.DOOR_OPEN


# --- rounds, rests, windows -------------------------------------------------------------------------------------


def test_after_a_rest_the_calls_start_again_at_none_and_go_on_in_number():
    request = standing_at(Status.TRYING)
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=LATER)
    woken = NOW + 14 * DAY
    move(request, "wake", by=audit.PERSON, now=woken)
    request.refresh_from_db()
    assert (request.status, request.round_started_at, request.call_from) == (Status.WAITING, woken, woken)
    assert call(request, now=woken + HOUR).number == 4
    with pytest.raises(errors.TooEarlyToPause):
        move(request, "pause_calls", now=woken + 2 * HOUR)


@pytest.mark.parametrize("weeks", [1, 2, 4])
def test_a_rest_ends_on_the_day_they_said_and_not_before(weeks):
    request, _token = sent()
    actions.rest(request_id=request.pk, weeks=weeks, by=audit.PERSON, now=LATER)
    over = LATER + timedelta(weeks=weeks)
    assert actions.wake_the_resting(now=over - timedelta(seconds=1)) == 0
    assert actions.wake_the_resting(now=over) == 1
    assert actions.wake_the_resting(now=over) == 0
    request.refresh_from_db()
    assert (request.status, request.wake_at) == (Status.WAITING, None)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_wake_a_request_once():
    request = standing_at(Status.RESTING)
    over = NOW + timedelta(weeks=3)
    at_once(*[lambda: actions.wake_the_resting(now=over)] * 3)
    assert request.history.filter(what="wake").count() == 1


def test_a_window_that_passed_is_followed_by_the_next_one():
    request, _token = sent(times=["morning"])
    over = request.call_until
    assert actions.roll_windows(now=over - timedelta(seconds=1)) == 0
    assert actions.roll_windows(now=over) == 1
    request.refresh_from_db()
    assert request.call_from == NOW.replace(hour=12) + DAY  # 8 in the morning in Toledo
    assert actions.roll_windows(now=over) == 0


def test_an_evening_shift_opens_a_window_for_who_could_only_be_called_then():
    request, _token = sent(times=["evening"])
    assert (request.call_from, request.promised_by) == (None, None)
    assert actions.roll_windows(now=NOW) == 0
    StaffedHours.objects.create(location=Location.objects.first(), weekday=1, opens="17:00", closes="20:00")
    assert actions.roll_windows(now=NOW) == 1
    request.refresh_from_db()
    assert request.call_from.isoformat() == "2026-06-02T21:00:00+00:00"


@pytest.mark.parametrize("keep", [actions.roll_windows, actions.wake_the_resting])
def test_a_row_that_no_key_opens_does_not_keep_the_others_waiting(keep):
    status = Status.WAITING if keep is actions.roll_windows else Status.RESTING
    broken, whole = standing_at(status), standing_at(status)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_callbackrequest SET name = 'broken' WHERE id = %s", [broken.pk])
    assert keep(now=NOW + timedelta(weeks=3)) == 1
    whole.refresh_from_db()
    assert (whole.status, whole.call_from) == (Status.WAITING, NOW + timedelta(weeks=3))


# --- consents ---------------------------------------------------------------------------------------------------


def given(request):
    return list(request.consents.values_list("kind", "given"))


def test_an_unticked_box_never_leaves_a_yes():
    request, _token = sent(text_ok=False)
    assert given(request) == []
    actions.change_contact(reach(times=["morning"]), request_id=request.pk, page="my", by=audit.PERSON, now=LATER)
    assert given(request) == []


def test_a_tick_without_a_number_is_no_yes():
    request, _token = sent(reach_by="email", phone="", email="wren@example.org", text_ok=True)
    assert given(request) == [("email", True)]
    assert request.contact.text_ok is False


def test_a_yes_keeps_the_very_words_and_their_version():
    request, _token = sent(text_ok=True)
    consent = request.consents.get()
    assert consent.wording.startswith("Yes, you may text me. Three texts a week at most.")
    assert (consent.wording_version, consent.page, consent.at) == ("text-1", "start", NOW)


def test_taking_a_yes_back_adds_a_row_and_changes_none():
    request, _token = sent(text_ok=True)
    first = list(request.consents.values())
    actions.change_contact(reach(text_ok=False), request_id=request.pk, page="my", by=audit.PERSON, now=LATER)
    assert list(request.consents.values())[:1] == first
    assert given(request) == [("text", True), ("text", False)]
    actions.change_contact(reach(text_ok=True), request_id=request.pk, page="my", by=audit.PERSON, now=LATER + HOUR)
    assert given(request) == [("text", True), ("text", False), ("text", True)]


def test_stopping_twice_writes_once():
    request, _token = sent(text_ok=True)
    for at in (LATER, LATER + HOUR):
        actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=at)
    assert given(request) == [("text", True), ("text", False), ("email", False)]
    assert request.history.filter(what="messages_stopped").count() == 1


def test_after_a_stop_another_time_of_day_is_no_yes_to_email():
    mail = {"reach_by": "email", "phone": "", "email": "wren@example.org"}
    request, _token = sent(**mail)
    who = {"request_id": request.pk, "by": audit.PERSON, "now": LATER}
    actions.stop_messages(**who)
    actions.change_contact(reach(**mail, times=["morning"]), page="my", **who)
    assert given(request) == [("email", True), ("text", False), ("email", False)]
    assert CallbackRequest.objects.get().contact.messages_stopped_at == LATER
    actions.change_contact(reach(**mail | {"email": "other@example.org"}), page="my", **who)
    assert given(request)[-1] == ("email", True)
    assert CallbackRequest.objects.get().contact.messages_stopped_at is None


# --- links, erasing ---------------------------------------------------------------------------------------------


def test_a_replaced_link_ends_all_earlier_ones():
    request, _token = sent()
    actions.another_link(request_id=request.pk, by=audit.PERSON, now=NOW)
    actions.replace_links(request_id=request.pk, by=caller(), now=LATER)
    assert PrivateLink.objects.live(LATER).filter(request=request).count() == 1
    assert request.links.count() == 3


def test_erasing_empties_every_identifying_field_and_ends_the_links():
    request, _token = sent(name="Wren", note="Tuesdays", email="wren@example.org", avoid_times="Fridays", text_ok=True)
    actions.erase(request_id=request.pk, by=audit.PERSON, now=LATER)
    request = CallbackRequest.objects.get(pk=request.pk)
    identifying = {
        name: getattr(row, name)
        for row in (request, request.contact)
        for name, field_class in row.FIELD_CLASSES.items()
        if field_class == IDENTIFYING
    }
    assert len(identifying) == 8
    assert set(identifying.values()) == {""}
    assert not PrivateLink.objects.live(LATER).exists()


def test_a_request_cannot_be_half_erased_even_with_sql():
    request, _token = sent()
    with pytest.raises(IntegrityError):
        CallbackRequest.objects.filter(pk=request.pk).update(status=Status.ERASED)
