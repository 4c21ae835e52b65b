from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from followups import incident_admin  # noqa: F401  registers itself
from followups.models import Message
from privacy.admin import ReadOnlyAdmin


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The outbox: what is planned, what went, and why something did not. To read, not to write."""

    list_display = ["reference", "kind", "channel", "due_at", "status", "reason_in_words", "handed_over_at"]
    list_filter = ["status", "kind", "channel"]
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

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Messages"), **(extra_context or {})})

    def get_queryset(self, request):
        """Without what the person wrote: the outbox needs none of it (R-H8)."""
        return super().get_queryset(request).select_related("request").defer("request__name", "request__note")

    @admin.display(description=_("note"))
    def reference(self, message: Message) -> str:
        return message.request.reference

    @admin.display(description=_("why"))
    def reason_in_words(self, message: Message) -> str:
        return REASONS.get(message.reason, message.reason)

    @admin.display(description=_("in the local outbox"))
    def kept_here(self, message: Message) -> str:
        """The words as they would have gone. The number or address stays on the contact card."""
        rows = ((delivery.subject, delivery.body) for delivery in message.deliveries.all())
        return format_html_join("", "<p><b>{}</b></p><pre>{}</pre>", rows) or "–"


REASONS = {
    "no_longer_true": _("It is no longer true"),
    "they_stopped_messages": _("They stopped all messages"),
    "no_consent": _("They did not agree to messages"),
    "channel_off": _("This way of sending is switched off"),
    "quiet_hours": _("Waits for an hour that is fine with them"),
    "one_a_day": _("Waits: one message a day"),
    "three_a_week": _("Three messages in seven days already"),
    "would_reveal": _("The words would give something away"),
    "too_long": _("Too long for one text"),
    "no_address": _("No staff inbox is set"),
    "broke_before": _("Something broke before sending, five times. It did not go out"),
    "refused": _("The address or number was refused"),
    "wrong_number": _("The number is somebody else’s"),
    "undelivered": _("The phone company could not deliver it"),
    "no_answer": _("The mail service did not answer, five times"),
    "trying_again": _("Tries again by itself"),
    "worker_lost": _("The machine stopped while sending: check before sending again"),
    "error": _("Something broke while sending: check before sending again"),
}
