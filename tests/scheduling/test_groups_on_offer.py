"""How the pure facts of a group are read from the tables."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from scheduling.ledger import ledger_on_offer
from scheduling.models import Closure, Group, GroupDay, Location, Therapist, WeekOneStart
from scheduling.options import VIDEO
from tests.intake.make import sent
from tests.scheduling.make import NOW, TOMORROW, group, hold, placed

pytestmark = pytest.mark.django_db


def other():
    return sent(phone="+14195550199")[0]


def only() -> object:
    (facts,) = ledger_on_offer(NOW).groups
    return facts


def test_a_group_is_read_with_its_place_times_and_free_seats():
    led_by = Therapist.objects.create(display_name="Sage")
    river = group("maumee", seats=4, therapist=led_by, week_one=[TOMORROW])
    hold(river, other()), placed(river, other())
    facts = only()
    assert (facts.id, facts.town, facts.place, facts.zone.key) == (river.pk, "maumee", "Maumee", "America/New_York")
    assert (facts.weekdays, facts.starts, facts.ends) == ((0, 2, 3), time(18), time(21))
    assert (facts.therapist_id, facts.seats_left, facts.week_one) == (led_by.pk, 2, (TOMORROW,))


def test_a_group_by_video_has_no_town_and_the_time_of_the_portal(settings):
    group("")
    assert (only().town, only().place, only().zone) == (VIDEO, "By video", ZoneInfo(settings.TIME_ZONE))


def test_a_full_group_is_read_as_full():
    hold(group(seats=1), other())
    assert only().seats_left == 0


def test_groups_nobody_new_can_join_are_not_read():
    group("toledo", is_open=False)
    group("oregon")
    group("maumee", therapist=Therapist.objects.create(display_name="Sage", is_active=False))
    Location.objects.filter(slug="oregon").update(is_open=False)
    assert ledger_on_offer(NOW).groups == ()


def test_closed_days_are_those_of_the_place_and_of_every_place():
    Closure.objects.all().delete()
    for town in ("toledo", "maumee", ""):
        group(town)
    own, everywhere = date(2026, 6, 9), date(2026, 6, 10)
    Closure.objects.create(location=Location.objects.get(slug="maumee"), date=own)
    Closure.objects.create(date=everywhere)
    closed = {facts.town: facts.closed for facts in ledger_on_offer(NOW).groups}
    assert closed == {"toledo": {everywhere}, "maumee": {own, everywhere}, VIDEO: {everywhere}}


def test_starts_of_the_past_are_not_read():
    group(week_one=[TOMORROW - timedelta(days=9)])
    assert only().week_one == ()


@pytest.mark.parametrize("groups", [1, 3, 40])
def test_five_queries_however_many_groups(groups, django_assert_num_queries):
    for number in range(groups):
        group(["toledo", "maumee", ""][number % 3], week_one=[TOMORROW])
    with django_assert_num_queries(5):
        assert len(ledger_on_offer(NOW).groups) == groups


# --- what the tables refuse --------------------------------------------------------------------------------------


def refused(create) -> str:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        create()
    return str(refusal.value)


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("group_known_level", {"level_of_care": "9"}),
        ("group_length_is_sane", {"minutes": 5}),
        ("group_length_is_sane", {"minutes": 600}),
    ],
)
def test_a_group_that_cannot_be_is_refused(rule, changes):
    assert rule in refused(lambda: group(**changes))


def test_a_group_meets_on_a_day_once_and_only_on_days_of_the_week():
    river = group(days=[0])
    assert "group_day_once" in refused(lambda: GroupDay.objects.create(group=river, weekday=0))
    assert "group_day_on_a_weekday" in refused(lambda: GroupDay.objects.create(group=river, weekday=7))


def test_a_group_starts_from_week_one_once_a_day():
    river = group(week_one=[TOMORROW])
    assert "week_one_start_once" in refused(lambda: WeekOneStart.objects.create(group=river, date=TOMORROW))


def test_towns_come_in_the_order_of_the_guide_and_video_last():
    for town in ("", "oregon", "toledo"):
        group(town)
    assert [one.place_name for one in Group.objects.by_town()] == ["Toledo", "Oregon", "By video"]
