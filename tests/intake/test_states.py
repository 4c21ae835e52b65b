"""The table of states and moves: complete, drawn as it is, and without a dead end."""

from pathlib import Path

import pytest

from intake import states
from intake.outcomes import MOVE_OF, Outcome
from intake.states import Actor, Move, Status
from intake.status_words import WORDS

DRAWING = Path(__file__).resolve().parents[2] / "docs" / "states.md"


def test_the_drawing_in_the_docs_is_the_table():
    assert DRAWING.read_text() == states.drawing(), "Run: python manage.py draw_states"


def test_a_move_that_is_added_shows_in_the_drawing(monkeypatch):
    extra = Move("extra", (Status.WAITING,), Status.RETURNED, (Actor.CLOCK,), "An extra move")
    monkeypatch.setitem(states.MOVES, "extra", extra)
    drawing = states.drawing()
    assert "    waiting --> returned: extra" in drawing
    assert "| `extra` | `waiting` | `returned` | the clock | An extra move |" in drawing


def test_every_state_can_be_reached_from_a_new_request():
    reached = {Status.WAITING}
    while more := {m.target for m in states.MOVES.values() if reached & set(m.sources)} - reached:
        reached |= more
    assert reached == set(Status)


@pytest.mark.parametrize("status", states.PAGE_STILL_LIVES)
def test_a_person_can_erase_from_everywhere_and_from_nowhere_twice(status):
    assert states.can(status, "erase", Actor.PERSON)
    assert not any(states.moves_from(Status.ERASED, actor) for actor in Actor)


@pytest.mark.parametrize("status", [*states.OPEN, Status.NO_NUMBER, Status.DOOR_OPEN])
def test_a_person_can_take_it_back_as_long_as_it_is_open(status):
    assert states.can(status, "withdraw", Actor.PERSON)


def test_staff_never_erase_and_the_clock_puts_people_back_on_the_list_or_loses_a_number():
    assert [m.name for m in states.MOVES.values() if m.target == Status.ERASED and Actor.STAFF in m.actors] == []
    assert {m.name for m in states.MOVES.values() if Actor.CLOCK in m.actors} == {
        "wake",
        "call_again",
        "erase",
        "lose_number",
    }


def test_every_state_is_open_or_ended_and_never_both():
    assert set(states.OPEN) | set(states.ENDED) == set(Status)
    assert not set(states.OPEN) & set(states.ENDED)


def test_a_move_nobody_knows_is_not_possible():
    assert not any(states.can(status, "teleport", actor) for status in Status for actor in Actor)


def test_every_outcome_of_a_call_makes_a_move_of_staff():
    assert set(MOVE_OF) == set(Outcome)
    assert all(Actor.STAFF in states.MOVES[name].actors for name in MOVE_OF.values())
    assert all(states.can(status, name, Actor.STAFF) for status in states.TO_CALL for name in MOVE_OF.values())


def test_the_private_page_has_words_for_every_state_it_can_show():
    assert set(WORDS) == set(states.PAGE_STILL_LIVES)
