"""Sign-ins of staff, kept by administrators: a name, a role, and whether they may come in."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from intake import claims
from intake.staff_places import limit_to
from privacy.models import AuditEvent
from privacy.roles import CLINICIAN, INTAKE_STAFF
from scheduling.models import Location
from tests.intake.desk_tools import at_the_desk, text, words_of, wren
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

SIGN_INS, NEW = reverse("admin:auth_user_changelist"), reverse("admin:auth_user_add")
PASSWORD = "heron by the water at noon"


@pytest.fixture
def administrator():
    aspen = staff("aspen", role="nobody", first_name="Aspen")
    User.objects.filter(pk=aspen.pk).update(is_superuser=True)
    return at_the_desk(User.objects.get(pk=aspen.pk))


def page_of(person) -> str:
    return reverse("admin:auth_user_change", args=[person.pk])


def role(name: str) -> int:
    return Group.objects.get(name=name).pk


def form_of(person, **changes) -> dict:
    roles = list(person.groups.values_list("pk", flat=True))
    kept = {"username": person.username, "first_name": person.first_name, "last_name": "", "groups": roles}
    return {**kept, "is_active": "on", **changes}


def written_down() -> list[tuple]:
    return list(AuditEvent.objects.filter(action__startswith="staff.sign_in").values_list("action", "actor", "fields"))


def test_a_new_member_of_staff_has_a_role_and_comes_to_the_desk(administrator, client):
    secret = {"password1": PASSWORD, "password2": PASSWORD}
    who = {"username": "wisteria", "first_name": "Wisteria", "last_name": "", "groups": [role(INTAKE_STAFF)]}
    administrator.post(NEW, who | secret)
    made = User.objects.get(username="wisteria")
    assert (made.is_staff, made.is_superuser, [one.name for one in made.groups.all()]) == (True, False, [INTAKE_STAFF])
    assert client.login(username="wisteria", password=PASSWORD)
    assert client.get(reverse("admin:intake_callbackrequest_desk")).status_code == 200
    assert written_down() == [("staff.sign_in_made", "aspen", [])]


def test_the_page_hands_out_roles_and_nothing_else(administrator):
    juno = staff("juno")
    page = text(administrator.get(page_of(juno)))
    assert [name for name in ("user_permissions", "is_superuser", "is_staff", "date_joined") if name in page] == []
    administrator.post(
        page_of(juno), form_of(juno, is_superuser="on", user_permissions=["1"], groups=[role(CLINICIAN)])
    )
    juno.refresh_from_db()
    assert (juno.is_superuser, juno.user_permissions.count()) == (False, 0)
    assert [one.name for one in juno.groups.all()] == [CLINICIAN]
    assert written_down() == [("staff.sign_in_changed", "aspen", ["roles"])]


def test_who_leaves_is_out_at_once_and_stays_in_the_story(administrator):
    juno = staff("juno")
    desk = at_the_desk(juno)
    form = form_of(juno)
    del form["is_active"]
    administrator.post(page_of(juno), form)
    assert desk.get(reverse("admin:intake_callbackrequest_desk")).status_code == 302
    assert administrator.post(reverse("admin:auth_user_delete", args=[juno.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(username="juno", is_active=False).exists()


def test_the_last_administrator_is_not_shut_out(administrator):
    aspen = User.objects.get(username="aspen")
    form = form_of(aspen)
    del form["is_active"]
    assert "This is the last administrator. Make another one first." in text(administrator.post(page_of(aspen), form))
    staff("second", role="nobody")
    User.objects.filter(username="second").update(is_superuser=True)
    administrator.post(page_of(aspen), form)
    assert not User.objects.get(username="aspen").is_active


def test_who_leaves_is_on_no_call_any_more(administrator):
    marlo, request = staff("marlo"), wren()
    claims.claim(request_id=request.pk, by=marlo, now=MONDAY)
    form = form_of(marlo)
    del form["is_active"]
    administrator.post(page_of(marlo), form)
    request.refresh_from_db()
    assert request.claimed_by is None


def test_a_new_password_is_written_down_and_the_old_one_is_over(administrator, client):
    juno = staff("juno")
    secret = {"password1": PASSWORD, "password2": PASSWORD}
    administrator.post(reverse("admin:auth_user_password_change", args=[juno.pk]), secret)
    assert client.login(username="juno", password=PASSWORD)
    assert written_down() == [("staff.sign_in_changed", "aspen", ["password"])]


def test_a_town_that_is_seen_by_nobody_now_is_named(administrator):
    juno, marlo = staff("juno"), staff("marlo")
    towns = {town.slug: town for town in Location.objects.all()}
    limit_to([town for slug, town in towns.items() if slug != "oregon"], user_id=juno.pk, by=juno, now=MONDAY)
    form = form_of(marlo)
    del form["is_active"]
    answer = administrator.post(page_of(marlo), form)
    assert "Nobody works for Oregon now. Until somebody does, all intake staff see it." in words_of(answer)


def test_what_a_role_may_do_has_no_page(administrator):
    assert administrator.get("/staff/auth/group/").status_code == 404
    assert administrator.get(f"/staff/auth/group/{role(INTAKE_STAFF)}/change/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_the_same_however_long(number, administrator, django_assert_num_queries):
    for one in range(number):
        staff(f"juno{one}")
    administrator.get(SIGN_INS)
    with django_assert_num_queries(8):
        page = text(administrator.get(SIGN_INS))
    assert page.count(f'<td class="field-roles">{INTAKE_STAFF}</td>') == number
