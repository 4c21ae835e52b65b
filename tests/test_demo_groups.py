"""The invented groups and hours of the demo: enough in every town to see how it works, never two sets of them."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from scheduling.ledger import ledger_on_offer
from scheduling.models import AppointmentSlot, Group, SeatClaim, WeekOneStart
from scheduling.options import NEAREST, VIDEO, Kind, Wishes, restart_options

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings, capsys):
    settings.DEMO = True
    call_command("seed_demo")


def test_there_is_something_in_every_town_and_by_video_and_for_every_kind_of_group():
    found = restart_options(Wishes(), ledger_on_offer(timezone.now()), timezone.now())
    kinds = {one.kind: one.options for one in found}
    assert {option.what.town for option in kinds[Kind.NEW_TIME]} == {*NEAREST, VIDEO}
    assert len(kinds[Kind.WEEK_ONE]) >= 5
    assert len(kinds[Kind.NEW_THERAPIST]) >= 5


def test_one_group_is_full_and_a_seat_is_held():
    assert Group.objects.with_seats_counted().filter(free=0).count() == 1
    in_groups = SeatClaim.objects.filter(slot=None)
    assert (in_groups.holds().count(), in_groups.placements().count()) == (1, 2)


def test_week_one_is_always_ahead_and_on_a_day_of_the_group():
    for start in WeekOneStart.objects.all():
        assert start.date > timezone.localdate()
        assert start.date.weekday() in start.group.weekdays


def test_there_are_hours_to_book_of_both_kinds_in_every_town_and_one_by_video():
    found = restart_options(Wishes(), ledger_on_offer(timezone.now()), timezone.now())
    towns = {one.kind: {option.what.town for option in one.options} for one in found}
    assert towns[Kind.REASSESS] == {*NEAREST}
    assert towns[Kind.INDIVIDUAL] == {*NEAREST, VIDEO}


def test_hours_are_on_workdays_of_the_coming_two_weeks_and_never_while_their_therapist_leads_a_group():
    today = timezone.localdate()
    for slot in AppointmentSlot.objects.exclude(
        therapist__account__isnull=False
    ):  # the clinician's own are at all hours
        day = timezone.localdate(slot.starts_at)
        assert (day.weekday() < 5, today < day <= today + timedelta(days=14)) == (True, True)
        for led in slot.therapist.groups.filter(days__weekday=day.weekday()):
            assert not slot.session_on().within(led.session_on(day)).length


def test_running_it_again_adds_nothing():
    before = counts()
    call_command("seed_demo")
    assert (counts(), before[:2]) == (before, (10, 5))


def counts() -> tuple[int, int, int]:
    return Group.objects.count(), SeatClaim.objects.live().count(), AppointmentSlot.objects.count()
