"""Hours to book: made many at once at wall times there, taken off offer and put back, and who may do what."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from intake.models import CallbackRequest
from privacy.models import AuditEvent
from scheduling.booking import MOST_AT_ONCE, HoursPlan, Skipped, TooManyHours, add_hours, put_on_offer, take_off_offer
from scheduling.ledger import ledger_on_offer
from scheduling.models import AppointmentSlot, Closure, Location, Seat, SlotKind, Therapist
from tests.intake.desk_tools import at_the_desk, text, words_of
from tests.intake.make import at_once, sent
from tests.intake.people import staff
from tests.scheduling.make import DAY, HOUR, NOW, TOMORROW, WHO, group, hold, hour, placed

pytestmark = pytest.mark.django_db
ADD = reverse("admin:scheduling_appointmentslot_add")
LIST = reverse("admin:scheduling_appointmentslot_changelist")
EVERY_DAY, WORKDAYS = range(7), range(5)


def plan(town: str = "toledo", **changes) -> HoursPlan:
    """Ten to noon tomorrow, a Tuesday, in hours of 60 minutes with Sage; `town` is a slug, "" for video."""
    given = {
        "kind": SlotKind.REASSESS,
        "therapist": Therapist.objects.get_or_create(display_name="Sage")[0],
        "location": Location.objects.get(slug=town) if town else None,
        "weekdays": EVERY_DAY,
        "starts": time(10),
        "ends": time(12),
        "minutes": 60,
        "first": TOMORROW,
        "last": TOMORROW,
    }
    return HoursPlan(**(given | changes))


def on_the_wall(slots) -> list[str]:
    return [f"{slot.starts_at.astimezone(slot.zone):%a %H:%M}" for slot in slots]


# --- adding many -------------------------------------------------------------------------------------------------


def test_as_many_hours_as_fit_are_made_on_each_day_with_one_seat_each():
    added = add_hours(plan(weekdays=[1, 3], ends=time(12, 50), last=TOMORROW + 6 * DAY), **WHO)
    assert on_the_wall(added.made) == ["Tue 10:00", "Tue 11:00", "Thu 10:00", "Thu 11:00"]
    assert (added.skipped, AppointmentSlot.objects.count()) == ({}, 4)
    assert sorted(Seat.objects.values_list("slot", flat=True)) == sorted(slot.pk for slot in added.made)


def test_each_hour_is_recorded():
    (slot,) = add_hours(plan(ends=time(11)), **WHO).made
    (event,) = AuditEvent.objects.filter(action="slot.added")
    assert (event.subject_key, event.fields) == (str(slot.pk), ["kind", "location", "starts_at", "therapist"])


def test_closed_days_of_that_place_are_left_out_and_those_of_another_are_not():
    Closure.objects.create(date=TOMORROW, location=Location.objects.get(slug="toledo"))
    Closure.objects.create(date=TOMORROW + DAY, location=Location.objects.get(slug="maumee"))
    Closure.objects.create(date=TOMORROW + 2 * DAY)
    added = add_hours(plan(last=TOMORROW + 2 * DAY), **WHO)
    assert on_the_wall(added.made) == ["Wed 10:00", "Wed 11:00"]
    assert added.skipped == {Skipped.CLOSED: 4}


def test_by_video_only_a_day_on_which_every_place_is_closed_counts():
    Closure.objects.create(date=TOMORROW, location=Location.objects.get(slug="toledo"))
    Closure.objects.create(date=TOMORROW + DAY)
    assert on_the_wall(add_hours(plan("", last=TOMORROW + DAY), **WHO).made) == ["Tue 10:00", "Tue 11:00"]


def test_an_hour_that_exists_or_meets_another_of_the_same_therapist_is_left_out():
    hour(starts_at=NOW + DAY + HOUR / 2, location=Location.objects.get(slug="maumee"))  # 10:30 to 11:30
    hour(starts_at=NOW + DAY, therapist=Therapist.objects.create(display_name="Ivy"))
    hour(starts_at=NOW + DAY + 2 * HOUR)  # from noon: it only touches
    added = add_hours(plan(starts=time(9), ends=time(13)), **WHO)
    assert on_the_wall(added.made) == ["Tue 09:00"]
    assert added.skipped == {Skipped.BUSY: 3}


def test_an_hour_in_which_the_therapist_leads_a_group_is_left_out():
    sage = plan().therapist
    group("maumee", therapist=sage, days=[1], starts=time(11), minutes=90)
    group("maumee", therapist=sage, days=[2], starts=time(10))
    group("maumee", therapist=sage, days=[1], starts=time(10), is_open=False)  # ended, and nobody is in it
    added = add_hours(plan(ends=time(14)), **WHO)
    assert on_the_wall(added.made) == ["Tue 10:00", "Tue 13:00"]
    assert added.skipped == {Skipped.BUSY: 2}


def test_a_long_hour_that_began_the_evening_before_is_seen():
    hour(starts_at=datetime(2026, 6, 2, 3, tzinfo=UTC), minutes=120)  # 11 pm to 1 am
    assert on_the_wall(add_hours(plan(starts=time(0), ends=time(2)), **WHO).made) == ["Tue 01:00"]


def test_hours_of_today_that_are_over_are_left_out():
    added = add_hours(plan(first=NOW.date(), last=NOW.date(), starts=time(9), ends=time(12)), **WHO)
    assert on_the_wall(added.made) == ["Mon 11:00"]
    assert added.skipped == {Skipped.OVER: 2}


def test_the_same_page_sent_twice_adds_nothing_more():
    add_hours(plan(), **WHO)
    again = add_hours(plan(), **WHO)
    assert (again.made, again.skipped, AppointmentSlot.objects.count()) == ([], {Skipped.BUSY: 2}, 2)


def test_a_slip_of_the_hand_adds_nothing():
    with pytest.raises(TooManyHours):
        add_hours(plan(last=TOMORROW + (MOST_AT_ONCE // 2) * DAY), **WHO)
    assert not AppointmentSlot.objects.exists()


def test_what_is_off_offer_and_nobody_had_gives_way_and_what_somebody_has_does_not():
    wrong = add_hours(plan("maumee"), **WHO).made
    hold(wrong[0], sent()[0])
    take_off_offer(slot_ids=[slot.pk for slot in wrong], **WHO)
    added = add_hours(plan("toledo", kind=SlotKind.INDIVIDUAL), **WHO)
    assert (on_the_wall(added.made), added.skipped) == (["Tue 11:00"], {Skipped.BUSY: 1})
    there = {slot.pk: (slot.place_name, slot.kind, slot.is_open) for slot in AppointmentSlot.objects.all()}
    assert there == {wrong[0].pk: ("Maumee", "reassess", False), wrong[1].pk: ("Toledo", "individual", True)}
    assert Seat.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_managers_at_once_never_give_a_therapist_two_hours_at_one_time():
    the_same_hour_twice = [plan(starts=time(10), ends=time(12)), plan("maumee", starts=time(10, 30), ends=time(12))]
    at_once(*(partial(add_hours, one, **WHO) for one in the_same_hour_twice))
    windows = [slot.session_on() for slot in AppointmentSlot.objects.all()]
    assert windows
    assert all(first.end <= then.start for first, then in pairwise(windows))


# --- the clocks change -------------------------------------------------------------------------------------------

SPRING, FALL = date(2027, 3, 14), date(2026, 11, 1)  # Sundays


@pytest.mark.parametrize("sunday", [SPRING, FALL])
def test_the_wall_time_stays_the_same_over_the_weekend_on_which_the_clocks_change(sunday):
    added = add_hours(plan(first=sunday - DAY, last=sunday + DAY), **WHO)
    assert on_the_wall(added.made) == ["Sat 10:00", "Sat 11:00", "Sun 10:00", "Sun 11:00", "Mon 10:00", "Mon 11:00"]
    saturday, monday = added.made[0].starts_at, added.made[-2].starts_at
    assert monday - saturday == 2 * DAY + (-HOUR if sunday == SPRING else HOUR)


def test_an_hour_that_the_clock_skips_is_left_out_and_no_two_meet():
    added = add_hours(plan(first=SPRING, last=SPRING, starts=time(1), ends=time(4)), **WHO)
    assert (on_the_wall(added.made), added.skipped) == (["Sun 01:00", "Sun 03:00"], {Skipped.NO_SUCH_TIME: 1})
    assert added.made[1].starts_at - added.made[0].starts_at == HOUR


def test_an_hour_that_comes_twice_is_made_once_and_lasts_an_hour():
    added = add_hours(plan(first=FALL, last=FALL, starts=time(1), ends=time(3)), **WHO)
    assert on_the_wall(added.made) == ["Sun 01:00", "Sun 02:00"]
    assert [slot.session_on().length for slot in added.made] == [HOUR, HOUR]
    assert added.made[1].starts_at - added.made[0].starts_at == 2 * HOUR


def test_the_wall_is_that_of_the_place():
    Location.objects.filter(slug="oregon").update(time_zone="America/Chicago")
    (slot,) = add_hours(plan("oregon", ends=time(11)), **WHO).made
    assert slot.starts_at == datetime(2026, 6, 2, 15, tzinfo=UTC)


# --- off offer and on again --------------------------------------------------------------------------------------


def test_an_hour_off_offer_is_offered_to_nobody_and_who_has_it_keeps_it():
    free, taken = hour(), hour(starts_at=NOW + 2 * DAY)
    claim = placed(taken, sent()[0])
    assert take_off_offer(slot_ids=[free.pk, taken.pk], **WHO) == 2
    assert ledger_on_offer(NOW).slots == ()
    claim.refresh_from_db()
    assert claim.ended_at is None


def test_an_hour_is_put_on_offer_again_unless_its_therapist_has_another_one_then():
    first, second = hour(is_open=False), hour(starts_at=NOW + 2 * DAY, is_open=False)
    hour(starts_at=NOW + DAY + HOUR / 2)
    assert put_on_offer(slot_ids=[first.pk, second.pk], **WHO) == 1
    assert {fact.id for fact in ledger_on_offer(NOW).slots} >= {second.pk}
    assert list(AppointmentSlot.objects.filter(is_open=False)) == [first]


# --- the pages ---------------------------------------------------------------------------------------------------


@pytest.fixture
def manager():
    return at_the_desk(staff(role="manager"))


def page_of(slot) -> str:
    return reverse("admin:scheduling_appointmentslot_change", args=[slot.pk])


def coming(weekday: int) -> date:
    today = timezone.localdate()
    return today + timedelta(days=7 + (weekday - today.weekday()) % 7)


def filled_in(**changes) -> dict:
    given = {
        "kind": "individual",
        "therapist": Therapist.objects.get_or_create(display_name="Sage")[0].pk,
        "location": Location.objects.get(slug="oregon").pk,
        "weekdays": ["0"],
        "starts": "09:00",
        "ends": "12:00",
        "minutes": "60",
        "first": coming(0),
        "last": coming(0) + timedelta(days=7),
    }
    return given | changes


def test_a_manager_adds_hours_and_hears_how_many_were_left_out_and_why(manager):
    Closure.objects.get_or_create(date=coming(0), location=None)
    page = manager.post(ADD, filled_in(), follow=True)
    assert words_of(page) == ["Hours added: 3. Left out: 3 on a closed day."]
    assert page.redirect_chain == [(LIST, 302)]
    slot = AppointmentSlot.objects.first()
    assert (slot.place_name, slot.kind, f"{slot.starts:%H:%M}") == ("Oregon", "individual", "09:00")


def test_an_hour_by_video_has_no_place(manager):
    manager.post(ADD, filled_in(location=""))
    assert {slot.place_name for slot in AppointmentSlot.objects.all()} == {"By video"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weekdays": []}, "This field is required."),
        ({"ends": "09:30"}, "No 60 minutes fit between these times."),
        ({"minutes": "5"}, "greater than or equal to 15"),
        ({"last": coming(0) - timedelta(days=1)}, "The last day is not before the first"),
        ({"last": coming(0) + timedelta(days=400)}, "at most a year after it"),
        ({"weekdays": list("01234"), "minutes": "15", "last": coming(0) + 60 * DAY}, "These are more than 200 hours."),
        (
            {"first": "2020-01-06", "last": "2020-01-06"},
            "No hour was added. Left out: 3 already over.",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hours_that_cannot_be_are_refused_in_words_and_the_page_keeps_what_was_written(manager, changes, words):
    Closure.objects.filter(date=coming(0)).delete()
    page = text(manager.post(ADD, filled_in(**changes)))
    assert words in page
    assert 'value="09:00"' in page
    assert not AppointmentSlot.objects.exists()


def test_nobody_adds_hours_with_a_therapist_who_has_left(manager):
    gone = Therapist.objects.create(display_name="Ivy", is_active=False)
    assert "Select a valid choice" in text(manager.post(ADD, filled_in(therapist=gone.pk)))


def coming_hour(**fields) -> AppointmentSlot:
    """At a quarter past some hour of the day after tomorrow."""
    soon = (timezone.now() + 2 * DAY).replace(minute=15, second=0, microsecond=0)
    return hour(**({"starts_at": soon} | fields))


def wren() -> CallbackRequest:
    return sent(name="Wren Zebedee", note="Tuesdays are hard for me.", now=timezone.now())[0]


def test_the_list_says_what_each_hour_is_and_nothing_about_a_person(manager):
    held, had, free = (coming_hour(starts_at=timezone.now() + days * DAY) for days in (2, 3, 4))
    hold(held, wren(), now=timezone.now()), placed(had, wren(), now=timezone.now())
    take_off_offer(slot_ids=[free.pk], **WHO)
    hour(starts_at=timezone.now() - DAY)
    page = text(manager.get(LIST))
    rows = [row.split("</tr>")[0] for row in page.split("<tr>")[2:]]
    said = [[word for word in ("Held", "Taken", "Free", "Yes", "Off offer") if f">{word}<" in row] for row in rows]
    assert said == [["Held", "Yes"], ["Taken", "Yes"], ["Free", "Off offer"]]
    assert [secret for secret in ("Wren", "Zebedee", "Tuesdays", "555") if secret in page] == []


@pytest.mark.parametrize(
    ("chosen", "number"),
    [("?state=free", 1), ("?state=held", 1), ("?state=placed", 0), ("?time=over", 1), ("?time=all", 3), ("", 2)],
)
def test_the_list_is_filtered_by_time_and_state(manager, chosen, number):
    coming_hour(), hour(starts_at=timezone.now() - DAY)
    hold(coming_hour(starts_at=timezone.now() + 3 * DAY), wren(), now=timezone.now())
    assert manager.get(LIST + chosen).context["cl"].result_count == number


def test_an_hour_is_taken_off_offer_on_its_page_and_nothing_else_changes(manager):
    slot = coming_hour()
    given = {"starts_at": "2030-01-01", "minutes": "15", "kind": "individual", "location": ""}
    assert manager.post(page_of(slot), given).status_code == 302
    after = AppointmentSlot.objects.get()
    assert (after.is_open, after.starts_at, after.kind, after.location) == (
        False, slot.starts_at, slot.kind, slot.location,
    )  # fmt: skip
    assert AuditEvent.objects.filter(action="slot.taken_off_offer", subject_key=str(slot.pk)).exists()


def test_an_hour_whose_therapist_has_another_one_then_stays_off_offer_in_words(manager):
    slot = coming_hour(is_open=False)
    coming_hour(starts_at=slot.starts_at + HOUR / 2)
    assert "Sage has another hour at that time." in text(manager.post(page_of(slot), {"is_open": "on"}))
    assert manager.post(page_of(slot), {}).status_code == 302


@pytest.mark.parametrize(("action", "words", "left"), [("take_off", "off offer: 2", 0), ("put_on", "on offer: 0", 2)])
def test_many_hours_are_taken_off_offer_from_the_list(manager, action, words, left):
    slots = [coming_hour(), coming_hour(starts_at=timezone.now() + 5 * DAY)]
    chosen = {"action": action, "_selected_action": [slot.pk for slot in slots]}
    assert words in words_of(manager.post(LIST, chosen, follow=True))[0]
    assert AppointmentSlot.objects.filter(is_open=True).count() == left


def test_nobody_deletes_an_hour(admin_client):
    slot = coming_hour()
    assert admin_client.post(reverse("admin:scheduling_appointmentslot_delete", args=[slot.pk])).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [slot.pk], "post": "yes"}
    admin_client.post(LIST, chosen)
    assert AppointmentSlot.objects.exists()


@pytest.mark.parametrize(
    ("role", "looks", "adds"),
    [("manager", 200, 200), ("intake", 200, 403), ("clinician", 200, 403), ("privacy", 403, 403), ("nobody", 403, 403)],
)
def test_who_may_look_at_hours_and_who_may_add_them(role, looks, adds):
    client, slot = at_the_desk(staff(role=role)), coming_hour()
    assert [client.get(LIST).status_code, client.get(page_of(slot)).status_code] == [looks, looks]
    assert client.get(ADD).status_code == adds
    assert client.post(ADD, filled_in()).status_code == (302 if adds == 200 else 403)
    may = {client.post(page_of(slot), {}).status_code, AppointmentSlot.objects.get(pk=slot.pk).is_open}
    assert may == ({302, False} if adds == 200 else {403, True})
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert (f'href="{LIST}"' in page) == (looks == 200)


@pytest.mark.parametrize("hours", [1, 3, 400])
def test_the_list_asks_as_much_for_four_hundred_hours_as_for_one(manager, hours, django_assert_num_queries):
    many_hours(hours)
    manager.get(LIST)  # the session is written once
    with django_assert_num_queries(11):
        manager.get(LIST)


def many_hours(number: int) -> None:
    """Quarter hours of a few therapists in three places, all within the coming week."""
    people = [Therapist.objects.get_or_create(display_name=name)[0] for name in ("Basil", "Ivy", "Reed", "Laurel")]
    places = [*Location.objects.filter(slug__in=["toledo", "maumee"]), None]
    soon = timezone.now() + HOUR
    slots = AppointmentSlot.objects.bulk_create(
        AppointmentSlot(
            kind=SlotKind.values[nth % 2],
            therapist=people[nth % 4],
            location=places[nth % 3],
            starts_at=soon + timedelta(minutes=15 * nth),
            minutes=15,
        )
        for nth in range(number)
    )
    Seat.objects.bulk_create(Seat(slot=slot) for slot in slots)
