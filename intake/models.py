from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.choices import ReachBy, SayWho, Voicemail
from intake.outcomes import Outcome
from intake.queries import CallbackRequestQuerySet, PrivateLinkQuerySet
from intake.states import Actor, Status
from privacy.append_only import AppendOnlyModel
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, PUBLIC, STAFF
from scheduling.calendar import week_of, week_of_all_places
from scheduling.hours import StaffedWeek


class CallbackRequest(models.Model):
    """One person's "I'd like to come back", from the form to the day they are back (R-P1).

    Only `intake.actions` writes to it. Times are UTC in the database.
    """

    reference = models.CharField(_("reference"), max_length=7, unique=True, editable=False)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    answers_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language of the page"), max_length=8)
    name = SealedTextField(_("what to call them"), blank=True)
    note = SealedTextField(_("their words"), blank=True)
    worried = models.BooleanField(_("their words may mean danger"), default=False)
    location = models.ForeignKey("scheduling.Location", models.PROTECT, null=True, blank=True, verbose_name=_("town"))
    options = models.JSONField(_("would help"), default=list, blank=True)
    help_with = models.JSONField(_("help with"), default=list, blank=True)

    status = models.CharField(_("where it stands"), max_length=12, choices=Status, default=Status.WAITING)
    status_since = models.DateTimeField(_("since"))
    wake_at = models.DateTimeField(_("ask again"), null=True, blank=True)

    received_at = models.DateTimeField(_("came in"))
    round_started_at = models.DateTimeField(_("on the list since"))
    promised_by = models.DateTimeField(_("we said by"), null=True, blank=True)
    target_at = models.DateTimeField(_("first call wanted by"), null=True, blank=True)
    late_at = models.DateTimeField(_("late from"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("overdue from"), null=True, blank=True)
    first_attempt_at = models.DateTimeField(_("first tried"), null=True, blank=True)
    call_from = models.DateTimeField(_("safe to call from"), null=True, blank=True)
    call_until = models.DateTimeField(_("safe to call until"), null=True, blank=True)

    objects = CallbackRequestQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {
        "reference": PUBLIC,
        "form_key": STAFF,
        "answers_hash": IDENTIFYING,
        "language": STAFF,
        "name": IDENTIFYING,
        "note": IDENTIFYING,
        "worried": STAFF,
        "location": STAFF,
        "options": STAFF,
        "help_with": STAFF,
        "status": STAFF,
        "status_since": STAFF,
        "wake_at": STAFF,
        "received_at": STAFF,
        "round_started_at": STAFF,
        "promised_by": PUBLIC,
        "target_at": STAFF,
        "late_at": STAFF,
        "overdue_at": STAFF,
        "first_attempt_at": STAFF,
        "call_from": STAFF,
        "call_until": STAFF,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [("work_callbackrequest", "Can call people back and move their requests")]
        indexes = [
            models.Index(fields=["status", "call_from", "call_until"], name="request_to_call"),
            models.Index(fields=["status", "wake_at"], name="request_to_wake"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="request_known_status"),
            models.CheckConstraint(
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=models.F("call_until")),
                name="request_window_whole",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RESTING, wake_at__isnull=False)
                | (~Q(status=Status.RESTING) & Q(wake_at__isnull=True)),
                name="request_resting_has_wake_day",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ERASED) | Q(name="", note="", answers_hash=""),
                name="request_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def week(self) -> StaffedWeek:
        """When somebody is on to call this person: at their town, or anywhere when any will do."""
        return week_of(self.location) if self.location else week_of_all_places()

    def zone(self) -> ZoneInfo:
        """The clock on the wall where this person is: their town's, or the program's own when any will do."""
        return self.location.zone if self.location else ZoneInfo(settings.TIME_ZONE)


class ContactPreference(models.Model):
    """How this person may be reached, and what may be said. Blank means no (R-P19)."""

    request = models.OneToOneField(CallbackRequest, models.CASCADE, related_name="contact")
    reach_by = models.CharField(_("reach by"), max_length=5, choices=ReachBy)
    phone = SealedTextField(_("phone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email = SealedTextField(_("email"), blank=True)
    email_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    voicemail = models.CharField(_("message"), max_length=9, choices=Voicemail, default=Voicemail.NO)
    say_who = models.CharField(_("say who is calling"), max_length=3, choices=SayWho, default=SayWho.NO)
    text_ok = models.BooleanField(_("texts allowed"), default=False)
    times = models.JSONField(_("good times"), default=list, blank=True)
    avoid_times = SealedTextField(_("times not to call"), blank=True)
    messages_stopped_at = models.DateTimeField(_("messages stopped"), null=True, blank=True)

    FIELD_CLASSES: ClassVar = {
        "request": STAFF,
        "reach_by": STAFF,
        "phone": IDENTIFYING,
        "phone_hash": IDENTIFYING,
        "email": IDENTIFYING,
        "email_hash": IDENTIFYING,
        "voicemail": STAFF,
        "say_who": STAFF,
        "text_ok": STAFF,
        "times": STAFF,
        "avoid_times": IDENTIFYING,
        "messages_stopped_at": STAFF,
    }

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(condition=Q(reach_by__in=ReachBy.values), name="contact_known_reach_by"),
            models.CheckConstraint(condition=Q(voicemail__in=Voicemail.values), name="contact_known_voicemail"),
            models.CheckConstraint(condition=Q(say_who__in=SayWho.values), name="contact_known_say_who"),
            models.CheckConstraint(
                condition=Q(phone="", phone_hash="") | (~Q(phone="") & ~Q(phone_hash="")),
                name="contact_phone_has_hash",
            ),
            models.CheckConstraint(
                condition=Q(email="", email_hash="") | (~Q(email="") & ~Q(email_hash="")),
                name="contact_email_has_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"Contact of {self.request_id}"


class Consent(AppendOnlyModel):
    """One yes or no to automatic messages, with the very words that were on the page (R-T1). Never a Part 2
    consent to disclose (R-P7)."""

    class Kind(models.TextChoices):
        TEXT = "text", _("texts")
        EMAIL = "email", _("emails")

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=5, choices=Kind)
    given = models.BooleanField()
    wording = models.TextField(blank=True)
    wording_version = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=40)
    at = models.DateTimeField()

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        ["request", "kind", "given", "wording", "wording_version", "page", "at"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [models.CheckConstraint(condition=Q(kind__in=["text", "email"]), name="consent_known_kind")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.request_id}"


class HistoryEntry(AppendOnlyModel):
    """One step of a request: which move, by whom, when. Never a word the person wrote."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=6, choices=Actor)
    actor = models.CharField(max_length=150)
    what = models.CharField(max_length=30)
    from_status = models.CharField(max_length=12, choices=Status, blank=True)
    to_status = models.CharField(max_length=12, choices=Status)

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        ["request", "at", "actor_kind", "actor", "what", "from_status", "to_status"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.CheckConstraint(condition=Q(actor_kind__in=Actor.values), name="step_known_actor"),
            models.CheckConstraint(condition=Q(from_status__in=["", *Status.values]), name="step_known_start"),
            models.CheckConstraint(condition=Q(to_status__in=Status.values), name="step_known_end"),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.request_id}"


class CallAttempt(AppendOnlyModel):
    """One try to reach the person, numbered, with a coded outcome and no free text."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=14, choices=Outcome)

    FIELD_CLASSES: ClassVar = dict.fromkeys(["request", "number", "at", "by", "outcome"], STAFF)

    class Meta:
        ordering = ["number"]
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="attempt_numbered_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="attempt_known_outcome"),
        ]

    def __str__(self) -> str:
        return f"Call {self.number} of {self.request_id}"


class PrivateLink(models.Model):
    """A door to the private page. The token itself is never stored, only its hash."""

    request = models.ForeignKey(CallbackRequest, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PrivateLinkQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {
        "request": STAFF,
        "token_hash": IDENTIFYING,
        "created_at": STAFF,
        "expires_at": PUBLIC,
        "ended_at": STAFF,
    }

    class Meta:
        ordering = ["id"]
        verbose_name = _("private link")
        verbose_name_plural = _("private links")

    def __str__(self) -> str:
        return f"Link of {self.request_id}"
