"""Whose request it is to see through."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from intake.models.requests import CallbackRequest
from privacy.field_classes import STAFF, FieldClass


class Assignment(models.Model):
    """One request is with one member of staff, until it is given to somebody else or put back to nobody.

    It hides nothing from anybody: the desk shows the request to all who may see it, so it is never lost with a person.
    """

    request = models.OneToOneField(CallbackRequest, models.CASCADE, related_name="assignment")
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="with")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField("since")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        ["request", "to", "assigned_by", "assigned_at"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = "assignment"
        verbose_name_plural = "assignments"

    def __str__(self) -> str:
        return f"Assignment of {self.request_id}"
