"""Messages from family: read, answered by one script that confirms nothing, and seen to (R-P3, R-H5)."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.views.decorators.http import require_POST, require_safe

from intake import family
from intake.admin.buttons import see_other
from intake.clock import when_words
from intake.colleagues import name_of
from intake.models import FamilyMessage
from intake.models.family import READING_ORDER
from privacy import audit
from privacy.admin import ReadOnlyAdmin


class StateFilter(admin.SimpleListFilter):
    """What waits, or what is done. No query: there is nothing to look up."""

    title, parameter_name = "where it stands", "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("waiting", "Waits for us"), ("done", "Seen to")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"waiting": {"handled_at": None}, "done": {"handled_at__isnull": False}}
        return queryset.filter(**wanted.get(self.value() or "", {}))


class FamilyMessageAdmin(ReadOnlyAdmin):
    """The list tells that somebody wrote, and nothing of what. The words stand on a page of their own."""

    list_title = "Family"
    list_display = ["number", "came_in", "spoken", "danger", "state"]
    list_display_links = ["number"]
    list_filter = [StateFilter]
    ordering = READING_ORDER
    actions = None
    preserve_filters = False

    @admin.display(description="message")
    def number(self, message: FamilyMessage) -> str:
        return f"Message {message.pk}"

    @admin.display(description="came in", ordering="received_at")
    def came_in(self, message: FamilyMessage) -> str:
        return capfirst(when_words(message.received_at, timezone.now(), timezone.get_default_timezone()))

    @admin.display(description="language", ordering="language")
    def spoken(self, message: FamilyMessage) -> str:
        return get_language_info(message.language)["name_translated"]

    @admin.display(description="read first")
    def danger(self, message: FamilyMessage) -> str:
        return "Their words may mean danger" if message.worried else "–"

    @admin.display(description="where it stands", ordering="handled_at")
    def state(self, message: FamilyMessage) -> str:
        return f"Seen to by {name_of(message.handled_by)}" if message.handled_by else "Waits for us"

    def get_queryset(self, request: HttpRequest):
        messages = super().get_queryset(request).select_related("handled_by")
        return messages.defer("words", "words_hash", "reach")

    def get_urls(self):
        protect = self.admin_site.admin_view
        return [
            path("", protect(self.changelist_view), name="intake_familymessage_changelist"),
            path("<int:pk>/change/", protect(require_safe(message)), name="intake_familymessage_change"),
            path("<int:pk>/seen/", protect(require_POST(seen_to)), name="intake_familymessage_seen"),
        ]


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """The words and what may be said to them. Opening it is written down."""
    found = _message_for(request, pk, "intake.view_familymessage")
    context = {
        **admin.site.each_context(request),
        "title": f"Message {found.pk}",
        "message": found,
        "say": family.WHAT_TO_SAY,
        "never": family.WHAT_NOT_TO_DO,
        "may_see_to": request.user.has_perm("intake.change_familymessage"),
    }
    with transaction.atomic():
        audit.record("family.opened", by=request.user, subject=found, now=timezone.now(), fields=["reach", "words"])
        return TemplateResponse(request, "admin/intake/familymessage/message.html", context)


def seen_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Answered, or nothing to answer. Pressed twice, it is seen to all the same."""
    found = _message_for(request, pk, "intake.change_familymessage")
    if family.see_to(message_id=found.pk, by=request.user, now=timezone.now()):
        messages.success(request, f"Message {found.pk} is seen to. It goes by itself in a month.")
    return see_other("admin:intake_familymessage_changelist")


def _message_for(request: HttpRequest, pk: int, permission: str) -> FamilyMessage:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    found = FamilyMessage.objects.select_related("handled_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
