from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Subquery
from django.utils.translation import gettext_lazy as _

from followups.cadence import Cadence
from followups.numbers import InboundText, Incident, WrongNumber
from intake.models import Consent
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF

__all__ = [
    "Cadence",
    "ChannelName",
    "Heartbeat",
    "InboundText",
    "Incident",
    "KindName",
    "LocalDelivery",
    "Message",
    "MessageStatus",
    "WrongNumber",
]


class MessageStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CLAIMED = "claimed", _("Being checked")  # nothing has left yet: safe to start over
    SENDING = "sending", _("Handed over")  # it may have left: never start over
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not sent, on purpose")
    FAILED = "failed", _("Could not be sent")
    STUCK = "stuck", _("Not known if it was sent")


NEEDS_A_PERSON = (MessageStatus.FAILED, MessageStatus.STUCK)


class KindName(models.TextChoices):
    OPT_IN = "opt_in", _("You asked for texts")
    ACKNOWLEDGEMENT = "acknowledgement", _("We have your note")
    MISSED_CALL = "missed_call", _("Sorry we missed you")
    LAST_NOTE = "last_note", _("One last note")
    DOOR_OPEN = "door_open", _("We stop calling, call us any time")
    CARE = "care", _("A kind note, nothing asked")
    OPTIONS_OFFERED = "options_offered", _("Times to choose from")
    HOLD_ENDING = "hold_ending", _("The time you chose is kept until")
    SEAT_KEPT = "seat_kept", _("A place came free for you")
    DAY_MOVED = "day_moved", _("We moved your first day")
    START_REMINDER = "start_reminder", _("Your appointment is near")
    MISSED_DAY = "missed_day", _("We missed you, and you are welcome")
    STAFF_LATE = "staff_late", _("To staff: a call is late")
    STAFF_UNDELIVERED = "staff_undelivered", _("To staff: a message did not arrive")
    STAFF_TO_CONFIRM = "staff_to_confirm", _("To staff: a seat is to be confirmed")
    STAFF_MOVED = "staff_moved", _("To staff: tell them of a moved day")
    STAFF_LOOK_BACK = "staff_look_back", _("To staff: one more call, weeks later")
    STAFF_DIGEST = "staff_digest", _("To staff: the day at opening")


STAFF_KINDS = tuple(kind for kind in KindName if kind.value.startswith("staff_"))


class ChannelName(models.TextChoices):
    TEXT = "text", _("Text")
    EMAIL = "email", _("Email")
    INBOX = "inbox", _("Staff inbox")


class MessageQuerySet(models.QuerySet):
    def reached(self):
        """What reached somebody, or may have."""
        return self.filter(status__in=[MessageStatus.SENT, MessageStatus.SENDING, MessageStatus.STUCK])

    def introductions(self, others: models.QuerySet):
        """The first texts that went to the number of these requests since it last said no to texts (CTIA: a yes is
        confirmed before anything else)."""
        no = Consent.objects.filter(request__in=others, kind=Consent.Kind.TEXT, given=False).order_by("-pk")
        went = self.reached().filter(kind=KindName.OPT_IN, request__in=others)
        return went.annotate(since=Subquery(no.values("at")[:1])).filter(
            Q(since=None) | Q(handed_over_at__gt=F("since"))
        )

    def due(self, now: datetime):
        return self.filter(status=MessageStatus.PLANNED, due_at__lte=now).order_by("due_at", "id")

    def sent_since(self, request: models.Model, others: models.QuerySet, channel: str, since: datetime):
        """What reached or may have reached this person: for this request by every channel, and for `others` at the
        same number or address, this one among them, by this channel (R-T2)."""
        went = self.reached().filter(request__in=others, handed_over_at__gte=since)
        went = went.filter(Q(request=request) | Q(channel=channel))
        return went.exclude(kind__in=STAFF_KINDS)

    def undelivered(self):
        """What a person was to get and did not, or perhaps did not. Not what staff did not get: telling them so
        would go the same way."""
        return self.filter(status__in=NEEDS_A_PERSON).exclude(kind__in=STAFF_KINDS)

    def of_this_try(self, provider_id: str):
        """What the provider means by its id: the try that is under way, and none that was given up before."""
        theirs = self.filter(Q(provider_id="") | Q(provider_id=provider_id))
        return theirs.exclude(earlier_ids__contains=provider_id) if provider_id else theirs

    def not_on_the_desk(self):
        return self.undelivered().filter(on_desk_at=None).order_by("pk")

    def oldest_overdue(self, now: datetime) -> datetime | None:
        """When the longest-waiting due message should have gone, or None."""
        return self.due(now).values_list("due_at", flat=True).first()


class Message(models.Model):
    """One message to one person, planned from the state of their request. Its words are made at sending.

    Planned twice it is one row: a request has each kind once per occasion.
    """

    request = models.ForeignKey("intake.CallbackRequest", models.PROTECT, related_name="+")
    kind = models.CharField(_("what"), max_length=20, choices=KindName)
    occasion = models.CharField(max_length=40, editable=False)
    channel = models.CharField(_("way"), max_length=5, choices=ChannelName, blank=True)
    due_at = models.DateTimeField(_("due"))
    status = models.CharField(_("status"), max_length=8, choices=MessageStatus, default=MessageStatus.PLANNED)
    reason = models.CharField(_("why"), max_length=30, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    claim = models.CharField(max_length=32, blank=True, editable=False)
    claimed_at = models.DateTimeField(null=True, blank=True, editable=False)
    handed_over_at = models.DateTimeField(_("handed over"), null=True, blank=True)
    provider_id = models.CharField(max_length=40, blank=True, editable=False)
    earlier_ids = models.TextField(blank=True, editable=False)  # of tries that were given up
    delivered_at = models.DateTimeField(_("arrived"), null=True, blank=True)
    on_desk_at = models.DateTimeField(null=True, blank=True, editable=False)
    blanked_at = models.DateTimeField(_("forgotten by the provider"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        [
            "request",
            "kind",
            "occasion",
            "channel",
            "due_at",
            "status",
            "reason",
            "tries",
            "claim",
            "claimed_at",
            "handed_over_at",
            "provider_id",
            "earlier_ids",
            "delivered_at",
            "on_desk_at",
            "blanked_at",
        ],
        STAFF,
    )

    class Meta:
        ordering = ["-due_at", "-id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("work_message", "Can send messages again or call them off")]
        indexes = [models.Index(fields=["status", "due_at"], name="message_due")]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "occasion"], name="message_once_per_occasion"),
            models.UniqueConstraint(
                fields=["occasion"], name="message_one_digest_a_day", condition=Q(kind=KindName.STAFF_DIGEST)
            ),
            models.CheckConstraint(condition=Q(kind__in=KindName.values), name="message_known_kind"),
            models.CheckConstraint(condition=Q(channel__in=["", *ChannelName.values]), name="message_known_channel"),
            models.CheckConstraint(condition=Q(status__in=MessageStatus.values), name="message_known_status"),
            models.CheckConstraint(
                condition=~Q(status__in=["sending", "sent"]) | Q(handed_over_at__isnull=False),
                name="message_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(handed_over_at__isnull=False),
                name="message_arrived_after_it_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.request_id}"


class LocalDelivery(models.Model):
    """What the local outbox holds instead of sending: for demonstrations and tests, never in production."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=ChannelName)
    to = SealedTextField()
    subject = models.CharField(max_length=60, blank=True)
    body = SealedTextField()
    at = models.DateTimeField()

    FIELD_CLASSES: ClassVar = {
        "message": STAFF,
        "channel": STAFF,
        "to": IDENTIFYING,
        "subject": STAFF,
        "body": IDENTIFYING,
        "at": STAFF,
    }

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=ChannelName.values), name="delivery_known_channel")
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class HeartbeatQuerySet(models.QuerySet):
    def last_beat(self) -> datetime | None:
        return self.values_list("at", flat=True).first()


class Heartbeat(models.Model):
    """One row: when scheduled work last ran. `/readyz` and the container's health check look at it."""

    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {"at": STAFF}

    def __str__(self) -> str:
        return "heartbeat"
