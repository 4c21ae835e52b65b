from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.text import capfirst

from privacy.models import AuditEvent
from privacy.row_numbers import row_number

NOT_KNOWN = (DisallowedModelAdminLookup, DisallowedModelAdminToField, ValueError, OverflowError, DataError)


class PatientList(ChangeList):
    """Asked for what it does not know, it shows itself without it. Django's own does so for some values only;
    for others it fails, or logs an attack where somebody mistyped an address."""

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Raises IncorrectLookupParameters, on which the admin leads to the list alone; what fails there is a fault."""
        try:
            super().__init__(request, *args, **kwargs)
        except NOT_KNOWN as error:
            if set(request.GET) <= {ERROR_FLAG}:
                raise
            raise IncorrectLookupParameters from error


class DeskAdmin(admin.ModelAdmin):
    """Lists and forms in the words of the desk."""

    list_title: Any = ""  # what the menu calls it
    add_words: Any = ""  # what the button says that leads to a new one, and the page it leads to
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PatientList

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": self._title(), **self._names(), **(extra_context or {})})

    def response_action(self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any) -> Any:
        """What was ticked must be rows; the admin itself fails on anything else."""
        if None in map(row_number, request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)):
            messages.warning(request, "Nothing was done. Tick some rows first.")
            return redirect(request.get_full_path())
        return super().response_action(request, queryset, *args, **kwargs)

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        if kwargs.get("add") and self.add_words:
            context |= {"title": self.add_words}
        return super().render_change_form(request, {**context, **self._names()}, *args, **kwargs)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return super().delete_view(request, object_id, {**self._names(), **(extra_context or {})})

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        return super().history_view(request, object_id, {**self._names(), **(extra_context or {})})

    def _title(self) -> str:
        return str(self.list_title or capfirst(self.opts.verbose_name_plural))

    def _names(self) -> dict[str, Any]:
        return {"list_title": self._title(), "add_words": self.add_words or f"Add a {self.opts.verbose_name}"}


class ReadOnlyAdmin(DeskAdmin):
    """For whoever may see it; nobody adds, changes or deletes here, whatever permission they hold."""

    list_per_page = 50
    show_full_result_count = False

    def render_change_form(self, request: HttpRequest, context: dict, *args: Any, **kwargs: Any) -> HttpResponse:
        context |= {"title": capfirst(self.opts.verbose_name)}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row; a 404 when it is not there or not theirs to see, and no message that repeats its number (R-P3)."""
        found = super().get_object(request, object_id, from_field)
        if found is None and not self.has_view_permission(request):
            raise PermissionDenied
        if found is None:
            raise Http404
        return found

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


class WhenFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "when"


class WhatFilter(admin.AllValuesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "what"

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": action_words(str(choice["display"]))}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The log has no editor."""

    list_display = ["when", "actor", "done", "about"]
    list_filter = [("action", WhatFilter), ("at", WhenFilter)]
    fields = readonly_fields = ("when", "actor", "done", "about", "names", "note")

    @admin.display(description="when", ordering="id")
    def when(self, event: AuditEvent) -> str:
        """ "Wed, Nov 25, 2026, 11:19 am": the clock of this office."""
        at = timezone.localtime(event.at)
        return f"{at:%a, %b} {at.day}, {at.year}, {in_words(at, 'g:i')} {'am' if at.hour < 12 else 'pm'}"

    @admin.display(description="what", ordering="action")
    def done(self, event: AuditEvent) -> str:
        return action_words(event.action)

    @admin.display(description="about")
    def about(self, event: AuditEvent) -> str:
        """ "Request 7"."""
        if not event.subject_type:
            return "–"
        return f"{capfirst(apps.get_model(event.subject_type)._meta.verbose_name)} {event.subject_key}"

    @admin.display(description="which fields")
    def names(self, event: AuditEvent) -> str:
        return ", ".join(event.fields) or "–"


def action_words(action: str) -> str:
    """ "Request: print refused" for "request.print_refused"."""
    return capfirst(action.replace(".", ": ").replace("_", " "))
