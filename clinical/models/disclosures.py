"""Part 2 consents to disclose, and every disclosure made under one (42 CFR 2.31, 2.25; R-P6, R-P14)."""

from datetime import date
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.choices import Purpose
from clinical.models.notes import ReassessmentNote
from privacy.append_only import AppendOnlyModel, AppendOnlyQuerySet
from privacy.encryption import SealedTextField
from privacy.field_classes import CLINICAL, IDENTIFYING, STAFF, FieldClass


class DisclosureConsentQuerySet(AppendOnlyQuerySet):
    def in_force(self, today: date) -> Self:
        """Signed, not taken back, not over. A consent without a day ends with its event, which staff record as taken
        back."""
        return self.filter(signed_on__lte=today, revocation=None).filter(Q(expires_on=None) | Q(expires_on__gte=today))


class DisclosureConsent(AppendOnlyModel):
    """One consent with the ten elements of 2.31(a), none of them empty. Taken back by a row of its own."""

    request = models.ForeignKey("intake.CallbackRequest", models.PROTECT, related_name="disclosure_consents")
    patient_name = SealedTextField("1. name of the person")
    discloser = models.CharField("2. who may disclose", max_length=120)
    what = SealedTextField("3. what may be disclosed")
    recipient = SealedTextField("4. to whom")
    purpose = models.CharField("5. what for", max_length=10, choices=Purpose)
    right_to_revoke = models.TextField("6. how it can be taken back")
    expires_on = models.DateField("7. ends on", null=True, blank=True)
    ends_when = models.CharField("7. or ends when", max_length=120, blank=True)
    signature = SealedTextField("8. signature")
    signed_on = models.DateField("9. signed on")
    risks = models.TextField("10. what can happen with it, and without it")
    wording_version = models.CharField("version of the wording", max_length=20)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField("recorded")

    objects = DisclosureConsentQuerySet.as_manager()  # type: ignore[misc]  # its queryset only grows as well

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["request", "discloser", "purpose", "right_to_revoke", "expires_on", "ends_when"], STAFF),
        **dict.fromkeys(["signed_on", "risks", "wording_version", "taken_by", "taken_at"], STAFF),
        **dict.fromkeys(["patient_name", "recipient", "signature"], IDENTIFYING),
        "what": CLINICAL,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "consent to disclose"
        verbose_name_plural = "consents to disclose"
        constraints = [
            models.CheckConstraint(name="disclosure_known_purpose", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(
                name="disclosure_consent_is_whole",
                condition=~Q(patient_name="")
                & ~Q(discloser="")
                & ~Q(what="")
                & ~Q(recipient="")
                & ~Q(right_to_revoke="")
                & (Q(expires_on__isnull=False) | ~Q(ends_when=""))
                & ~Q(signature="")
                & ~Q(risks="")
                & ~Q(wording_version=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.pk}"


class ConsentRevocation(AppendOnlyModel):
    """From here on nothing more is disclosed under that consent. What was disclosed before stays in the log."""

    class Way(models.TextChoices):
        IN_PERSON = "in_person", "In person"
        LETTER = "letter", "By letter"
        PHONE = "phone", "By phone"
        EMAIL = "email", "By email"

    consent = models.OneToOneField(DisclosureConsent, models.PROTECT, related_name="revocation")
    way = models.CharField("how they said so", max_length=9, choices=Way)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField("taken back")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        ["consent", "way", "recorded_by", "recorded_at"], STAFF
    )

    class Meta:
        ordering = ["id"]
        verbose_name = "consent taken back"
        verbose_name_plural = "consents taken back"
        constraints = [
            models.CheckConstraint(
                name="revocation_known_way", condition=Q(way__in=["in_person", "letter", "phone", "email"])
            ),
        ]

    def __str__(self) -> str:
        return f"Consent {self.consent_id} taken back"


class Disclosure(AppendOnlyModel):
    """One note given to somebody outside, under one consent. Kept apart from the log of views (R-P14)."""

    note = models.ForeignKey(ReassessmentNote, models.PROTECT, related_name="disclosures")
    consent = models.ForeignKey(DisclosureConsent, models.PROTECT, related_name="disclosures")
    recipient = SealedTextField("to whom")
    purpose = models.CharField("what for", max_length=10, choices=Purpose)
    reason = SealedTextField("why now")
    notice_version = models.CharField(max_length=8)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField("disclosed")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(["note", "consent", "purpose", "notice_version", "made_by", "made_at"], STAFF),
        "recipient": IDENTIFYING,
        "reason": CLINICAL,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "disclosure"
        verbose_name_plural = "disclosures"
        constraints = [
            models.CheckConstraint(name="disclosure_log_known_purpose", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="disclosure_says_to_whom", condition=~Q(recipient="") & ~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Disclosure {self.pk}"
