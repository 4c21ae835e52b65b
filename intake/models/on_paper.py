"""What the person asked us not to share, and every time their record went to paper."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from intake.models.requests import CallbackRequest
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF, FieldClass


class RestrictionQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(ended_at=None)


class Restriction(models.Model):
    """One limit on sharing that the person asked for and we agreed to (42 CFR 2.26, R-P15). It ends, and stays."""

    class Kind(models.TextChoices):
        HEALTH_PLAN = "health_plan", "Nothing to their health plan: they pay themselves"
        FAMILY = "family", "Nothing to family or friends"
        SOMEBODY = "somebody", "Nothing to a person or a place that they named"
        OTHER = "other", "As it is written here"

    request = models.ForeignKey(CallbackRequest, models.CASCADE, related_name="restrictions")
    kind = models.CharField("what was agreed", max_length=11, choices=Kind)
    words = SealedTextField("in words", blank=True)
    since = models.DateTimeField("since")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RestrictionQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["request", "kind", "since", "set_by", "ended_at", "ended_by"], STAFF),
        "words": IDENTIFYING,
    }

    class Meta:
        ordering = ["id"]
        verbose_name = "limit on sharing"
        verbose_name_plural = "limits on sharing"
        constraints = [
            models.CheckConstraint(
                name="restriction_known_kind", condition=Q(kind__in=["health_plan", "family", "somebody", "other"])
            ),
            models.CheckConstraint(
                name="restriction_ended_by_somebody",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Limit {self.pk} of {self.request_id}"


class RecordPrint(models.Model):
    """One time the record of a request went to paper. Kept apart from the log of views (R-P4, R-P14). No verb changes
    it; its words go with everything else when the person is erased. The database holds the rest."""

    class Reason(models.TextChoices):
        OWN_COPY = "own_copy", "Their own copy, as they asked"
        CHART = "chart", "For their chart here"
        REVIEW = "review", "For a complaint or an incident, inside this program"

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="prints")
    reason = models.CharField("why", max_length=8, choices=Reason)
    words = SealedTextField("in words", blank=True)
    notice_version = models.CharField("version of the notice", max_length=8)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="by")
    made_at = models.DateTimeField("printed")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["request", "reason", "notice_version", "made_by", "made_at"], STAFF),
        "words": IDENTIFYING,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "record on paper"
        verbose_name_plural = "records on paper"
        constraints = [
            models.CheckConstraint(name="print_known_reason", condition=Q(reason__in=["own_copy", "chart", "review"]))
        ]

    def __str__(self) -> str:
        return f"Print {self.pk} of {self.request_id}"
