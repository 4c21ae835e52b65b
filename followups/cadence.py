"""When we write, in data: one row for each place that wants its own, and one for all the rest (RULES 7, R-O)."""

from itertools import pairwise
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from privacy.field_classes import STAFF
from scheduling.models import Location

LONGEST_CARE = 12  # months
REMINDER_HOURS = (25, 48)  # R-O: 24 to 48 hours before; at 24 it would be dropped as too late


def validate_months(text: str) -> None:
    """Whole months, each later than the one before: "1, 2, 4". Raises ValidationError."""
    try:
        months = _months(text)
    except ValueError:
        raise ValidationError("Write numbers with commas between them, such as 1, 2, 4.") from None
    if not all(1 <= month <= LONGEST_CARE for month in months) or any(a >= b for a, b in pairwise(months)):
        raise ValidationError(f"Each number is larger than the one before, from 1 to {LONGEST_CARE}.")


def _months(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part.strip()]


def _number(words: str, usual: int, least: int, most: int, help_text: str = "") -> models.PositiveSmallIntegerField:
    limits = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(words, default=usual, validators=limits, help_text=help_text)


class CadenceQuerySet(models.QuerySet["Cadence"]):
    def of(self, location_id: int | None) -> "Cadence":
        """That of the place, else that of all the rest; the usual one where a row was never written. One query."""
        theirs = self.filter(Q(location=location_id) | Q(location=None))
        return theirs.order_by(F("location").asc(nulls_last=True)).first() or Cadence()


class Cadence(models.Model):
    """How long we wait before each message. Law and kindness set the outer limits; a place moves within them."""

    location = models.ForeignKey(
        Location,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="place",
        help_text="Empty: for every place without a row of its own, and for people to whom any town is fine.",
    )
    last_note_day = _number("last note on open day", 7, 3, 12, "Counted in open days from the day they wrote.")
    door_open_day = _number("closing words on open day", 10, 4, 18, "After the last note.")
    reminder_hours = _number("reminder, hours before the start", 48, *REMINDER_HOURS)
    hold_hours = _number("word before a hold ends, hours", 24, 1, 72)
    most_contacts = _number("calls and messages in seven days", 6, 3, 10, "Counted together, at the most.")
    look_back_weeks = _number("one more call, weeks later", 8, 4, 26, "For somebody whom we never reached.")
    care_months = models.CharField(
        "kind notes, months after",
        max_length=60,
        default="1, 2, 3, 4, 6, 8, 10, 12",
        blank=True,
        validators=[validate_months],
        help_text="Only for people who asked for them. Empty: none.",
    )

    objects = CadenceQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = dict.fromkeys(
        [
            "location",
            "last_note_day",
            "door_open_day",
            "reminder_hours",
            "hold_hours",
            "most_contacts",
            "look_back_weeks",
            "care_months",
        ],
        STAFF,
    )

    class Meta:
        ordering = [F("location").asc(nulls_first=True)]
        verbose_name = "rhythm of messages"
        verbose_name_plural = "rhythm of messages"
        constraints = [
            models.UniqueConstraint(Coalesce("location", Value(0)), name="cadence_one_for_a_place"),
            models.CheckConstraint(
                condition=Q(last_note_day__lt=F("door_open_day")),
                name="cadence_last_note_before_closing_words",
                violation_error_message="The closing words come after the last note.",
            ),
            models.CheckConstraint(condition=Q(reminder_hours__range=REMINDER_HOURS), name="cadence_reminder_in_time"),
            models.CheckConstraint(condition=Q(most_contacts__gte=3), name="cadence_some_contact"),
        ]

    def __str__(self) -> str:
        return str(self.location or "All places without their own")

    @property
    def months_of_care(self) -> list[int]:
        return _months(self.care_months)
