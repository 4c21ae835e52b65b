"""What somebody close to a person writes to us. It belongs to no request, and never will (R-P3)."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF, FieldClass

KEPT_AFTER_HANDLED = timedelta(days=30)
KEPT_AT_MOST = timedelta(days=180)


# What waits before what is done; words that may mean danger first of all, then who has waited longest.
READING_ORDER = (models.F("handled_at").asc(nulls_first=True), "-worried", "id")


class FamilyMessageQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(handled_at=None)

    def over(self, now: datetime) -> Self:
        """Handled a month ago, or here for half a year."""
        handled = Q(handled_at__lte=now - KEPT_AFTER_HANDLED)
        return self.filter(handled | Q(received_at__lte=now - KEPT_AT_MOST))


class FamilyMessage(models.Model):
    """Words, and how to answer them. No name of anybody is asked for, and no column could lead to a request."""

    words = SealedTextField("their words")
    words_hash = models.CharField(max_length=64, editable=False)
    reach = SealedTextField("how to reach them", blank=True)
    language = models.CharField("language of the page", max_length=8)
    worried = models.BooleanField("their words may mean danger", default=False)
    received_at = models.DateTimeField("came in")
    handled_at = models.DateTimeField("seen to", null=True, blank=True)
    handled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = FamilyMessageQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["words", "words_hash", "reach"], IDENTIFYING),
        **dict.fromkeys(["language", "worried", "received_at", "handled_at", "handled_by"], STAFF),
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "message from family"
        verbose_name_plural = "messages from family"
        indexes = [models.Index(fields=["words_hash", "received_at"], name="family_same_words")]
        constraints = [
            models.CheckConstraint(
                name="family_handled_by_somebody",
                condition=Q(handled_at__isnull=True, handled_by__isnull=True)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
            ),
            models.CheckConstraint(name="family_says_something", condition=~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"
