"""“Could offer today” on the card: the best three for this person, all five kinds, in words; and the buttons beside."""

from datetime import date

import pytest
from django.urls import reverse

from intake import actions, restarts
from intake.admin.offers import StartRow, starts_for
from intake.choices import Option
from intake.models import Offer
from privacy import audit
from scheduling.models import Closure, Therapist, WaitlistEntry
from scheduling.options import Need
from scheduling.picks import Kind
from tests.intake.desk_tools import card_of, text, words_of, wren
from tests.intake.people import MONDAY
from tests.scheduling.make import group, hour, pick_of, time

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def button_of(request, name):
    return reverse(f"admin:intake_callbackrequest_{name}", args=[request.pk])


def starts(request):
    return starts_for(request, MONDAY, request.location.zone if request.location else MONDAY.tzinfo)


def test_a_start_says_where_when_from_which_day_how_many_seats_and_why():
    made = group("maumee", seats=1, days=[2, 4], starts=time(9))
    (row,) = starts(wren(options=["new_time"])).best
    assert row == StartRow(
        code=f"new_time.{made.pk}.2026-11-25",
        kind="A group at another time",
        place="Maumee",
        when="Wed, Fri, 9 am to noon.",
        starts="From Wednesday.",
        seats="One seat left.",
        why="The town they asked for. Starts soonest.",
        led_by="",
        is_offered=False,
    )


def test_an_hour_stands_beside_the_groups(desk):
    hour("reassess", "maumee", starts_at=MONDAY.replace(day=24))
    page = text(desk.get(card_of(wren(options=["reassess"]))))
    assert "<b>Maumee</b> Tue, 10:42 to 11:42 am. From tomorrow." in page


def test_the_card_shows_three_at_most_nearest_first_and_video_by_name(desk):
    for town in ("", "oregon", "toledo", "perrysburg", "maumee"):
        group(town)
    request = wren(options=["new_time"])
    assert [row.place for row in starts(request).best] == ["Maumee", "Perrysburg", "Toledo"]
    page = text(desk.get(card_of(request)))
    assert "Could offer today" in page
    assert "<b>Perrysburg</b> Mon, Wed, Thu, 6 to 9 pm. From today. <b>Eight seats left.</b>" in page
    assert [row.place for row in starts(wren(options=["new_time"], help_with=["ride"])).best][1] == "By video"


def test_a_full_group_and_a_closed_day_are_not_offered_and_the_full_one_has_a_list():
    full = group("maumee", seats=0)
    group("maumee", days=[0])
    Closure.objects.create(date=date(2026, 11, 23))
    found = starts(wren())
    (row,) = found.best
    assert row.starts == "From Monday, November 30."
    assert [one.group_id for one in found.kinds[1].full] == [full.pk]


def test_a_kind_with_nothing_says_so_and_none_is_hidden(desk):
    request = wren(options=["week_one", "reassess"])
    assert [kind.kind for kind in starts(request).kinds] == list(Kind)
    page = text(desk.get(card_of(request)))
    assert "Nothing has a seat right now." in page
    for option in Option:
        if option != Option.UNSURE:
            assert f"{option.label}: none right now." in page
            assert f'name="wait" value="{option.value}"' in page


def test_the_times_that_are_safe_for_a_call_are_not_taken_for_the_times_of_a_group():
    wishes = wren(times=["morning"], options=["new_time", "unsure"], help_with=["work_hours"], town="").wishes()
    assert (wishes.town, wishes.dayparts) == ("", frozenset())
    assert Kind.NEW_TIME in wishes.kinds
    assert Need.WORK_HOURS in wishes.needs


def test_staff_see_who_leads_it_since_they_are_told_whom_to_keep_away(desk):
    sage = Therapist.objects.create(display_name="Sage")
    group("maumee", name="Harbor", therapist=sage)
    request = wren()
    assert "Led by Sage." in text(desk.get(card_of(request)))
    sage.is_active = False
    sage.save()
    request.avoid_therapists.add(sage)
    page = text(desk.get(card_of(request)))
    assert 'Keep away from <span class="soft">Sage</span>' in page  # also who has left, and may come back


def test_a_start_that_is_offered_stands_on_the_card_once_so_that_it_can_be_unticked(desk, juno):
    made = group("maumee")
    request = wren()
    pick = pick_of(made, date(2026, 11, 23))
    restarts.offer([pick], request_id=request.pk, by=juno, now=MONDAY)
    page = text(desk.get(card_of(request)))
    assert page.count(f'value="{pick.code}" checked') == 1


def test_nothing_is_offered_to_somebody_who_took_their_note_back(desk):
    group("maumee")
    request = wren()
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert "Could offer today" not in text(desk.get(card_of(request)))


def test_every_kind_has_words():
    assert {kind.value for kind in Kind} <= set(Option.values)


@pytest.mark.parametrize("groups", [1, 3, 400])
def test_a_card_asks_as_much_for_four_hundred_groups_as_for_one(desk, groups, django_assert_num_queries):
    for _ in range(groups):
        group("maumee", week_one=[date(2026, 11, 30)])
    address = card_of(wren())
    desk.get(address)
    with django_assert_num_queries(36):
        desk.get(address)


NONSENSE = ["", "x", "new_time", "new_time.1", "no_such.1.2026-11-23", "new_time.1.2026-02-30"]


@pytest.mark.parametrize("code", NONSENSE)
def test_what_is_no_start_takes_back_nothing_that_is_offered(desk, juno, code):
    request, pick = wren(), pick_of(group("maumee"), date(2026, 11, 23))
    restarts.offer([pick], request_id=request.pk, by=juno, now=MONDAY)
    for picks in ([code], [pick.code, code]):
        answer = desk.post(button_of(request, "offer"), {"pick": picks})
        assert words_of(answer)[-1].startswith("That step is not open any more.")
    assert [offer.pick for offer in Offer.objects.of(request)] == [pick]


@pytest.mark.parametrize("code", NONSENSE)
def test_what_is_no_start_is_not_held_and_staff_are_told(desk, code):
    request = wren()
    answer = desk.post(button_of(request, "hold"), {"hold": code})
    assert words_of(answer)[0].startswith("That step is not open any more.")


@pytest.mark.parametrize("wanted", ["", "x", "new_time.x", "new_time.-1", f"new_time.{'9' * 30}", "no_such.1"])
def test_what_is_no_list_is_not_joined_and_staff_are_told(desk, wanted):
    request = wren()
    answer = desk.post(button_of(request, "wait"), {"wait": wanted})
    assert words_of(answer)[0].startswith("That step is not open any more.")
    assert WaitlistEntry.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"group": "999"}, {"therapist": "999"}, {"group": "x"}, {"therapist": "9" * 30}])
def test_nobody_is_told_of_a_keeping_away_that_was_not_written_down(desk, wrong):
    request, river = wren(), group("maumee")
    desk.post(button_of(request, "keep_away"), {"group": river.pk})
    answer = desk.post(button_of(request, "keep_away"), wrong)
    assert words_of(answer)[-1].startswith("That step is not open any more.")
    assert list(request.avoid_groups.all()) == [river]


def test_nothing_in_place_of_nothing_is_not_done(desk, juno):
    request, pick = wren(), pick_of(group("maumee"), date(2026, 11, 23))
    assert words_of(desk.post(button_of(request, "offer"))) == ["Nothing was done: it is so already."]
    restarts.offer([pick], request_id=request.pk, by=juno, now=MONDAY)
    assert words_of(desk.post(button_of(request, "offer")))[-1] == "Done: nothing is offered now."


@pytest.mark.parametrize("freely", ["", "2", "yes"])
def test_a_choice_that_is_none_changes_nothing(desk, freely):
    request = wren()
    answer = desk.post(button_of(request, "choice"), {"freely": freely})
    assert words_of(answer)[0].startswith("That step is not open any more.")
    assert request.history.filter(what__startswith="choice").count() == 0
