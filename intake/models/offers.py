"""What staff put before one person to choose from."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.requests import CallbackRequest
from privacy.field_classes import STAFF, FieldClass
from scheduling.models import Start


class OfferQuerySet(models.QuerySet):
    def live(self) -> Self:
        return self.filter(ended_at=None)

    def of(self, request: CallbackRequest) -> Self:
        """In the order in which they were picked."""
        return self.live().filter(request=request)


class Offer(Start):
    """One start that staff offered. It takes no seat: who chooses first, holds it."""

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="offers", verbose_name=_("request"))
    made_at = models.DateTimeField(_("offered"))
    ended_at = models.DateTimeField(_("no longer offered"), null=True, blank=True)

    objects = OfferQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = Start.START_CLASSES | dict.fromkeys(
        ["request", "made_at", "ended_at"], STAFF
    )

    class Meta(Start.Meta):
        ordering = ["id"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        indexes = [models.Index(name="offer_live", fields=["request"], condition=models.Q(ended_at__isnull=True))]

    def __str__(self) -> str:
        return f"Offer {self.pk} to {self.request_id}"
