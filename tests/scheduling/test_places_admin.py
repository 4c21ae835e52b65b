"""What a program manager can do with places, hours and closed days, and what nobody else can."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from privacy.roles import INTAKE_STAFF, PROGRAM_MANAGER
from scheduling.models import Closure, Location

pytestmark = pytest.mark.django_db
PREFILL = "admin:scheduling_closure_prefill_holidays"


def sign_in(client, role):
    user = User.objects.create_user(username=role.lower().replace(" ", "-"), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    client.force_login(user)
    return client


@pytest.fixture
def manager(client):
    return sign_in(client, PROGRAM_MANAGER)


@pytest.fixture
def oregon():
    return Location.objects.get(slug="oregon")


def place_page(location):
    return reverse("admin:scheduling_location_change", args=[location.pk])


def filled_in(response, **changes):
    """What the browser would send back: the values of the form and its hours, with some of them changed."""
    data = {}
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for field in form:
            if field.value() is not None and field.value() is not False:  # an unticked box sends nothing
                data[field.html_name] = field.value()
    return data | {"staffed_hours-TOTAL_FORMS": len(forms) - 2} | changes


def test_a_manager_sees_the_hours_beside_the_place(manager, oregon):
    response = manager.get(place_page(oregon))
    assert response.status_code == 200
    assert b"Front Desk" in response.content


def test_every_field_of_the_hours_says_its_name(manager, oregon):
    page = manager.get(place_page(oregon)).content.decode()
    fields = re.findall(r"<(?:input|select)[^>]+name=\"staffed_hours-\d+-(?:weekday|opens|closes)\"[^>]*>", page)
    assert len(fields) == 3 * 6
    assert [field for field in fields if "aria-label" not in field] == []


def test_a_manager_changes_the_name_on_messages(manager, oregon):
    page = manager.get(place_page(oregon))
    response = manager.post(place_page(oregon), filled_in(page, sender_label="River Office"))
    assert response.status_code == 302
    oregon.refresh_from_db()
    assert oregon.sender_label == "River Office"


def test_a_revealing_name_on_messages_is_refused_with_the_word(manager, oregon):
    page = manager.get(place_page(oregon))
    response = manager.post(place_page(oregon), filled_in(page, sender_label="Sober Desk"))
    assert response.status_code == 200
    assert "Leave out: Sober." in response.content.decode()


def test_hours_that_end_before_they_start_are_refused_in_words(manager, oregon):
    page = manager.get(place_page(oregon))
    response = manager.post(place_page(oregon), filled_in(page, **{"staffed_hours-0-closes": "07:00"}))
    assert response.status_code == 200
    assert "The hours must end later than they start" in response.content.decode()


def test_the_short_name_of_a_place_never_changes(manager, oregon):
    page = manager.get(place_page(oregon))
    manager.post(place_page(oregon), filled_in(page, slug="elsewhere"))
    oregon.refresh_from_db()
    assert oregon.slug == "oregon"


def test_the_page_for_a_new_place_opens(manager):
    assert manager.get(reverse("admin:scheduling_location_add")).status_code == 200


def test_nobody_deletes_a_place(admin_client, oregon):
    delete = reverse("admin:scheduling_location_delete", args=[oregon.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 403
    everyone = {"action": "delete_selected", "_selected_action": [oregon.pk], "post": "yes"}
    admin_client.post(reverse("admin:scheduling_location_changelist"), everyone)
    assert Location.objects.filter(pk=oregon.pk).exists()


def test_one_button_closes_next_years_holidays(manager):
    next_year = timezone.localdate().year + 1
    Closure.objects.filter(date__year=next_year).delete()
    page = manager.get(reverse("admin:scheduling_closure_changelist")).content.decode()
    assert f"Close on the federal holidays of {next_year}" in page
    assert f'action="{reverse(PREFILL)}"' in page
    response = manager.post(reverse(PREFILL), follow=True)
    added = Closure.objects.filter(date__year=next_year).count()
    assert added >= 11
    assert f"Closed days added: {added}." in response.content.decode()


def test_the_button_only_acts_when_pressed(manager):
    assert manager.get(reverse(PREFILL)).status_code == 405


def test_intake_staff_see_closed_days_and_change_none(client):
    intake = sign_in(client, INTAKE_STAFF)
    page = intake.get(reverse("admin:scheduling_closure_changelist"))
    assert page.status_code == 200
    assert "Close on the federal holidays" not in page.content.decode()
    assert intake.post(reverse(PREFILL)).status_code == 403


def test_every_place_is_named_in_the_list_of_closed_days(manager, oregon):
    Closure.objects.create(location=oregon, date=timezone.localdate())
    page = manager.get(reverse("admin:scheduling_closure_changelist")).content.decode()
    assert "every place" in page
    assert "Oregon" in page
