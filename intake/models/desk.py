"""What staff add to a request at the desk: a call out of the ordinary, a mistake taken back, a to-do, a note."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.choices import OverrideReason, ToDoKind
from intake.models.requests import CallbackRequest
from intake.models.story import CallAttempt
from privacy.append_only import AppendOnlyModel
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF


class CallOverride(AppendOnlyModel):
    """One member of staff may make one call that the rules of calling would not allow, and said why (R-O2)."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="overrides")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=9, choices=OverrideReason)

    FIELD_CLASSES: ClassVar = dict.fromkeys(["request", "at", "by", "reason"], STAFF)

    class Meta:
        ordering = ["id"]
        verbose_name = "call out of the ordinary"
        verbose_name_plural = "calls out of the ordinary"
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=OverrideReason.values), name="override_known_reason")
        ]

    def __str__(self) -> str:
        return f"{self.reason} for {self.request_id}"


class CallCorrection(AppendOnlyModel):
    """A call that was logged by mistake. The call stays in the story and counts no more."""

    attempt = models.OneToOneField(CallAttempt, models.PROTECT, related_name="correction")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    FIELD_CLASSES: ClassVar = dict.fromkeys(["attempt", "at", "by"], STAFF)

    class Meta:
        ordering = ["id"]
        verbose_name = "call taken back"
        verbose_name_plural = "calls taken back"

    def __str__(self) -> str:
        return f"Correction of call {self.attempt_id}"


class ToDo(models.Model):
    """Something staff promised to see to by a day. Its words are a code; the few free ones are sealed."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="todos")
    kind = models.CharField(max_length=11, choices=ToDoKind)
    details = SealedTextField(blank=True)
    due_on = models.DateField()
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    FIELD_CLASSES: ClassVar = {
        **dict.fromkeys(["request", "kind", "due_on", "made_at", "done_at", "done_by"], STAFF),
        "details": IDENTIFYING,
    }

    class Meta:
        ordering = ["due_on", "id"]
        verbose_name = "to-do"
        verbose_name_plural = "to-dos"
        indexes = [models.Index(name="todo_open", fields=["due_on"], condition=Q(done_at__isnull=True))]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ToDoKind.values), name="todo_known_kind"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="todo_done_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.request_id}"


class StaffNote(models.Model):
    """Words from staff to staff about one request, on its card and nowhere else. No verb changes them; they go only
    with everything else when the person is erased. The database holds who wrote, when and about whom."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="staff_notes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    words = SealedTextField(blank=True)

    FIELD_CLASSES: ClassVar = {"request": STAFF, "at": STAFF, "by": STAFF, "words": IDENTIFYING}

    class Meta:
        ordering = ["id"]
        verbose_name = "note for staff"
        verbose_name_plural = "notes for staff"

    def __str__(self) -> str:
        return f"Note for staff on {self.request_id}"
