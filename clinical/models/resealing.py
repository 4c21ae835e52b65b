"""The mark of a transaction that seals anew."""

from typing import ClassVar

from django.db import models

from privacy.field_classes import FieldClass


class Resealing(models.Model):
    """Never holds a row that anybody else can see: it is written and deleted within one transaction."""

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {}

    class Meta:
        ordering = ["id"]
        verbose_name = "sealing anew"
        verbose_name_plural = "sealing anew"

    def __str__(self) -> str:
        return "Sealing anew"
