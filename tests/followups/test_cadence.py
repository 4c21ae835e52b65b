"""A walk through the whole cadence (RULES 7) on a clock of our own: what each person gets, and on which day and hour.

The clock ticks whenever something is due; what left is then read as the person has it, in Toledo's time.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from followups.models import STAFF_KINDS, KindName, Message
from intake import actions, restarts, waiting_list
from privacy import audit
from scheduling import seats
from scheduling.models import Closure, FirstSession, SeatClaim
from scheduling.picks import Kind
from tests.scheduling.make import group, pick_of

from .people import DAY, WEDNESDAY, a_caller, by_email, call, someone, tick

pytestmark = [pytest.mark.django_db, pytest.mark.whole_cadence]

HOUR = timedelta(hours=1)
MONDAY = WEDNESDAY + 5 * DAY
FRIDAY = date(2026, 10, 23)  # of that Monday's week


def walk(start: datetime, end: datetime) -> None:
    """Tick now, and then whenever something falls due: between those moments there is nothing to do."""
    tick(now=start)
    while (due := Message.objects.filter(status="planned", due_at__gt=start, due_at__lt=end)).exists():
        start = due.earliest("due_at").due_at
        tick(now=start)


def story_of(*people) -> list[str]:
    """What they got, in order: kind, and the moment on the wall where they are."""
    sent = Message.objects.filter(request__in=people, status="sent").exclude(kind__in=STAFF_KINDS)
    zone = people[0].zone()
    return [
        f"{one.kind} {one.handed_over_at.astimezone(zone):%a %d %b %H:%M}"
        for one in sent.order_by("handed_over_at", "id")
    ]


def paused_after_three_calls(request, since=None) -> datetime:
    """Called three times as soon as each may be, with the clock going on. Returns when calls are paused."""
    now = (since or request.received_at) + 4 * HOUR
    for _ in range(3):
        request.refresh_from_db()
        due = max(request.call_from, now)
        walk(now, due)
        now = due
        call(request, now=now)
    actions.make_move("pause_calls", request_id=request.pk, by=a_caller(), now=now)
    return now


def talked(request, now) -> None:
    call(request, "talked", now=now)


def on_fridays(**changes):
    return group(days=[4], **changes)


def chosen(what, request, *, now, day=FRIDAY):
    return restarts.choose(pick_of(what, day, Kind.NEW_TIME), request_id=request.pk, by=audit.PERSON, now=now)


def confirmed(what, request, *, now, day=FRIDAY) -> SeatClaim:
    claim = chosen(what, request, now=now, day=day)
    restarts.confirm(claim_id=claim.pk, request_id=request.pk, by=a_caller(), now=now)
    return claim


# --- the first return: never reached ----------------------------------------------------------------------------


def test_somebody_we_never_reach_gets_each_line_of_the_cadence_once():
    request = someone()
    tick()
    paused = paused_after_three_calls(request)
    walk(paused, WEDNESDAY + 40 * DAY)
    assert story_of(request) == [
        "opt_in Wed 14 Oct 11:00",
        "acknowledgement Wed 14 Oct 11:00",
        "missed_call Thu 15 Oct 11:00",  # one a day
        "last_note Fri 23 Oct 10:00",  # the seventh open day
        "door_open Wed 28 Oct 10:00",  # the tenth
    ]


def test_who_is_written_to_by_email_gets_the_same_without_the_first_text():
    request = by_email()
    tick()
    paused = paused_after_three_calls(request)
    walk(paused, WEDNESDAY + 20 * DAY)
    kinds = [line.split()[0] for line in story_of(request)]
    assert kinds == ["acknowledgement", "missed_call", "last_note", "door_open"]


def test_who_is_paused_after_the_tenth_day_gets_the_closing_words_then():
    request = someone()
    call(request)
    now = WEDNESDAY + 16 * DAY
    for _ in range(2):
        request.refresh_from_db()
        now = max(request.call_from, now)
        call(request, now=now)
    actions.make_move("pause_calls", request_id=request.pk, by=a_caller(), now=now)
    walk(now, now + 2 * DAY)
    assert [line for line in story_of(request) if "door_open" in line]


# --- the second return: talked, offered, chosen, moved, reminded, missed -----------------------------------------


def test_somebody_who_chooses_a_start_is_told_of_each_step_once():
    request, fridays = someone(), on_fridays()
    tick()
    talked(request, WEDNESDAY + HOUR)
    offered = MONDAY
    restarts.offer([pick_of(fridays, FRIDAY, Kind.NEW_TIME)], request_id=request.pk, by=a_caller(), now=offered)
    walk(offered, offered + 3 * HOUR)
    confirmed(fridays, request, now=offered + 3 * HOUR)
    walk(offered + 3 * HOUR, datetime(2026, 10, 23, 23, tzinfo=UTC))
    claim = SeatClaim.objects.placements().get(request=request)
    marked = datetime(2026, 10, 24, 14, tzinfo=UTC)
    restarts.mark_first_session(
        FirstSession.MISSED, claim_id=claim.pk, request_id=request.pk, by=a_caller(), now=marked
    )
    walk(marked, marked + 2 * DAY)
    assert story_of(request) == [
        "opt_in Wed 14 Oct 11:00",
        "acknowledgement Wed 14 Oct 11:00",
        "options_offered Mon 19 Oct 11:00",
        "start_reminder Wed 21 Oct 18:00",  # 48 hours before six on Friday
        "missed_day Sat 24 Oct 10:00",
    ]


def test_a_seat_that_is_held_is_spoken_of_a_day_before_it_ends_and_never_right_after_it_was_chosen():
    request = someone(now=MONDAY)
    talked(request, MONDAY)
    claim = chosen(on_fridays(), request, now=MONDAY)
    assert claim.expires_at == datetime(2026, 10, 21, 16, tzinfo=UTC)  # noon of the second open day
    walk(MONDAY, claim.expires_at)
    assert "hold_ending Tue 20 Oct 12:00" in story_of(request)


def test_a_seat_kept_from_the_list_is_told_at_once():
    request, full = someone(), on_fridays(seats=0)
    talked(request, WEDNESDAY)
    waiting_list.join_list(Kind.NEW_TIME, group_id=full.pk, request_id=request.pk, by=audit.PERSON, now=WEDNESDAY)
    seats.set_seats(group_id=full.pk, number=1, by=a_caller(), now=WEDNESDAY + HOUR)
    assert waiting_list.ask_who_waits(now=WEDNESDAY + HOUR) == 1
    tick(now=WEDNESDAY + HOUR)
    assert "seat_kept Wed 14 Oct 12:00" in story_of(request)
    tick(now=WEDNESDAY + DAY + 2 * HOUR)
    assert len([line for line in story_of(request) if "seat_kept" in line]) == 1


def test_a_first_day_that_we_move_is_asked_about_and_not_reminded_of_until_they_agree():
    request = someone(now=MONDAY)
    talked(request, MONDAY)
    claim = confirmed(on_fridays(), request, now=MONDAY)
    now = MONDAY + DAY
    moved = seats.move_first_day(claim_id=claim.pk, starts_on=FRIDAY + 7 * DAY, by=a_caller(), now=now, accepted=False)
    walk(now, now + 2 * HOUR)
    assert story_of(request) == ["opt_in Tue 20 Oct 11:00", "day_moved Tue 20 Oct 11:00"]
    reminders = Message.objects.filter(kind=KindName.START_REMINDER)
    walk(now + 10 * DAY, now + 14 * DAY)
    assert not reminders.filter(status="sent").exists()
    assert moved.accepted_at is None


# --- the third return, months later ------------------------------------------------------------------------------


def test_who_comes_a_third_time_from_the_same_number_is_not_introduced_again():
    first = someone()
    tick()
    for months in (2, 4):
        now = WEDNESDAY + months * 28 * DAY
        again = someone(now=now)
        tick(now=now)
        assert [line.split()[0] for line in story_of(again)] == ["acknowledgement"]
    assert [line.split()[0] for line in story_of(first)] == ["opt_in", "acknowledgement"]


def test_who_asks_again_on_their_page_walks_through_the_same_lines_a_second_and_a_third_time():
    request = someone()
    tick()
    walk(paused_after_three_calls(request), WEDNESDAY + 29 * DAY)
    first_time = story_of(request)
    for back in (WEDNESDAY + 30 * DAY, WEDNESDAY + 60 * DAY):
        before = len(story_of(request))
        actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=back)
        walk(paused_after_three_calls(request, since=back), back + 29 * DAY)
        assert [line.split()[0] for line in story_of(request)[before:]] == ["missed_call", "last_note", "door_open"]
    assert [line.split()[0] for line in first_time] == [
        *["opt_in", "acknowledgement"],
        *["missed_call", "last_note", "door_open"],
    ]


def test_the_fourth_message_in_seven_days_is_not_sent():
    request, fridays = someone(), on_fridays()
    tick()
    call(request, now=WEDNESDAY + HOUR)
    walk(WEDNESDAY + HOUR, WEDNESDAY + 2 * DAY)
    talked(request, WEDNESDAY + 2 * DAY)
    today = pick_of(fridays, FRIDAY - 7 * DAY, Kind.NEW_TIME)
    restarts.offer([today], request_id=request.pk, by=a_caller(), now=WEDNESDAY + 2 * DAY)
    walk(WEDNESDAY + 2 * DAY, WEDNESDAY + 7 * DAY)
    assert [line.split()[0] for line in story_of(request)] == ["opt_in", "acknowledgement", "missed_call"]
    offered = Message.objects.get(kind=KindName.OPTIONS_OFFERED)
    assert (offered.status, offered.reason) == ("skipped", "three_a_week")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-10-14 08:59", "Wed 14 Oct 09:00"),
        ("2026-10-14 09:00", "Wed 14 Oct 09:00"),
        ("2026-10-14 19:59", "Wed 14 Oct 19:59"),
        ("2026-10-14 20:00", "Thu 15 Oct 09:00"),
        ("2026-10-31 20:00", "Sun 01 Nov 12:00"),  # the clocks go back in that night
        ("2027-03-13 20:00", "Sun 14 Mar 12:00"),  # and forward in that
        ("2026-10-11 20:00", "Tue 13 Oct 09:00"),  # Monday is a holiday
    ],
)
def test_the_first_message_waits_for_an_hour_that_is_allowed_where_the_person_is(written, told):
    now = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    request = by_email(now=now)
    request.promised_by = None  # whoever is promised a call sooner than that gets no late promise
    request.save(update_fields=["promised_by"])
    walk(now, now + 2 * DAY)
    assert story_of(request)[0] == f"acknowledgement {told}"


def test_who_stopped_and_said_yes_again_is_introduced_again():
    first = someone()
    tick()
    actions.stop_messages(request_id=first.pk, by=audit.PERSON, now=WEDNESDAY + DAY)
    again = someone(now=WEDNESDAY + 9 * DAY)
    tick(now=WEDNESDAY + 9 * DAY)
    assert [line.split()[0] for line in story_of(again)] == ["opt_in", "acknowledgement"]


# --- "not now" ---------------------------------------------------------------------------------------------------


def test_who_asks_us_to_wait_hears_nothing_until_the_day_we_ask_again():
    request = someone()
    actions.rest(request_id=request.pk, weeks=2, by=audit.PERSON, now=WEDNESDAY)
    walk(WEDNESDAY, WEDNESDAY + 13 * DAY)
    assert story_of(request) == []
    message = Message.objects.get(request=request, kind=KindName.OPT_IN)
    request.refresh_from_db()
    assert (message.status, message.reason, message.due_at) == ("planned", "they_asked_to_wait", request.wake_at)


# --- hours, days, and the clocks ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "day", "reminded"),
    [
        ("18:00", date(2026, 10, 23), "Wed 21 Oct 18:00"),  # an ordinary week
        ("09:00", date(2026, 10, 23), "Wed 21 Oct 09:00"),
        ("06:00", date(2026, 10, 23), "Wed 21 Oct 09:00"),  # six in the morning is night
        ("21:00", date(2026, 10, 23), "Thu 22 Oct 09:00"),  # and so is nine in the evening
        ("18:00", date(2026, 11, 2), "Sat 31 Oct 19:00"),  # the clocks go back: 48 hours are 48 hours
        ("18:00", date(2026, 11, 3), "Sun 01 Nov 18:00"),
        ("10:00", date(2026, 11, 3), "Sun 01 Nov 12:00"),  # on a Sunday from noon
        ("18:00", date(2027, 3, 15), "Sat 13 Mar 17:00"),  # the clocks go forward
        ("18:00", date(2026, 11, 27), "Tue 24 Nov 19:00"),  # closed on Wednesday, and Thursday is a holiday
    ],
)
def test_a_reminder_comes_between_48_and_24_hours_before_in_allowed_hours(starts, day, reminded):
    Closure.objects.get_or_create(location=None, date=date(2026, 11, 25))
    begins = datetime.strptime(starts, "%H:%M").time()
    before = datetime(day.year, day.month, day.day, 15, tzinfo=UTC) - 6 * DAY
    request = someone(now=before)
    talked(request, before)
    what = group(days=[day.weekday()], starts=begins, minutes=60)
    confirmed(what, request, now=before, day=day)
    walk(before + 2 * DAY + 12 * HOUR, before + 6 * DAY)
    assert [line for line in story_of(request) if line.startswith("start_reminder")] == [f"start_reminder {reminded}"]


def test_who_is_confirmed_less_than_a_day_before_is_not_reminded_and_the_reason_is_kept():
    request = someone(now=datetime(2026, 10, 22, 22, 30, tzinfo=UTC))
    now = datetime(2026, 10, 22, 23, tzinfo=UTC)
    talked(request, now)
    confirmed(on_fridays(starts=datetime.min.time().replace(hour=18)), request, now=now)
    tick(now=now)
    message = Message.objects.get(kind=KindName.START_REMINDER)
    assert (message.status, message.reason) == ("skipped", "time_passed")


def test_the_same_first_day_in_another_seat_is_not_reminded_of_twice():
    request, fridays = someone(now=MONDAY), on_fridays()
    talked(request, MONDAY)
    confirmed(fridays, request, now=MONDAY)
    due = datetime(2026, 10, 21, 22, tzinfo=UTC)
    walk(due, due + HOUR)
    first = SeatClaim.objects.placements().get(request=request)
    restarts.give_back(claim_id=first.pk, request_id=request.pk, by=audit.PERSON, now=due + HOUR)
    confirmed(fridays, request, now=due + HOUR)
    tick(now=due + HOUR)
    assert [line.split()[0] for line in story_of(request)].count("start_reminder") == 1
    second = Message.objects.filter(kind=KindName.START_REMINDER).latest("id")
    assert (second.status, second.reason) == ("skipped", "reminded_before")
