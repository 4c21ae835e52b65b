"""The doors to the private page."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from intake.models.requests import CallbackRequest
from intake.queries import PrivateLinkQuerySet
from privacy.field_classes import IDENTIFYING, PUBLIC, STAFF


class PrivateLink(models.Model):
    """A door to the private page. The token itself is never stored, only its hash."""

    request = models.ForeignKey(CallbackRequest, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = PrivateLinkQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {
        "request": STAFF,
        "token_hash": IDENTIFYING,
        "created_at": STAFF,
        "expires_at": PUBLIC,
        "ended_at": STAFF,
    }

    class Meta:
        ordering = ["id"]
        verbose_name = _("private link")
        verbose_name_plural = _("private links")

    def __str__(self) -> str:
        return f"Link of {self.request_id}"
