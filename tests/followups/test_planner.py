"""Each kind is planned exactly when it is called for, and once, however often the clock asks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from followups import failures, planner
from followups.kinds import KINDS
from followups.models import NEEDS_A_PERSON, STAFF_KINDS, Message, MessageStatus
from intake import actions
from privacy import audit

from .people import (
    ACK,
    DOOR,
    LAST,
    LATE,
    LOOK_BACK,
    MISSED,
    UNDELIVERED,
    WEDNESDAY,
    a_caller,
    call,
    message_of,
    pause_calls,
    planned,
    someone,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
A_READ_EACH = len(KINDS) - 2  # two kinds are quiet in these tests; a second read where somebody is called for


def kinds(*, now=WEDNESDAY) -> list[str]:
    return [kind for kind, _status in planned(now=now)]


def test_planned_twice_is_one_row():
    someone()
    assert planned() == [(ACK, "planned")]
    assert planned(now=WEDNESDAY + timedelta(minutes=1)) == [(ACK, "planned")]


def test_a_note_is_acknowledged_within_two_days_and_not_later():
    someone(number=1, now=WEDNESDAY - 2 * DAY)
    assert kinds(now=WEDNESDAY).count(ACK) == 0
    someone(number=2, now=WEDNESDAY - 2 * DAY + timedelta(seconds=1))
    assert kinds(now=WEDNESDAY).count(ACK) == 1


def test_a_note_is_acknowledged_once_ever():
    request = someone()
    planned()
    call(request, "talked")
    actions.make_move("call_again", request_id=request.pk, by=a_caller(), now=WEDNESDAY + timedelta(hours=1))
    assert kinds(now=WEDNESDAY + timedelta(hours=1)) == [ACK]


def test_a_note_that_was_reached_before_the_first_tick_is_not_acknowledged():
    call(someone(), "talked")
    assert planned() == []


def test_a_missed_call_is_followed_by_one_message_in_each_round():
    request = someone()
    call(request)
    assert kinds() == [MISSED, LAST]
    request.refresh_from_db()
    again = request.call_from
    call(request, "someone_else", now=again)
    assert kinds(now=again) == [MISSED, LAST]
    back = WEDNESDAY + 2 * DAY
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=back)
    actions.make_move("wake", request_id=request.pk, by=audit.PERSON, now=back)
    assert kinds(now=back) == [MISSED, LAST]
    call(request, now=back + timedelta(hours=1))
    assert kinds(now=back + timedelta(hours=1)) == [MISSED, LAST, MISSED, LAST]


@pytest.mark.parametrize("outcome", ["asked_later", "talked", "wrong_number", "asked_to_stop"])
def test_only_a_call_that_was_missed_is_called_missed(outcome):
    call(someone(), outcome)
    assert MISSED not in kinds()


def test_a_call_missed_in_an_earlier_round_is_not_a_missed_call_of_this_one():
    """They came back, picked up, and asked for another time: nobody missed anybody."""
    request = someone()
    call(request)
    actions.rest(request_id=request.pk, weeks=1, by=audit.PERSON, now=WEDNESDAY)
    back = WEDNESDAY + 7 * DAY
    actions.wake_the_resting(now=back)
    call(request, "asked_later", now=back)
    assert MISSED not in kinds(now=back)


def test_the_last_note_is_due_at_ten_on_the_seventh_open_day():
    request = someone()
    call(request)
    planned()
    assert message_of(request, LAST).due_at == datetime(2026, 10, 23, 14, tzinfo=UTC)  # 10:00 in Toledo


def test_the_last_note_is_at_ten_on_the_wall_after_the_clocks_change():
    request = someone(now=WEDNESDAY + 14 * DAY)
    call(request, now=WEDNESDAY + 14 * DAY)
    planned(now=WEDNESDAY + 14 * DAY)
    assert message_of(request, LAST).due_at == datetime(2026, 11, 6, 15, tzinfo=UTC)  # 10:00, now in winter


def test_a_first_call_after_the_seventh_open_day_is_not_followed_by_a_last_note():
    request = someone()
    late = WEDNESDAY + 14 * DAY
    call(request, now=late)
    assert kinds(now=late) == [MISSED]


def test_whoever_is_paused_before_the_seventh_open_day_still_gets_the_last_note_planned_once():
    request = someone()
    now = pause_calls(request)
    assert kinds(now=now).count(LAST) == 1
    assert kinds(now=now + DAY).count(LAST) == 1
    assert message_of(request, LAST).due_at == datetime(2026, 10, 23, 14, tzinfo=UTC)


def test_a_pause_long_ago_is_not_followed_by_a_last_note():
    pause_calls(someone())
    assert kinds(now=WEDNESDAY + 14 * DAY) == [DOOR, LOOK_BACK]


@pytest.mark.parametrize(("days", "called_for"), [(14, 2), (100, 0)])
def test_those_paused_long_ago_do_not_make_the_plan_slower(days, called_for, django_assert_num_queries):
    """Their last note is over or done: nothing is worked out for them every minute of half a year."""
    for number in range(3):
        now = pause_calls(someone(number=number))
    planner.plan(now=now)
    if days == 100:
        Message.objects.exclude(kind=LOOK_BACK).delete()
    with django_assert_num_queries(A_READ_EACH + called_for):
        planner.plan(now=WEDNESDAY + days * DAY)


def test_where_nobody_works_there_is_no_seventh_open_day():
    request = someone()
    call(request)
    request.location.staffed_hours.all().delete()
    assert kinds() == [MISSED]


def test_staff_are_told_when_nobody_has_tried_in_time():
    request = someone()
    assert kinds(now=request.late_at - timedelta(seconds=1)) == [ACK]
    assert kinds(now=request.late_at) == [ACK, LATE]


def test_staff_are_not_told_of_someone_they_have_tried():
    request = someone()
    call(request)
    assert LATE not in kinds(now=request.late_at + timedelta(minutes=1))


def test_staff_are_told_again_when_nobody_has_tried_in_the_next_round():
    request = someone()
    planned(now=request.late_at)
    call(request, "talked", now=request.late_at)
    again = WEDNESDAY + DAY
    actions.make_move("call_again", request_id=request.pk, by=a_caller(), now=again)
    assert kinds(now=again).count(LATE) == 1
    request.refresh_from_db()
    assert kinds(now=request.late_at).count(LATE) == 2


def ended(request, kind, status) -> Message:
    return Message.objects.create(
        request=request, kind=kind, occasion=f"{kind} {status}", due_at=WEDNESDAY, status=status
    )


def notices() -> list[str]:
    """What staff are told of, by the number of the message that did not arrive."""
    told = Message.objects.filter(kind=UNDELIVERED).order_by("id").values_list("occasion", flat=True)
    return [occasion.split(" ")[0] for occasion in told]


@pytest.mark.parametrize("status", MessageStatus.values)
def test_staff_are_told_of_what_failed_or_is_stuck_and_of_nothing_else(status):
    request = someone(now=WEDNESDAY - 3 * DAY)
    call(request, "talked")
    message = Message(request=request, kind=MISSED, occasion="x", due_at=WEDNESDAY, status=status)
    message.handed_over_at = WEDNESDAY
    message.save()
    failures.bring_to_the_desk(now=WEDNESDAY)
    planned()
    assert notices() == ([str(message.pk)] if status in NEEDS_A_PERSON else [])


def test_staff_are_told_once_of_each_message_that_did_not_arrive():
    request, other = someone(number=1), someone(number=2)
    first = ended(request, MISSED, "failed")
    elsewhere = ended(other, MISSED, "stuck")
    failures.bring_to_the_desk(now=WEDNESDAY)
    planned()
    planned(now=WEDNESDAY + DAY)
    assert notices() == [str(first.pk), str(elsewhere.pk)]
    later = [ended(request, LAST, "stuck"), ended(request, ACK, "failed")]
    failures.bring_to_the_desk(now=WEDNESDAY + DAY)
    planned(now=WEDNESDAY + DAY)
    planned(now=WEDNESDAY + 2 * DAY)
    assert notices() == [str(one.pk) for one in [first, elsewhere, *later]]


@pytest.mark.parametrize("kind", STAFF_KINDS)
def test_staff_are_not_told_that_staff_were_not_told(kind):
    ended(someone(), kind, "failed")
    planned()
    assert UNDELIVERED not in {one.kind for one in Message.objects.filter(status="planned")}


def test_staff_are_not_told_of_somebody_who_erased_everything():
    request = someone()
    ended(request, MISSED, "failed")
    actions.erase(request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    planned()
    assert notices() == []


def test_one_request_that_cannot_be_planned_does_not_block_the_others(monkeypatch):
    broken, fine = someone(number=1), someone(number=2)
    call(broken)
    call(fine)
    week = type(broken).week

    def no_hours_for_one(request):
        if request.pk == broken.pk:
            raise LookupError("no such time zone")
        return week(request)

    monkeypatch.setattr(type(broken), "week", no_hours_for_one)
    planner.plan(now=WEDNESDAY)
    assert list(Message.objects.filter(kind=LAST).values_list("request", flat=True)) == [fine.pk]


def test_a_name_that_no_key_opens_does_not_block_the_plan():
    broken, fine = someone(number=1), someone(number=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_callbackrequest SET name = 'not sealed' WHERE id = %s", [broken.pk])
    planner.plan(now=WEDNESDAY)
    assert set(Message.objects.values_list("request", flat=True)) == {broken.pk, fine.pk}


@pytest.mark.parametrize("people", [1, 3])
def test_planning_again_costs_the_same_however_many_people_wait(people, django_assert_num_queries):
    for number in range(people):
        call(someone(number=number))
    planner.plan(now=WEDNESDAY)
    with django_assert_num_queries(A_READ_EACH + 1):
        planner.plan(now=WEDNESDAY)
