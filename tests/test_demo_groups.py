"""The invented groups of the demo: enough in every town to see how it works, never more than one set of them."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from scheduling.ledger import groups_on_offer
from scheduling.models import Group, SeatClaim, WeekOneStart
from scheduling.options import NEAREST, VIDEO, Kind, Wishes, restart_options

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings, capsys):
    settings.DEMO = True
    call_command("seed_demo")


def test_there_is_something_in_every_town_and_by_video_and_for_every_kind_of_group():
    found = restart_options(Wishes(), groups_on_offer(timezone.now()), timezone.now())
    kinds = {one.kind: one.options for one in found}
    assert {option.group.town for option in kinds[Kind.NEW_TIME]} == {*NEAREST, VIDEO}
    assert len(kinds[Kind.WEEK_ONE]) >= 5
    assert len(kinds[Kind.NEW_THERAPIST]) >= 5


def test_one_group_is_full_and_a_seat_is_held():
    assert Group.objects.with_seats_counted().filter(free=0).count() == 1
    assert (SeatClaim.objects.holds().count(), SeatClaim.objects.placements().count()) == (1, 2)


def test_week_one_is_always_ahead_and_on_a_day_of_the_group():
    for start in WeekOneStart.objects.all():
        assert start.date > timezone.localdate()
        assert start.date.weekday() in start.group.weekdays


def test_running_it_again_adds_nothing():
    before = Group.objects.count(), SeatClaim.objects.count()
    call_command("seed_demo")
    assert (Group.objects.count(), SeatClaim.objects.count()) == before == (10, 3)
