"""How a person may be reached, and what they agreed to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.choices import ReachBy, SayWho, Voicemail
from intake.models.requests import CallbackRequest
from intake.wording import STILL_GOOD
from privacy.append_only import AppendOnlyModel
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF


class ContactPreference(models.Model):
    """How this person may be reached, and what may be said. Blank means no (R-P19)."""

    request = models.OneToOneField(CallbackRequest, models.CASCADE, related_name="contact")
    reach_by = models.CharField(_("reach by"), max_length=5, choices=ReachBy)
    phone = SealedTextField(_("phone"), blank=True)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    email = SealedTextField(_("email"), blank=True)
    email_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    voicemail = models.CharField(_("message"), max_length=9, choices=Voicemail, default=Voicemail.NO)
    say_who = models.CharField(_("say who is calling"), max_length=3, choices=SayWho, default=SayWho.NO)
    text_ok = models.BooleanField(_("texts allowed"), default=False)
    times = models.JSONField(_("good times"), default=list, blank=True)
    avoid_times = SealedTextField(_("times not to call"), blank=True)
    texts_stopped_at = models.DateTimeField(_("texts stopped"), null=True, blank=True)
    messages_stopped_at = models.DateTimeField(_("messages stopped"), null=True, blank=True)

    FIELD_CLASSES: ClassVar = {
        "request": STAFF,
        "reach_by": STAFF,
        "phone": IDENTIFYING,
        "phone_hash": IDENTIFYING,
        "email": IDENTIFYING,
        "email_hash": IDENTIFYING,
        "voicemail": STAFF,
        "say_who": STAFF,
        "text_ok": STAFF,
        "times": STAFF,
        "avoid_times": IDENTIFYING,
        "texts_stopped_at": STAFF,
        "messages_stopped_at": STAFF,
    }

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(condition=Q(reach_by__in=ReachBy.values), name="contact_known_reach_by"),
            models.CheckConstraint(condition=Q(voicemail__in=Voicemail.values), name="contact_known_voicemail"),
            models.CheckConstraint(condition=Q(say_who__in=SayWho.values), name="contact_known_say_who"),
            models.CheckConstraint(
                condition=Q(phone="", phone_hash="") | (~Q(phone="") & ~Q(phone_hash="")),
                name="contact_phone_has_hash",
            ),
            models.CheckConstraint(
                condition=Q(email="", email_hash="") | (~Q(email="") & ~Q(email_hash="")),
                name="contact_email_has_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"Contact of {self.request_id}"

    def stopped(self, way: str) -> bool:
        """Whether they told us to write no more in this way: by a program or by hand."""
        no_texts = way == ReachBy.TEXT and self.texts_stopped_at is not None
        return no_texts or self.messages_stopped_at is not None


class Consent(AppendOnlyModel):
    """One yes or no to automatic messages, with the very words that were on the page (R-T1). Never a Part 2
    consent to disclose (R-P7)."""

    class Kind(models.TextChoices):
        TEXT = "text", _("texts")
        EMAIL = "email", _("emails")
        CARE = "care", _("kind notes, after we stop calling")

    request = models.ForeignKey(CallbackRequest, models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=5, choices=Kind)
    given = models.BooleanField()
    wording = models.TextField(blank=True)
    wording_version = models.CharField(max_length=20, blank=True)
    page = models.CharField(max_length=40)
    at = models.DateTimeField()

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        ["request", "kind", "given", "wording", "wording_version", "page", "at"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["text", "email", "care"]), name="consent_known_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.request_id}"

    @property
    def still_holds(self) -> bool:
        """A yes, to words that still say what we do (R-T1)."""
        return self.given and self.wording_version in STILL_GOOD
