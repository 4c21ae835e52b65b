"""Filling in the holidays of a year, and the check that the guide and the ledger name the same towns."""

from datetime import UTC, date, datetime

import pytest
from django.core.checks import Tags, run_checks

from privacy.models import AuditEvent
from scheduling.actions import YearOutOfReach, prefill_holidays
from scheduling.models import Closure, Location

pytestmark = pytest.mark.django_db
NOW = datetime(2029, 11, 23, 15, 0, tzinfo=UTC)


def closed_in_2030():
    return list(Closure.objects.filter(date__year=2030).order_by("date").values_list("date", flat=True))


def test_a_year_of_federal_holidays_is_closed_for_every_place():
    added = prefill_holidays(year=2030, by="a manager", now=NOW)
    assert closed_in_2030() == [closure.date for closure in added]
    assert {closure.location for closure in added} == {None}
    assert {date(2030, 1, 1), date(2030, 7, 4), date(2030, 11, 28), date(2030, 12, 25)} <= set(closed_in_2030())


def test_a_holiday_on_a_sunday_closes_the_monday_too():
    Closure.objects.filter(date__year=2032).delete()
    prefill_holidays(year=2032, by="a manager", now=NOW)
    assert Closure.objects.filter(date=date(2032, 7, 5)).exists()


def test_filling_in_twice_adds_nothing_and_records_nothing():
    prefill_holidays(year=2030, by="a manager", now=NOW)
    before, recorded = closed_in_2030(), AuditEvent.objects.count()
    assert prefill_holidays(year=2030, by="a manager", now=NOW) == []
    assert closed_in_2030() == before
    assert AuditEvent.objects.count() == recorded


def test_a_closure_that_staff_wrote_stays_theirs():
    theirs = Closure.objects.create(date=date(2030, 12, 25), reason="Open house on the 26th instead")
    prefill_holidays(year=2030, by="a manager", now=NOW)
    assert Closure.objects.get(date=date(2030, 12, 25)).reason == theirs.reason


def test_each_added_day_is_recorded():
    added = prefill_holidays(year=2030, by="a manager", now=NOW)
    events = AuditEvent.objects.filter(action="closure.added", actor="a manager", at=NOW)
    assert {event.subject_key for event in events} == {str(closure.pk) for closure in added}


@pytest.mark.parametrize("year", [2028, 2035])
def test_a_year_that_is_over_or_far_away_is_refused(year):
    with pytest.raises(YearOutOfReach):
        prefill_holidays(year=year, by="a manager", now=NOW)


def test_the_year_is_the_one_on_the_wall_here():
    new_year_in_utc = datetime(2030, 1, 1, 2, 0, tzinfo=UTC)
    assert prefill_holidays(year=2029, by="a manager", now=new_year_in_utc)


# --- scheduling.W001 -------------------------------------------------------------------------------------------


def warnings():
    found = run_checks(tags=[Tags.database], databases=["default"])
    return [message.hint for message in found if message.id == "scheduling.W001"]


def test_a_new_portal_agrees_with_its_guide():
    assert warnings() == []


def test_a_town_on_the_guide_that_takes_nobody_is_told():
    Location.objects.filter(slug="oregon").update(is_open=False)
    assert warnings() == ["Add or open in the admin: oregon."]


def test_a_place_the_guide_does_not_name_is_told():
    Location.objects.create(slug="sylvania", name="Sylvania")
    assert warnings() == ["Close in the admin, or add to PROVIDER_PLACES: sylvania."]


def test_without_a_database_nothing_is_asked():
    Location.objects.filter(slug="oregon").update(is_open=False)
    assert [m for m in run_checks(tags=[Tags.database]) if m.id == "scheduling.W001"] == []
