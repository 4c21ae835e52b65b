"""What a reassessment came to, as far as intake may know it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from intake.models.requests import CallbackRequest
from intake.next_steps import NextStep
from privacy.append_only import AppendOnlyModel
from privacy.field_classes import STAFF, FieldClass
from scheduling.models import KIND_CHOICES


class FreshLook(AppendOnlyModel):
    """The level agreed as a code, the restart agreed, and the next step. Never a word of the note."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="fresh_looks")
    level = models.CharField("level agreed", max_length=8)
    restart_kind = models.CharField("restart agreed", max_length=13, choices=KIND_CHOICES, blank=True)
    next_step = models.CharField("next step", max_length=9, choices=NextStep)
    at = models.DateTimeField("when")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        ["request", "level", "restart_kind", "next_step", "at"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = "outcome of a fresh look"
        verbose_name_plural = "outcomes of fresh looks"
        constraints = [
            models.CheckConstraint(
                condition=Q(restart_kind__in=["", *(kind for kind, _ in KIND_CHOICES)]), name="fresh_look_known_restart"
            ),
            models.CheckConstraint(condition=Q(next_step__in=NextStep.values), name="fresh_look_known_next_step"),
        ]

    def __str__(self) -> str:
        return f"Fresh look {self.pk} of {self.request_id}"

    @property
    def in_words(self) -> str:
        """ "Level 2.1. A group at another time. They start as agreed." """
        parts = [f"Level {self.level}", capfirst(self.get_restart_kind_display()), self.get_next_step_display()]
        return "".join(f"{part}. " for part in parts if part).strip()
