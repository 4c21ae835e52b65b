"""What one concrete start is made of, for every table that remembers one."""

from datetime import date
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q

from privacy.field_classes import STAFF, FieldClass
from scheduling.hours import Window
from scheduling.models.groups import Group
from scheduling.models.hours_to_book import AppointmentSlot
from scheduling.picks import BY_APPOINTMENT, IN_A_GROUP, Kind, Pick

KIND_CHOICES = [
    (Kind.WEEK_ONE.value, "from week one"),
    (Kind.NEW_TIME.value, "a group at another time"),
    (Kind.NEW_THERAPIST.value, "a different therapist"),
    (Kind.REASSESS.value, "a fresh look at what fits"),
    (Kind.INDIVIDUAL.value, "one-to-one time"),
]


class Start(models.Model):
    """A group or an hour of one clinician, from which day, and which of the five ways back it is."""

    kind = models.CharField("kind", max_length=13, choices=KIND_CHOICES)
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="group"
    )
    slot = models.ForeignKey(
        AppointmentSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss", verbose_name="hour"
    )
    starts_on = models.DateField("starts on")

    START_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(["kind", "group", "slot", "starts_on"], STAFF)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_is_of_a_group_or_an_hour",
                condition=Q(group__isnull=False, slot__isnull=True, kind__in=[kind.value for kind in IN_A_GROUP])
                | Q(group__isnull=True, slot__isnull=False, kind__in=[kind.value for kind in BY_APPOINTMENT]),
            ),
            models.CheckConstraint(name="%(class)s_known_kind", condition=Q(kind__in=[kind.value for kind in Kind])),
        ]

    @property
    def what(self) -> Group | AppointmentSlot:
        """The group or the hour: both know their place, their zone and who leads them."""
        return self.group or self.slot  # type: ignore[return-value]  # the database keeps one of the two

    @property
    def pick(self) -> Pick:
        return Pick(Kind(self.kind), self.group_id or self.slot_id or 0, self.starts_on)

    @property
    def place_name(self) -> str:
        return self.what.place_name

    @property
    def zone(self) -> ZoneInfo:
        return self.what.zone

    @property
    def session(self) -> Window:
        """The first session, in UTC."""
        return self.what.session_on(self.starts_on)


def columns_of(pick: Pick) -> dict[str, int | str | date | None]:
    """How a pick is written into a table of starts."""
    return {
        "kind": pick.kind.value,
        "group_id": None if pick.is_hour else pick.number,
        "slot_id": pick.number if pick.is_hour else None,
        "starts_on": pick.starts_on,
    }
