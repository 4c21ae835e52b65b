"""Giving many requests to one member of staff: a look beforehand, then each row by itself, under its lock."""

import re

import pytest
from django.urls import reverse

from intake import actions, assigning, staff_places
from intake.errors import CannotSeeIt, NothingToDo, NotPossible
from intake.models import Assignment
from intake.states import ENDED, Status
from privacy.models import AuditEvent
from tests.intake.desk_tools import LIST, SECRETS, at_the_desk, card_of, is_titled, text, words_of, wren
from tests.intake.make import at_once
from tests.intake.make import standing_at as standing
from tests.intake.people import MONDAY, staff
from tests.intake.test_who_sees_whose import EVERYBODY, limited, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

ASSIGN = reverse("admin:intake_callbackrequest_assign")


@pytest.fixture
def aspen():
    return staff("aspen", first_name="Aspen")


def given(request, to, by=None):
    return assigning.assign(request_id=request.pk, to=to, by=by or to, now=MONDAY)


def holders(*requests) -> list[str]:
    whose = dict(Assignment.objects.values_list("request", "to__username"))
    return [whose.get(one.pk, "nobody") for one in requests]


def ask(client, step: str, to, *requests):
    form = {"pk": [one.pk for one in requests], "to": getattr(to, "pk", to), "step": step}
    return client.post(ASSIGN, form)


def rows(response) -> dict[str, str]:
    """By reference, what would happen or did."""
    found = re.findall(r'<tr>\s*<th scope="row"><a[^>]*>([^<]+)</a>.*?<td>([^\n]*)</td>\s*</tr>', text(response), re.S)
    return {reference: re.sub("<[^>]+>", "", words) for reference, words in found}


# --- the action --------------------------------------------------------------------------------------------------


def test_a_request_is_given_and_put_back_and_each_step_is_written_down(juno, aspen):
    request = wren()
    given(request, aspen, by=juno)
    assert holders(request) == ["aspen"]
    assigning.put_back(request_id=request.pk, by=juno, now=MONDAY)
    assert holders(request) == ["nobody"]

    steps = list(request.history.order_by("id").values_list("what", "actor"))[1:]
    assert steps == [("assigned", "juno"), ("put_back", "juno")]
    events = AuditEvent.objects.filter(action__in=["request.assigned", "request.put_back"]).order_by("id")
    assert [(one.action, one.actor, one.note) for one in events] == [
        ("request.assigned", "juno", "to aspen"),
        ("request.put_back", "juno", ""),
    ]


def test_it_can_be_given_on_to_somebody_else(juno, aspen):
    request = wren()
    given(request, aspen)
    given(request, juno)
    assert holders(request) == ["juno"]


def test_nothing_is_done_twice(aspen):
    request = wren()
    with pytest.raises(NothingToDo):
        assigning.put_back(request_id=request.pk, by=aspen, now=MONDAY)
    given(request, aspen)
    with pytest.raises(NothingToDo):
        given(request, aspen)
    assert AuditEvent.objects.filter(action="request.assigned").count() == 1


def test_nobody_gets_a_request_they_cannot_see(juno, aspen):
    request = wren(town="toledo")
    with pytest.raises(CannotSeeIt):
        given(request, limited(aspen, "maumee"), by=juno)
    with pytest.raises(CannotSeeIt):
        given(request, staff("marlo", role="manager"), by=juno)
    assert holders(request) == ["nobody"]


@pytest.mark.parametrize("status", [status for status in Status if status in ENDED])
def test_what_is_over_is_given_to_nobody_but_can_be_put_back(status, aspen):
    request = standing(status)
    with pytest.raises(NotPossible):
        given(request, aspen)
    Assignment.objects.create(request=request, to=aspen, assigned_by=aspen, assigned_at=MONDAY)
    assigning.put_back(request_id=request.pk, by=aspen, now=MONDAY)
    assert holders(request) == ["nobody"]


def test_an_assignment_takes_a_request_from_nobodys_desk(juno, aspen):
    request = wren()
    given(request, aspen)
    assert request.reference in text(at_the_desk(juno).get(reverse("admin:intake_callbackrequest_desk")))


@pytest.mark.django_db(transaction=True)
def test_two_who_give_one_request_away_at_the_same_moment_leave_one_holder(juno, aspen):
    request = wren()
    at_once(lambda: given(request, juno), lambda: given(request, aspen))
    assert Assignment.objects.filter(request=request).count() == 1
    assert request.history.filter(what="assigned").count() == 2
    assert request.history.filter(what="assigned").last().actor == holders(request)[0]


def test_only_who_works_with_requests_and_is_still_here_can_be_chosen(juno, aspen):
    staff("marlo", role="manager"), staff("rowan", role="clinician"), staff("nemo", role="nobody")
    gone = staff("gone")
    gone.is_active = False
    gone.save()
    assert [person.username for person in assigning.people_to_give_to()] == ["aspen", "juno"]


# --- in bulk -----------------------------------------------------------------------------------------------------


def test_ticking_rows_leads_to_a_look_and_nothing_has_happened(desk, aspen):
    one, two = wren(), wren()
    page = desk.post(reverse(LIST), {"action": "give_to_somebody", "_selected_action": [one.pk, two.pk]})
    assert "Give 2 requests to somebody" in text(page)
    assert rows(page) == {two.reference: "Choose to whom first.", one.reference: "Choose to whom first."}
    assert ">Do this</button>" not in text(page)
    assert not Assignment.objects.exists()


def test_the_look_says_for_each_row_what_would_happen_and_changes_nothing(desk, juno, aspen):
    limited(aspen, "maumee")
    goes, hers, elsewhere = wren(), wren(), wren(town="toledo")
    over = wren()
    actions.make_move("withdraw", request_id=over.pk, by=juno, now=MONDAY)
    given(hers, aspen)
    page = ask(desk, "look", aspen, goes, hers, elsewhere, over)
    assert rows(page) == {
        goes.reference: "Goes to Aspen.",
        hers.reference: "Left as it is: it is so already.",
        elsewhere.reference: "Left as it is: they do not work for that town.",
        over.reference: "Left as it is: it is over.",
    }
    assert ">Do this</button>" in text(page)
    assert holders(goes, hers, elsewhere, over) == ["nobody", "aspen", "nobody", "nobody"]


def test_doing_it_says_for_each_row_what_happened(desk, juno, aspen):
    goes, hers = wren(), wren()
    given(hers, aspen)
    done = {goes.reference: "Done: with Aspen now.", hers.reference: "Left as it is: it is so already."}
    assert rows(ask(desk, "do", aspen, goes, hers)) == done
    assert holders(goes, hers) == ["aspen", "aspen"]
    assert AuditEvent.objects.filter(action="request.assigned", actor="juno").count() == 1


def test_a_page_sent_twice_does_nothing_the_second_time(desk, aspen):
    request = wren()
    ask(desk, "do", aspen, request)
    assert rows(ask(desk, "do", aspen, request)) == {request.reference: "Left as it is: it is so already."}
    assert request.history.filter(what="assigned").count() == 1


def test_what_changed_since_the_look_is_seen_when_it_is_done(desk, aspen):
    request = wren()
    ask(desk, "look", aspen, request)
    staff_places.limit_to([], user_id=aspen.pk, by=aspen, now=MONDAY)
    result = rows(ask(desk, "do", aspen, request))
    assert result == {request.reference: "Left as it is: they do not work for that town."}


def test_many_are_put_back_to_nobody(desk, juno, aspen):
    one, two, free = wren(), wren(), wren()
    given(one, aspen), given(two, juno)
    assert rows(ask(desk, "look", "nobody", one, two, free))[free.reference] == "Left as it is: it is so already."
    assert rows(ask(desk, "do", "nobody", one, two, free))[one.reference] == "Done: with nobody now."
    assert holders(one, two, free) == ["nobody"] * 3


def test_when_every_row_would_be_left_there_is_no_button_to_do_it(desk, juno):
    assert ">Do this</button>" not in text(ask(desk, "look", "nobody", wren()))


@pytest.mark.parametrize("to", ["", "99999", "x"])
def test_somebody_who_cannot_be_chosen_is_not_chosen(desk, to):
    request = wren()
    page = ask(desk, "do", to, request)
    assert 'class="field wrong"' in text(page)
    assert holders(request) == ["nobody"]


def test_a_request_of_another_town_is_not_mentioned_and_not_given(juno, aspen):
    mine, other = wren(), wren(town="toledo")
    client = at_the_desk(limited(juno, "maumee"))
    for step in ("", "look", "do"):
        assert set(rows(ask(client, step, aspen, mine, other))) == {mine.reference}
    assert holders(mine, other) == ["aspen", "nobody"]


@pytest.mark.parametrize("pks", [[], ["x"], [99999]])
def test_no_request_at_all_leads_back_to_the_list(desk, pks):
    page = desk.post(ASSIGN, {"pk": pks})
    assert (page.status_code, page.headers["Location"]) == (303, reverse(LIST))
    assert words_of(page) == ["Choose at least one request, and 100 at most."]


def test_more_than_anyone_can_look_over_is_refused(desk, aspen, monkeypatch):
    monkeypatch.setattr("intake.admin.assigning.MOST_AT_ONCE", 1)
    one, two = wren(), wren()
    assert ask(desk, "do", aspen, one, two).status_code == 303
    assert holders(one, two) == ["nobody", "nobody"]


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_who_works_with_requests_gives_them_away(role, aspen):
    request, client = wren(), at_the_desk(somebody(role))
    may = role in {"intake", "administrator"}
    assert ask(client, "do", aspen, request).status_code == (200 if may else 404)
    assert holders(request) == ["aspen" if may else "nobody"]


def test_the_pages_name_nobody_who_asked(desk, aspen):
    for step in ("", "look", "do"):
        page = text(ask(desk, step, aspen, wren()))
        assert [secret for secret in SECRETS if secret in page] == []
        assert is_titled(page) == "Give requests to somebody · Desk"


def test_the_list_says_with_whom_and_shows_mine_or_nobodys(desk, juno, aspen):
    mine, hers, free = wren(), wren(), wren()
    given(mine, juno), given(hers, aspen)

    def shown(**query):
        page = text(desk.get(reverse(LIST), query))
        return [one.reference in page for one in (mine, hers, free)]

    assert shown() == [True, True, True]
    assert shown(**{"with": "me"}) == [True, False, False]
    assert shown(**{"with": "nobody"}) == [False, False, True]
    assert "Aspen" in text(desk.get(reverse(LIST)))


def test_the_card_says_with_whom_it_is_and_what_happened(desk, juno, aspen):
    request = wren()
    assert "<dt>With</dt>" not in text(desk.get(card_of(request)))
    given(request, aspen, by=juno)
    page = text(desk.get(card_of(request)))
    assert "<dt>With</dt><dd>Aspen</dd>" in page
    assert "Given to a member of staff" in page


@pytest.mark.parametrize("number", [1, 3])
def test_a_look_costs_the_same_however_many_rows(desk, aspen, number, django_assert_num_queries):
    requests = [wren() for _ in range(number)]
    ask(desk, "look", aspen, *requests)
    # The session, the person, their permissions twice; the requests, whom to give to; and whether they may see them
    # and work with them.
    with django_assert_num_queries(9):
        ask(desk, "look", aspen, *requests)


def test_who_may_not_see_a_town_any_more_has_nothing_of_it(juno, aspen):
    theirs, elsewhere = wren(town="toledo"), wren(town="maumee")
    given(theirs, aspen), given(elsewhere, aspen)
    limited(aspen, "maumee")
    assert holders(theirs, elsewhere) == ["nobody", "aspen"]
    assert theirs.history.order_by("id").last().what == "put_back"


@pytest.mark.parametrize("step", ["", "look", "do"])
def test_a_number_too_long_for_any_row_is_as_good_as_none(desk, aspen, step):
    for wrong in ("9" * 30, "-1", "x", "٣"):
        answer = desk.post(ASSIGN, {"pk": [wrong], "to": aspen.pk, "step": step})
        assert words_of(answer)[-1] == "Choose at least one request, and 100 at most."
