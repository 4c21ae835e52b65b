"""Words in a note that raise the staff's attention: found as people type them, and nothing else is."""

import pytest

from intake.worry import may_mean_danger


@pytest.mark.parametrize(
    "note",
    [
        "I want to die",
        "sometimes i want   to\ndie",
        "I keep thinking about SUICIDE",
        "might overdose again",
        "no quiero vivir así",
        "tengo miedo de hacerme daño",
        "hacerme dano",
        "Sobredosis el mes pasado",
    ],
)
def test_words_that_may_mean_danger_are_found_however_they_are_typed(note):
    assert may_mean_danger(note)


@pytest.mark.parametrize("note", ["", "Tuesdays are hard for me.", "I would die of shame? No: I laughed.", "Mi hija"])
def test_other_words_are_left_in_peace(note):
    assert not may_mean_danger(note)
