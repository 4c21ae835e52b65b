"""Long after we stopped calling: kind notes for those who said yes, and one more call by a person (RULES 7)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from followups.kinds_of_staying import months_after
from followups.models import Cadence, KindName, Message
from followups.texts_in import take_in
from intake import actions, stops
from intake.errors import NotPossible, NoWayLeft, TooEarlyToCall
from intake.outcomes import Outcome
from privacy import audit

from .people import DAY, WEDNESDAY, a_caller, by_email, call, pause_calls, someone, tick
from .test_cadence import story_of, walk

pytestmark = [pytest.mark.django_db, pytest.mark.whole_cadence]

CARE, LOOK_BACK = KindName.CARE, KindName.STAFF_LOOK_BACK
YEAR = timedelta(days=400)


def says_yes(request, *, now=WEDNESDAY, yes=True) -> None:
    stops.agree_to_kind_notes(yes, request_id=request.pk, page="my", by=audit.PERSON, now=now)


def kind_notes(request) -> list[str]:
    return [line.removeprefix("care ") for line in story_of(request) if line.startswith("care ")]


def paused(request) -> datetime:
    """Paused on Monday the 19th of October, after three calls."""
    return pause_calls(request)


def test_who_said_yes_hears_from_us_in_eight_months_of_the_year_and_is_asked_nothing():
    request = by_email()
    says_yes(request)
    now = paused(request)
    walk(now, now + YEAR)
    assert now.date() == date(2026, 10, 19)
    assert kind_notes(request) == [
        "Thu 19 Nov 10:00",
        "Sat 19 Dec 10:00",
        "Tue 19 Jan 10:00",
        "Fri 19 Feb 10:00",
        "Mon 19 Apr 10:00",
        "Sun 20 Jun 12:00",  # the day before is a holiday
        "Thu 19 Aug 10:00",
        "Tue 19 Oct 10:00",
    ]


def test_who_did_not_say_yes_to_them_hears_nothing_more():
    request = by_email()
    now = paused(request)
    walk(now, now + YEAR)
    assert kind_notes(request) == []


def test_who_says_yes_later_gets_those_that_are_still_to_come():
    request = by_email()
    now = paused(request)
    later = now + 120 * DAY
    walk(now, later)
    says_yes(request, now=later)
    walk(later, now + YEAR)
    assert len(kind_notes(request)) == 5


def _takes_it_back(request, now):
    says_yes(request, now=now, yes=False)


def _stops_all(request, now):
    actions.stop_messages(request_id=request.pk, by=audit.PERSON, now=now)


def _unsubscribes(request, now):
    stops.stop_emails(request_id=request.pk, by=audit.PERSON, now=now)


def _asks_again(request, now):
    actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=now)


def _withdraws(request, now):
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=now)


def _erases(request, now):
    actions.erase(request_id=request.pk, by=audit.PERSON, now=now)


def _writes_another_note(request, now):
    by_email(now=now)


@pytest.mark.parametrize(
    "end", [_takes_it_back, _stops_all, _unsubscribes, _asks_again, _withdraws, _erases, _writes_another_note]
)
def test_they_end_with_one_word_of_theirs(end):
    request = by_email()
    says_yes(request)
    now = paused(request)
    walk(now, now + 40 * DAY)
    assert len(kind_notes(request)) == 1
    end(request, now + 40 * DAY)
    walk(now + 40 * DAY, now + 70 * DAY)
    assert len(kind_notes(request)) == 1


def test_a_stop_by_text_ends_them_whichever_way_they_would_go():
    request = by_email(phone="+14195550101")
    says_yes(request)
    now = paused(request)
    take_in("SM1", "+14195550101", "Stop", now=now)
    walk(now, now + YEAR)
    assert kind_notes(request) == []


def test_by_text_they_end_when_that_number_was_silent_for_ninety_days():
    """Somebody else may have it by then (R-T5)."""
    request = someone()
    says_yes(request)
    now = paused(request)
    walk(now, now + YEAR)
    assert kind_notes(request) == ["Thu 19 Nov 10:00", "Sat 19 Dec 10:00"]
    skipped = Message.objects.filter(kind=CARE, status="skipped").values_list("reason", flat=True)
    assert set(skipped) == {"number_is_old"}


def test_a_word_from_that_number_makes_it_theirs_again():
    request = someone()
    says_yes(request)
    now = paused(request)
    walk(now, now + 70 * DAY)
    take_in("SM1", "+14195550101", "thank you", now=now + 70 * DAY)
    walk(now + 70 * DAY, now + 100 * DAY)
    assert kind_notes(request)[-1] == "Tue 19 Jan 10:00"


def test_a_word_from_a_number_that_two_people_left_keeps_it_theirs_for_a_month():
    request, other = someone(), someone()
    says_yes(request)
    for one in (request, other):
        now = paused(one)
    walk(now, now + 70 * DAY)
    take_in("SM1", "+14195550101", "thank you", now=now + 70 * DAY)
    walk(now + 70 * DAY, now + 95 * DAY)
    assert kind_notes(request)[-1] == "Tue 19 Jan 10:00"


def test_after_another_return_the_months_begin_anew():
    request = by_email()
    says_yes(request)
    walk(paused(request), WEDNESDAY + 40 * DAY)
    back = WEDNESDAY + 40 * DAY
    actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=back)
    now = pause_calls(request, now=back)
    walk(now, now + 40 * DAY)
    assert len(kind_notes(request)) == 2
    assert kind_notes(request)[-1].startswith(f"{months_after(now.date(), 1):%a %d %b}")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_that_month(day, months, then):
    assert months_after(day, months) == then


def test_a_note_with_his_own_email_does_not_tell_him_that_the_owner_of_the_number_wrote_too():
    """He left her number beside his own address: only the address counts for mail (R-P3)."""
    his = by_email(phone="+14195550177", email="his@example.org")
    says_yes(his)
    now = paused(his)
    someone(phone="+14195550177", now=now + DAY)
    walk(now + DAY, now + 40 * DAY)
    assert len(kind_notes(his)) == 1


def test_when_the_rhythm_changes_the_months_to_come_follow_it():
    request = by_email()
    Cadence.objects.update(care_months="1")
    says_yes(request)
    now = paused(request)
    walk(now, now + DAY)
    Cadence.objects.update(care_months="2, 3")
    walk(now + DAY, now + 120 * DAY)
    for day in range(30, 120, 10):
        tick(now=now + day * DAY)
    assert [note[:10] for note in kind_notes(request)] == ["Sat 19 Dec", "Tue 19 Jan"]


def test_closing_words_reach_whoever_asked_us_to_wait_for_weeks():
    request = by_email()
    actions.rest(request_id=request.pk, weeks=4, by=audit.PERSON, now=WEDNESDAY)
    back = WEDNESDAY + 28 * DAY
    actions.wake_the_resting(now=back)
    now = pause_calls(request, now=back)
    walk(now, now + 30 * DAY)
    assert [line.split()[0] for line in story_of(request)][-2:] == ["last_note", "door_open"]


def test_who_has_no_way_for_them_is_not_asked_for_kind_notes():
    request = someone(text_ok=False)
    with pytest.raises(NotPossible):
        says_yes(request)


# --- one more call -----------------------------------------------------------------------------------------------


def look_backs(request) -> list[datetime]:
    return list(Message.objects.filter(request=request, kind=LOOK_BACK, status="sent").values_list("due_at", flat=True))


def test_staff_are_asked_once_after_eight_weeks_for_one_more_call_to_somebody_never_reached():
    request = someone()
    now = paused(request)
    walk(now, now + YEAR)
    assert look_backs(request) == [datetime(2026, 12, 10, 15, tzinfo=UTC)]  # ten, the open day after eight weeks


def test_whoever_we_talked_with_is_left_in_peace():
    request = someone()
    call(request, outcome=Outcome.TALKED)
    actions.make_move("call_again", request_id=request.pk, by=a_caller(), now=WEDNESDAY + DAY)
    now = pause_calls(request, now=WEDNESDAY + DAY)
    walk(now, now + YEAR)
    assert look_backs(request) == []


def test_whoever_came_back_in_the_meantime_is_not_called_by_it():
    request = someone()
    now = paused(request)
    walk(now, now + 20 * DAY)
    actions.ask_to_be_called(request_id=request.pk, by=audit.PERSON, now=now + 20 * DAY)
    tick(now=now + 70 * DAY)
    assert look_backs(request) == []
    assert Message.objects.get(kind=LOOK_BACK).reason == "no_longer_true"


def test_whoever_we_have_no_way_to_reach_is_asked_of_nobody_and_never_put_on_the_list():
    request = someone()
    call(request, outcome=Outcome.WRONG_NUMBER)
    now = WEDNESDAY + DAY
    actions.make_move("pause_calls", request_id=request.pk, by=a_caller(), now=now)
    walk(now, now + YEAR)
    assert look_backs(request) == []
    with pytest.raises(NoWayLeft):
        actions.make_move("one_more_call", request_id=request.pk, by=a_caller(), now=now + YEAR)


def test_one_more_call_puts_them_on_the_list_and_no_message_goes_by_itself():
    request = someone()
    now = paused(request)
    with pytest.raises(TooEarlyToCall):
        actions.make_move("one_more_call", request_id=request.pk, by=a_caller(), now=now + 20 * DAY)
    later = now + 52 * DAY
    walk(now, later)
    before = story_of(request)
    actions.make_move("one_more_call", request_id=request.pk, by=a_caller(), now=later)
    request.refresh_from_db()
    assert request.call_from is not None
    call(request, now=request.call_from)
    walk(request.call_from, later + 30 * DAY)
    assert story_of(request) == before


# --- the rhythm is data ------------------------------------------------------------------------------------------


def test_a_place_may_have_a_rhythm_of_its_own_and_the_others_keep_theirs():
    here, there = by_email(), by_email(number=2, town="maumee", email="there@example.org")
    Cadence.objects.create(location=here.location, last_note_day=5, care_months="2")
    says_yes(here)
    for request in (here, there):
        now = paused(request)
    walk(now, now + YEAR)
    last = {request.pk: next(line for line in story_of(request) if "last_note" in line) for request in (here, there)}
    assert last == {here.pk: "last_note Wed 21 Oct 10:00", there.pk: "last_note Fri 23 Oct 10:00"}
    assert kind_notes(here) == ["Sat 19 Dec 10:00"]


def test_without_any_row_the_usual_rhythm_holds():
    Cadence.objects.all().delete()
    assert Cadence.objects.of(None).last_note_day == 7
    assert Cadence.objects.of(None).months_of_care == [1, 2, 3, 4, 6, 8, 10, 12]
