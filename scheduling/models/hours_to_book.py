"""Hours of one clinician that one person can book."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from privacy.field_classes import PUBLIC, STAFF, FieldClass
from scheduling.hours import Window
from scheduling.models.groups import FEWEST_MINUTES, MOST_MINUTES, Therapist
from scheduling.models.places import AtAPlace, Location
from scheduling.picks import Kind


class SlotKind(models.TextChoices):
    """What the hour is for; the values are those of the form."""

    REASSESS = Kind.REASSESS.value, "A fresh look at what fits"
    INDIVIDUAL = Kind.INDIVIDUAL.value, "One-to-one time"


class AppointmentSlotQuerySet(models.QuerySet):
    def taking_people(self, now: datetime) -> Self:
        """Open hours still to come, by video or at open places, of people who work here."""
        return (
            self.filter(is_open=True, starts_at__gt=now, therapist__is_active=True)
            .filter(Q(location=None) | Q(location__is_open=True))
            .select_related("location", "therapist")
        )

    def free(self) -> Self:
        """Nobody holds or has it."""
        return self.filter(seat__claim=None)


class AppointmentSlot(AtAPlace):
    """One hour for one person: it has one seat, and is held, confirmed and given back like the seat of a group.

    It is taken off offer, never deleted once somebody had it.
    """

    kind = models.CharField("for", max_length=10, choices=SlotKind)
    therapist = models.ForeignKey(Therapist, on_delete=models.PROTECT, related_name="slots", verbose_name="with")
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="slots",
        verbose_name="place",
        help_text="Leave empty for an hour by video.",
    )
    starts_at = models.DateTimeField("starts")
    minutes = models.PositiveSmallIntegerField("length in minutes")
    is_open = models.BooleanField("on offer", default=True, help_text="Untick to offer it to nobody new.")

    objects = AppointmentSlotQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        "kind": PUBLIC,
        "therapist": STAFF,
        "location": PUBLIC,
        "starts_at": PUBLIC,
        "minutes": PUBLIC,
        "is_open": STAFF,
    }

    class Meta:
        ordering = ["starts_at", "id"]
        verbose_name = "bookable hour"
        verbose_name_plural = "bookable hours"
        constraints = [
            models.CheckConstraint(name="slot_known_kind", condition=Q(kind__in=SlotKind.values)),
            models.CheckConstraint(
                name="slot_length_is_sane", condition=Q(minutes__gte=FEWEST_MINUTES, minutes__lte=MOST_MINUTES)
            ),
            models.UniqueConstraint(name="slot_once_per_therapist", fields=["therapist", "starts_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at.astimezone(self.zone):%Y-%m-%d %H:%M} {self.get_kind_display()}"

    @property
    def starts(self) -> time:
        """The wall-clock time there."""
        return self.starts_at.astimezone(self.zone).time()

    @property
    def ends(self) -> time:
        return self.session_on().end.astimezone(self.zone).time()

    @property
    def weekdays(self) -> list[int]:
        return [self.starts_at.astimezone(self.zone).weekday()]

    def session_on(self, day: date | None = None) -> Window:
        """The hour itself, in UTC; it has only one day."""
        return Window(self.starts_at, self.starts_at + timedelta(minutes=self.minutes))
