"""What staff promised to see to, and by when. On its day it brings the request before staff."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from intake import moves
from intake.choices import ToDoKind
from intake.errors import DoesNotFit, NotPossible
from intake.models import CallbackRequest, ToDo
from intake.states import Status
from intake.tidy import tidy
from privacy import audit

LONGEST = 120  # letters
FURTHEST = timedelta(weeks=26)  # a day further on would be read as one of this year


def add_todo(kind: ToDoKind, details: str, due_on: date, *, request_id: int, by: Any, now: datetime) -> ToDo:
    """Due on that day where the person is. The same one twice is one. Raises DoesNotFit for a day that is over or half
    a year away or words that are too long, and NotPossible for somebody who took it back or is erased."""
    with transaction.atomic():
        request = moves.locked(request_id)
        words, today = tidy(details), now.astimezone(request.zone()).date()
        if not today <= due_on <= today + FURTHEST or len(words) > LONGEST:
            raise DoesNotFit
        if request.status in (Status.ERASED, Status.WITHDRAWN):
            raise NotPossible("todo")  # nothing is ours to do for them
        for there in request.todos.filter(kind=kind, due_on=due_on, done_at=None):
            if there.details == words:
                return there
        made = ToDo.objects.create(request=request, kind=kind, details=words, due_on=due_on, made_at=now)
        _note(request, "todo_made", by, now)
        return made


def finish_todo(*, todo_id: int, request_id: int, by: Any, now: datetime) -> ToDo:
    """It is done. Twice is once. Raises NotPossible for one of another request."""
    with transaction.atomic():
        request = moves.locked(request_id)
        todo = request.todos.filter(pk=todo_id).first()
        if todo is None:
            raise NotPossible("todo")
        if todo.done_at is None:
            todo.done_at, todo.done_by = now, by
            todo.save(update_fields=["done_at", "done_by"])
            _note(request, "todo_done", by, now)
        return todo


def _note(request: CallbackRequest, step: str, by: Any, now: datetime) -> None:
    moves.note(request, step, request.status, by, now)
    audit.record(f"request.{step}", by=by, subject=request, now=now)
