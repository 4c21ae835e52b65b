"""Groups and who leads them: set up, copied, closed to new people, never deleted."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.forms.models import BaseInlineFormSet
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

from privacy.admin import DeskAdmin
from scheduling.actions import copy_group, save_group
from scheduling.admin.places import RecordedAdmin
from scheduling.admin.week import week
from scheduling.models import Group, Therapist, Weekday, WeekOneStart
from scheduling.models.places import BY_VIDEO
from scheduling.seats import MOST_SEATS, fewest_seats
from scheduling.words import days_words, free_words, hours_words, taken_words

IN_WORDS = ["where", "days_in_words", "hours", "led_by", "seats_in_words"]


class GroupForm(forms.ModelForm):
    """The group with what belongs to it in two more tables: its days, and its seats as a number."""

    weekdays = forms.TypedMultipleChoiceField(
        label="Days", choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.IntegerField(min_value=0, max_value=MOST_SEATS)

    class Meta:
        model = Group
        fields = ["name", "location", "level_of_care", "therapist", "starts", "minutes", "is_open"]
        widgets = {"starts": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial |= {"weekdays": self.instance.weekdays, "seats": self.instance.seats.count()}

    def clean_seats(self) -> int:
        """The admin saves in the transaction of this check, so what is true here is true when it is written."""
        seats = self.cleaned_data["seats"]
        fewest = fewest_seats(self.instance.pk) if self.instance.pk else 0
        if seats < fewest:
            raise forms.ValidationError(f"Held or taken: {fewest}. Give one back first.")
        return seats


class WeekOneStartFormSet(BaseInlineFormSet):
    def clean(self) -> None:
        """The group must meet on that day. Its days are not saved yet: they are read from the same page."""
        super().clean()
        meets_on = {int(day) for day in self.data.getlist("weekdays") if day.isdigit()}
        for form in self.forms:
            day = form.cleaned_data.get("date") if form.is_valid() else None
            if day and day.weekday() not in meets_on and not form.cleaned_data.get("DELETE"):
                form.add_error("date", f"The group does not meet on a {Weekday(day.weekday()).label}.")


class WeekOneStartForm(forms.ModelForm):
    """In a table the heading of a column is no label for its fields; each field says its name itself."""

    class Meta:
        model = WeekOneStart
        fields = ["date"]
        widgets = {"date": forms.DateInput(attrs={"type": "date", "aria-label": "Date"}, format="%Y-%m-%d")}


class WeekOneStartInline(admin.TabularInline):
    model = WeekOneStart
    form = WeekOneStartForm
    formset = WeekOneStartFormSet
    template = "admin/edit_rows.html"
    extra = 2


@admin.register(Therapist)
class TherapistAdmin(RecordedAdmin):
    list_display = ["display_name", "is_active"]

    def get_readonly_fields(self, request, obj=None):
        """The sign-in opens the notes of people who start with this therapist: no manager hands that out (R-H8)."""
        return [] if request.user.is_superuser else ["account"]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Group)
class GroupAdmin(DeskAdmin):
    form = GroupForm
    inlines = [WeekOneStartInline]
    list_display = ["name", *IN_WORDS, "is_open"]
    list_filter = ["location", "is_open"]
    list_select_related = ["location", "therapist"]
    empty_value_display = BY_VIDEO  # what the filter says of groups without a place
    ordering = [F("location__position").asc(nulls_last=True), "starts", "name"]

    @admin.display(description="place")
    def where(self, group: Group) -> str:
        return group.place_name

    @admin.display(description="days")
    def days_in_words(self, group: Group) -> str:
        return days_words(group.weekdays)

    @admin.display(description="time")
    def hours(self, group: Group) -> str:
        return hours_words(group.starts, group.ends)

    @admin.display(description="led by")
    def led_by(self, group: Group) -> str:
        return str(group.therapist or "Nobody yet")

    @admin.display(description="seats")
    def seats_in_words(self, group: Group) -> str:
        return ", ".join(filter(None, [taken_words(placed=group.placed, held=group.held), free_words(group.free)]))

    def get_queryset(self, request):
        return super().get_queryset(request).with_seats_counted().prefetch_related("days")

    def get_fields(self, request, obj=None):
        if not self._may_save(request, obj):
            return ["name", *IN_WORDS, "level_of_care", "is_open"]
        return ["name", "location", "level_of_care", "therapist", "starts", "minutes", "weekdays", "seats", "is_open"]

    def get_readonly_fields(self, request, obj=None):
        """Who may only look reads in words what is a field for a manager."""
        return [] if self._may_save(request, obj) else IN_WORDS

    def _may_save(self, request, obj) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        given = form.cleaned_data
        save_group(obj, weekdays=given["weekdays"], seats=given["seats"], by=request.user, now=timezone.now())

    def get_urls(self):
        protect = self.admin_site.admin_view
        return [
            path("calendar/", protect(week), name="scheduling_group_calendar"),
            path("<int:pk>/copy/", protect(require_POST(self.copy)), name="scheduling_group_copy"),
            *super().get_urls(),
        ]

    def copy(self, request, pk):
        """One button, one action; then the page of the copy, to look it over."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        group = get_object_or_404(Group, pk=pk)
        copied = copy_group(group_id=group.pk, by=request.user, now=timezone.now())
        messages.success(request, "This is the copy. Nobody is offered it until you tick “Still taking people”.")
        return redirect("admin:scheduling_group_change", copied.pk)
