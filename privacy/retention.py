"""How long things are kept, and what happens then (R-H9). Apps register what is theirs from their `ready`.

Nothing here knows what a request is: a rule is a name, the rows that are due, and the app's own verb for one row.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session

LINKS_KEPT = timedelta(days=30)  # after they stopped working
REQUESTS_KEPT = timedelta(days=180)  # after they ended, when no treatment record came of them (R-H9, COUNSEL)


@dataclass(frozen=True)
class Rule:
    """`due` gives the keys of the rows whose time is over; `purge` ends one, and is safe to run twice."""

    name: str  # as the command prints it, such as "requests erased"
    due: Callable[[datetime], Iterable[Any]]
    purge: Callable[[Any, datetime], None]


_rules: dict[str, Rule] = {}
_holds: dict[str, list[Callable[[], Iterable[Any]]]] = {}


def register(rule: Rule) -> None:
    """Make the rule part of every purge. The name is its identity."""
    _rules[rule.name] = rule


def hold(name: str, keys: Callable[[], Iterable[Any]]) -> None:
    """Keep these rows of a rule whatever their age, such as requests that a treatment record hangs on (7 years)."""
    _holds.setdefault(name, []).append(keys)


def rules() -> Iterator[Rule]:
    yield from _rules.values()


def due(rule: Rule, now: datetime) -> list[Any]:
    """Keys of the rows to purge now, without those that something holds."""
    held = {key for keys in _holds.get(rule.name, []) for key in keys()}
    return [key for key in rule.due(now) if key not in held]


def _sessions_over(now: datetime) -> Iterable[str]:
    return Session.objects.filter(expire_date__lte=now).values_list("pk", flat=True)


def _delete_session(key: str, now: datetime) -> None:
    Session.objects.filter(pk=key, expire_date__lte=now).delete()


register(Rule("sessions deleted", _sessions_over, _delete_session))
