"""What was promised and planned stays true when hours, closed days, times, numbers and keys change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from cryptography.fernet import Fernet
from django.urls import reverse

from intake import actions
from intake.models import CallbackRequest, Consent
from intake.outcomes import Outcome
from intake.states import Status
from privacy import audit
from scheduling.models import Closure, Location, StaffedHours
from tests.intake.make import DAY, HOUR, NOW, PHONE, at_once, call, caller, move, reach, sent, standing_at

pytestmark = pytest.mark.django_db
TUESDAY_NOON = datetime(2026, 6, 2, 16, tzinfo=UTC)
requests = CallbackRequest.objects


def change(request, **contact):
    actions.change_contact(reach(**contact), request_id=request.pk, page="my", by=audit.PERSON, now=NOW + HOUR)
    request.refresh_from_db()


# --- hours and closed days --------------------------------------------------------------------------------------


def test_a_day_closed_since_takes_them_off_the_list_of_that_day_and_moves_the_promise():
    request, _token = sent()
    assert requests.due_now(NOW).get() == request
    for day in (date(2026, 6, 1), date(2026, 6, 2)):
        Closure.objects.create(date=day)
    assert actions.roll_windows(now=NOW) == 1
    assert not requests.due_now(NOW).exists()
    request.refresh_from_db()
    assert request.call_from == datetime(2026, 6, 3, 12, tzinfo=UTC)
    assert request.promised_by == datetime(2026, 6, 3, 16, tzinfo=UTC)


def test_a_shift_added_before_the_planned_window_is_used():
    toledo = Location.objects.get(slug="toledo")
    request, _token = sent(location=toledo, times=["evening"])
    assert request.call_from is None
    StaffedHours.objects.create(location=toledo, weekday=3, opens=time(17), closes=time(20))
    actions.roll_windows(now=NOW)
    StaffedHours.objects.create(location=toledo, weekday=1, opens=time(17), closes=time(20))
    actions.roll_windows(now=NOW)
    request.refresh_from_db()
    assert request.call_from == datetime(2026, 6, 2, 21, tzinfo=UTC)


def test_a_window_that_is_open_is_left_as_it_is():
    request, _token = sent()
    assert actions.roll_windows(now=NOW + HOUR) == 0
    request.refresh_from_db()
    assert request.call_from == NOW


def test_looking_after_the_list_asks_as_much_for_three_as_for_one(django_assert_num_queries):
    toledo = Location.objects.get(slug="toledo")
    for _ in range(3):
        sent(location=toledo)
        with django_assert_num_queries(4):
            assert actions.roll_windows(now=NOW) == 0


# --- the promise ------------------------------------------------------------------------------------------------


def test_another_time_is_another_promise_and_the_clocks_of_staff_stay():
    request, _token = sent()
    assert request.promised_by == TUESDAY_NOON
    late_at = request.late_at
    change(request, times=["afternoon"])
    assert request.promised_by == TUESDAY_NOON + 5 * HOUR
    assert request.late_at == late_at


@pytest.mark.parametrize(("later", "shown"), [(HOUR, True), (26 * HOUR, False)])
def test_a_promise_that_has_run_out_is_not_repeated(client, time_machine, later, shown):
    time_machine.move_to(NOW)
    _request, token = sent()
    time_machine.move_to(NOW + later)
    page = client.get(reverse("my-link", args=[token]), follow=True).content.decode()
    assert ("No later than" in page) is shown


def test_a_promise_a_week_off_names_the_date(client, time_machine):
    time_machine.move_to(NOW)
    StaffedHours.objects.exclude(weekday=0).delete()
    client.post(reverse("start"), {"name": "Wren", "reach_by": "call", "phone": PHONE})
    assert "by Monday, June 8 at noon" in client.get(reverse("sent")).content.decode()


def test_a_promise_is_told_by_the_clock_of_the_town(client, time_machine):
    time_machine.move_to(NOW)
    Location.objects.filter(slug="toledo").update(time_zone="America/Denver")
    answers = {"name": "Wren", "reach_by": "call", "phone": PHONE, "location": "toledo"}
    client.post(reverse("start"), answers)
    page = client.get(reverse("sent")).content.decode()
    assert "by Tuesday at noon" in page


# --- links ------------------------------------------------------------------------------------------------------


def test_a_new_link_opens_the_page_and_the_one_before_does_not(client, time_machine):
    time_machine.move_to(NOW)
    request, token = sent()
    client.get(reverse("my-link", args=[token]))
    page = client.post(reverse("my-new-link")).content.decode()
    new = page.split("/my/")[1].split("/")[0] if "/my/" in page else ""
    fresh = next(part.split("/")[0] for part in page.split('href="http://testserver/my/')[1:])
    assert fresh != token, new
    assert client.get(reverse("my")).status_code == 200
    client.logout()
    assert client.get(reverse("my-link", args=[token])).status_code == 404
    assert client.get(reverse("my-link", args=[fresh])).status_code == 302
    assert request.links.live(NOW).count() == 1


def test_a_link_outlives_the_rest_it_was_used_for():
    request, _token = sent()
    actions.rest(request_id=request.pk, weeks=4, by=audit.PERSON, now=NOW + 10 * DAY)
    assert request.links.live(NOW + 10 * DAY + timedelta(weeks=4) + 29 * DAY).exists()


# --- calls ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_presses_of_one_button_are_one_call():
    request, _token = sent()
    staff = caller()
    press = {"request_id": request.pk, "by": staff, "now": NOW + HOUR, "number": 1}
    results = at_once(*[lambda: actions.log_attempt(Outcome.NO_ANSWER, **press)] * 2)
    assert sum(isinstance(result, actions.LoggedAlready) for result in results) == 1
    assert request.attempts.count() == 1


def test_a_wrong_number_with_an_email_beside_it_waits_for_a_decision():
    with_email, _token = sent(email="wren@example.org")
    without, _token = sent()
    for request in (with_email, without):
        call(request, Outcome.WRONG_NUMBER)
    assert list(requests.needs_decision(NOW)) == [with_email]
    move(with_email, "pause_calls")
    assert not requests.needs_decision(NOW).exists()


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.DOOR_OPEN, Status.NO_NUMBER])
def test_only_they_themselves_bring_back_who_stopped_us(status):
    request = standing_at(status)
    for who in (caller(), audit.CLOCK):
        for name in ("wake", "ask_again"):
            with pytest.raises(actions.NotPossible):
                move(request, name, by=who, now=NOW + 30 * DAY)
    move(request, "got_in_touch", now=NOW + 30 * DAY)
    request.refresh_from_db()
    assert request.status == Status.REACHED


# --- numbers and keys -------------------------------------------------------------------------------------------


def test_a_yes_is_for_one_number_and_a_new_number_is_a_new_yes():
    request, _token = sent(text_ok=True)
    change(request, text_ok=True)
    assert request.consents.filter(kind=Consent.Kind.TEXT).count() == 1
    change(request, text_ok=True, phone="+14195550199")
    assert list(request.consents.filter(kind=Consent.Kind.TEXT).values_list("given", "at")) == [
        (True, NOW),
        (True, NOW + HOUR),
    ]


def test_nobody_counts_as_two_while_a_lookup_key_is_changed(settings):
    before, _token = sent()
    settings.LOOKUP_KEYS = ["a new key", *settings.LOOKUP_KEYS]
    after, _token = sent()
    assert list(requests.same_contact(after.contact)) == [before]
    assert list(requests.same_contact(before.contact)) == [after]


def test_a_new_sealing_key_changes_nothing_for_the_list(settings):
    request, _token = sent()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    assert requests.due_now(NOW).get() == request
