"""The page that finds a request again. By POST alone: an address is kept in histories and logs (R-H8, R-P3)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods

from intake.admin.on_paper import MAY_LIMIT, MAY_PRINT
from intake.admin.rows import initial_of, town_of
from intake.clock import day_words
from intake.models import CallbackRequest
from intake.search import MOST_FOUND, requests_with, sort_of
from privacy import audit
from privacy.throttle import TooManyTries, count_try


class SearchForm(forms.Form):
    term = forms.CharField(
        label="Reference, whole phone number or whole email",
        max_length=254,
        help_text="Such as 7KQ-42M, in any case and with or without the dash. What you type is not kept.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autofocus": True}),
        error_messages={
            "required": "Type a reference, a number or an address first.",
            "null_characters_not_allowed": "This is no reference, number or address. Type it again.",
        },
    )


@dataclass(frozen=True)
class Found:
    """One request, as a list may show it."""

    pk: int
    reference: str
    initial: str
    town: str
    status: str
    came_in: str


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """The form, and under it what was found. The box comes back empty: the page holds nothing that was typed."""
    if not may_search(request.user):
        raise PermissionDenied
    form = SearchForm(request.POST) if request.method == "POST" else SearchForm()
    if not form.is_bound or not form.is_valid():
        return _page(request, form, None)
    return _page(request, SearchForm(), _found(request.user, form.cleaned_data["term"], timezone.now()))


def may_search(user: Any) -> bool:
    """Whoever works with requests, or answers for what is printed of them and shared."""
    return any(user.has_perm(permission) for permission in ("intake.view_callbackrequest", MAY_PRINT, MAY_LIMIT))


def _found(user: Any, term: str, now: datetime) -> list[Found]:
    """Of what this person may see; out of sight and not there are the same. That they looked is written down, and
    for what sort of thing, never the thing (R-H5)."""
    sort = sort_of(term)
    try:
        count_try("search", user.get_username(), limit=settings.SEARCHES_PER_HOUR, now=now)
    except TooManyTries:
        audit.record("request.search_refused", by=user, now=now, fields=[sort])
        raise
    audit.record("request.searched", by=user, now=now, fields=[sort])
    requests = requests_with(term, sort).for_staff(user).select_related("location").defer("note", "answers_hash")
    return [_line(one, now) for one in requests[: MOST_FOUND + 1]]


def _line(request: CallbackRequest, now: datetime) -> Found:
    return Found(
        pk=request.pk,
        reference=request.reference,
        initial=initial_of(request.name),
        town=town_of(request),
        status=request.get_status_display(),
        came_in=capfirst(day_words(request.received_at, now, request.zone())),
    )


def _page(request: HttpRequest, form: SearchForm, found: list[Found] | None) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Search",
        "form": form,
        "asked": found is not None,
        "found": (found or [])[:MOST_FOUND],
        "most": MOST_FOUND if found and len(found) > MOST_FOUND else 0,
        "may_see": request.user.has_perm("intake.view_callbackrequest"),
        "may_print": request.user.has_perm(MAY_PRINT),
        "may_limit": request.user.has_perm(MAY_LIMIT),
    }
    return TemplateResponse(request, "admin/intake/callbackrequest/search.html", context)
