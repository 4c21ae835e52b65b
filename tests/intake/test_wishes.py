"""What a person wishes for a start: town, times, needs, what to keep away from, no sooner than when."""

from functools import partial

import pytest

from intake import actions, wishes
from intake.errors import NotPossible
from intake.models import CallbackRequest, HistoryEntry
from intake.on_offer import on_offer
from intake.states import OPEN, Status
from intake.wishes import Fit
from privacy import audit
from privacy.models import AuditEvent
from scheduling.hours import Daypart
from scheduling.models import Location, StaffedHours, Therapist
from scheduling.options import Wishes
from tests.intake.make import NOW, at_once, caller, sent, standing_at
from tests.intake.starts import NOON, choose, fridays, give_back, live, reached, refused, status, steps
from tests.scheduling.make import group, hour

pytestmark = pytest.mark.django_db


def who(request, by=audit.PERSON):
    return {"request_id": request.pk, "by": by, "now": NOON}


def fit(**changes):
    town = changes.pop("town", "")
    return Fit(location=Location.objects.get(slug=town) if town else None, **changes)


def keep_away(request, *, groups=(), therapists=()):
    return wishes.keep_away(
        groups=[one.pk for one in groups], therapists=[one.pk for one in therapists], **who(request, caller())
    )


def numbers(request):
    """The groups they are shown, as staff would see them."""
    there = on_offer(CallbackRequest.objects.get(pk=request.pk), NOON, on_their_own=False)
    return sorted({option.what.id for one in there.kinds for option in one.options})


def sage():
    return Therapist.objects.create(display_name="Sage")


VERBS = {
    "change": lambda request: wishes.change_wishes(fit(town="maumee"), **who(request)),
    "keep away": lambda request: keep_away(request),
    "not this group": lambda request: wishes.not_this_group(group_id=1, **who(request)),
    "show all again": lambda request: wishes.show_all_again(**who(request)),
}


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
@pytest.mark.parametrize("where", [one for one in Status if one not in OPEN])
def test_the_wishes_of_a_request_that_is_over_stay_as_they_are(where, verb):
    request = standing_at(where)
    with refused(NotPossible):
        verb(request)


@pytest.mark.parametrize("where", OPEN)
def test_the_wishes_of_an_open_one_change_and_it_stays_where_it_stands(where):
    request, river = standing_at(where), fridays()
    wishes.change_wishes(fit(town="maumee"), **who(request))
    keep_away(request)
    wishes.not_this_group(group_id=river.pk, **who(request))
    wishes.show_all_again(**who(request))
    assert status(request) == where
    assert steps(request)[-4:] == ["wishes_changed", *["avoids_changed"] * 3]


def test_what_they_changed_is_what_they_wish():
    request = reached()
    changes = {"options": ["new_time"], "group_times": ["evening"], "help_with": ["ride"]}
    wishes.change_wishes(fit(town="maumee", **changes), **who(request))
    assert CallbackRequest.objects.get(pk=request.pk).wishes() == Wishes(
        kinds=frozenset({"new_time"}),
        town="maumee",
        dayparts=frozenset({Daypart.EVENING}),
        needs=frozenset({"ride"}),
    )


def test_changed_wishes_take_nothing_away_that_is_held():
    request, river = reached(), fridays()
    claim = choose(river, request)
    wishes.change_wishes(fit(town="oregon"), **who(request))
    wishes.not_this_group(group_id=river.pk, **who(request))
    assert live(request) == [claim]


def test_another_town_has_other_hours_and_so_another_promise():
    request, _token = sent()
    assert (request.call_from, request.promised_by.isoformat()) == (NOW, "2026-06-02T16:00:00+00:00")
    oregon = Location.objects.get(slug="oregon")
    StaffedHours.objects.filter(location=oregon).exclude(weekday=3).delete()
    wishes.change_wishes(fit(town="oregon"), **who(request))
    request.refresh_from_db()
    assert (request.call_from.isoformat(), request.promised_by.isoformat()) == (
        "2026-06-04T12:00:00+00:00",
        "2026-06-04T16:00:00+00:00",
    )


def test_other_wishes_do_not_bring_somebody_we_talked_to_back_on_the_list():
    request = reached()
    wishes.change_wishes(fit(town="oregon"), **who(request))
    request.refresh_from_db()
    assert (request.status, request.call_from) == (Status.REACHED, None)


def test_what_staff_wrote_down_to_keep_away_from_is_never_shown_and_the_list_is_whole():
    led_by = sage()
    request, river, creek = reached(), fridays(), fridays()
    theirs, talk = fridays(therapist=led_by), hour(therapist=led_by)
    assert numbers(request) == sorted({river.pk, creek.pk, theirs.pk, talk.pk})
    keep_away(request, groups=[river], therapists=[led_by])
    assert numbers(request) == [creek.pk]
    keep_away(request, groups=[creek])
    assert numbers(request) == sorted({river.pk, theirs.pk, talk.pk})


def test_one_more_group_to_keep_away_from_leaves_the_others_where_they_were():
    request, river, creek, pond = reached(), fridays(), fridays(), fridays()
    keep_away(request, groups=[river])
    for _ in range(2):
        wishes.not_this_group(group_id=creek.pk, **who(request))
    assert numbers(request) == [pond.pk]


def test_showing_all_again_takes_back_what_they_hid_and_not_what_staff_wrote():
    led_by = sage()
    request, river, theirs, lake = reached(), fridays(), fridays(therapist=led_by), fridays()
    keep_away(request, groups=[lake], therapists=[led_by])
    wishes.not_this_group(group_id=river.pk, **who(request))
    give_back(choose(group(days=[4]), request), cannot_make_it=True)
    wishes.show_all_again(**who(request))
    request.refresh_from_db()
    assert request.not_before is None
    assert river.pk in numbers(request)
    assert {theirs.pk, lake.pk}.isdisjoint(numbers(request))  # staff wrote those down


def test_erasing_forgets_every_wish():
    led_by = sage()
    request, river = reached(), fridays(therapist=led_by)
    wishes.change_wishes(fit(options=["new_time"], group_times=["evening"], help_with=["ride"]), **who(request))
    give_back(choose(river, request), cannot_make_it=True)
    keep_away(request, groups=[river], therapists=[led_by])
    actions.erase(**who(request))
    request = CallbackRequest.objects.get(pk=request.pk)
    assert request.wishes() == Wishes()
    assert (request.group_times, request.not_before) == ([], None)


def test_a_step_and_an_audit_row_name_the_fields_and_never_what_is_in_them():
    led_by = Therapist.objects.create(display_name="Canary Sage")
    request = reached(name="Wrenna Canary")
    wishes.change_wishes(fit(town="maumee", help_with=["ride"]), **who(request))
    keep_away(request, therapists=[led_by])
    fields = [event.fields for event in AuditEvent.objects.order_by("id").filter(action__contains="s_changed")]
    assert fields == [["group_times", "help_with", "location", "options"], ["avoid_groups", "avoid_therapists"]]
    written = str([list(table.objects.values()) for table in (HistoryEntry, AuditEvent)])
    for theirs in ("canary", "maumee", "ride"):
        assert theirs not in written.lower()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_each_keep_away_from_a_group_are_both_heard():
    request, river, creek = reached(), fridays(), fridays()
    at_once(*(partial(wishes.not_this_group, group_id=one.pk, **who(request)) for one in (river, creek)))
    assert numbers(request) == []


@pytest.mark.django_db(transaction=True)
def test_taking_it_back_while_the_wishes_change_ends_in_one_of_both():
    for _ in range(3):
        request = reached()
        at_once(
            partial(actions.make_move, "withdraw", **who(request)),
            partial(wishes.change_wishes, fit(town="oregon"), **who(request)),
        )
        assert status(request) == Status.WITHDRAWN
