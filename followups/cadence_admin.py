"""When we write, for program managers."""

from django.contrib import admin
from django.utils import timezone

from followups.actions import drop_cadence, keep_cadence
from followups.models import Cadence
from privacy.admin import DeskAdmin


@admin.register(Cadence)
class CadenceAdmin(DeskAdmin):
    """A row for each place that wants its own; the one for all the rest stays."""

    list_title = "When we write"
    add_words = "Add one for a place"
    list_display = ["place", "last_note_day", "door_open_day", "reminder_hours", "most_contacts", "care_months"]
    list_select_related = ["location"]
    actions = None

    @admin.display(description="place", ordering="location")
    def place(self, cadence: Cadence) -> str:
        return str(cadence)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """A place is chosen here, and changed where places are."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.empty_label = "All places without their own"
        return field

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        widget = form.base_fields["location"].widget
        widget.can_add_related = widget.can_change_related = widget.can_view_related = False
        return form

    def has_delete_permission(self, request, obj=None) -> bool:
        is_of_a_place = obj is None or obj.location_id is not None
        return is_of_a_place and super().has_delete_permission(request, obj)

    def save_model(self, request, obj, form, change) -> None:
        keep_cadence(obj, fields=form.changed_data, by=request.user, now=timezone.now())

    def delete_model(self, request, obj) -> None:
        drop_cadence(obj, by=request.user, now=timezone.now())
