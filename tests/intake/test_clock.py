"""The waiting clock and the words for time: number, word, shape; red only when it is late."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from intake.clock import Clock, day_words, in_span_words, span_words, time_words, waiting_clock, when_words

TOLEDO = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)  # Monday, 10:42 in Toledo
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def clock(waited: timedelta, **changes) -> Clock:
    given = {"since": NOW - waited, "now": NOW, "late_at": NOW + DAY, "overdue_at": NOW + 2 * DAY}
    return waiting_clock(waited, **(given | changes))


@pytest.mark.parametrize(
    ("waited", "late_at", "overdue_at", "shown"),
    [
        (0 * MINUTE, NOW + HOUR, NOW + DAY, Clock("0 min", "In good time", "quarter")),
        (59 * MINUTE, NOW + HOUR, NOW + DAY, Clock("59 min", "In good time", "quarter")),
        (60 * MINUTE, NOW + HOUR, NOW + DAY, Clock("1 h", "Past the hour", "half")),
        (239 * MINUTE, NOW + MINUTE, NOW + DAY, Clock("3 h 59 min", "Past the hour", "half")),
        (265 * MINUTE, NOW, NOW + DAY, Clock("4 h 25 min", "Late", "three", late=True)),
        (822 * MINUTE, NOW - DAY, NOW, Clock("13 h 42 min", "Overdue", "diamond", late=True)),
    ],
)
def test_the_clock_says_how_long_in_number_word_and_shape(waited, late_at, overdue_at, shown):
    assert clock(waited, late_at=late_at, overdue_at=overdue_at) == shown


def test_without_a_late_moment_four_open_hours_are_late():
    assert clock(239 * MINUTE, late_at=None, overdue_at=None).word == "Past the hour"
    assert clock(240 * MINUTE, late_at=None, overdue_at=None).word == "Late"


@pytest.mark.parametrize(("calls", "word"), [(1, "Tried once"), (2, "Tried twice"), (3, "Tried 3 times")])
def test_after_a_call_the_clock_says_so_and_is_never_red(calls, word):
    shown = clock(30 * HOUR, late_at=NOW - DAY, overdue_at=NOW - DAY, calls=calls)
    assert (shown.word, shown.late) == (word, False)


def test_a_wait_of_a_week_is_told_in_days():
    assert clock(40 * HOUR, since=NOW - 8 * DAY).text == "8 days"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (-MINUTE, "0 min"),
        (timedelta(seconds=59), "0 min"),
        (24 * MINUTE, "24 min"),
        (65 * MINUTE, "1 h 05 min"),
        (2 * HOUR, "2 h"),
        (26 * HOUR, "26 h"),
    ],
)
def test_a_span_is_told_in_hours_and_minutes(span, words):
    assert span_words(span) == words


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [(17, 0, "noon"), (5, 0, "midnight"), (13, 0, "8 am"), (15, 42, "10:42 am"), (18, 5, "1:05 pm")],
)
def test_a_time_is_told_as_the_wall_clock_there_shows_it(hour, minute, words):
    assert time_words(NOW.replace(hour=hour, minute=minute), TOLEDO) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "yesterday"), (0, "today"), (1, "tomorrow"), (2, "Wednesday"), (7, "Monday, November 30")],
)
def test_a_day_is_told_as_people_say_it(days, words):
    assert day_words(NOW + days * DAY, NOW, TOLEDO) == words


def test_today_ends_at_midnight_in_their_town_not_in_london():
    late_evening = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # still Monday in Toledo
    assert day_words(late_evening, NOW, TOLEDO) == "today"


def test_a_coming_moment_has_day_and_time():
    assert when_words(NOW + DAY, NOW, TOLEDO) == "tomorrow at 10:42 am"


def test_far_away_is_told_in_days():
    assert in_span_words(NOW + 78 * MINUTE, NOW) == "1 h 18 min"
    assert in_span_words(NOW + 3 * DAY, NOW) == "3 days"
