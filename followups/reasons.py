"""Why a message was not sent, or not yet, in words for staff."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "no_longer_true": _("It is no longer true"),
    "time_passed": _("Its time has passed"),
    "reminded_before": _("They were reminded of this day before"),
    "they_stopped_messages": _("They stopped all messages"),
    "they_asked_to_wait": _("Waits: they asked us to wait"),
    "no_consent": _("They did not agree to messages"),
    "channel_off": _("This way of sending is switched off"),
    "silent_30_days": _("No word from them in 30 days"),
    "number_is_old": _("No word from that number in 90 days. Call instead"),
    "first_text_first": _("Waits for the first text, which says who writes"),
    "no_first_text": _("The first text, which says who writes, did not go out"),
    "quiet_hours": _("Waits for an hour that is fine with them"),
    "one_a_day": _("Waits: one message a day"),
    "three_a_week": _("Three messages in seven days already"),
    "enough_contact": _("Waits: enough calls and messages in seven days"),
    "called_off": _("Staff called it off"),
    "would_reveal": _("The words would give something away"),
    "too_long": _("Too long for one text"),
    "no_address": _("No staff inbox is set"),
    "broke_before": _("Something broke before sending, five times. It did not go out"),
    "refused": _("The address or number was refused"),
    "wrong_number": _("The number is somebody else’s"),
    "undelivered": _("The phone company could not deliver it"),
    "bounced": "Their mail service gave it back",
    "no_answer": _("The mail service did not answer, five times"),
    "trying_again": _("Tries again by itself"),
    "worker_lost": _("The machine stopped while sending: check before sending again"),
    "error": _("Something broke while sending: check before sending again"),
}
