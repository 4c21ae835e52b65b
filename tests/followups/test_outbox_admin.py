"""The outbox in the desk: to read for those who call and manage, for nobody to write."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from followups.models import Message
from privacy import roles

from .people import by_email, message_of, someone, tick

pytestmark = pytest.mark.django_db

LIST = "admin:followups_message_changelist"
# The session, the person signed in, their permissions (their own and their roles'), how many there are, the rows.
LIST_COSTS = 6


@pytest.fixture
def signed_in_as(client):
    """A function: sign in as somebody with this role, as an administrator, or as staff without any role."""

    def sign_in(role):
        user = get_user_model().objects.create_user("aspen", is_staff=True, is_superuser=role == "administrator")
        user.groups.set(Group.objects.filter(name=role))
        client.force_login(user)
        return client

    return sign_in


def page_of(message, name="change") -> str:
    return reverse(f"admin:followups_message_{name}", args=[message.pk])


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (roles.INTAKE_STAFF, 200),
        (roles.PROGRAM_MANAGER, 200),
        (roles.CLINICIAN, 403),
        (roles.PRIVACY_OFFICER, 403),
        ("no role", 403),
        ("administrator", 200),
    ],
)
def test_who_may_read_the_outbox(role, status, signed_in_as):
    request = someone()
    tick()
    client = signed_in_as(role)
    assert client.get(reverse(LIST)).status_code == status
    assert client.get(page_of(message_of(request))).status_code == status


def test_nobody_who_is_not_signed_in_reads_it(client):
    request = someone()
    tick()
    for page in (reverse(LIST), page_of(message_of(request))):
        assert client.get(page).status_code == 302


@pytest.mark.parametrize("role", [roles.INTAKE_STAFF, roles.PROGRAM_MANAGER, "administrator"])
def test_nobody_adds_changes_or_deletes_a_message(role, signed_in_as):
    request = someone()
    tick()
    message = message_of(request)
    before = Message.objects.values().get()
    client = signed_in_as(role)
    changed = {"status": "planned", "kind": "last_note", "reason": ""}
    answers = [
        client.get(reverse("admin:followups_message_add")),
        client.post(reverse("admin:followups_message_add"), changed),
        client.post(page_of(message), changed),
        client.get(page_of(message, "delete")),
        client.post(page_of(message, "delete"), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5
    client.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"})
    assert Message.objects.values().get() == before


def test_the_page_of_a_message_shows_the_words_and_neither_the_name_nor_the_number(signed_in_as):
    request = someone(name="Jordan Rivers", note="The blue door")
    tick()
    page = signed_in_as(roles.INTAKE_STAFF).get(page_of(message_of(request))).content.decode()
    assert "Thanks for reaching out. A person will call by Thu noon." in page
    assert request.reference in page
    for theirs in ["Jordan", "Rivers", "4195550101", "419-555-0101", "419) 555-0101", "blue door"]:
        assert theirs not in page


def test_the_list_and_a_mail_show_no_address(signed_in_as):
    request = by_email(name="Jordan Rivers")
    tick()
    client = signed_in_as(roles.PROGRAM_MANAGER)
    for page in (reverse(LIST), page_of(message_of(request))):
        text = client.get(page).content.decode()
        assert request.reference in text
        assert "wren@" not in text
        assert "Jordan" not in text


def test_why_a_message_was_not_sent_is_said_in_words(signed_in_as):
    request = someone(text_ok=False)
    tick()
    client = signed_in_as(roles.INTAKE_STAFF)
    for page in (reverse(LIST), page_of(message_of(request))):
        assert "They did not agree to messages" in client.get(page).content.decode()


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_costs_the_same_however_many_messages_there_are(people, signed_in_as, django_assert_num_queries):
    for number in range(people):
        someone(number=number)
    tick()
    client = signed_in_as(roles.INTAKE_STAFF)
    client.get(reverse(LIST))
    with django_assert_num_queries(LIST_COSTS):
        client.get(reverse(LIST))


def test_a_name_that_no_key_opens_does_not_close_the_outbox(signed_in_as):
    request = someone()
    tick()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE intake_callbackrequest SET name = 'not sealed'")
    client = signed_in_as(roles.INTAKE_STAFF)
    for page in (reverse(LIST), page_of(message_of(request))):
        assert client.get(page).status_code == 200
