"""A start: offered, chosen, held, confirmed. Each verb, each refusal, and until when a seat is held."""

from datetime import UTC, datetime

import pytest

from intake import restarts
from intake.errors import CallFirst, NotOffered, NotPossible, TooManyOffers
from intake.models import Offer
from intake.on_offer import held_until, on_offer
from intake.states import CAN_CHOOSE, Status
from privacy import audit
from scheduling.calendar import week_of_all_places
from scheduling.hours import StaffedWeek
from scheduling.models import Ended, LeftTheList, Location, SeatClaim, WaitlistEntry
from scheduling.picks import Kind, Pick
from tests.intake.make import DAY, HOUR, NOW, call, caller, sent, standing_at
from tests.intake.starts import (
    FRIDAY,
    NOON,
    WEDNESDAY_NOON,
    agreed,
    choose,
    confirm,
    fridays,
    live,
    offer,
    reached,
    refused,
    status,
    steps,
)
from tests.scheduling.make import TOMORROW, group, hour, pick_of, seats_of

pytestmark = pytest.mark.django_db


# --- offered -----------------------------------------------------------------------------------------------------


def test_what_staff_offer_stands_first_and_takes_no_seat():
    request, groups = reached(), [fridays(seats=1) for _ in range(4)]
    picks = [pick_of(one, FRIDAY) for one in reversed(groups[1:])]
    offer(picks, request)
    assert [option.pick for option in on_offer(request, NOON, on_their_own=True).best] == picks
    assert [seats_of(one) for one in groups] == [(0, 0, 1)] * 4
    assert steps(request)[-1] == "offered"


def test_a_new_offer_takes_the_place_of_the_one_before_and_none_takes_it_back():
    request, first, second = reached(), fridays(), fridays()
    offer([pick_of(first, FRIDAY)], request)
    offer([pick_of(second, FRIDAY)], request)
    assert [one.pick for one in Offer.objects.of(request)] == [pick_of(second, FRIDAY)]
    offer([], request)
    assert not Offer.objects.of(request).exists()
    assert Offer.objects.count() == 2
    assert steps(request)[-3:] == ["offered", "offered", "offers_taken_back"]


def test_the_same_start_ticked_twice_is_one_offer():
    request, river = reached(), fridays()
    assert len(offer([pick_of(river, FRIDAY)] * 2, request)) == 1


def test_more_than_three_are_not_offered():
    request, picks = reached(), [pick_of(fridays(), FRIDAY) for _ in range(4)]
    with refused(TooManyOffers):
        offer(picks, request)


@pytest.mark.parametrize("changes", [{"seats": 0}, {"is_open": False}], ids=["full", "closed to new people"])
def test_what_is_not_there_is_not_offered_and_nor_is_what_stands_beside_it(changes):
    request, there, gone = reached(), fridays(), fridays(**changes)
    with refused(NotOffered):
        offer([pick_of(there, FRIDAY), pick_of(gone, FRIDAY)], request)


def test_an_offer_that_somebody_else_took_is_not_shown_any_more():
    request, river = reached(), fridays(seats=1)
    offer([pick_of(river, FRIDAY)], request)
    choose(river, sent()[0])
    assert on_offer(request, NOON, on_their_own=True).offered == []
    assert Offer.objects.of(request).exists()


# --- chosen ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", CAN_CHOOSE)
def test_whoever_can_choose_holds_a_seat_and_stays_where_they_stand(where):
    request, river = standing_at(where), fridays(seats=1)
    claim = choose(river, request)
    assert (claim.accepted_at, claim.expires_at) == (NOON, WEDNESDAY_NOON)
    assert (status(request), seats_of(river), steps(request)[-1]) == (where, (0, 1, 0), "chose")


@pytest.mark.parametrize("where", [one for one in Status if one not in CAN_CHOOSE])
def test_nobody_else_can_choose_be_offered_anything_or_have_it_opened(where):
    request, river = standing_at(where), fridays()
    for verb in (
        lambda: choose(river, request),
        lambda: offer([pick_of(river, FRIDAY)], request),
        lambda: restarts.let_choose(True, request_id=request.pk, by=caller(), now=NOON),
        lambda: restarts.accept(claim_id=1, request_id=request.pk, by=audit.PERSON, now=NOON),
        lambda: confirm(SeatClaim(pk=1, request=request)),
    ):
        with refused(NotPossible):
            verb()


def test_an_hour_is_held_beside_a_seat_in_a_group():
    request, river, talk = reached(), fridays(), hour()
    choose(river, request), choose(talk, request)
    assert [claim.what for claim in live(request)] == [river, talk]


def test_choosing_again_lets_go_of_the_first_one():
    request, river, other = reached(), fridays(), fridays()
    first, second = choose(river, request), choose(other, request)
    assert live(request) == [second]
    first.refresh_from_db()
    assert (first.ended_how, seats_of(river)) == (Ended.RELEASED, (0, 0, 8))


def test_choosing_the_same_twice_is_once():
    request, river = reached(), fridays(seats=1)
    assert choose(river, request) == choose(river, request, now=NOON + HOUR)
    assert steps(request).count("chose") == 1


def test_who_chose_a_full_group_keeps_what_they_held():
    request, river, full = reached(), fridays(), fridays(seats=0)
    claim = choose(river, request)
    with refused(NotOffered):
        choose(full, request)
    assert live(request) == [claim]


def test_their_own_last_seat_is_there_for_another_way_back():
    """Full for everyone else, but the seat that is let go of is theirs to take again."""
    request, river = reached(), fridays(seats=1, week_one=[FRIDAY])
    choose(river, request)
    assert choose(river, request, kind=Kind.WEEK_ONE).kind == Kind.WEEK_ONE
    assert seats_of(river) == (0, 1, 0)


@pytest.mark.parametrize(
    "pick",
    [
        lambda river: Pick(Kind.NEW_TIME, river.pk, TOMORROW),
        lambda river: Pick(Kind.NEW_TIME, river.pk, FRIDAY + 7 * DAY),
        lambda river: Pick(Kind.WEEK_ONE, river.pk, FRIDAY),
        lambda river: Pick(Kind.REASSESS, river.pk, FRIDAY),
        lambda river: Pick(Kind.NEW_TIME, river.pk + 1, FRIDAY),
    ],
    ids=["another weekday", "a later week", "no week one", "no hour", "no such group"],
)
def test_a_start_that_is_not_on_offer_is_not_held(pick):
    request, river = reached(), fridays()
    with refused(NotOffered):
        restarts.choose(pick(river), request_id=request.pk, by=audit.PERSON, now=NOON)


def test_what_they_keep_away_from_is_not_held_even_by_staff():
    request, river = reached(), fridays()
    request.avoid_groups.add(river)
    with refused(NotOffered):
        choose(river, request, by=caller())


def test_where_staff_choose_first_only_their_offers_can_be_held_by_the_person():
    request, offered, other = reached(), fridays(), fridays()
    restarts.let_choose(False, request_id=request.pk, by=caller(), now=NOON)
    offer([pick_of(offered, FRIDAY)], request)
    with refused(NotOffered):
        choose(other, request)
    assert choose(offered, request).group == offered
    assert choose(other, request, by=caller()).group == other
    restarts.let_choose(True, request_id=request.pk, by=caller(), now=NOON)
    assert [step for step in steps(request) if step.startswith("choice")] == ["choice_closed", "choice_opened"]


# --- until when it is held ---------------------------------------------------------------------------------------


FAR = datetime(2027, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chosen", "until"),
    [
        ("2026-06-01T14:00Z", "2026-06-03T16:00Z"),  # a Monday: noon on Wednesday
        ("2026-06-02T03:59Z", "2026-06-03T16:00Z"),  # a minute before midnight it is still Monday there
        ("2026-06-02T04:00Z", "2026-06-04T16:00Z"),
        ("2026-06-05T22:00Z", "2026-06-09T16:00Z"),  # a Friday evening: noon on Tuesday
        ("2026-06-17T22:00Z", "2026-06-22T16:00Z"),  # Juneteenth is passed over
        ("2026-03-06T22:00Z", "2026-03-10T16:00Z"),  # the weekend on which the clocks go forward: noon stays noon
        ("2026-10-30T22:00Z", "2026-11-03T17:00Z"),  # and back
    ],
)
def test_a_seat_is_held_until_noon_of_the_second_open_day_after(chosen, until):
    assert held_until(week_of_all_places(), FAR, datetime.fromisoformat(chosen)) == datetime.fromisoformat(until)


def test_a_seat_is_never_held_beyond_the_start_itself():
    request, river = reached(), group(days=[0])
    assert choose(river, request, day=NOON.date()).expires_at == datetime(2026, 6, 1, 22, tzinfo=UTC)


def test_where_nobody_is_ever_on_a_seat_is_held_for_two_days():
    nobody = StaffedWeek(Location.objects.first().zone)
    assert held_until(nobody, FAR, NOW) == NOW + 2 * DAY
    assert held_until(nobody, NOW + DAY, NOW) == NOW + DAY


def test_an_hour_soon_is_held_until_it_starts():
    assert choose(hour(starts_at=NOON + 2 * HOUR), reached()).expires_at == NOON + 2 * HOUR


def test_what_nobody_could_confirm_in_time_is_held_by_staff_only():
    """Somebody is on for an hour first, before a person's own choice can begin."""
    request, soon = reached(), hour(starts_at=NOON + HOUR)
    with refused(NotOffered):
        choose(soon, request)
    assert choose(soon, request, by=caller()).expires_at == NOON + HOUR


def test_over_the_weekend_monday_at_nine_is_too_soon_for_a_choice_of_friday_evening():
    request, closing_time = reached(), datetime(2026, 6, 5, 21, tzinfo=UTC)
    at_nine, later = hour(starts_at=closing_time + 64 * HOUR), hour(starts_at=closing_time + 65 * HOUR)
    with refused(NotOffered):
        choose(at_nine, request, now=closing_time)
    assert choose(later, request, now=closing_time).slot == later


# --- confirmed ---------------------------------------------------------------------------------------------------


def test_a_confirmed_seat_is_theirs_and_the_restart_is_agreed():
    request, river = reached(), fridays(seats=1)
    assert confirm(choose(river, request)).status == Status.AGREED
    assert seats_of(river) == (1, 0, 0)
    assert steps(request)[-2:] == ["seat_confirmed", "agree"]


def test_who_was_tried_and_chose_on_their_page_can_be_confirmed():
    request, _token = sent()
    call(request)
    assert confirm(choose(fridays(), request)).status == Status.AGREED


def test_who_waits_for_the_call_we_promised_is_called_first():
    claim = choose(fridays(), sent()[0])
    with refused(CallFirst):
        confirm(claim)


def test_a_seat_is_confirmed_once():
    claim = agreed(fridays())
    with refused(NotPossible):
        confirm(claim)


def test_only_staff_make_a_restart_agreed():
    claim = choose(fridays(), reached())
    with refused(NotPossible):
        confirm(claim, by=audit.PERSON)


def test_a_second_confirmed_group_frees_the_first_and_an_hour_does_not():
    river, other = fridays(), fridays()
    claim = agreed(river)
    talk, second = choose(hour(), claim.request), choose(other, claim.request)
    confirm(talk)
    confirm(second)
    assert (seats_of(river), seats_of(other)) == ((0, 0, 8), (1, 0, 7))
    assert [one.pk for one in live(claim.request)] == [talk.pk, second.pk]
    assert steps(claim.request).count("agree") == 1


def test_whoever_has_a_seat_leaves_the_lists_of_that_sort_only():
    request = reached()
    for kind in (Kind.NEW_TIME, Kind.WEEK_ONE, Kind.REASSESS):
        WaitlistEntry.objects.create(request=request, kind=kind, joined_at=NOW)
    confirm(choose(fridays(), request))
    ended = dict(WaitlistEntry.objects.values_list("kind", "ended_how"))
    assert ended == {"new_time": LeftTheList.SEATED, "week_one": LeftTheList.SEATED, "reassess": ""}
