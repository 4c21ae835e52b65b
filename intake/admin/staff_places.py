"""Who works for which places: for program managers."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone

from intake import staff_places
from intake.colleagues import full_name_of
from intake.models import PlacesOfStaff
from privacy.admin import DeskAdmin

SEES_ANY_TOWN = "Only people to whom any town will do"


class PlacesOfStaffForm(forms.ModelForm):
    class Meta:
        model = PlacesOfStaff
        fields = ["user", "places"]
        widgets = {"places": forms.CheckboxSelectMultiple}
        help_texts = {
            "places": "They see requests of these towns, and of people to whom any town will do. "
            "With none ticked they see only the second kind. Delete this page of theirs, and they see every place.",
        }


class PlacesOfStaffAdmin(DeskAdmin):
    """One page for each person with a limit; each save and deletion is one action (R-H5)."""

    list_title = "Who works where"
    add_words = "Limit somebody to places"
    form = PlacesOfStaffForm
    list_display = ["who", "towns"]
    readonly_fields = ["who"]
    list_select_related = ["user"]
    show_full_result_count = False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the buttons that would open a place or a sign-in from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "user":
            field.queryset = field.queryset.filter(is_staff=True, is_active=True).order_by("first_name", "username")
            field.label_from_instance = full_name_of
        for button in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            setattr(field.widget, button, False)
        return field

    @admin.display(description="who", ordering="user__first_name")
    def who(self, limit: PlacesOfStaff) -> str:
        return full_name_of(limit.user)

    @admin.display(description="sees requests of")
    def towns(self, limit: PlacesOfStaff) -> str:
        return ", ".join(str(place) for place in limit.places.all()) or SEES_ANY_TOWN

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related("places")

    def get_fields(self, request: HttpRequest, obj: PlacesOfStaff | None = None) -> list[str]:
        return ["who", "places"] if obj else ["user", "places"]

    def save_model(self, request: HttpRequest, obj: PlacesOfStaff, form: Any, change: bool) -> None:
        who = {"user_id": obj.user_id, "by": request.user, "now": timezone.now()}
        obj.pk = staff_places.limit_to(form.cleaned_data["places"], **who).pk
        obj._state.adding = False
        say_who_is_seen_by_nobody(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action above has written the places."""

    def delete_model(self, request: HttpRequest, obj: PlacesOfStaff) -> None:
        staff_places.lift_limit(user_id=obj.user_id, by=request.user, now=timezone.now())


def say_who_is_seen_by_nobody(request: HttpRequest) -> None:
    """Nobody there waits for a call that nobody knows of, but it is nobody's work either."""
    unseen = staff_places.places_nobody_works_for()
    if unseen:
        names = ", ".join(str(place) for place in unseen)
        messages.warning(request, f"Nobody works for {names} now. Until somebody does, all intake staff see it.")
