"""“Could offer today” on the card: the best three for this person, in words, and no kind that hides."""

from datetime import date

import pytest

from intake import actions
from intake.admin.offers import Offer, offers_for, wishes_of
from intake.choices import Option
from privacy import audit
from scheduling.models import Closure, Therapist
from scheduling.options import Kind, Need
from tests.intake.desk_tools import card_of, text, wren
from tests.intake.people import MONDAY
from tests.scheduling.make import group, time

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
NOTHING_ELSE = ["A fresh look at what fits: by arrangement.", "One-to-one time too: by arrangement."]


def offers(request):
    return offers_for(request, MONDAY, request.location.zone if request.location else MONDAY.tzinfo)


def test_an_offer_says_where_when_from_which_day_how_many_seats_and_why():
    group("maumee", seats=1, days=[2, 4], starts=time(9))
    (offer,) = offers(wren(options=["new_time"])).best
    assert offer == Offer(
        place="Maumee",
        when="Wed, Fri, 9 am to noon.",
        starts="From Wednesday.",
        seats="One seat left.",
        why="The town they asked for. Starts soonest.",
    )


def test_the_card_shows_three_at_most_nearest_first_and_video_by_name(desk):
    for town in ("", "oregon", "toledo", "perrysburg", "maumee"):
        group(town)
    request = wren(options=["new_time"])
    assert [offer.place for offer in offers(request).best] == ["Maumee", "Perrysburg", "Toledo"]
    page = text(desk.get(card_of(request)))
    assert "Could offer today" in page
    assert "<dt>Perrysburg</dt><dd>Mon, Wed, Thu, 6 to 9 pm. From today. <b>Eight seats left.</b>" in page
    assert [offer.place for offer in offers(wren(options=["new_time"], help_with=["ride"])).best][1] == "By video"


def test_a_full_group_and_a_closed_day_are_not_offered():
    group("maumee", seats=0)
    group("maumee", days=[0])
    Closure.objects.create(date=date(2026, 11, 23))
    (offer,) = offers(wren()).best
    assert offer.starts == "From Monday, November 30."


def test_a_kind_with_nothing_says_so_and_none_is_hidden(desk):
    request = wren(options=["week_one", "reassess"])
    words = ["Start from week one: none right now.", "A group at another time: none right now."]
    words += ["A different therapist: none right now.", *NOTHING_ELSE]
    assert offers(request).without == words
    page = text(desk.get(card_of(request)))
    assert "No group has a seat right now." in page
    assert [word for word in words if word not in page] == []


def test_where_every_kind_has_a_group_only_the_arranged_ones_are_left():
    group("maumee", therapist=Therapist.objects.create(display_name="Sage"), week_one=[date(2026, 11, 30)])
    assert offers(wren()).without == NOTHING_ELSE


def test_the_times_that_are_safe_for_a_call_are_not_taken_for_the_times_of_a_group():
    wishes = wishes_of(wren(times=["morning"], options=["new_time", "unsure"], help_with=["work_hours"], town=""))
    assert (wishes.town, wishes.dayparts) == ("", frozenset())
    assert Kind.NEW_TIME in wishes.kinds
    assert Need.WORK_HOURS in wishes.needs


def test_the_name_of_a_therapist_or_a_group_is_not_said(desk):
    group("maumee", name="Harbor", therapist=Therapist.objects.create(display_name="Sage"))
    page = text(desk.get(card_of(wren())))
    assert "Maumee" in page
    assert "Harbor" not in page
    assert "Sage" not in page


def test_nothing_is_offered_to_somebody_who_took_their_note_back(desk):
    group("maumee")
    request = wren()
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert "Could offer today" not in text(desk.get(card_of(request)))


def test_every_kind_has_words():
    assert {kind.value for kind in Kind} <= set(Option.values)


@pytest.mark.parametrize("groups", [1, 3, 40])
def test_a_card_asks_as_much_for_forty_groups_as_for_one(desk, groups, django_assert_num_queries):
    for _ in range(groups):
        group("maumee", week_one=[date(2026, 11, 30)])
    address = card_of(wren())
    desk.get(address)
    with django_assert_num_queries(17):
        desk.get(address)
