"""What a program manager can do with places, hours and closed days, and what nobody else can."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from privacy.models import AuditEvent
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
    assert "Every place" in page
    assert "Oregon" in page


# --- Who did what (R-H5) ----------------------------------------------------------------------------------------


def recorded():
    rows = AuditEvent.objects.exclude(action__startswith="desk.").order_by("id")
    return [(row.action, row.actor, row.subject_key, row.fields) for row in rows]


def test_a_changed_place_is_recorded_with_the_names_of_its_fields(manager, oregon):
    page = manager.get(place_page(oregon))
    manager.post(place_page(oregon), filled_in(page, sender_label="River Office"))
    assert recorded() == [("place.changed", "program-manager", str(oregon.pk), ["sender_label"])]
    assert "River Office" not in str(list(AuditEvent.objects.values()))


def test_saving_a_place_as_it_was_records_nothing(manager, oregon):
    manager.post(place_page(oregon), filled_in(manager.get(place_page(oregon))))
    assert recorded() == []


def test_added_changed_and_deleted_hours_are_each_recorded(manager, oregon):
    first, second, *_others = oregon.staffed_hours.order_by("weekday")
    page = manager.get(place_page(oregon))
    new = {"staffed_hours-5-weekday": "5", "staffed_hours-5-opens": "09:00", "staffed_hours-5-closes": "12:00"}
    changes = {"staffed_hours-0-closes": "20:00", "staffed_hours-1-DELETE": "on", "staffed_hours-TOTAL_FORMS": "6"}
    assert manager.post(place_page(oregon), filled_in(page, **changes, **new)).status_code == 302
    saturday = oregon.staffed_hours.get(weekday=5)
    assert sorted(recorded()) == [
        ("staffed_hours.added", "program-manager", str(saturday.pk), ["closes", "opens", "weekday"]),
        ("staffed_hours.changed", "program-manager", str(first.pk), ["closes"]),
        ("staffed_hours.deleted", "program-manager", str(second.pk), []),
    ]


def test_a_new_place_is_recorded(manager):
    hours = {"staffed_hours-TOTAL_FORMS": "0", "staffed_hours-INITIAL_FORMS": "0"}
    place = {"name": "Sylvania", "slug": "sylvania", "position": "9", "time_zone": "America/New_York"}
    sent = manager.post(reverse("admin:scheduling_location_add"), place | hours | {"sender_label": "Front Desk"})
    assert sent.status_code == 302
    [(action, _actor, key, _fields)] = recorded()
    assert (action, key) == ("place.added", str(Location.objects.get(slug="sylvania").pk))


def test_a_closed_day_is_recorded_when_it_is_added_changed_and_deleted(manager):
    manager.post(reverse("admin:scheduling_closure_add"), {"date": "2031-03-05", "reason": "A storm"})
    closure = Closure.objects.get(date="2031-03-05")
    change = reverse("admin:scheduling_closure_change", args=[closure.pk])
    manager.post(change, {"date": "2031-03-06", "reason": "A storm"})
    manager.post(reverse("admin:scheduling_closure_delete", args=[closure.pk]), {"post": "yes"})
    who, key = "program-manager", str(closure.pk)
    assert recorded() == [
        ("closure.added", who, key, ["date", "reason"]),
        ("closure.changed", who, key, ["date"]),
        ("closure.deleted", who, key, []),
    ]
