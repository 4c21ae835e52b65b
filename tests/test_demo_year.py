"""The past year of the demo: the manager's pages show figures, and it gives nobody and nothing any work."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from followups import planner
from followups.models import KindName, Message
from intake.admin import report
from intake.models import CallAttempt, CallbackRequest, ContactPreference, HistoryEntry, Offer
from intake.report.figures import FIGURES
from intake.report.reading import read_coverage
from intake.states import MOVES, Status, can
from intake.tasks import keep_the_list
from privacy import retention
from reentry_portal.management.commands.seed_demo import PLANTS
from reentry_portal.management.demo_year import NAME, REQUESTS
from reentry_portal.tasks import purge_expired
from scheduling.models import SeatClaim
from tests.intake.desk_tools import LIST, at_the_desk, text
from tests.report.cast import a_year

pytestmark = pytest.mark.django_db
A_MORNING = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)  # a Monday, 10:42 in Toledo
ROWS = (CallbackRequest, ContactPreference, HistoryEntry, CallAttempt, Offer, SeatClaim)


@pytest.fixture(autouse=True)
def a_monday(settings):
    settings.DEMO = True
    with time_machine.travel(A_MORNING, tick=False):
        yield


@pytest.fixture
def demo(capsys):
    """The year and the people."""
    call_command("seed_demo")


@pytest.fixture
def year():
    """The year alone."""
    a_year(REQUESTS, A_MORNING)


def past():
    """The requests of the past year, without the people of the demo."""
    return CallbackRequest.objects.exclude(form_key__startswith="demo-").order_by("pk")


def what_is_known():
    """All that stands in the tables about them."""
    theirs = {"request__in": past()}
    rows = [list(model._base_manager.filter(**theirs).order_by("pk").values()) for model in ROWS[1:]]
    return [list(past().values()), *rows]


# --- the manager's pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 90, 180, 270])
def test_whatever_the_day_the_report_shows_most_figures_of_the_year_and_some_of_two_places_or_more(days):
    now = A_MORNING + timedelta(days=days)
    a_year(REQUESTS, now)
    found = report._report(now)
    assert len([month for month in found.months if month.asked.count]) >= 10
    assert shown(found.whole) >= {"within_hour", "late", "reached", "offered_24", "back_15", "came"}
    assert len([place for place in found.places if place.waits and len(shown(place)) >= 3]) >= 2


def shown(line):
    return {figure.name for figure in FIGURES if line.cells[figure.name].count is not None}


def test_the_coverage_shows_whom_nobody_can_reach_and_which_hour_to_add(year):
    everywhere = read_coverage(report._first_day(A_MORNING), A_MORNING)[0]
    assert everywhere.people > everywhere.unreached >= 11
    assert everywhere.best[0].gain > everywhere.unreached


# --- nobody has work with it -------------------------------------------------------------------------------------


def test_none_of_them_is_on_a_list_of_the_desk(demo):
    now, requests = timezone.now(), CallbackRequest.objects
    lists = [
        requests.due_now(now), requests.upcoming(now), requests.just_over(now), requests.nothing_planned(),
        requests.needs_decision(now, most=1000), requests.resting(),
    ]  # fmt: skip
    on_a_list = {request.form_key for some in lists for request in some}
    assert {key.partition("-")[0] for key in on_a_list} == {"demo"}
    assert set(past().values_list("status", flat=True)) == {
        Status.RETURNED, Status.WITHDRAWN, Status.DOOR_OPEN, Status.ERASED,
    }  # fmt: skip
    assert not SeatClaim.objects.live().filter(request__in=past()).exists()


def scheduled_work():
    keep_the_list()
    purge_expired()
    planner.plan(now=timezone.now())


def test_scheduled_work_changes_none_of_them_and_writes_to_none(demo):
    """The mail to staff at opening hangs on the first request there is, whoever that is."""
    before = what_is_known()
    scheduled_work()
    planned = Message.objects.filter(request__in=past())
    assert (what_is_known(), [message.kind for message in planned]) == (before, [KindName.STAFF_DIGEST])
    assert Message.objects.exclude(request__in=past()).exists()


@pytest.mark.parametrize("days", [50, 140, 230, 320])
def test_whatever_the_day_nothing_is_planned_and_nothing_is_due_to_be_erased(days):
    now = A_MORNING + timedelta(days=days)
    a_year(REQUESTS, now)
    planner.plan(now=now)
    assert not Message.objects.exists()
    assert [len(retention.due(rule, now)) for rule in retention.rules()] == [0] * len([*retention.rules()])


def test_two_months_later_the_purge_erases_what_is_over_for_half_a_year_and_still_nobody_is_written_to(year):
    later = A_MORNING + timedelta(days=60)
    to_go = past().filter(
        status__in=[Status.WITHDRAWN, Status.DOOR_OPEN], status_since__lte=later - timedelta(days=180)
    )
    keys = list(to_go.values_list("pk", flat=True))
    with time_machine.travel(later, tick=False):
        scheduled_work()
    assert len(keys) > 11
    assert past().filter(pk__in=keys, status=Status.ERASED, name="").count() == len(keys)
    assert not Message.objects.exists()


def test_seeding_again_adds_nothing(demo):
    before = [model.objects.count() for model in ROWS]
    call_command("seed_demo")
    assert [model.objects.count() for model in ROWS] == before
    assert (before[0], past().count()) == (REQUESTS + len(PLANTS), REQUESTS)


def test_the_list_of_all_requests_begins_with_whom_the_desk_is_about_then_goes_back_in_time(demo):
    page = text(at_the_desk(get_user_model().objects.get(username="intake")).get(reverse(LIST)))
    of_now = CallbackRequest.objects.filter(form_key__startswith="demo-").order_by("-pk")
    newest = [*of_now.values_list("reference", flat=True), *past().reverse().values_list("reference", flat=True)]
    assert re.findall(r"[0-9A-Z]{3}-[0-9A-Z]{3}(?=</a>)", page) == newest[:50]
    received = list(past().values_list("received_at", flat=True))
    assert received == sorted(received)


# --- what is in it -----------------------------------------------------------------------------------------------


def test_each_step_is_a_move_of_the_table_and_all_of_it_is_over(year):
    for request in past().prefetch_related("history", "attempts"):
        first, *steps = request.history.all()
        assert (first.what, first.at, first.to_status) == ("received", request.received_at, Status.WAITING)
        for before, step in pairwise([first, *steps]):
            assert before.at <= step.at < timezone.now()
            assert step.from_status == before.to_status
            assert can(step.from_status, step.what, step.actor_kind)
            assert step.to_status == MOVES[step.what].target
        assert (request.status, request.status_since) == (steps[-1].to_status, steps[-1].at)
        assert request.first_attempt_at == min((call.at for call in request.attempts.all()), default=None)


def test_nothing_in_it_could_be_anybody(year):
    assert {request.name for request in past()} == {NAME, ""}
    erased = past().filter(status=Status.ERASED)
    assert {(one.name, one.note, one.location, *one.options) for one in erased} == {("", "", None)}
    contacts = ContactPreference.objects.filter(request__in=past())
    assert {(one.phone, one.email, one.avoid_times, one.text_ok) for one in contacts} == {("", "", "", False)}
