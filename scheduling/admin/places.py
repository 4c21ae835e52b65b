"""Places and their hours, for program managers."""

from django import forms
from django.contrib import admin
from django.utils import timezone

from privacy.admin import DeskAdmin
from scheduling.actions import keep, remove
from scheduling.models import Location, StaffedHours


class StaffedHoursForm(forms.ModelForm):
    """In a table the heading of a column is no label for its fields; each field says its name itself.

    The browser's own time field: the admin's would compare these wall times with the clock of the visitor.
    """

    class Meta:
        model = StaffedHours
        fields = ["weekday", "opens", "closes"]
        widgets = dict.fromkeys(["opens", "closes"], forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class StaffedHoursInline(admin.TabularInline):
    model = StaffedHours
    form = StaffedHoursForm
    template = "admin/edit_rows.html"
    extra = 1


class RecordedAdmin(DeskAdmin):
    """Every save and deletion, also of rows in a table, is one action, so that it is recorded (R-H5)."""

    def save_model(self, request, obj, form, change):
        keep(obj, fields=form.changed_data, by=request.user, now=timezone.now())

    def save_formset(self, request, form, formset, change):
        now = timezone.now()
        formset.save(commit=False)  # only says which rows are new, changed and deleted
        for row in formset.deleted_objects:
            remove(row, by=request.user, now=now)
        changed = [*formset.changed_objects, *((row, self._filled(formset, row)) for row in formset.new_objects)]
        for row, fields in changed:
            keep(row, fields=fields, by=request.user, now=now)

    def _filled(self, formset, row):
        return next(form.changed_data for form in formset.extra_forms if form.instance is row)

    def delete_model(self, request, obj):
        remove(obj, by=request.user, now=timezone.now())


@admin.register(Location)
class LocationAdmin(RecordedAdmin):
    list_display = ["name", "position", "is_open", "sender_label", "time_zone"]
    inlines = [StaffedHoursInline]

    def get_readonly_fields(self, request, obj=None):
        return ["slug"] if obj else []  # links that people saved hold it

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def has_delete_permission(self, request, obj=None):
        return False
