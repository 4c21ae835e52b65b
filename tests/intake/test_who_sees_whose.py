"""Who works for which places, and that nobody sees a request of another one (docs/decisions/0018)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from followups.models import Incident, Message
from followups.preview import foresee
from intake import actions, staff_places
from intake.models import CallbackRequest, PlacesOfStaff
from privacy.models import AuditEvent
from scheduling.models import Closure, Location, SeatClaim
from tests.intake.desk_tools import DESK, LIST, at_the_desk, card_of, text, words_of, wren
from tests.intake.people import MONDAY, ROLES, staff
from tests.scheduling.make import group, hold
from tests.test_repository import all_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

EVERYBODY = (*ROLES, "nobody", "administrator")
OF_A_REQUEST = "staff/intake/callbackrequest/<int:pk>/"
LIMITS = "admin:intake_placesofstaff_changelist"
NOT_THERE = 99999


def place(slug: str) -> Location:
    return Location.objects.get(slug=slug)


def limited(person: User, *slugs: str) -> User:
    """Somebody with these towns only; a colleague goes on working for all of them, so that none is nobody's."""
    if not User.objects.filter(username="everywhere").exists():
        staff("everywhere")
    staff_places.limit_to([place(slug) for slug in slugs], user_id=person.pk, by=person, now=MONDAY)
    return person


def somebody(role: str) -> User:
    person = staff("linnea", role=role)
    if role == "administrator":
        User.objects.filter(pk=person.pk).update(is_superuser=True)
    return User.objects.get(pk=person.pk)


def seen_by(person: User) -> set[CallbackRequest]:
    return set(CallbackRequest.objects.for_staff(person))


@pytest.fixture
def maumee():
    return wren(town="maumee")


@pytest.fixture
def toledo():
    return wren(town="toledo", phone="+14195550188", email="")


@pytest.fixture
def any_town():
    return wren(town="", phone="+14195550189", email="")


# --- the rule ----------------------------------------------------------------------------------------------------


def test_whoever_has_no_limit_works_for_every_place(juno, maumee, toledo, any_town):
    assert seen_by(juno) == {maumee, toledo, any_town}


def test_a_limit_leaves_those_places_and_whoever_takes_any_town(juno, maumee, toledo, any_town):
    assert seen_by(limited(juno, "maumee")) == {maumee, any_town}
    assert seen_by(limited(juno, "maumee", "toledo")) == {maumee, toledo, any_town}


def test_taking_away_the_last_place_closes_and_does_not_open(juno, maumee, toledo, any_town):
    assert seen_by(limited(juno)) == {any_town}


def test_a_limit_of_somebody_else_changes_nothing(juno, maumee, toledo):
    limited(staff("aspen"), "toledo")
    assert seen_by(juno) == {maumee, toledo}


def test_who_left_or_is_no_staff_sees_nobody(juno, maumee):
    juno.is_active = False
    assert seen_by(juno) == set()
    assert seen_by(User(is_staff=False)) == set()


def test_a_town_that_nobody_works_for_is_seen_by_all_who_call_people(juno, maumee, toledo, any_town):
    limited(juno, "maumee"), limited(staff("aspen"), "toledo", "maumee")
    assert seen_by(juno) == {maumee, any_town}
    User.objects.filter(username__in=["everywhere", "aspen"]).update(is_active=False)
    assert seen_by(User.objects.get(pk=juno.pk)) == {maumee, toledo, any_town}
    assert [seen_by(limited(staff(role, role=role), "maumee")) for role in ("manager", "privacy")] == [
        {maumee, any_town},
        {maumee, any_town},
    ]
    assert staff_places.places_nobody_works_for() == [place(slug) for slug in ("toledo", "perrysburg", "oregon")]


def test_a_closed_town_with_somebody_who_waits_counts_as_one_that_needs_people(juno, toledo):
    Location.objects.exclude(slug="maumee").update(is_open=False)
    staff_places.limit_to([place("maumee")], user_id=juno.pk, by=juno, now=MONDAY)
    assert staff_places.places_nobody_works_for() == [place("toledo")]


@pytest.mark.parametrize(
    "asked", ["location__groups__seats__claim__request__reference", "location__slug", "status__startswith", "name"]
)
def test_the_address_of_the_list_asks_for_nothing_but_its_filters(juno, maumee, asked):
    assert at_the_desk(juno).get(reverse(LIST), {asked: "x"}).status_code != 200


def test_the_rule_costs_no_query_of_its_own(juno, maumee, toledo, django_assert_num_queries):
    limited(juno, "maumee")
    juno.has_perm("intake.view_callbackrequest")  # every page has asked
    with django_assert_num_queries(1):
        assert list(CallbackRequest.objects.for_staff(juno)) == [maumee]


# --- every page --------------------------------------------------------------------------------------------------


def answers(client: Client, address: str, pk: int) -> list[tuple[int, bytes]]:
    """What GET and POST say at that address of that request, in all they say."""
    path = "/" + address.replace("<int:pk>", str(pk))
    for gap in ("<int:claim_id>", "<int:restriction_id>", "<int:attempt_id>", "<int:todo_id>"):
        path = path.replace(gap, "1")
    path = path.replace("<slug:verb>", "confirm").replace("<slug:name>", "rest")
    assert "<" not in path
    return [(said.status_code, said.content) for said in (client.get(path), client.post(path, {"weeks": "1"}))]


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_request_of_another_town_does_not_exist_at_any_address(role, toledo):
    """Not one letter differs between what is there and what is not."""
    client = at_the_desk(limited(somebody(role), "maumee"))
    walked = [address for address in all_addresses() if address.startswith(OF_A_REQUEST)]
    assert len(walked) >= 10
    for address in walked:
        found = answers(client, address, toledo.pk)
        assert {status for status, _body in found} <= {403, 404, 405}, address
        assert found == answers(client, address, NOT_THERE), address
    toledo.refresh_from_db()
    assert toledo.status == "waiting"


def test_the_same_walk_at_a_request_of_their_own_town_opens_doors(juno, maumee):
    """Otherwise the test above could never fail."""
    client = at_the_desk(limited(juno, "maumee"))
    assert client.get(card_of(maumee)).status_code == 200
    assert answers(client, f"{OF_A_REQUEST}move/<slug:name>/", maumee.pk)[1][0] == 303


@pytest.mark.parametrize("name", [DESK, LIST])
def test_no_list_shows_a_request_of_another_town(name, juno, maumee, toledo, any_town):
    shown = text(at_the_desk(limited(juno, "maumee")).get(reverse(name)))
    assert [one.reference in shown for one in (maumee, any_town, toledo)] == [True, True, False]


def test_the_list_of_another_town_is_empty_when_the_filter_is_typed_by_hand(juno, toledo):
    client = at_the_desk(limited(juno, "maumee"))
    assert toledo.reference not in text(client.get(reverse(LIST), {"location__id__exact": place("toledo").pk}))


def test_a_card_links_no_repeat_request_of_another_town(juno, maumee):
    again = wren(town="toledo")
    assert again.reference in text(at_the_desk(juno).get(card_of(maumee)))
    assert again.reference not in text(at_the_desk(limited(juno, "maumee")).get(card_of(maumee)))


def message_to(request: CallbackRequest) -> Message:
    return Message.objects.create(
        request=request, kind="acknowledgement", occasion="x", channel="text", due_at=MONDAY + timedelta(hours=1)
    )


def test_a_message_to_somebody_of_another_town_is_not_in_the_outbox(juno, maumee, toledo):
    mine, other = message_to(maumee), message_to(toledo)
    client = at_the_desk(limited(juno, "maumee"))
    shown = text(client.get(reverse("admin:followups_message_changelist")))
    assert (maumee.reference in shown, toledo.reference in shown) == (True, False)
    pages = [reverse("admin:followups_message_change", args=[pk]) for pk in (mine.pk, other.pk, NOT_THERE)]
    assert [client.get(page).status_code for page in pages] == [200, 404, 404]
    assert client.get(pages[1]).content == client.get(pages[2]).content


def test_a_message_of_another_town_is_not_called_off_by_its_number(juno, toledo):
    message = message_to(toledo)
    client = at_the_desk(limited(juno, "maumee"))
    pressed = {"action": "call_off", "_selected_action": [message.pk]}
    client.post(reverse("admin:followups_message_changelist"), pressed)
    message.refresh_from_db()
    assert message.status == "planned"


def test_what_is_coming_shows_their_own_towns_only(juno, maumee, toledo):
    message_to(maumee), message_to(toledo)
    everybody = {line.reference for line in foresee(now=MONDAY, days=7)}
    assert {maumee.reference, toledo.reference} <= everybody
    shown = text(at_the_desk(limited(juno, "maumee")).get(reverse("admin:followups_message_coming")))
    assert (maumee.reference in shown, toledo.reference in shown) == (True, False)


def test_an_incident_of_another_town_is_not_there_for_a_privacy_officer_with_a_limit(maumee, toledo):
    incidents = [
        Incident.objects.create(request=one, found_at=MONDAY, assess_by=MONDAY + timedelta(days=60))
        for one in (maumee, toledo)
    ]
    client = at_the_desk(limited(staff(role="privacy"), "maumee"))
    pages = [reverse("admin:followups_incident_change", args=[one.pk]) for one in incidents]
    assert [client.get(page).status_code for page in pages] == [200, 404]


# --- people on a closed day --------------------------------------------------------------------------------------


@pytest.fixture
def ice(maumee, toledo):
    """A day is closed on which one person of each town starts. Returns the closed day and both claims."""
    day = MONDAY.date() + timedelta(days=2)
    birch = group(seats=2)
    claims = [
        hold(birch, one, starts_on=day, now=MONDAY, expires_at=MONDAY + timedelta(days=1)) for one in (maumee, toledo)
    ]
    return Closure.objects.create(date=day, reason="Ice"), *claims


def test_a_closed_day_shows_people_of_their_own_towns_and_moves_only_those(ice, maumee, toledo):
    closure, _mine, other = ice
    client = at_the_desk(limited(staff(role="manager"), "maumee"))
    shown = text(client.get(reverse("admin:scheduling_closure_touches", args=[closure.pk])))
    assert (maumee.reference in shown, toledo.reference in shown) == (True, False)

    one = [reverse("admin:scheduling_closure_move", args=[closure.pk, pk]) for pk in (other.pk, NOT_THERE)]
    said = [words_of(client.post(address))[-1] for address in one]
    assert said == ["They do not start on that day any more."] * 2
    client.post(reverse("admin:scheduling_closure_move_everyone", args=[closure.pk]))
    moved = set(SeatClaim.objects.live().exclude(starts_on=closure.date).values_list("request", flat=True))
    assert moved == {maumee.pk}


# --- managing it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYBODY)
def test_managers_and_administrators_say_who_works_where(role):
    client = at_the_desk(somebody(role))
    wanted = 200 if role in {"manager", "administrator"} else 403
    assert client.get(reverse(LIMITS)).status_code == wanted
    assert client.get(reverse("admin:intake_placesofstaff_add")).status_code == wanted


def test_a_manager_limits_somebody_and_lifts_it_again_and_both_are_written_down(juno, toledo):
    staff("everywhere")
    client = at_the_desk(staff("marlo", role="manager"))
    given = {"user": juno.pk, "places": [place("maumee").pk]}
    assert client.post(reverse("admin:intake_placesofstaff_add"), given).status_code == 302
    assert seen_by(juno) == set()

    limit = PlacesOfStaff.objects.get()
    page = reverse("admin:intake_placesofstaff_change", args=[limit.pk])
    assert client.post(page, {"places": [place("toledo").pk]}).status_code == 302
    assert seen_by(juno) == {toledo}
    assert "Toledo" in text(client.get(reverse(LIMITS)))

    client.post(reverse("admin:intake_placesofstaff_delete", args=[limit.pk]), {"post": "yes"})
    assert not PlacesOfStaff.objects.exists()
    events = AuditEvent.objects.filter(action__startswith="staff.").order_by("id")
    assert [(one.action, one.actor, one.subject_key) for one in events] == [
        ("staff.limited_to_places", "marlo", str(juno.pk)),
        ("staff.limited_to_places", "marlo", str(juno.pk)),
        ("staff.limit_lifted", "marlo", str(juno.pk)),
    ]


def test_a_town_that_nobody_sees_any_more_is_said_aloud(juno):
    client = at_the_desk(staff("marlo", role="manager"))
    given = {"user": juno.pk, "places": [place("maumee").pk, place("toledo").pk]}
    said = words_of(client.post(reverse("admin:intake_placesofstaff_add"), given))
    assert "Nobody works for Perrysburg, Oregon now. Until somebody does, all intake staff see it." in said


def test_nothing_is_said_while_somebody_sees_every_town(juno):
    staff("aspen")
    limited(juno, "maumee")
    assert staff_places.places_nobody_works_for() == []


def test_a_repeated_lift_writes_nothing(juno):
    staff_places.lift_limit(user_id=juno.pk, by=juno, now=MONDAY)
    assert not AuditEvent.objects.filter(action__startswith="staff.").exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_limits_costs_the_same_however_long(number, django_assert_num_queries):
    client = at_the_desk(staff("marlo", role="manager"))
    for nth in range(number):
        limited(staff(f"staff{nth}"), "maumee", "toledo")
    client.get(reverse(LIMITS))  # the first page also begins the session
    with django_assert_num_queries(7):
        client.get(reverse(LIMITS))


def test_the_phone_of_another_town_is_called_by_nobody_by_mistake(juno, toledo):
    """A button pressed on an address from yesterday, before the limit was set."""
    client = at_the_desk(juno)
    address = reverse("admin:intake_callbackrequest_attempt", args=[toledo.pk])
    limited(juno, "maumee")
    assert client.post(address, {"outcome": "no_answer"}).status_code == 404
    assert toledo.attempts.count() == 0
    actions.log_attempt("no_answer", request_id=toledo.pk, by=staff("aspen"), now=MONDAY)
    assert toledo.attempts.count() == 1
