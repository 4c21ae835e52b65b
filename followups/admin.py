from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from followups import cadence_admin, incident_admin, outbox  # noqa: F401  the first two register themselves
from followups.models import Message
from followups.preview import foresee
from followups.reasons import REASONS
from followups.samples import every_message
from intake.clock import when_words
from intake.models import CallbackRequest
from privacy import audit
from privacy.admin import ReadOnlyAdmin

DAYS_AHEAD, MOST_SHOWN = 7, 50


class WhyFilter(admin.SimpleListFilter):
    """By the reason, in words. No query: the reasons are known."""

    title, parameter_name = _("why"), "why"

    def lookups(self, request, model_admin):
        return list(REASONS.items())

    def queryset(self, request, queryset):
        return queryset.filter(reason=self.value()) if self.value() in REASONS else queryset


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The outbox: what is planned, what went, and why something did not. A few buttons, and nothing else to write."""

    list_title = _("Messages")
    actions = ["send_again", "call_off", "did_leave", "did_not_leave"]
    list_display = ["reference", "kind", "channel", "due", "status", "reason_in_words"]
    list_filter = ["status", "kind", "channel", WhyFilter]
    fields = [
        "reference",
        "kind",
        "channel",
        "due_at",
        "status",
        "reason_in_words",
        "tries",
        "handed_over_at",
        "kept_here",
    ]
    readonly_fields = fields

    def get_queryset(self, request):
        """Without what the person wrote: the outbox needs none of it (R-H8). About people of their places only."""
        theirs = CallbackRequest.objects.for_staff(request.user).values("pk")
        messages = super().get_queryset(request).filter(request__in=theirs)
        return messages.select_related("request__location").defer("request__name", "request__note")

    @admin.display(description=_("note"))
    def reference(self, message: Message) -> str:
        return message.request.reference

    @admin.display(description="due", ordering="due_at")
    def due(self, message: Message) -> str:
        return capfirst(when_words(message.due_at, timezone.now(), message.request.zone()))

    @admin.display(description=_("why"))
    def reason_in_words(self, message: Message) -> str:
        return REASONS.get(message.reason, message.reason)

    @admin.display(description=_("in the local outbox"))
    def kept_here(self, message: Message) -> str:
        """The words as they would have gone. The number or address stays on the contact card."""
        rows = ((delivery.subject, delivery.body) for delivery in message.deliveries.all())
        return format_html_join("", "<p><b>{}</b></p><pre>{}</pre>", rows) or "–"

    def has_work_permission(self, request) -> bool:
        return request.user.has_perm("followups.work_message")

    @admin.action(description=_("Send again what could not be sent"), permissions=["work"])
    def send_again(self, request, queryset):
        """One button, one action."""
        done = outbox.send_again(_numbers(queryset), by=request.user, now=timezone.now())
        messages.success(request, _("Planned again: %(number)d.") % {"number": done})

    @admin.action(description=_("Call off what is planned"), permissions=["work"])
    def call_off(self, request, queryset):
        """One button, one action."""
        done = outbox.call_off(_numbers(queryset), by=request.user, now=timezone.now())
        messages.success(request, _("Called off: %(number)d.") % {"number": done})

    @admin.action(description=_("I looked at the provider’s list: it went out"), permissions=["work"])
    def did_leave(self, request, queryset):
        """One button, one action."""
        done = outbox.did_leave(_numbers(queryset), by=request.user, now=timezone.now())
        messages.success(request, _("Marked as sent: %(number)d.") % {"number": done})

    @admin.action(description=_("I looked at the provider’s list: it is not there, send again"), permissions=["work"])
    def did_not_leave(self, request, queryset):
        """One button, one action."""
        done = outbox.did_not_leave(_numbers(queryset), by=request.user, now=timezone.now())
        messages.success(request, _("Planned again: %(number)d.") % {"number": done})

    # --- pages -------------------------------------------------------------------------------------------------------

    def get_urls(self):
        protect = self.admin_site.admin_view
        return [
            path("coming/", protect(require_safe(self.coming)), name="followups_message_coming"),
            path("words/", protect(require_safe(self.words)), name="followups_message_words"),
            *super().get_urls(),
        ]

    def coming(self, request):
        """Who would get what, and when, in the coming days. Opening it is written down (R-H5)."""
        self._to_read(request)
        now = timezone.now()
        theirs = CallbackRequest.objects.for_staff(request.user)
        lines = list(foresee(now=now, days=DAYS_AHEAD, most=MOST_SHOWN + 1, among=theirs))
        audit.record("messages.foreseen", by=request.user, now=now, fields=["name"])
        return self._page(
            request, "coming.html", _("The coming seven days"), lines=lines[:MOST_SHOWN], more=len(lines) > MOST_SHOWN
        )

    def words(self, request):
        """Every message in every language, as it looks on a phone."""
        self._to_read(request)
        return self._page(request, "words.html", _("The words of every message"), kinds=every_message(timezone.now()))

    def _to_read(self, request) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request, template, title, **context):
        context = {**self.admin_site.each_context(request), "title": title, **context}
        return TemplateResponse(request, f"admin/followups/message/{template}", context)


def _numbers(queryset) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
