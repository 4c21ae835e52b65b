"""Every write to what a person wishes for a start: town, times, needs, what to keep away from, no sooner than when."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from intake import moves, states
from intake.errors import NotPossible
from intake.models import CallbackRequest
from privacy import audit
from scheduling.models import Group, Therapist


@dataclass(frozen=True)
class Fit:
    """What would fit, as the form on the private page asks it. `location` is a Location, or None for any of them."""

    location: Any = None
    options: list[str] = field(default_factory=list)
    group_times: list[str] = field(default_factory=list)
    help_with: list[str] = field(default_factory=list)


def change_wishes(fit: Fit, *, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Another town, other times, other needs. A new town has other hours, so the next call is planned anew."""
    with transaction.atomic():
        request = _open(request_id)
        request.location, request.options = fit.location, fit.options
        request.group_times, request.help_with = fit.group_times, fit.help_with
        _note(request, "wishes_changed", ["location", "options", "group_times", "help_with"], by, now)
        moves.promise(request, now)
        moves.plan_next_call(request, now)
        return request


def keep_away(
    *, groups: Collection[int], therapists: Collection[int], request_id: int, by: Any, now: datetime
) -> CallbackRequest:
    """The whole list of groups and therapists this person is never offered; what is not named is taken off it.

    Raises NotPossible when one of them is not there, so that nobody believes what was not written down.
    """
    with transaction.atomic():
        request = _open(request_id)
        avoided, whom = Group.objects.filter(pk__in=groups), Therapist.objects.filter(pk__in=therapists)
        _refuse_unless_all(avoided, groups)
        _refuse_unless_all(whom, therapists)
        request.avoid_groups.set(avoided)
        request.avoid_therapists.set(whom)
        _note(request, "avoids_changed", ["avoid_groups", "avoid_therapists"], by, now)
        return request


def not_this_group(*, group_id: int, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """One more group that their page does not show. Raises NotPossible when there is no such group."""
    with transaction.atomic():
        request = _open(request_id)
        if not Group.objects.filter(pk=group_id).exists():
            raise NotPossible("not_this_group")
        request.hidden_groups.add(group_id)
        _note(request, "avoids_changed", ["hidden_groups"], by, now)
        return request


def show_all_again(*, request_id: int, by: Any, now: datetime) -> CallbackRequest:
    """Nothing they hid is hidden any more, and no start is too soon. What staff keep them away from stays."""
    with transaction.atomic():
        request = _open(request_id)
        request.hidden_groups.clear()
        request.not_before = None
        request.save(update_fields=["not_before"])
        _note(request, "avoids_changed", ["hidden_groups", "not_before"], by, now)
        return request


def forget(request: CallbackRequest) -> None:
    """Part of erasing: nothing they wished for stays. The caller saves."""
    request.group_times, request.not_before = [], None
    for kept_away in (request.avoid_groups, request.hidden_groups, request.avoid_therapists):
        kept_away.clear()


def _refuse_unless_all(found: QuerySet, keys: Collection[int]) -> None:
    if found.count() < len(set(keys)):
        raise NotPossible("keep_away")


def _open(request_id: int) -> CallbackRequest:
    request = moves.locked(request_id)
    if request.status not in states.OPEN:
        raise NotPossible("change_wishes")
    return request


def _note(request: CallbackRequest, what: str, fields: list[str], by: Any, now: datetime) -> None:
    moves.note(request, what, request.status, by, now)
    audit.record(f"request.{what}", by=by, subject=request, now=now, fields=fields)
