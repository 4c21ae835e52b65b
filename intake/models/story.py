"""What happened to a request: tables that only grow."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from intake.models.requests import CallbackRequest
from intake.outcomes import MOVE_OF, Outcome
from intake.states import Actor, Status
from privacy.append_only import AppendOnlyManager, AppendOnlyModel, AppendOnlyQuerySet
from privacy.field_classes import STAFF


class HistoryQuerySet(AppendOnlyQuerySet):
    def that_stand(self) -> Self:
        """Without the steps of calls that were logged by mistake and taken back. What those did is undone, and the step
        in which they were taken back is one of its own."""
        move = Case(*[When(outcome=outcome, then=Value(move)) for outcome, move in MOVE_OF.items()])
        mistakes = CallAttempt.logged.filter(correction__isnull=False).annotate(move=move)
        of_this_step = mistakes.filter(request=OuterRef("request"), at=OuterRef("at"), move=OuterRef("what"))
        return self.exclude(Exists(of_this_step))


class HistoryEntry(AppendOnlyModel):
    """One step of a request: which move, by whom, when. Never a word the person wrote."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=6, choices=Actor)
    actor = models.CharField(max_length=150)
    what = models.CharField(max_length=30)
    from_status = models.CharField(max_length=12, choices=Status, blank=True)
    to_status = models.CharField(max_length=12, choices=Status)

    objects: ClassVar = HistoryQuerySet.as_manager()

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


class CallsThatCount(AppendOnlyManager):
    """Without the calls that were logged by mistake and taken back."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(correction=None)


class CallAttempt(AppendOnlyModel):
    """One try to reach the person, numbered, with a coded outcome and no free text.

    `objects`, and `attempts` of a request, are the calls that count; `logged` has those taken back too.
    """

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=14, choices=Outcome)

    objects: ClassVar = CallsThatCount()
    logged: ClassVar = AppendOnlyManager()

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
