"""Who works for which places, and so sees whose requests."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from privacy.field_classes import STAFF, FieldClass


class PlacesOfStaff(models.Model):
    """The limit of one member of staff: requests of these towns, and of people to whom any town will do.

    Whoever has no row works for every place; a row without a place leaves only "any town" (docs/decisions/0018).
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"is_staff": True, "is_active": True},
        verbose_name="member of staff",
    )
    places = models.ManyToManyField("scheduling.Location", blank=True, related_name="+", verbose_name="places")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {"user": STAFF, "places": STAFF}

    class Meta:
        ordering = ["user__username"]
        verbose_name = "limit to places"
        verbose_name_plural = "who works where"

    def __str__(self) -> str:
        return f"Places of {self.user.get_username()}"
