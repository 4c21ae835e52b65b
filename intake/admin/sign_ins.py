"""Sign-ins of staff: who they are, what they may do, and whether they may come in. For administrators (R-H8)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html

from intake.admin.staff_places import say_who_is_seen_by_nobody
from intake.staff_places import free_what_they_no_longer_see
from privacy import audit
from privacy.admin import DeskAdmin

ROLE_HELP = "What a role may do is the same everywhere and comes with each version; nobody has a right of their own."
TO_A_NEW_PASSWORD = format_html('<a href="{}">Set a new password</a>', "../password/")


class SignInForm(UserChangeForm):
    """What somebody may do. No administrator shuts out the last one who could open the door again."""

    def clean_is_active(self) -> bool:
        is_active = self.cleaned_data["is_active"]
        others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=self.instance.pk)
        if self.instance.is_superuser and not is_active and not others.exists():
            raise forms.ValidationError("This is the last administrator. Make another one first.")
        return is_active


class SignInAdmin(DeskAdmin, UserAdmin):
    """Nobody is deleted, since what they did stays with their name: who leaves may not sign in any more."""

    list_title = "Sign-ins"
    add_words = "Add a sign-in"
    form, add_form = SignInForm, UserCreationForm
    fieldsets = [
        (None, {"fields": ["username"], "description": TO_A_NEW_PASSWORD}),
        ("Who they are", {"fields": ["first_name", "last_name"]}),
        ("What they may do", {"fields": ["is_active", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "password1", "password2"]}),
        ("What they may do", {"fields": ["groups"]}),
    ]
    list_display = ["username", "first_name", "last_name", "roles", "is_active"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []

    @admin.display(description="role")
    def roles(self, person: User) -> str:
        names = ", ".join(role.name for role in person.groups.all())
        return names or ("Administrator" if person.is_superuser else "None yet")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "is_active":
            kwargs |= {"label": "May sign in", "help_text": "Untick it when they leave: they are signed out at once."}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        shown = {"label": "Roles", "help_text": ROLE_HELP, "widget": forms.CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **{**kwargs, **shown})

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        obj.is_staff = True  # a sign-in is for the desk; nobody else ever signs in
        super().save_model(request, obj, form, change)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        self._write_down("staff.sign_in_made", request, obj, [])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        """Also of a new password, which has a page of its own."""
        changed = [name.lower() for part in message for name in part.get("changed", {}).get("fields", [])]
        self._write_down("staff.sign_in_changed", request, obj, changed)
        as_saved = User.objects.get(pk=obj.pk)  # without the rights that the form's row remembers
        free_what_they_no_longer_see(as_saved, by=request.user, now=timezone.now())
        return super().log_change(request, obj, message)

    def _write_down(self, action: str, request: HttpRequest, person: User, fields: list[str]) -> None:
        audit.record(action, by=request.user, subject=person, now=timezone.now(), fields=fields)
        say_who_is_seen_by_nobody(request)
