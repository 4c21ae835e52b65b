"""What the tables of the ledger refuse, and how the pure week is read from them."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from scheduling.calendar import week_of, week_of_all_places
from scheduling.hours import Shift, StaffedWeek
from scheduling.models import Closure, Location, StaffedHours

pytestmark = pytest.mark.django_db
TUESDAY = 1
DAY = date(2031, 4, 1)  # a Tuesday, far from the holidays that the migrations bring


@pytest.fixture
def toledo():
    return Location.objects.get(slug="toledo")


@pytest.fixture
def oregon():
    return Location.objects.get(slug="oregon")


def add_hours(location, weekday=TUESDAY, opens=time(18), closes=time(20)):
    return StaffedHours.objects.create(location=location, weekday=weekday, opens=opens, closes=closes)


def refused_by(constraint, create):
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        create()
    # SQLite names the columns of a broken unique rule, not the rule.
    return constraint in str(refusal.value) or "UNIQUE" in str(refusal.value)


# --- what a new portal starts with ---------------------------------------------------------------------------


def test_a_new_portal_has_the_four_towns_of_the_guide_in_their_order():
    assert [str(place) for place in Location.objects.taking_people()] == [
        "Toledo",
        "Maumee",
        "Perrysburg",
        "Oregon",
    ]


def test_each_town_starts_with_office_hours(toledo):
    assert week_of(toledo).shifts == tuple(Shift(day, time(8), time(17)) for day in range(5))


def test_a_new_portal_is_closed_on_the_federal_holidays_of_this_year_and_the_next():
    this_year = timezone.localdate().year
    new_year = {date(this_year, 1, 1), date(this_year + 1, 1, 1)}
    assert new_year <= set(Closure.objects.filter(location=None).values_list("date", flat=True))


# --- places ----------------------------------------------------------------------------------------------------


def test_a_place_closed_to_new_people_is_not_offered(oregon):
    Location.objects.exclude(pk=oregon.pk).update(is_open=False)
    assert list(Location.objects.taking_people()) == [oregon]


def test_places_come_in_the_order_given(toledo):
    Location.objects.filter(pk=toledo.pk).update(position=9)
    assert list(Location.objects.taking_people())[-1] == toledo


def test_two_places_cannot_share_a_short_name():
    assert refused_by("slug", lambda: Location.objects.create(slug="toledo", name="Toledo again"))


def test_no_place_can_take_the_word_for_no_preference():
    assert refused_by("location_slug_is_a_place", lambda: Location.objects.create(slug="any", name="Any"))


def test_a_place_always_has_a_name_on_messages():
    def create():
        Location.objects.create(slug="new", name="New", sender_label="")

    assert refused_by("location_has_a_sender_label", create)


def test_a_place_with_hours_cannot_be_deleted(toledo):
    with pytest.raises(ProtectedError):
        toledo.delete()


@pytest.mark.parametrize("label", ["Front Desk", "The Desk (419)", "R. Miller & Co", "A" * 24])
def test_neutral_names_on_messages_are_fine(label):
    Location(slug="new", name="New", sender_label=label).full_clean()


@pytest.mark.parametrize(
    "label", ["Midwest Recovery", "I.O.P. Desk", "Terapia", "Desk \u2019s", "Café", "A" * 25, "Desk\nDesk", ""]
)
def test_names_on_messages_that_reveal_or_do_not_fit_are_refused(label):
    with pytest.raises(ValidationError) as refusal:
        Location(slug="new", name="New", sender_label=label).full_clean()
    assert list(refusal.value.message_dict) == ["sender_label"]


@pytest.mark.parametrize("name", ["Toledo", "America", "../etc/passwd", "EST5EDTX"])
def test_a_time_zone_that_does_not_exist_is_refused(name):
    with pytest.raises(ValidationError) as refusal:
        Location(slug="new", name="New", time_zone=name).full_clean()
    assert list(refusal.value.message_dict) == ["time_zone"]


# --- hours -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closes", [time(18), time(7)])
def test_hours_end_after_they_start(toledo, closes):
    assert refused_by("staffed_hours_open_before_they_close", lambda: add_hours(toledo, closes=closes))


def test_a_week_has_seven_days(toledo):
    assert refused_by("staffed_hours_on_a_weekday", lambda: add_hours(toledo, weekday=7))


def test_the_same_hours_cannot_be_entered_twice(toledo):
    add_hours(toledo)
    assert refused_by("staffed_hours_once", lambda: add_hours(toledo, closes=time(21)))


def test_two_places_can_have_the_same_hours(toledo, oregon):
    add_hours(toledo)
    add_hours(oregon)
    assert StaffedHours.objects.filter(opens=time(18)).count() == 2


# --- closures --------------------------------------------------------------------------------------------------


def test_a_place_is_closed_once_a_day(toledo):
    Closure.objects.create(location=toledo, date=DAY)
    assert refused_by("closure_once_per_place", lambda: Closure.objects.create(location=toledo, date=DAY))


def test_every_place_is_closed_once_a_day():
    Closure.objects.create(date=DAY)
    assert refused_by("closure_once_for_every_place", lambda: Closure.objects.create(date=DAY))


def test_one_place_and_every_place_can_be_closed_on_the_same_day(toledo, oregon):
    for location in (toledo, oregon, None):
        Closure.objects.create(location=location, date=DAY)
    assert Closure.objects.filter(date=DAY).count() == 3


# --- from the tables to the week -------------------------------------------------------------------------------


def test_a_closure_of_one_place_closes_only_that_place(toledo, oregon):
    Closure.objects.create(location=toledo, date=DAY)
    assert week_of(toledo).windows_on(DAY) == []
    assert week_of(oregon).windows_on(DAY) != []
    assert week_of_all_places().windows_on(DAY) == week_of(oregon).windows_on(DAY)


def test_a_closure_of_every_place_closes_them_all(toledo):
    Closure.objects.create(date=DAY)
    assert week_of(toledo).windows_on(DAY) == []
    assert week_of_all_places().windows_on(DAY) == []


def test_a_place_keeps_its_own_zone(toledo):
    Location.objects.filter(pk=toledo.pk).update(time_zone="America/Chicago")
    toledo.refresh_from_db()
    (window,) = week_of(toledo).windows_on(DAY)
    assert window.start.astimezone(toledo.zone).replace(tzinfo=None) == datetime.combine(DAY, time(8))
    assert week_of(toledo).zone.key == "America/Chicago"


def test_hours_at_a_place_that_takes_nobody_new_count_only_for_itself(toledo):
    add_hours(toledo)
    evening = datetime.combine(DAY, time(19), tzinfo=toledo.zone)
    assert week_of_all_places().is_open(evening)
    Location.objects.filter(pk=toledo.pk).update(is_open=False)
    assert not week_of_all_places().is_open(evening)
    assert week_of(toledo).is_open(evening)


def test_with_no_place_open_nobody_is_ever_on(settings):
    Location.objects.update(is_open=False)
    week = week_of_all_places()
    assert isinstance(week, StaffedWeek)
    assert week.dayparts() == []
    assert week.zone.key == settings.TIME_ZONE


def test_closures_of_years_ago_are_not_read(toledo):
    long_ago = timezone.localdate() - timedelta(days=500)
    lately = timezone.localdate() - timedelta(days=200)
    Closure.objects.filter(date=lately).delete()
    Closure.objects.bulk_create(Closure(location=toledo, date=day) for day in (long_ago, lately))
    closed = week_of(toledo).closed_dates
    assert lately in closed
    assert long_ago not in closed


@pytest.mark.parametrize("places", [1, 3])
def test_the_week_takes_two_queries_however_many_places(places, django_assert_num_queries):
    Location.objects.exclude(position__lte=places).update(is_open=False)
    location = Location.objects.taking_people()[0]
    with django_assert_num_queries(2):
        week_of_all_places()
    with django_assert_num_queries(2):
        week_of(location)


# --- habits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Location, StaffedHours, Closure])
def test_every_field_is_classified(model: type[models.Model]):
    names = {field.name for field in model._meta.concrete_fields} - {"id"}
    assert set(model.FIELD_CLASSES) == names


def test_rows_say_what_they_are(toledo):
    assert str(add_hours(toledo)) == "Tuesday 18:00–20:00"
    assert str(Closure(date=DAY)) == "2031-04-01 every place"
    assert str(Closure(date=DAY, location=toledo)) == "2031-04-01 Toledo"
