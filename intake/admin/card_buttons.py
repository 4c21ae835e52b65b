"""The buttons of the card beside the call: a reason to call anyway, a mistake taken back, a to-do, a note for staff."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST

from intake import corrections, overrides, staff_notes, todos
from intake.admin.buttons import press, request_to_work_on, see_card
from intake.choices import OverrideReason, ToDoKind


@require_POST
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """One call against the rules of calling, for a reason out of the list."""
    request_to_work_on(request, pk)
    reason = request.POST.get("reason", "")
    if reason not in OverrideReason.values:
        messages.warning(request, "Choose why first. Then call.")
    elif press(request, overrides.call_anyway, OverrideReason(reason), request_id=pk):
        messages.success(request, "One call is fine now. Your reason stands in the story.")
    return see_card(pk)


@require_POST
def take_back(request: HttpRequest, pk: int, attempt_id: int) -> HttpResponse:
    """The call was logged by mistake."""
    request_to_work_on(request, pk)
    if press(request, corrections.take_back, attempt_id=attempt_id, request_id=pk):
        messages.success(request, "Taken back. Now log what really happened.")
    return see_card(pk)


@require_POST
def todo(request: HttpRequest, pk: int) -> HttpResponse:
    """Something to see to, by a day."""
    request_to_work_on(request, pk)
    kind, details, due_on = request.POST.get("kind", ""), request.POST.get("details", ""), _day(request)
    if kind not in ToDoKind.values or due_on is None:
        messages.warning(request, "Choose what to do, and by which day.")
    elif press(request, todos.add_todo, ToDoKind(kind), details, due_on, request_id=pk):
        messages.success(request, "Done: it comes before us on that day.")
    return see_card(pk)


@require_POST
def todo_done(request: HttpRequest, pk: int, todo_id: int) -> HttpResponse:
    request_to_work_on(request, pk)
    if press(request, todos.finish_todo, todo_id=todo_id, request_id=pk):
        messages.success(request, "Done.")
    return see_card(pk)


@require_POST
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Words for colleagues. They never come back in a message after the button, or in a list."""
    request_to_work_on(request, pk)
    if press(request, staff_notes.add_note, request.POST.get("words", ""), request_id=pk):
        messages.success(request, "Done: your colleagues see it on this card.")
    return see_card(pk)


def _day(request: HttpRequest) -> date | None:
    try:
        return parse_date(request.POST.get("due_on", ""))
    except ValueError:
        return None
