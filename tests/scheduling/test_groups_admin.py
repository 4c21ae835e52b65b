"""What a program manager can do with groups, and what nobody else can."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from privacy.models import AuditEvent
from scheduling.models import Group, GroupDay, Location, Seat, Therapist, WeekOneStart
from scheduling.words import days_words, free_words, hours_words, seats_words, taken_words
from tests.intake.desk_tools import at_the_desk, text, words_of
from tests.intake.make import sent
from tests.intake.people import staff
from tests.scheduling.make import DAY, HOUR, NOW, group, hold, hour, placed, seats_of, time
from tests.scheduling.test_hours_to_book import many_hours

pytestmark = pytest.mark.django_db
ADD, LIST = reverse("admin:scheduling_group_add"), reverse("admin:scheduling_group_changelist")
WEEK = reverse("admin:scheduling_group_calendar")


@pytest.fixture
def manager():
    return at_the_desk(staff(role="manager"))


@pytest.fixture
def intake():
    return at_the_desk(staff())


def page_of(one: Group) -> str:
    return reverse("admin:scheduling_group_change", args=[one.pk])


def copy_of(one: Group) -> str:
    return reverse("admin:scheduling_group_copy", args=[one.pk])


def next_day(weekday: int):
    """The coming Monday (0), Tuesday (1) and so on, a week or more from today."""
    today = timezone.localdate()
    return today + timedelta(days=7 + (weekday - today.weekday()) % 7)


def filled_in(*week_one, **changes) -> dict:
    given = {
        "name": "Harbor",
        "location": Location.objects.get(slug="oregon").pk,
        "level_of_care": "2.1",
        "therapist": "",
        "starts": "18:00",
        "minutes": "180",
        "weekdays": ["0", "2"],
        "seats": "8",
        "is_open": "on",
        "week_one_starts-TOTAL_FORMS": len(week_one),
        "week_one_starts-INITIAL_FORMS": "0",
    }
    return given | {f"week_one_starts-{number}-date": day for number, day in enumerate(week_one)} | changes


# --- setting up --------------------------------------------------------------------------------------------------


def test_a_manager_sets_up_a_group_with_its_days_seats_and_week_one(manager):
    monday = next_day(0)
    assert manager.post(ADD, filled_in(monday)).status_code == 302
    harbor = Group.objects.get(name="Harbor")
    assert (harbor.weekdays, seats_of(harbor)) == ([0, 2], (0, 0, 8))
    assert [start.date for start in harbor.week_one_starts.all()] == [monday]
    assert AuditEvent.objects.filter(action="group.saved", subject_key=str(harbor.pk)).exists()


def test_the_form_shows_what_is_there_and_saving_it_changes_nothing(manager):
    river = group(seats=5)
    form = manager.get(page_of(river)).context["adminform"].form
    assert (form["weekdays"].value(), form["seats"].value()) == ([0, 2, 3], 5)
    given = filled_in(name=river.name, weekdays=["0", "2", "3"], seats="5")
    assert manager.post(page_of(river), given).status_code == 302
    assert (river.weekdays, seats_of(river)) == ([0, 2, 3], (0, 0, 5))


def test_days_are_ticked_and_unticked(manager):
    river = group()
    manager.post(page_of(river), filled_in(weekdays=["3", "4"]))
    assert Group.objects.get(pk=river.pk).weekdays == [3, 4]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weekdays": []}, "This field is required."),
        ({"seats": "41"}, "less than or equal to 40"),
        ({"name": "Sober Tuesday"}, "Leave out: Sober."),
        ({"starts": "22:30"}, "A group ends on the day it starts, before midnight."),
        ({"minutes": "5"}, "A group lasts from 15 to 480 minutes."),
    ],
)
def test_a_group_that_cannot_be_is_refused_in_words(manager, changes, words):
    assert words in text(manager.post(ADD, filled_in(**changes)))
    assert not Group.objects.exists()


def test_week_one_is_on_a_day_on_which_the_group_meets(manager):
    page = text(manager.post(ADD, filled_in(next_day(1))))
    assert "The group does not meet on a Tuesday." in page
    assert not WeekOneStart.objects.exists()


def test_seats_that_somebody_has_cannot_be_taken_away(manager):
    river = group(seats=3)
    hold(river, sent()[0]), placed(river, sent(phone="+14195550199")[0])
    page = text(manager.post(page_of(river), filled_in(seats="1")))
    assert "Held or taken: 2. Give one back first." in page
    assert seats_of(river) == (1, 1, 1)


# --- copying, never deleting -------------------------------------------------------------------------------------


def test_a_copy_has_the_same_days_and_seats_and_no_people_and_waits_to_be_looked_over(manager):
    river = group("maumee", seats=2, week_one=[next_day(0)])
    hold(river, sent()[0])
    page = manager.post(copy_of(river), follow=True)
    copied = Group.objects.get(name=f"{river.name} (copy)")
    assert page.redirect_chain == [(page_of(copied), 302)]
    assert "Nobody is offered it" in words_of(page)[0]
    assert (copied.location, copied.weekdays, seats_of(copied)) == (river.location, [0, 2, 3], (0, 0, 2))
    assert (copied.is_open, copied.week_one_starts.count()) == (False, 0)


def test_a_second_copy_has_a_name_of_its_own(manager):
    river = group(name="R" * 60)
    for _ in range(2):
        manager.post(copy_of(river))
    assert {len(one.name) for one in Group.objects.all()} == {60}


def test_copying_is_a_button_and_needs_a_group(manager):
    assert manager.get(copy_of(group())).status_code == 405
    assert manager.post(reverse("admin:scheduling_group_copy", args=[999])).status_code == 404
    assert Group.objects.count() == 1


@pytest.mark.parametrize("name", ["group", "therapist"])
def test_nobody_deletes_what_people_hang_on(admin_client, name):
    one = group(therapist=Therapist.objects.create(display_name="Sage"))
    key = one.pk if name == "group" else one.therapist_id
    assert admin_client.post(reverse(f"admin:scheduling_{name}_delete", args=[key])).status_code == 403


# --- who may -----------------------------------------------------------------------------------------------------


def test_intake_staff_look_at_a_group_in_words_and_change_nothing(intake):
    river = group(seats=2)
    page = text(intake.get(page_of(river)))
    assert [words for words in ("Toledo", "Mon, Wed, Thu", "6 to 9 pm", "Nobody yet") if words not in page] == []
    assert "2 free" in page
    assert "Copy this group" not in page
    assert intake.post(page_of(river), filled_in()).status_code == 403
    assert intake.post(copy_of(river)).status_code == 403
    assert intake.get(ADD).status_code == 403


def test_a_manager_does_not_decide_whose_sign_in_a_therapist_is(manager):
    rowan, juniper = User.objects.create(username="rowan"), User.objects.create(username="juniper")
    sage = Therapist.objects.create(display_name="Sage", account=rowan)
    page = reverse("admin:scheduling_therapist_change", args=[sage.pk])
    assert 'name="account"' not in text(manager.get(page))
    assert manager.post(page, {"display_name": "Ivy", "account": juniper.pk}).status_code == 302
    sage.refresh_from_db()
    assert (sage.display_name, sage.is_active, sage.account) == ("Ivy", False, rowan)
    manager.post(reverse("admin:scheduling_therapist_add"), {"display_name": "Reed", "account": juniper.pk})
    assert Therapist.objects.get(display_name="Reed").account is None


def test_what_changes_about_a_therapist_is_written_down_and_who_runs_the_portal_sets_the_sign_in(admin_client):
    rowan = User.objects.create(username="rowan")
    admin_client.post(reverse("admin:scheduling_therapist_add"), {"display_name": "Sage", "is_active": "on"})
    sage = Therapist.objects.get()
    given = {"display_name": "Sage", "is_active": "on", "account": rowan.pk}
    admin_client.post(reverse("admin:scheduling_therapist_change", args=[sage.pk]), given)
    sage.refresh_from_db()
    assert sage.account == rowan
    events = AuditEvent.objects.filter(subject_type="scheduling.therapist", subject_key=str(sage.pk))
    rows = [(event.action, event.fields) for event in events.order_by("id")]
    assert rows == [("therapist.added", ["display_name"]), ("therapist.changed", ["account"])]


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("intake", 200), ("privacy", 403), ("nobody", 403)])
def test_the_week_is_for_those_who_work_with_groups(role, status):
    client = at_the_desk(staff(role=role))
    assert client.get(WEEK).status_code == status
    page = client.get(reverse("admin:index"), follow=True).content.decode()
    assert (f'href="{WEEK}"' in page) == (status == 200)


# --- the week ----------------------------------------------------------------------------------------------------


def test_the_week_shows_each_group_under_its_town_with_its_seats(manager):
    river = group("maumee", seats=4, week_one=[next_day(0)], therapist=Therapist.objects.create(display_name="Sage"))
    hold(river, sent()[0]), placed(river, sent(phone="+14195550199")[0])
    towns = {town.name: town.rows for town in manager.get(WEEK).context["towns"]}
    (row,) = towns["Maumee"]
    assert (row.name, row.led_by, row.hours, row.week_one) == (river.name, "Sage", "6 to 9 pm", next_day(0))
    assert row.meets == [True, False, True, True, False, False, False]
    assert row.seats == ["placed", "held", "free", "free"]
    assert "1 taken, 1 held, <b>2 free</b>" in text(manager.get(WEEK))


def test_a_town_without_a_group_says_so_and_video_comes_last(manager):
    group(""), group("oregon")
    towns = manager.get(WEEK).context["towns"]
    assert [(town.name, len(town.rows)) for town in towns] == [
        ("Toledo", 0), ("Maumee", 0), ("Perrysburg", 0), ("Oregon", 1), ("By video", 1),
    ]  # fmt: skip
    assert "No group meets here yet." in text(manager.get(WEEK))


@pytest.mark.parametrize(("changes", "lit"), [({}, 3), ({"seats": 0}, 0), ({"is_open": False}, 0)], ids=str)
def test_light_is_only_on_what_somebody_could_start(manager, changes, lit):
    group(**changes)
    assert text(manager.get(WEEK)).count('class="session lit"') == lit


def many_groups(number: int) -> None:
    """In three places, each with its days, a seat, somebody who leads it and a week one, written in few queries."""
    people = [Therapist.objects.create(display_name=name) for name in ("Basil", "Ivy", "Reed")]
    places = [*Location.objects.filter(slug__in=["toledo", "maumee"]), None]
    groups = Group.objects.bulk_create(
        Group(
            name=f"Cove {nth}",
            location=places[nth % 3],
            therapist=people[nth % 3],
            level_of_care="2.1",
            starts=time(18),
            minutes=180,
        )
        for nth in range(number)
    )
    GroupDay.objects.bulk_create(GroupDay(group=one, weekday=day) for one in groups for day in (0, 2))
    Seat.objects.bulk_create(Seat(group=one) for one in groups)
    WeekOneStart.objects.bulk_create(WeekOneStart(group=one, date=next_day(0)) for one in groups)


@pytest.mark.parametrize("number", [1, 3, 400])
@pytest.mark.parametrize(("address", "queries"), [(WEEK, 9), (LIST, 9)])
def test_a_list_asks_as_much_for_four_hundred_groups_and_hours_as_for_one(
    manager, address, queries, number, django_assert_num_queries
):
    many_groups(number)
    many_hours(number)
    manager.get(address)  # the session is written once
    with django_assert_num_queries(queries):
        manager.get(address)


@pytest.mark.parametrize("number", [1, 3, 400])
def test_the_list_of_therapists_asks_as_much_for_many_as_for_one(manager, number, django_assert_num_queries):
    Therapist.objects.bulk_create(Therapist(display_name=f"Sage {nth}") for nth in range(number))
    address = reverse("admin:scheduling_therapist_changelist")
    manager.get(address)
    with django_assert_num_queries(7):
        manager.get(address)


# --- the hours in the week ---------------------------------------------------------------------------------------


@pytest.fixture
def monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


def test_the_week_shows_the_hours_of_the_next_seven_days_with_their_state(monday_morning):
    sage = at_the_desk(staff(role="manager"))
    free, held, taken = (hour("individual", "maumee", starts_at=NOW + hours * HOUR) for hours in (1, 25, 26))
    hold(held, sent()[0]), placed(taken, sent()[0])
    hour("individual", "maumee", starts_at=NOW - HOUR), hour("individual", "maumee", starts_at=NOW + 7 * DAY + HOUR)
    hour("individual", "maumee", starts_at=NOW + 3 * DAY, is_open=False)
    towns = {town.name: town.hours for town in sage.get(WEEK).context["towns"]}
    (row,) = towns["Maumee"]
    assert (row.what, row.led_by, row.taken, row.free) == ("One-to-one time", "Sage", "1 taken, 1 held", "1 free")
    said = [(f"{day.date:%a}", [(one.clock, one.seat) for one in day.hours]) for day in row.days if day]
    assert said == [("Mon", [("11 am", "free")]), ("Tue", [("11 am", "held"), ("12 pm", "placed")])]
    assert [town for town, hours in towns.items() if hours] == ["Maumee"]
    page = text(sage.get(WEEK))
    assert "No group meets here yet." in page
    assert '11 am<span class="visually-hidden">, held</span>' in page
    assert free.pk


def test_hours_by_video_stand_last_and_each_kind_and_therapist_has_a_row(monday_morning):
    ivy = Therapist.objects.create(display_name="Ivy")
    hour("individual", ""), hour("reassess", "", starts_at=NOW + 2 * DAY)
    hour("reassess", "", therapist=ivy), hour("reassess", "", starts_at=NOW + 3 * DAY)
    last = at_the_desk(staff(role="manager")).get(WEEK).context["towns"][-1]
    rows = [(row.led_by, row.what, row.free) for row in last.hours]
    assert (last.name, last.rows) == ("By video", [])
    assert rows == [
        ("Ivy", "A fresh look at what fits", "1 free"),
        ("Sage", "One-to-one time", "1 free"),
        ("Sage", "A fresh look at what fits", "2 free"),
    ]


@pytest.mark.parametrize(("role", "there"), [("manager", True), ("intake", False)])
def test_only_a_manager_finds_the_way_to_add_hours(role, there):
    address = reverse("admin:scheduling_appointmentslot_add")
    assert (address in text(at_the_desk(staff(role=role)).get(WEEK))) == there


# --- words -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (time(18), time(21), "6 to 9 pm"),
        (time(9), time(12), "9 am to noon"),
        (time(12), time(15), "noon to 3 pm"),
        (time(9, 30), time(11), "9:30 to 11 am"),
        (time(11), time(13, 15), "11 am to 1:15 pm"),
    ],
)
def test_hours_are_said_as_people_say_them(starts, ends, words):
    assert hours_words(starts, ends) == words


def test_days_and_seats_are_said_in_words():
    assert days_words([4, 0, 2]) == "Mon, Wed, Fri"
    assert [seats_words(free) for free in (0, 1, 2, 12)] == [
        "No seat left", "One seat left", "Two seats left", "12 seats left",
    ]  # fmt: skip
    assert taken_words(placed=3, held=1) == "3 taken, 1 held"
    assert taken_words(placed=0, held=0) == ""
    assert (free_words(0), free_words(2)) == ("none free", "2 free")
