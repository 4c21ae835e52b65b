from django.contrib import admin

from privacy.models import AuditEvent


class ReadOnlyAdmin(admin.ModelAdmin):
    """For whoever may see it; nobody adds, changes or deletes here, whatever permission they hold."""

    list_per_page = 50
    show_full_result_count = False

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
