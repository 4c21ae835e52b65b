from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup, DisallowedModelAdminToField
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest

from privacy.models import AuditEvent

NOT_KNOWN = (DisallowedModelAdminLookup, DisallowedModelAdminToField, ValueError, DataError)


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
    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PatientList


class ReadOnlyAdmin(DeskAdmin):
    """For whoever may see it; nobody adds, changes or deletes here, whatever permission they hold."""

    list_per_page = 50
    show_full_result_count = False

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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The log has no editor."""

    list_display = ["at", "actor", "action", "subject_type", "subject_key"]
    list_filter = ["action", "at"]
