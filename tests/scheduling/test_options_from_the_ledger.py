"""Hours to book as the option function gets them from the tables: which, on which day, at what time on the wall."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.ledger import ledger_on_offer
from scheduling.models import AppointmentSlot, Closure, Location, Therapist
from scheduling.options import VIDEO, Wishes, restart_options
from scheduling.picks import Kind
from tests.intake.make import sent
from tests.scheduling.facts import BOTH_CLOCK_CHANGES, TOLEDO_TIME
from tests.scheduling.make import DAY, HOUR, NOW, TOMORROW, group, hold, hour, placed

pytestmark = pytest.mark.django_db


def only():
    (facts,) = ledger_on_offer(NOW).slots
    return facts


def offered(now=NOW, **wishes):
    found = restart_options(Wishes(**wishes), ledger_on_offer(now), now)
    return {one.kind: [option.what.id for option in one.options] for one in found if one.options}


def test_an_hour_is_read_with_its_place_its_day_and_its_wall_times():
    talk = hour("individual", "maumee")
    facts = only()
    assert (facts.id, facts.kind, facts.town, facts.place) == (talk.pk, Kind.INDIVIDUAL, "maumee", "Maumee")
    assert (facts.day, facts.starts, facts.ends) == (TOMORROW, time(10), time(11))
    assert (facts.starts_at, facts.therapist_id, facts.seats_left) == (NOW + DAY, talk.therapist_id, 1)


def test_an_hour_by_video_has_no_town_and_the_time_of_the_portal():
    hour(town="")
    assert (only().town, only().place, only().zone) == (VIDEO, "By video", TOLEDO_TIME)


def test_an_hour_is_on_the_day_of_its_place_and_not_of_the_portal():
    Location.objects.filter(slug="maumee").update(time_zone="Pacific/Honolulu")
    hour(town="maumee", starts_at=datetime(2026, 6, 3, 4, tzinfo=UTC))
    assert (only().day, only().starts) == (TOMORROW, time(18))


@pytest.mark.parametrize("change", BOTH_CLOCK_CHANGES, ids=str)
def test_when_the_clocks_change_an_hour_has_the_wall_time_at_which_it_was_made(change):
    wall = datetime.combine(change, time(14), tzinfo=TOLEDO_TIME)
    talk = hour(starts_at=wall.astimezone(UTC))
    (facts,) = ledger_on_offer(talk.starts_at - DAY).slots
    assert (facts.day, facts.starts, facts.ends) == (change, time(14), time(15))
    assert offered(talk.starts_at - timedelta(minutes=1)) == {Kind.REASSESS: [talk.pk]}
    assert offered(talk.starts_at) == {}


def test_an_hour_that_somebody_holds_or_has_is_not_offered_and_is_again_when_it_is_given_back():
    held, taken, free = (hour(starts_at=NOW + days * DAY) for days in (1, 2, 3))
    claim = hold(held, sent()[0])
    placed(taken, sent()[0])
    assert offered() == {Kind.REASSESS: [free.pk]}
    claim.seat, claim.ended_at, claim.ended_how = None, NOW, "released"
    claim.save()
    assert offered() == {Kind.REASSESS: [held.pk, free.pk]}


@pytest.mark.parametrize(
    "gone",
    [
        lambda talk: AppointmentSlot.objects.update(is_open=False),
        lambda talk: AppointmentSlot.objects.update(starts_at=NOW),
        lambda talk: Therapist.objects.update(is_active=False),
        lambda talk: Location.objects.update(is_open=False),
        lambda talk: Closure.objects.create(date=TOMORROW),
        lambda talk: Closure.objects.create(date=TOMORROW, location=talk.location),
    ],
    ids=["off offer", "begun", "who leads it left", "the place is closed for good", "closed", "closed there"],
)
def test_an_hour_that_cannot_take_place_is_not_offered(gone):
    gone(hour())
    assert offered() == {}


def test_a_day_on_which_only_another_place_is_closed_takes_no_hour_away():
    talk = hour()
    Closure.objects.create(date=TOMORROW, location=Location.objects.get(slug="oregon"))
    assert offered() == {Kind.REASSESS: [talk.pk]}


def test_no_start_is_before_the_day_they_named():
    early, late = hour(), hour(starts_at=NOW + 2 * DAY)
    assert offered(not_before=date(2026, 6, 3)) == {Kind.REASSESS: [late.pk]}
    assert offered(not_before=TOMORROW) == {Kind.REASSESS: [early.pk, late.pk]}


@pytest.mark.parametrize("number", [1, 3, 40])
def test_five_queries_however_many_hours(number, django_assert_num_queries):
    for one in range(number):
        group(["toledo", ""][one % 2])
        hour(town=["maumee", "toledo", ""][one % 3], starts_at=NOW + (one + 1) * HOUR)
    with django_assert_num_queries(5):
        assert len(ledger_on_offer(NOW).slots) == number
