"""Giving a request to a member of staff, and putting it back. One rule, for the look beforehand and for doing it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from intake import moves, states
from intake.errors import CannotSeeIt, NothingToDo, NotPossible
from intake.models import Assignment, CallbackRequest
from privacy import audit

MAY_WORK = "intake.work_callbackrequest"
Refusal = type[CannotSeeIt] | type[NotPossible] | type[NothingToDo]


def people_to_give_to() -> QuerySet:
    """Everybody who works with requests and still works here, by name."""
    people = get_user_model().objects.with_perm(MAY_WORK, include_superusers=False)
    return people.filter(is_staff=True, is_active=True).order_by("first_name", "username")


def assign(*, request_id: int, to: Any, by: Any, now: datetime) -> Assignment:
    """From now on it is with `to`. Raises CannotSeeIt, NotPossible (it is over) or NothingToDo."""
    with transaction.atomic():
        request = moves.locked(request_id)
        _refuse(refusal(request, to, is_seen=request.pk in seen_by(to, [request.pk])))
        given, _is_new = Assignment.objects.update_or_create(
            request=request, defaults={"to": to, "assigned_by": by, "assigned_at": now}
        )
        _write_down(request, "assigned", by, now, note=f"to {to.get_username()}")
        return given


def put_back(*, request_id: int, by: Any, now: datetime) -> None:
    """From now on it is with nobody. Raises NothingToDo."""
    with transaction.atomic():
        request = moves.locked(request_id)
        _refuse(refusal(request, None, is_seen=True))
        request.assignment.delete()
        _write_down(request, "put_back", by, now)


def take_from(holder: Any, *, request_id: int, by: Any, now: datetime) -> None:
    """From now on it is not with `holder`: it is of a town they no longer work for. Safe to do twice."""
    with transaction.atomic():
        request = moves.locked(request_id)
        taken, _by_model = Assignment.objects.filter(request=request, to=holder).delete()
        if taken:
            _write_down(request, "put_back", by, now)


def refusal(request: CallbackRequest, to: Any, *, is_seen: bool) -> Refusal | None:
    """Why it cannot be given to this person, or to nobody; None when it can. `is_seen`: whether they may see it."""
    given = getattr(request, "assignment", None)
    if (given.to_id if given else None) == (to.pk if to else None):
        return NothingToDo
    if to is not None and request.status in states.ENDED:
        return NotPossible
    return None if is_seen else CannotSeeIt


def seen_by(person: Any, request_ids: Collection[int]) -> set[int]:
    """Which of these requests the person may see and work with."""
    if not person.has_perm(MAY_WORK):
        return set()
    seen = CallbackRequest.objects.for_staff(person).filter(pk__in=request_ids)
    return set(seen.values_list("pk", flat=True))


def _refuse(refused: Refusal | None) -> None:
    if refused is not None:
        raise refused


def _write_down(request: CallbackRequest, what: str, by: Any, now: datetime, note: str = "") -> None:
    moves.note(request, what, request.status, by, now)
    audit.record(f"request.{what}", by=by, subject=request, now=now, fields=["assignment"], note=note)
