"""What staff leave each other on a card: to-dos and notes. Sealed, in no list, and gone with the person."""

from datetime import date, timedelta

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from intake import actions, staff_notes, todos
from intake.choices import ToDoKind
from intake.errors import NotPossible
from intake.models import StaffNote, ToDo
from privacy import audit, key_rotation
from privacy.models import AuditEvent
from tests.intake.desk_tools import DAY, DESK, LIST, at_the_desk, card_of, references, text, words_of, wren
from tests.intake.make import every_text_in_the_database
from tests.intake.people import MONDAY, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
WORDS, DETAILS = "Her sister Zinnia picks up in the evening", "Ask Zinnia about the bus"


def todo_of(request) -> str:
    return reverse("admin:intake_callbackrequest_todo", args=[request.pk])


def note_of(request) -> str:
    return reverse("admin:intake_callbackrequest_note", args=[request.pk])


def a_todo(request, by, due_on: date = TODAY) -> ToDo:
    return todos.add_todo(ToDoKind.RIDE, DETAILS, due_on, request_id=request.pk, by=by, now=MONDAY)


def a_note(request, by, words: str = WORDS) -> StaffNote:
    return staff_notes.add_note(words, request_id=request.pk, by=by, now=MONDAY)


def test_a_to_do_comes_before_staff_on_its_day_and_without_its_words(desk, juno):
    request = wren(times=["afternoon"])
    answer = desk.post(todo_of(request), {"kind": "ride", "due_on": "2026-11-24", "details": DETAILS})
    assert words_of(answer) == ["Done: it comes before us on that day."]
    assert references(text(desk.get(reverse(DESK))), "decide") == []
    with time_machine.travel(MONDAY + DAY, tick=False):
        page = text(at_the_desk(juno).get(reverse(DESK)))
    assert references(page, "decide") == [request.reference]
    assert "A to-do is due." in page
    assert "Zinnia" not in page


def test_the_card_shows_it_until_it_is_done(desk, juno):
    request = wren()
    todo = a_todo(request, juno, TOMORROW)
    page = text(desk.get(card_of(request)))
    assert "<b>Arrange a ride</b>, tomorrow. Ask Zinnia about the bus" in page
    done = reverse("admin:intake_callbackrequest_done", args=[request.pk, todo.pk])
    for _ in range(2):
        assert desk.post(done).headers["Location"] == card_of(request)
    todo.refresh_from_db()
    assert (todo.done_at, todo.done_by) == (MONDAY, juno)
    assert DETAILS not in text(desk.get(card_of(request)))
    assert list(request.history.values_list("what", flat=True)) == ["received", "todo_made", "todo_done"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ""},
        {"kind": "party"},
        {"due_on": ""},
        {"due_on": "2026-11-22"},
        {"due_on": "2027-05-25"},
        {"due_on": "9999-12-31"},
        {"due_on": "soon"},
        {"details": "x" * 121},
    ],
)
def test_a_to_do_that_does_not_fit_is_asked_for_again(desk, wrong):
    answer = desk.post(todo_of(wren()), {"kind": "ride", "due_on": "2026-11-23", "details": "", **wrong})
    assert len(words_of(answer)) == 1
    assert not ToDo.objects.exists()


def test_the_same_to_do_or_note_twice_is_one(juno):
    request = wren()
    for _time in range(2):
        a_todo(request, juno), a_note(request, juno)
    assert (request.todos.count(), request.staff_notes.count()) == (1, 1)
    steps = list(request.history.values_list("what", flat=True))
    assert (steps.count("todo_made"), steps.count("staff_note")) == (1, 1)
    a_todo(request, juno, TOMORROW), a_note(request, staff("marlo")), a_note(request, juno)
    assert (request.todos.count(), request.staff_notes.count()) == (2, 3)


def test_who_took_it_back_leaves_us_nothing_to_do(juno):
    request = wren()
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=MONDAY)
    with pytest.raises(NotPossible):
        a_todo(request, juno)


def test_a_to_do_of_somebody_else_cannot_be_done_from_this_card(juno):
    other = a_todo(wren(), juno)
    with pytest.raises(NotPossible):
        todos.finish_todo(todo_id=other.pk, request_id=wren().pk, by=juno, now=MONDAY)


def test_a_note_stands_on_the_card_with_who_and_when_and_nowhere_else(desk, juno):
    request = wren()
    answer = desk.post(note_of(request), {"words": f"{WORDS}\nby bus"})
    assert words_of(answer) == ["Done: your colleagues see it on this card."]
    page = text(desk.get(card_of(request)))
    assert f"{WORDS}<br>by bus" in page
    assert "Today at 10:42 am".lower() in page.lower()
    for name in (DESK, LIST):
        assert "Zinnia" not in text(desk.get(reverse(name)))
    opened = AuditEvent.objects.filter(action="request.opened").last()
    assert "staff_notes" in opened.fields
    assert "Zinnia" not in str([vars(event) for event in AuditEvent.objects.all()])


def test_the_form_says_that_nothing_about_health_belongs_there(desk):
    assert "Nothing about health: that is for the clinician." in text(desk.get(card_of(wren())))


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 501])
def test_a_note_of_no_words_or_too_many_is_not_kept(desk, words):
    desk.post(note_of(wren()), {"words": words})
    assert not StaffNote.objects.exists()


def test_words_of_staff_are_sealed_in_the_database(juno):
    a_note(wren(), juno), a_todo(wren(), juno)
    assert "Zinnia" not in every_text_in_the_database()


def test_the_database_keeps_who_wrote_when_and_about_whom(juno):
    note = a_note(wren(), juno)
    changes = ["SET at = now()", f"SET by_id = {staff('marlo').pk}", f"SET request_id = {wren().pk}"]
    for change in [*(f"UPDATE intake_staffnote {one}" for one in changes), "DELETE FROM intake_staffnote"]:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    note.refresh_from_db()
    assert (note.words, note.by, note.at) == (WORDS, juno, MONDAY)


def test_words_of_staff_are_sealed_anew_with_a_newer_key(juno, settings):
    a_note(wren(), juno), a_todo(wren(), juno)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    for model in (StaffNote, ToDo):
        tally = key_rotation.rotate(model)
        assert (tally.renewed, tally.refused, tally.unopened) == (1, [], [])
    assert (StaffNote.objects.get().words, ToDo.objects.get().details) == (WORDS, DETAILS)


def test_who_is_erased_takes_the_words_about_them_along(desk, juno):
    request = wren()
    a_note(request, juno), a_todo(request, juno)
    actions.erase(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert list(StaffNote.objects.values_list("words", flat=True)) == [""]
    assert not ToDo.objects.exists()
    assert "Zinnia" not in text(desk.get(card_of(request)))
    for verb in (a_note, a_todo):
        with pytest.raises(NotPossible):
            verb(request, juno)


@pytest.mark.parametrize("role", ["clinician", "manager", "privacy", "nobody"])
def test_only_intake_staff_write_them(role):
    request, client = wren(), at_the_desk(staff(role, role=role))
    assert client.post(note_of(request), {"words": WORDS}).status_code == 404
    assert client.post(todo_of(request), {"kind": "ride", "due_on": "2026-11-24"}).status_code == 404
    assert not StaffNote.objects.exists()


@pytest.mark.parametrize("queries_for", [1, 3])
def test_a_card_asks_as_much_for_three_notes_as_for_one(desk, juno, queries_for, django_assert_num_queries):
    request = wren()
    for number in range(queries_for):
        a_note(request, juno), a_todo(request, juno, TODAY + timedelta(days=number))
    desk.get(card_of(request))
    with django_assert_num_queries(35):
        desk.get(card_of(request))
