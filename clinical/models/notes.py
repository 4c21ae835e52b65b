"""The note of one reassessment (R-L3)."""

import json
from datetime import date, datetime, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q

from clinical.asam import Edition
from clinical.choices import Basis, Modality
from clinical.signed_forever import SignedModel, SignedQuerySet
from intake.next_steps import NextStep
from privacy.encryption import SealedTextField
from privacy.field_classes import CLINICAL, STAFF, FieldClass
from scheduling.models import KIND_CHOICES

COMPREHENSIVE_WITHIN = timedelta(days=30)  # OAC 5122-29-03(C)


class NoteQuerySet(SignedQuerySet):
    def about(self, request_id: int) -> Self:
        """Of one person's request, newest first."""
        return self.filter(request_id=request_id).order_by("-encounter_on", "-id")

    def billed_in(self, year: int) -> Self:
        return self.signed().filter(bills_medicaid=True, encounter_on__year=year)

    def with_what_a_page_needs(self) -> Self:
        return self.select_related("request__location", "location", "author", "cosigner", "booking__slot__therapist")


class ReassessmentNote(SignedModel):
    """One conversation about what fits now. A draft of its author until signed, then the same for ever (R-L4).

    Only `clinical.actions` writes here. No field has a default that could pass for an answer (R-L2).
    """

    request = models.ForeignKey("intake.CallbackRequest", models.PROTECT, related_name="reassessments")
    booking = models.OneToOneField(
        "scheduling.SeatClaim", models.PROTECT, null=True, blank=True, related_name="reassessment"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("begun")
    saved_at = models.DateTimeField("last saved")

    encounter_on = models.DateField("day", null=True, blank=True)
    starts = models.TimeField("from", null=True, blank=True)
    ends = models.TimeField("until", null=True, blank=True)
    modality = models.CharField("how you met", max_length=9, choices=Modality, blank=True)
    location = models.ForeignKey("scheduling.Location", models.PROTECT, null=True, blank=True, verbose_name="place")
    present = SealedTextField("who was there", blank=True)

    reason = SealedTextField("why they want to come back, in their words", blank=True)
    time_since = SealedTextField("how long since their last session", blank=True)

    substance_use = SealedTextField("use since then", blank=True)
    withdrawal = SealedTextField("withdrawal, now or likely", blank=True)
    overdose = SealedTextField("overdose", blank=True)
    medications = SealedTextField("medications, those for opioid or alcohol use included", blank=True)
    physical = SealedTextField("physical health", blank=True)
    pregnancy = SealedTextField("pregnancy", blank=True)
    mental_health = SealedTextField("mental health", blank=True)
    said_since = SealedTextField("in their words", blank=True)

    risk = SealedTextField("risk to themselves or to others", blank=True, help_text="Also when there is none: say so.")
    home = SealedTextField("home, and whether it is safe", blank=True)
    naloxone = SealedTextField("naloxone", blank=True)
    said_safety = SealedTextField("in their words", blank=True)

    work = SealedTextField("work", blank=True)
    transport = SealedTextField("getting here", blank=True)
    childcare = SealedTextField("care of children", blank=True)
    legal = SealedTextField("legal matters", blank=True, help_text="Only if they bring it up.")

    strengths = SealedTextField("strengths", blank=True)
    helped = SealedTextField("what helped last time", blank=True)
    hurt = SealedTextField("what made it harder last time", blank=True)
    said_helps = SealedTextField("in their words", blank=True)

    asam_edition = models.CharField("ASAM edition", max_length=1, choices=Edition, blank=True)
    ratings = SealedTextField("ratings", blank=True)
    considerations = SealedTextField("person-centered considerations", blank=True, help_text="Words, no rating.")
    assessed_level = SealedTextField("level assessed", blank=True)
    placed_level = SealedTextField("level agreed", blank=True)
    level_reason = SealedTextField("why they differ", blank=True)
    basis = models.CharField("assessment", max_length=8, choices=Basis, blank=True)
    prior_assessed_on = models.DateField("day of the earlier one", null=True, blank=True)
    bills_medicaid = models.BooleanField("billed to Medicaid as H0001", null=True, blank=True)

    next_step = models.CharField("next step", max_length=9, choices=NextStep, blank=True)
    restart_kind = models.CharField("restart agreed", max_length=13, choices=KIND_CHOICES, blank=True)
    change_asked = SealedTextField("another therapist or group, and why", blank=True)
    plan_due_on = models.DateField("treatment plan due", null=True, blank=True)
    notice_given = models.BooleanField("privacy notice given", null=True, blank=True)
    consent_given = models.BooleanField("consent to services given", null=True, blank=True)

    cosigner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    is_late = models.BooleanField("late entry", null=True, blank=True, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    SEALED: ClassVar[list[str]] = [
        "present", "reason", "time_since", "substance_use", "withdrawal", "overdose", "medications", "physical",
        "pregnancy", "mental_health", "said_since", "risk", "home", "naloxone", "said_safety", "work", "transport",
        "childcare", "legal", "strengths", "helped", "hurt", "said_helps", "ratings", "considerations",
        "assessed_level", "placed_level", "level_reason", "change_asked",
    ]  # fmt: skip
    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        **dict.fromkeys(SEALED, CLINICAL),
        **dict.fromkeys(
            ["request", "booking", "author", "begun_at", "saved_at", "signed_at", "cosigner", "is_late"], STAFF
        ),
        **dict.fromkeys(["encounter_on", "starts", "ends", "modality", "location", "asam_edition", "basis"], STAFF),
        **dict.fromkeys(["prior_assessed_on", "bills_medicaid", "next_step", "restart_kind", "plan_due_on"], STAFF),
        **dict.fromkeys(["notice_given", "consent_given", "content_sha256"], STAFF),
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = "reassessment"
        verbose_name_plural = "reassessments"
        constraints = [
            models.CheckConstraint(name="note_known_modality", condition=Q(modality__in=["", *Modality.values])),
            models.CheckConstraint(name="note_known_edition", condition=Q(asam_edition__in=["", *Edition.values])),
            models.CheckConstraint(name="note_known_basis", condition=Q(basis__in=["", *Basis.values])),
            models.CheckConstraint(name="note_known_next_step", condition=Q(next_step__in=["", *NextStep.values])),
            models.CheckConstraint(
                name="note_known_restart", condition=Q(restart_kind__in=["", *(kind for kind, _ in KIND_CHOICES)])
            ),
            models.CheckConstraint(
                name="note_signed_has_sha256",
                condition=Q(signed_at=None, content_sha256="", is_late=None, cosigner=None)
                | (Q(signed_at__isnull=False, is_late__isnull=False) & ~Q(content_sha256="")),
            ),
        ]

    def __str__(self) -> str:
        return f"Reassessment {self.pk}"

    @property
    def zone(self) -> ZoneInfo:
        return self.location.zone if self.location else ZoneInfo(settings.TIME_ZONE)

    @property
    def rated(self) -> dict[str, str]:
        """Key of the dimension to token, as it was picked."""
        return json.loads(self.ratings) if self.ratings else {}

    @property
    def over_at(self) -> datetime | None:
        """When the conversation ended; None while that is not filled in."""
        if self.encounter_on is None or self.ends is None:
            return None
        return datetime.combine(self.encounter_on, self.ends, self.zone)

    @property
    def comprehensive_due_on(self) -> date | None:
        return self.encounter_on + COMPREHENSIVE_WITHIN if self.encounter_on else None
