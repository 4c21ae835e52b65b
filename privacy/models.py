from typing import ClassVar

from django.db import models

from privacy.append_only import AppendOnlyModel
from privacy.field_classes import STAFF


class AuditEvent(AppendOnlyModel):
    """Who read or changed what, and when. Names of fields, never their values; no foreign keys (R-H5).

    Nothing in the portal decides anything by reading this table.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60, blank=True)
    subject_key = models.CharField(max_length=40, blank=True)
    fields = models.JSONField(default=list)
    note = models.CharField(max_length=200, blank=True)

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        ["at", "actor", "action", "subject_type", "subject_key", "fields", "note"], STAFF
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["subject_type", "subject_key", "-at"], name="audit_by_subject")]
        verbose_name = "who did what"
        verbose_name_plural = "who did what"

    def __str__(self) -> str:
        return f"{self.action} by {self.actor}"
