"""Choosing a start on the private page: what it shows, each press twice, and nothing of anybody else's."""

from datetime import date, datetime

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from intake import restarts, waiting_list
from intake.states import CAN_CHOOSE, Status
from privacy import audit
from privacy.revealing_words import reveals
from scheduling import seats
from scheduling.models import Closure, SeatClaim, Therapist, WaitlistEntry
from scheduling.picks import Kind
from tests.intake.make import DAY, NOW, caller, sent, standing_at
from tests.intake.page import Page
from tests.intake.test_my import link_to, opened
from tests.scheduling.make import TOMORROW, WHO, group, hold, hour, pick_of, placed, seats_of

pytestmark = pytest.mark.django_db
TUESDAYS = {"days": [1]}
POSTS = ("my-choose", "my-yes", "my-back", "my-list", "my-list-leave", "my-not-this")
PERSON = {"by": audit.PERSON, "now": NOW}


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def wren():
    return sent()[0]


@pytest.fixture
def phone(wren) -> Client:
    return opened(link_to(wren))


def text(response) -> str:
    return response.content.decode()


def choose(client, what, **more):
    return client.post(reverse("my-choose"), {"pick": pick_of(what).code, **more})


# --- what it shows ------------------------------------------------------------------------------------------------


def test_the_page_shows_three_starts_and_all_five_ways(phone):
    for town in ("toledo", "maumee", "perrysburg", "oregon"):
        group(town, **TUESDAYS)
    page = text(phone.get("/my/"))
    assert page.count("Choose ") == 3
    for way in ("From week one", "A group at another time", "A group with someone new", "One-to-one time too"):
        assert way in page
    assert "A fresh look at what fits <small>none right now</small>" in page
    assert "A group at another time <small>4 starts</small>" in page


def test_a_start_says_where_when_and_how_many_seats_are_left(phone):
    group("maumee", seats=1, days=[1, 3])
    page = text(phone.get("/my/"))
    for words in (
        "An evening group",
        "<dd>Maumee</dd>",
        "<dd>Tuesday and Thursday</dd>",
        "<dd>6 to 9 pm</dd>",
        "<dd>Tuesday, June 2</dd>",
        "<dd>One seat left</dd>",
        "Starts soonest.",
    ):
        assert words in page


def test_no_address_on_the_page_tells_what_it_is_about(phone):
    group("maumee", therapist=Therapist.objects.create(display_name="Sagebrush"), **TUESDAYS)
    links = Page(phone.get("/my/")).links + Page(phone.get("/my/ways/")).links
    assert "/my/ways/#way-3" in links
    assert [link for link in links if reveals(link) or "therap" in link] == []


def test_who_leads_a_group_and_its_name_never_stand_on_the_page(phone, wren):
    harbor = group("maumee", name="Harbor", therapist=Therapist.objects.create(display_name="Sagebrush"), **TUESDAYS)
    hour("individual", "maumee", starts_at=NOW + 2 * DAY, therapist=Therapist.objects.get())
    placed(harbor, wren)
    for name in ("my", "my-ways", "my-fit"):
        page = text(phone.get(reverse(name)))
        assert "Maumee" in page
        for secret in ("Harbor", "Sagebrush", settings.PROVIDER_NAME, "therap", "Wren"):
            assert secret not in page.replace("A different therapist", "").replace("new_therapist", "")


@pytest.mark.parametrize("status", [status for status in Status if status not in (*CAN_CHOOSE, Status.ERASED)])
def test_who_does_not_choose_now_sees_no_starts(status):
    request = standing_at(status)
    group("maumee", **TUESDAYS)
    client = opened(link_to(request))
    assert "Choose Maumee" not in text(client.get("/my/"))
    for name in ("my-ways", "my-fit"):
        assert client.get(reverse(name)).status_code == 302


def test_where_staff_keep_the_choice_for_the_talk_only_their_offers_have_a_button(wren, phone):
    shown, other = group("maumee", **TUESDAYS), group("toledo", **TUESDAYS)
    restarts.let_choose(False, request_id=wren.pk, by=caller(), now=NOW)
    assert "Choose " not in text(phone.get("/my/")) + text(phone.get("/my/ways/"))
    restarts.offer([pick_of(shown)], request_id=wren.pk, by=caller(), now=NOW)
    page = text(phone.get("/my/"))
    assert "Choose Maumee" in page
    assert "Choose Toledo" not in page
    assert choose(phone, other).status_code == 409
    assert choose(phone, shown).status_code == 303


@pytest.mark.parametrize("groups", [1, 3, 400])
def test_the_page_asks_as_much_for_four_hundred_groups_as_for_one(phone, groups, django_assert_num_queries):
    for number in range(groups):
        group(["toledo", "maumee", ""][number % 3], week_one=[TOMORROW])
    hour("individual")
    phone.get("/my/")
    for name, queries in (("my", 23), ("my-ways", 19)):
        with django_assert_num_queries(queries):
            phone.get(reverse(name))


# --- choosing, and each press twice -------------------------------------------------------------------------------


def test_one_press_holds_a_seat_and_says_until_when(phone, wren):
    made = group("maumee", seats=2, **TUESDAYS)
    for _ in range(2):
        answer = choose(phone, made)
        assert (answer.status_code, answer["Location"]) == (303, "/my/")
    assert seats_of(made) == (0, 1, 1)
    page = text(phone.get("/my/"))
    assert "We hold this for you" in page
    assert "Until Tuesday, June 2, at 6 pm." in page  # not beyond the start itself
    assert "Choose Maumee" not in page


def test_choosing_another_lets_go_of_the_first(phone):
    first, second = group("maumee", **TUESDAYS), group("toledo", **TUESDAYS)
    choose(phone, first), choose(phone, second)
    assert (seats_of(first), seats_of(second)) == ((0, 0, 8), (0, 1, 7))


def test_one_to_one_time_is_held_beside_a_group(phone):
    made, beside = group("maumee", **TUESDAYS), hour("individual", starts_at=NOW + 2 * DAY)
    choose(phone, made), choose(phone, beside)
    assert SeatClaim.objects.holds().count() == 2


def test_when_somebody_was_faster_the_page_says_so_kindly_and_shows_the_next(phone):
    taken, free = group("maumee", seats=1, **TUESDAYS), group("toledo", **TUESDAYS)
    hold(taken, sent(phone="+14195550199")[0])
    answer = choose(phone, taken)
    assert answer.status_code == 409
    page = text(answer)
    assert "It may have been just taken." in page
    assert f'value="{pick_of(free).code}"' in page
    assert pick_of(taken).code not in page


def test_the_seat_they_had_stays_when_the_other_one_is_gone(phone):
    mine, gone = group("maumee", **TUESDAYS), group("toledo", seats=0, **TUESDAYS)
    choose(phone, mine)
    assert choose(phone, gone).status_code == 409
    assert seats_of(mine) == (0, 1, 7)


def test_a_start_that_nobody_could_confirm_in_time_is_not_there(phone):
    """It is Monday, 10 in the morning: a group at half past ten begins before staff had an hour to look."""
    soon = group("maumee", days=[0], starts=datetime(2026, 6, 1, 10, 30).time(), minutes=60)
    assert choose(phone, soon, pick=f"new_time.{soon.pk}.2026-06-01").status_code == 409
    assert seats_of(soon) == (0, 0, 8)


@pytest.mark.parametrize(
    "code",
    [
        "", "x", "new_time", "new_time.1", "new_time.x.2026-06-02", "new_time.1.2026-13-40", "sleep.1.2026-06-02",
        "new_time.999999999999999999.2026-06-02", "new_time.9999999999999999999999.2026-06-02",
        "new_time.-1.2026-06-02", "new_time.1.2026-06-02\n", "individual.7.2026-06-02", "new_time.١.2026-06-02",
    ],
)  # fmt: skip
def test_a_made_up_choice_holds_nothing_and_breaks_nothing(phone, code):
    group("maumee", **TUESDAYS)
    assert phone.post(reverse("my-choose"), {"pick": code}).status_code in (303, 409)
    assert not SeatClaim.objects.exists()


def test_a_choice_for_a_day_on_which_the_group_does_not_start_is_not_there(phone):
    made = group("maumee", **TUESDAYS)
    for day in ("2026-06-09", "2026-06-03", "2025-06-03"):
        assert phone.post(reverse("my-choose"), {"pick": f"new_time.{made.pk}.{day}"}).status_code == 409
    assert phone.post(reverse("my-choose"), {"pick": f"week_one.{made.pk}.2026-06-02"}).status_code == 409


# --- giving back, saying yes --------------------------------------------------------------------------------------


def test_a_held_seat_is_given_back_by_one_press_and_twice_is_fine(phone, wren):
    made = group("maumee", **TUESDAYS)
    choose(phone, made)
    claim = SeatClaim.objects.get()
    for status in (303, 302):
        assert phone.post(reverse("my-back"), {"claim": claim.pk}).status_code == status
    assert seats_of(made) == (0, 0, 8)
    assert "Choose Maumee" in text(phone.get("/my/"))


def test_who_cannot_make_that_start_is_shown_later_ones_and_can_see_all_again():
    request = standing_at(Status.AGREED)
    made = group("maumee", **TUESDAYS)
    claim, client = placed(made, request), opened(link_to(request))
    client.post(reverse("my-back"), {"claim": claim.pk, "cannot": "1"})
    request.refresh_from_db()
    assert (request.status, request.not_before) == (Status.REACHED, date(2026, 6, 3))
    page = text(client.get("/my/"))
    assert "Tuesday, June 9" in page
    assert "Tuesday, June 2" not in page
    client.post(reverse("my-not-this"), {"all": "1"})
    assert "Tuesday, June 2" in text(client.get("/my/"))


def test_a_first_day_that_we_moved_says_so_and_takes_one_press():
    request = standing_at(Status.AGREED)
    claim = placed(group("maumee", **TUESDAYS), request)
    seats.move_first_day(claim_id=claim.pk, starts_on=date(2026, 6, 9), accepted=False, **WHO)
    client, moved = opened(link_to(request)), SeatClaim.objects.live().get()
    page = text(client.get("/my/"))
    assert "Your first day has moved" in page
    assert "It was Tuesday, June 2, and we are closed that day." in page
    for _ in range(2):
        assert client.post(reverse("my-yes"), {"claim": moved.pk}).status_code == 303
    assert "Your start" in text(client.get("/my/"))


def test_a_first_day_that_is_closed_since_is_not_left_on_the_page_as_if_it_stood(phone, wren):
    claim = placed(group("maumee", **TUESDAYS), wren)
    Closure.objects.create(date=TOMORROW)
    page = text(phone.get("/my/"))
    assert "We need another day for you" in page
    assert "Put it in my calendar" not in page
    assert phone.get(reverse("my-calendar", args=[claim.pk])).status_code == 404


def test_a_seat_whose_time_ran_out_is_spoken_of_and_can_be_chosen_again():
    request = standing_at(Status.REACHED)
    made = group("maumee", days=[4])
    choose(opened(link_to(request)), made, pick=pick_of(made, date(2026, 6, 5)).code)
    then = SeatClaim.objects.get().expires_at
    restarts.free_what_ran_out(now=then)
    with time_machine.travel(then, tick=False):
        page = text(opened(link_to(request)).get("/my/"))
    assert "The time for your seat ran out." in page
    assert "Choose Maumee" in page


def test_a_missed_first_day_is_met_with_kindness():
    request = standing_at(Status.AGREED)
    claim = placed(group("maumee", **TUESDAYS), request)
    then = NOW + 2 * DAY
    restarts.mark_first_session("missed", claim_id=claim.pk, request_id=request.pk, by=caller(), now=then)
    with time_machine.travel(then, tick=False):
        page = text(opened(link_to(request)).get("/my/"))
    assert "We missed you, and you are still welcome" in page
    assert "Your seat is still yours." in page


# --- the list -----------------------------------------------------------------------------------------------------


def test_a_full_group_has_a_list_and_what_comes_free_is_kept_for_who_waits(phone, wren):
    full = group("maumee", seats=1, **TUESDAYS)
    other = hold(full, sent(phone="+14195550199")[0])
    assert "1 is full right now" in text(phone.get("/my/ways/"))
    for _ in range(2):
        assert phone.post(reverse("my-list"), {"kind": "new_time", "group": full.pk}).status_code == 303
    assert WaitlistEntry.objects.count() == 1
    assert "You are on the list: A group at another time, Maumee." in text(phone.get("/my/"))
    seats.give_back(claim_id=other.pk, **WHO)
    assert waiting_list.ask_who_waits(now=NOW) == 1
    page = text(phone.get("/my/"))
    assert "A seat came free for you" in page
    phone.post(reverse("my-yes"), {"claim": SeatClaim.objects.live().get().pk})
    assert "We hold this for you" in text(phone.get("/my/"))


def test_a_way_with_nothing_has_a_list_and_it_can_be_left(phone):
    phone.post(reverse("my-list"), {"kind": "reassess"})
    entry = WaitlistEntry.objects.get()
    assert (entry.kind, entry.group) == (Kind.REASSESS, None)
    for _ in range(2):
        assert phone.post(reverse("my-list-leave"), {"entry": entry.pk}).status_code == 303
    assert not WaitlistEntry.objects.waiting().exists()


@pytest.mark.parametrize("posted", [{}, {"kind": "sleep"}, {"kind": "new_time", "group": "x"}, {"group": "1"}])
def test_nobody_waits_for_what_is_not_there(phone, posted):
    group("maumee", **TUESDAYS)
    assert phone.post(reverse("my-list"), posted).status_code in (302, 303)
    assert not WaitlistEntry.objects.exists()


def test_leaving_a_list_that_is_not_named_leaves_none(phone):
    phone.post(reverse("my-list"), {"kind": "reassess"})
    for entry in ("", "0", "x", "999"):
        phone.post(reverse("my-list-leave"), {"entry": entry})
    assert WaitlistEntry.objects.waiting().count() == 1


# --- what would fit -----------------------------------------------------------------------------------------------


def test_what_would_fit_comes_first_from_then_on(phone):
    group("maumee", starts=datetime(2026, 6, 1, 9).time(), **TUESDAYS)
    group("toledo", **TUESDAYS)
    form = {"location": "maumee", "group_times": ["evening"], "options": ["new_time"], "help_with": ["ride"]}
    assert phone.post(reverse("my-fit"), form).status_code == 303
    page = text(phone.get("/my/"))
    assert page.index("Choose Toledo") < page.index("Choose Maumee")
    assert "The time you asked for." in page
    shown = Page(phone.get(reverse("my-fit"))).values
    assert {name: shown[name] for name in form} == {**form, "location": ["maumee"]}


def test_a_wrong_answer_comes_back_with_its_words(phone):
    answer = phone.post(reverse("my-fit"), {"location": "atlantis", "group_times": ["night"]})
    assert answer.status_code == 422
    assert "Choose one of these towns" in text(answer)


def test_a_group_that_is_not_to_be_shown_is_not_and_can_be_shown_again(phone):
    made = group("maumee", **TUESDAYS)
    phone.post(reverse("my-not-this"), {"pick": pick_of(made).code})
    assert "Choose Maumee" not in text(phone.get("/my/"))
    phone.post(reverse("my-not-this"), {"all": "1"})
    assert "Choose Maumee" in text(phone.get("/my/"))


# --- the calendar file --------------------------------------------------------------------------------------------


def test_the_calendar_file_holds_a_time_and_nothing_that_tells(phone, wren):
    claim = placed(group("maumee", name="Harbor", **TUESDAYS), wren)
    answer = phone.get(reverse("my-calendar", args=[claim.pk]))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="appointment.ics"'
    assert "no-store" in answer["Cache-Control"]
    (event,) = Calendar.from_ical(answer.content).events
    assert (event["summary"], event.start, event.end) == (
        "Appointment",
        datetime.fromisoformat("2026-06-02T22:00:00+00:00"),
        datetime.fromisoformat("2026-06-03T01:00:00+00:00"),
    )
    assert {"LOCATION", "DESCRIPTION", "ORGANIZER", "URL", "ATTENDEE"} & set(event) == set()
    for secret in ("Maumee", "Harbor", wren.reference, settings.PROVIDER_NAME, "testserver"):
        assert secret not in text(answer)
    assert reveals(text(answer)) == []


# --- nothing of anybody else's ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my-ways", "my-fit", *POSTS])
def test_without_a_link_there_is_nothing(client, name):
    assert client.get(reverse(name)).status_code == 404
    assert client.post(reverse(name)).status_code == 404


def test_a_seat_or_a_list_of_somebody_else_is_out_of_reach(phone):
    theirs = sent(phone="+14195550199")[0]
    claim = hold(group("maumee", **TUESDAYS), theirs)
    entry = waiting_list.join_list(Kind.REASSESS, group_id=None, request_id=theirs.pk, **PERSON)
    before = list(SeatClaim.objects.values())
    for name in ("my-yes", "my-back"):
        assert phone.post(reverse(name), {"claim": claim.pk, "cannot": "1"}).status_code == 302
    phone.post(reverse("my-list-leave"), {"entry": entry.pk})
    assert phone.get(reverse("my-calendar", args=[claim.pk])).status_code == 404
    assert list(SeatClaim.objects.values()) == before
    assert WaitlistEntry.objects.waiting().count() == 1


@pytest.mark.parametrize("name", [*POSTS, "my-later", "my-wake", "my-new-link"])
@pytest.mark.parametrize("prefix", ["", "/es"])
def test_looking_at_the_address_of_a_button_changes_nothing_and_shows_the_page(phone, wren, name, prefix):
    before = list(wren.history.values_list("what", flat=True))
    answer = phone.get(prefix + reverse(name))
    assert (answer.status_code, answer["Location"]) == (302, f"{prefix}/my/")
    assert list(wren.history.values_list("what", flat=True)) == before


def test_a_day_that_is_closed_since_is_not_chosen(phone):
    made = group("maumee", **TUESDAYS)
    Closure.objects.create(date=TOMORROW)
    assert choose(phone, made).status_code == 409
    assert "Tuesday, June 9" in text(phone.get("/my/"))
