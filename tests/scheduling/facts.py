"""Pure facts of groups and hours for the tests of the option function: no database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from scheduling.facts import GroupFacts, Ledger, SlotFacts
from scheduling.options import KindOptions, Wishes, restart_options
from scheduling.picks import Kind

TOLEDO_TIME = ZoneInfo("America/New_York")
NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)  # a Monday, 10 in the morning in Toledo
TODAY = date(2026, 6, 1)
MONDAY, TUESDAY, WEDNESDAY, SUNDAY = 0, 1, 2, 6
BOTH_CLOCK_CHANGES = (date(2026, 3, 8), date(2026, 11, 1))  # Sundays


def group(number=1, town="toledo", **changes) -> GroupFacts:
    """Mondays and Wednesdays from 6 to 9 in the evening, with three seats left."""
    facts = GroupFacts(
        id=number,
        town=town,
        place=town.title() or "By video",
        zone=TOLEDO_TIME,
        weekdays=(MONDAY, WEDNESDAY),
        starts=time(18),
        ends=time(21),
        therapist_id=number,
        seats_left=3,
    )
    return replace(facts, **changes)


def hour(number=1, town="toledo", *, kind=Kind.REASSESS, day=TODAY, starts=time(14), **changes) -> SlotFacts:
    """A free hour from 2 in the afternoon of that day."""
    facts = SlotFacts(
        id=number,
        kind=kind,
        town=town,
        place=town.title() or "By video",
        zone=TOLEDO_TIME,
        day=day,
        starts=starts,
        ends=starts.replace(hour=starts.hour + 1),
        starts_at=datetime.combine(day, starts, TOLEDO_TIME).astimezone(UTC),
        therapist_id=number,
    )
    return replace(facts, **changes)


def ledger_of(facts) -> Ledger:
    """Groups and hours in the order they were given."""
    facts = list(facts)
    return Ledger(
        groups=tuple(one for one in facts if isinstance(one, GroupFacts)),
        slots=tuple(one for one in facts if isinstance(one, SlotFacts)),
    )


def kind_of(kind, facts, *, now=NOW, **wishes) -> KindOptions:
    (found,) = [one for one in restart_options(Wishes(**wishes), ledger_of(facts), now) if one.kind == kind]
    return found


def of_kind(kind, facts, **given):
    return kind_of(kind, facts, **given).options


def numbers(options) -> list[int]:
    return [option.what.id for option in options]
