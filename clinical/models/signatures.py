"""Who stands for a note, and what was added to it later. Both only grow (R-L4)."""

from datetime import UTC
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.choices import AddendumKind, Credential, Meaning
from clinical.models.notes import ReassessmentNote
from privacy.append_only import AppendOnlyModel
from privacy.encryption import SealedTextField
from privacy.field_classes import CLINICAL, STAFF, FieldClass


class SignedBy(AppendOnlyModel):
    """Who signs, as printed, and when (UTC)."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="signed by")
    printed_name = models.CharField("printed name", max_length=80)
    credential = models.CharField("credential", max_length=12, choices=Credential)
    at = models.DateTimeField("signed")

    class Meta:
        abstract = True

    @property
    def in_utc(self) -> str:
        """As it is stored and hashed: "2026-06-01 16:00 UTC"."""
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


class NoteSignature(SignedBy):
    """One signature under one note. `note_sha256` is the note as it was signed; `own_sha256` binds the signer to it."""

    note = models.ForeignKey(ReassessmentNote, models.PROTECT, related_name="signatures")
    meaning = models.CharField("meaning", max_length=8, choices=Meaning)
    note_sha256 = models.CharField(max_length=64)
    own_sha256 = models.CharField(max_length=64)

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["note", "by", "printed_name", "credential", "meaning", "at"], STAFF),
        **dict.fromkeys(["note_sha256", "own_sha256"], STAFF),
    }

    class Meta:
        ordering = ["id"]
        verbose_name = "signature"
        verbose_name_plural = "signatures"
        constraints = [
            models.UniqueConstraint(name="signature_once", fields=["note", "meaning"]),
            models.CheckConstraint(name="signature_known_meaning", condition=Q(meaning__in=Meaning.values)),
            models.CheckConstraint(name="signature_known_credential", condition=Q(credential__in=Credential.values)),
        ]

    def __str__(self) -> str:
        return f"Signature {self.pk} under {self.note_id}"


class NoteAddendum(SignedBy):
    """Something added or set right, with the reason. Numbered from 1; each holds the hash of what stood before it."""

    note = models.ForeignKey(ReassessmentNote, models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField("number")
    kind = models.CharField("kind", max_length=10, choices=AddendumKind)
    text = SealedTextField("text")
    reason = SealedTextField("reason")
    previous_sha256 = models.CharField(max_length=64)
    own_sha256 = models.CharField(max_length=64)

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["note", "number", "kind", "by", "printed_name", "credential", "at"], STAFF),
        **dict.fromkeys(["previous_sha256", "own_sha256"], STAFF),
        **dict.fromkeys(["text", "reason"], CLINICAL),
    }

    class Meta:
        ordering = ["note", "number"]
        verbose_name = "addendum"
        verbose_name_plural = "addenda"
        constraints = [
            models.UniqueConstraint(name="addendum_numbered_once", fields=["note", "number"]),
            models.CheckConstraint(name="addendum_known_kind", condition=Q(kind__in=AddendumKind.values)),
            models.CheckConstraint(name="addendum_known_credential", condition=Q(credential__in=Credential.values)),
            models.CheckConstraint(name="addendum_says_something", condition=~Q(text="") & ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Addendum {self.number} to {self.note_id}"
