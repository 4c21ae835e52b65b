"""Looking at a person's notes in an emergency, without being one of their clinicians (R-H2)."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from privacy.append_only import AppendOnlyModel, AppendOnlyQuerySet
from privacy.encryption import SealedTextField
from privacy.field_classes import CLINICAL, STAFF, FieldClass

LEAST_LETTERS = 5  # of a reason: dots and digits are none
MOST_LOOKS = 3  # of one clinician at one person, in as many days as this:
COUNTED_FOR = timedelta(days=30)


class EmergencyLookQuerySet(AppendOnlyQuerySet):
    def open_to(self, user_id: int, now: datetime) -> Self:
        return self.filter(by=user_id, at__lte=now, expires_at__gt=now)

    def counted_for(self, user_id: int, now: datetime) -> Self:
        return self.filter(by=user_id, at__gt=now - COUNTED_FOR)


class EmergencyLook(AppendOnlyModel):
    """One clinician, one person's notes, a reason, and an end that comes by itself."""

    request = models.ForeignKey("intake.CallbackRequest", models.PROTECT, related_name="emergency_looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = SealedTextField("reason")
    at = models.DateTimeField("opened")
    expires_at = models.DateTimeField("open until")

    objects = EmergencyLookQuerySet.as_manager()  # type: ignore[misc]  # its queryset only grows as well

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["request", "by", "at", "expires_at"], STAFF),
        "reason": CLINICAL,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "look in an emergency"
        verbose_name_plural = "looks in an emergency"
        constraints = [
            models.CheckConstraint(name="emergency_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="emergency_ends", condition=Q(expires_at__gt=F("at"))),
        ]

    def __str__(self) -> str:
        return f"Emergency look {self.pk} at {self.request_id}"
