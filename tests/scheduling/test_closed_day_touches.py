"""A day is closed on which people start: the manager sees whom it touches, and moves them."""

from datetime import date, time
from functools import partial

import pytest
import time_machine
from django.urls import reverse

from intake import restarts
from intake.errors import NotPossible
from intake.models import CallbackRequest
from privacy import audit
from privacy.models import AuditEvent
from scheduling.actions import NoOpenDay, NotTouched, move_everyone_for_closure, move_for_closure
from scheduling.ledger import next_day_of
from scheduling.models import Closure, Location, SeatClaim
from tests.intake.desk_tools import at_the_desk, is_titled, text, words_of
from tests.intake.make import at_once, sent
from tests.intake.people import staff
from tests.scheduling.make import DAY, NOW, TOMORROW, WHO, group, hold, hour, placed, seats_of

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:scheduling_closure_changelist"), reverse("admin:scheduling_closure_add")
WEDNESDAY, THURSDAY, MONDAY = date(2026, 6, 3), date(2026, 6, 4), date(2026, 6, 8)


@pytest.fixture(autouse=True)
def monday_morning():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def manager():
    return at_the_desk(staff(role="manager"))


def closed(day: date = WEDNESDAY, town: str = "") -> Closure:
    return Closure.objects.create(date=day, location=Location.objects.get(slug=town) if town else None, reason="Ice")


def touches_of(closure: Closure) -> str:
    return reverse("admin:scheduling_closure_touches", args=[closure.pk])


def all_of(closure: Closure) -> str:
    return reverse("admin:scheduling_closure_move_everyone", args=[closure.pk])


def one_of(closure: Closure, claim: SeatClaim) -> str:
    return reverse("admin:scheduling_closure_move", args=[closure.pk, claim.pk])


def someone(what, **changes) -> SeatClaim:
    """Wren, from Wednesday."""
    request = sent(name="Wren Zebedee", note="Tuesdays are hard for me.")[0]
    return hold(what, request, starts_on=WEDNESDAY, **changes)


def live(request: CallbackRequest) -> SeatClaim:
    return SeatClaim.objects.live().get(request=request)


# --- moving ------------------------------------------------------------------------------------------------------


def test_a_held_seat_moves_to_the_next_day_of_the_group_and_waits_for_their_yes():
    river = group(seats=1)
    before = someone(river)
    closed()
    after = move_for_closure(claim_id=before.pk, **WHO)
    assert (after.starts_on, after.accepted_at, after.moved_from) == (THURSDAY, None, before)
    assert (seats_of(river), after.is_confirmed) == ((0, 1, 0), False)


def test_a_confirmed_seat_stays_confirmed():
    river = group(seats=1)
    before = placed(river, sent()[0], starts_on=WEDNESDAY)
    closed()
    after = move_for_closure(claim_id=before.pk, **WHO)
    assert (after.is_confirmed, after.accepted_at, seats_of(river)) == (True, None, (1, 0, 0))
    assert AuditEvent.objects.filter(action="seat.moved", actor=audit.CLOCK).count() == 1


def test_a_day_that_is_closed_too_is_passed_over():
    before = someone(group())
    closed(), closed(THURSDAY, "toledo")
    assert move_for_closure(claim_id=before.pk, **WHO).starts_on == MONDAY


def test_nobody_moves_twice_or_from_a_day_that_is_open_again():
    before, closure = someone(group()), closed()
    after = move_for_closure(claim_id=before.pk, **WHO)
    with pytest.raises(NotTouched):
        move_for_closure(claim_id=before.pk, **WHO)
    closure.delete()
    with pytest.raises(NotTouched):
        move_for_closure(claim_id=after.pk, **WHO)
    assert live(before.request) == after


def test_an_hour_has_no_other_day_and_a_group_may_have_none():
    one, river = hour(starts_at=NOW + 2 * DAY), group(days=[2])
    claims = [someone(one), someone(river)]
    for weeks in range(8):
        closed(WEDNESDAY + weeks * 7 * DAY)
    for claim in claims:
        with pytest.raises(NoOpenDay):
            move_for_closure(claim_id=claim.pk, **WHO)
    assert SeatClaim.objects.live().count() == 2


def test_everyone_who_can_moves_and_the_others_stay():
    river, harbor = group(), group("maumee")
    moved = [someone(river), placed(river, sent()[0], starts_on=WEDNESDAY)]
    stay = [someone(harbor), someone(hour(starts_at=NOW + 2 * DAY)), hold(river, sent()[0], starts_on=THURSDAY)]
    assert move_everyone_for_closure(closure_id=closed(town="toledo").pk, **WHO) == 2
    assert [live(claim.request).starts_on for claim in moved] == [THURSDAY, THURSDAY]
    assert [live(claim.request) for claim in stay] == stay


@pytest.mark.django_db(transaction=True)
def test_the_person_gives_it_back_at_that_moment_and_nobody_waits_for_ever():
    """Both lock the request first; were it the seat first, the database would have to end one of them."""
    river = group(seats=1)
    for _ in range(5):
        claim = someone(river)
        closure = closed()
        give_back = partial(restarts.give_back, claim_id=claim.pk, request_id=claim.request_id, **WHO)
        answers = at_once(partial(move_for_closure, claim_id=claim.pk, **WHO), give_back)
        assert {type(answer) for answer in answers} <= {SeatClaim, CallbackRequest, NotTouched, NotPossible}
        for left in SeatClaim.objects.live():
            restarts.give_back(claim_id=left.pk, request_id=left.request_id, **WHO)
        closure.delete()
        assert seats_of(river) == (0, 0, 1)


# --- the page ----------------------------------------------------------------------------------------------------


def test_closing_a_day_on_which_somebody_starts_leads_to_them(manager):
    someone(group())
    page = manager.post(ADD, {"date": WEDNESDAY, "reason": "Ice"}, follow=True)
    assert page.redirect_chain == [(touches_of(Closure.objects.get(date=WEDNESDAY)), 302)]
    assert words_of(page) == ["This day is closed now, and people start on it."]
    assert "One person starts that day" in text(page)


def test_so_does_changing_the_day(manager):
    closure = closed(TOMORROW)
    someone(group())
    page = reverse("admin:scheduling_closure_change", args=[closure.pk])
    assert f'href="{touches_of(closure)}"' in text(manager.get(page))
    assert manager.post(page, {"date": WEDNESDAY, "reason": "Ice"})["Location"] == touches_of(closure)


@pytest.mark.parametrize("town", ["", "maumee"])
def test_a_day_that_touches_nobody_leads_back_to_the_list(manager, town):
    placed(group(), sent()[0], starts_on=THURSDAY)
    someone(group("toledo")) if town else None
    given = {"date": WEDNESDAY, "location": Location.objects.get(slug=town).pk if town else ""}
    assert manager.post(ADD, given)["Location"] == LIST
    assert "Nobody starts on that day." in text(manager.get(touches_of(Closure.objects.get(date=WEDNESDAY))))


def test_each_line_says_what_they_start_and_where_they_could_move_and_not_who_they_are(manager):
    river = someone(group(name="Harbor"))
    talk = someone(hour("individual", "maumee", starts_at=NOW + 2 * DAY))
    never = someone(group("oregon", days=[2], starts=time(9)))
    closures = [closed(WEDNESDAY + weeks * 7 * DAY) for weeks in range(8)]
    page = manager.get(touches_of(closures[0]))
    rows = [(row.pk, row.what, row.where, row.hours, row.next_day) for row in page.context["rows"]]
    assert rows == [
        (never.pk, never.group.name, "Oregon", "9 am to noon", None),
        (talk.pk, "One-to-one time with Sage", "Maumee", "10 to 11 am", None),
        (river.pk, "Harbor", "Toledo", "6 to 9 pm", THURSDAY),
    ]
    html = text(page)
    assert [one.request.reference in html for one in (river, talk, never)] == [True] * 3
    assert html.count("Call them: the desk shows it.") == 2
    assert html.count("It meets on no open day ahead.") == 1
    assert "Move to Thu, Jun 4" in html
    assert [secret for secret in ("Wren", "Zebedee", "Tuesdays", "555", "/change/") if secret in html] == []
    assert is_titled(html) == "Whom this day touches · Desk"


def test_the_day_on_the_page_is_the_day_they_move_to(manager):
    closure = closed()
    closed(THURSDAY, "maumee"), closed(MONDAY)
    claims = [someone(group(town)) for town in ("toledo", "maumee", "")]
    said = {row.pk: row.next_day for row in manager.get(touches_of(closure)).context["rows"]}
    assert said == {claim.pk: next_day_of(claim.group, WEDNESDAY, NOW) for claim in claims}
    manager.post(all_of(closure))
    assert said == {claim.pk: live(claim.request).starts_on for claim in claims}
    assert set(said.values()) == {THURSDAY, date(2026, 6, 10)}


def test_one_button_moves_everyone_and_one_moves_one(manager):
    river, closure = group(), closed()
    claims = [someone(river) for _ in range(3)]
    page = manager.post(one_of(closure, claims[0]), follow=True)
    assert words_of(page) == ["Moved to Thu, Jun 4, 2026. They are asked whether it suits them."]
    page = manager.post(all_of(closure), follow=True)
    assert words_of(page) == ["Moved to their next day: 2. Each of them is asked whether it suits them."]
    assert "Nobody starts on that day." in text(page)
    assert AuditEvent.objects.filter(action="seat.moved", actor="juno").count() == 3


def test_a_button_that_came_too_late_says_so(manager):
    closure, talk, claim = closed(), someone(hour(starts_at=NOW + 2 * DAY)), someone(group())
    move_for_closure(claim_id=claim.pk, **WHO)
    late = words_of(manager.post(one_of(closure, claim), follow=True))
    assert late == ["They do not start on that day any more."]
    assert "Call them" in words_of(manager.post(one_of(closure, talk), follow=True))[0]
    assert manager.post(one_of(closure, SeatClaim(pk=9999)), follow=True).status_code == 200
    assert manager.post(all_of(Closure(pk=9999))).status_code == 404


def test_the_list_says_how_many_each_day_touches(manager):
    Closure.objects.all().delete()
    river = group()
    someone(river), placed(river, sent()[0], starts_on=WEDNESDAY), someone(group("maumee")), someone(group(""))
    someone(hour(starts_at=NOW + 2 * DAY))
    hold(river, sent()[0], starts_on=THURSDAY)
    for day, town in [(WEDNESDAY, ""), (WEDNESDAY, "toledo"), (WEDNESDAY, "oregon"), (THURSDAY, "toledo")]:
        closed(day, town)
    page = manager.get(LIST)
    touched = {str(closure): closure.touched for closure in page.context["cl"].result_list}
    assert touched == {
        "2026-06-03 Toledo": 3,
        "2026-06-03 Oregon": 0,
        "2026-06-03 every place": 5,
        "2026-06-04 Toledo": 1,
    }
    assert [words in text(page) for words in ("5 people", "3 people", "One person", "Nobody")] == [True] * 4


def test_days_that_are_over_are_a_press_away(manager):
    Closure.objects.all().delete()
    closed(date(2026, 5, 25)), closed(NOW.date()), closed()
    counts = [manager.get(LIST + chosen).context["cl"].result_count for chosen in ("", "?time=over", "?time=all")]
    assert counts == [2, 1, 3]


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["intake", "clinician", "privacy", "nobody"])
def test_only_a_manager_sees_whom_a_day_touches_and_moves_them(role):
    claim, closure, client = someone(group()), closed(), at_the_desk(staff(role=role))
    assert client.get(touches_of(closure)).status_code == 403
    assert [client.post(address).status_code for address in (all_of(closure), one_of(closure, claim))] == [403, 403]
    assert live(claim.request) == claim


def test_intake_staff_read_the_number_and_find_no_way_on():
    someone(group()), closed()
    page = text(at_the_desk(staff()).get(LIST))
    assert "One person" in page
    assert "/touches/" not in page


def test_moving_is_a_button(manager):
    claim, closure = someone(group()), closed()
    assert [manager.get(address).status_code for address in (all_of(closure), one_of(closure, claim))] == [405, 405]
    assert manager.post(touches_of(closure)).status_code == 405
    manager.handler.enforce_csrf_checks = True
    assert manager.post(all_of(closure)).status_code == 403
    assert live(claim.request) == claim


# --- how much it asks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 3, 400])
def test_the_page_asks_as_much_for_four_hundred_groups_as_for_one(manager, number, django_assert_num_queries):
    wren = sent()[0]
    for nth in range(number):
        someone_else(group(["toledo", "maumee", ""][nth % 3], seats=1), wren)
    closure = closed()
    manager.get(touches_of(closure))  # the session is written once
    with django_assert_num_queries(8):
        assert len(manager.get(touches_of(closure)).context["rows"]) == number


@pytest.mark.parametrize("number", [1, 3, 60])
def test_the_list_asks_as_much_for_sixty_days_as_for_one(manager, number, django_assert_num_queries):
    Closure.objects.all().delete()
    someone(group())
    for ahead in range(number):
        closed(WEDNESDAY + ahead * DAY, ["toledo", "maumee", ""][ahead % 3])
    manager.get(LIST)
    with django_assert_num_queries(10):
        manager.get(LIST)


def someone_else(what, request: CallbackRequest) -> SeatClaim:
    """A row for another person of the same sort, without a request of its own for each of four hundred."""
    copy = CallbackRequest.objects.get(pk=request.pk)
    copy.pk, copy.reference, copy._state.adding = None, f"T{what.pk:06d}"[:7], True
    copy.form_key = f"form-{what.pk}"
    copy.save()
    return hold(what, copy, starts_on=WEDNESDAY)
