"""Many requests at once: give them to a member of staff, or put them back to nobody.

First a look at each row and what would happen, then each row by itself through the one action, under its lock. Nothing
else is done in bulk: every other step needs somebody who has read the card, or talked with the person.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from intake import assigning
from intake.admin.buttons import see_other
from intake.admin.rows import initial_of, town_of
from intake.colleagues import full_name_of
from intake.errors import CannotSeeIt, NothingToDo, NotPossible
from intake.models import CallbackRequest
from privacy.row_numbers import row_number

MOST_AT_ONCE = 100
NOBODY = "nobody"
_REFUSED_WORDS = {
    CannotSeeIt: "Left as it is: they do not work for that town.",
    NotPossible: "Left as it is: it is over.",
    NothingToDo: "Left as it is: it is so already.",
}


@dataclass(frozen=True)
class Row:
    """One request in the list, with what would happen to it or did; empty before anybody is chosen."""

    pk: int
    reference: str
    initial: str
    town: str
    status: str
    holder: str
    words: str
    is_left: bool


class ToWhomForm(forms.Form):
    """The people it can be given to, and nobody."""

    to = forms.ChoiceField(label="Give them to", error_messages={"required": "Choose to whom, or nobody."})

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in assigning.people_to_give_to()}
        names = [(pk, full_name_of(person)) for pk, person in self.people.items()]
        self.fields["to"].choices = [("", "Choose"), *names, (NOBODY, "Nobody: put them back")]

    def chosen(self) -> Any:
        """A member of staff; None is nobody."""
        return self.people.get(self.cleaned_data["to"])


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """The rows that were ticked; what would happen once somebody is chosen; and what happened once it is done."""
    if not request.user.has_perm(assigning.MAY_WORK):
        raise Http404
    return page(request, [pk for pk in map(row_number, request.POST.getlist("pk")) if pk is not None])


def page(request: HttpRequest, pks: Collection[int]) -> HttpResponse:
    """For these requests, as far as this person may see them; the others are not mentioned."""
    now = timezone.now()
    requests = list(_requests(request.user, pks))
    if not requests or len(pks) > MOST_AT_ONCE:
        messages.warning(request, f"Choose at least one request, and {MOST_AT_ONCE} at most.")
        return see_other("admin:intake_callbackrequest_changelist")
    step = request.POST.get("step", "")
    form = ToWhomForm(request.POST) if step else ToWhomForm()
    if not step or not form.is_valid():
        return _draw(request, form, [_row(one, "") for one in requests], step="")
    if step != "do":
        return _draw(request, form, _foreseen(requests, form.chosen()), step="look")
    words = {one.pk: _do(one.pk, form.chosen(), request.user, now) for one in requests}
    after = _requests(request.user, words)
    return _draw(request, form, [_row(one, words[one.pk]) for one in after], step="done")


def _requests(user: Any, pks: Collection[int]) -> Any:
    ours = CallbackRequest.objects.for_staff(user).filter(pk__in=list(pks)[: MOST_AT_ONCE + 1])
    return ours.select_related("location", "assignment__to").defer("note", "answers_hash").order_by("-id")


def _foreseen(requests: list[CallbackRequest], to: Any) -> list[Row]:
    seen = assigning.seen_by(to, [one.pk for one in requests]) if to else {one.pk for one in requests}
    return [_row(one, _words(assigning.refusal(one, to, is_seen=one.pk in seen), to)) for one in requests]


def _do(pk: int, to: Any, by: Any, now: datetime) -> str:
    try:
        if to is None:
            assigning.put_back(request_id=pk, by=by, now=now)
        else:
            assigning.assign(request_id=pk, to=to, by=by, now=now)
    except tuple(_REFUSED_WORDS) as refused:
        return _REFUSED_WORDS[type(refused)]
    return f"Done: with {full_name_of(to)} now." if to else "Done: with nobody now."


def _words(refused: assigning.Refusal | None, to: Any) -> str:
    if refused is not None:
        return _REFUSED_WORDS[refused]
    return f"Goes to {full_name_of(to)}." if to else "Goes back to nobody."


def _row(request: CallbackRequest, words: str) -> Row:
    given = getattr(request, "assignment", None)
    return Row(
        pk=request.pk,
        reference=request.reference,
        initial=initial_of(request.name),
        town=town_of(request),
        status=request.get_status_display(),
        holder=full_name_of(given.to) if given else "Nobody",
        words=words,
        is_left=words in _REFUSED_WORDS.values(),
    )


def _draw(request: HttpRequest, form: ToWhomForm, rows: list[Row], *, step: str) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Give requests to somebody",
        "form": form,
        "rows": rows,
        "step": step,
        "can_do": step == "look" and not all(row.is_left for row in rows),
    }
    return TemplateResponse(request, "admin/intake/callbackrequest/assign.html", context)
