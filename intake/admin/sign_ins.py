"""Sign-ins of staff: who they are, what they may do, and whether they may come in. For administrators (R-H8)."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from intake.admin.staff_places import say_who_is_seen_by_nobody
from privacy import audit
from privacy.admin import DeskAdmin

ROLE_HELP = "What a role may do is the same everywhere and comes with each version; nobody has a right of their own."


class SignInAdmin(DeskAdmin, UserAdmin):
    """Nobody is deleted, since what they did stays with their name: who leaves may not sign in any more."""

    list_title = "Sign-ins"
    add_words = "Add a sign-in"
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Who they are", {"fields": ["first_name", "last_name"]}),
        ("What they may do", {"fields": ["is_active", "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "first_name", "last_name", "usable_password", "password1", "password2"]}),
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
        words = {"label": "May sign in", "help_text": "Untick it when they leave: they are signed out at once."}
        return super().formfield_for_dbfield(
            db_field, request, **kwargs, **(words if db_field.name == "is_active" else {})
        )

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
        return super().log_change(request, obj, message)

    def _write_down(self, action: str, request: HttpRequest, person: User, fields: list[str]) -> None:
        audit.record(action, by=request.user, subject=person, now=timezone.now(), fields=fields)
        say_who_is_seen_by_nobody(request)
