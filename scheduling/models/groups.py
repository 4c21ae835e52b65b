"""Who leads a group, where and when it meets, and the days on which somebody can start it from week one."""

from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Prefetch, Q

from privacy.field_classes import PUBLIC, STAFF, FieldClass
from scheduling.hours import Shift, Window
from scheduling.models.places import AtAPlace, Location, Weekday, validate_neutral

FEWEST_MINUTES, MOST_MINUTES = 15, 8 * 60


class Therapist(models.Model):
    """Somebody who leads groups. Set aside when they leave, never deleted: groups hang on them."""

    display_name = models.CharField("name", max_length=60, unique=True)
    is_active = models.BooleanField("works here", default=True, help_text="Untick, and their groups are not offered.")
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="therapist",
        verbose_name="sign-in",
        help_text="Whose desk shows their bookable hours.",
    )

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(["display_name", "is_active", "account"], STAFF)

    class Meta:
        ordering = ["display_name"]
        verbose_name = "therapist"
        verbose_name_plural = "therapists"

    def __str__(self) -> str:
        return self.display_name


class LevelOfCare(models.TextChoices):
    """Names only (R-L2): a clinician picks, nothing is worked out from them."""

    OUTPATIENT = "1", "1 Outpatient"
    INTENSIVE = "2.1", "2.1 Intensive outpatient"
    HIGH_INTENSITY = "2.5", "2.5 High-intensity outpatient"


class GroupQuerySet(models.QuerySet):
    def taking_people(self) -> Self:
        """Open groups, by video or at open places, that nobody leads who has left."""
        return (
            self.filter(is_open=True)
            .filter(Q(location=None) | Q(location__is_open=True))
            .filter(Q(therapist=None) | Q(therapist__is_active=True))
        )

    def led_by(self, therapist: Therapist) -> Self:
        """The groups this therapist leads now: open ones, and those in which somebody has a seat."""
        return self.filter(Q(is_open=True) | Q(seats__claim__isnull=False), therapist=therapist).distinct()

    def with_seats_counted(self) -> Self:
        """Each with `placed`, `held` and `free`, counted seat by seat: they always add up to its seats."""
        sits = Q(seats__claim__isnull=False)
        return self.annotate(
            placed=Count("seats", filter=sits & Q(seats__claim__confirmed_at__isnull=False)),
            held=Count("seats", filter=sits & Q(seats__claim__confirmed_at__isnull=True)),
            free=Count("seats", filter=Q(seats__isnull=False) & ~sits),
        )

    def with_their_days(self, since: date) -> Self:
        """With place, therapist, weekdays and the week-one starts from that day on. Three queries in all."""
        coming = Prefetch("week_one_starts", WeekOneStart.objects.filter(date__gte=since), to_attr="coming_starts")
        return self.select_related("location", "therapist").prefetch_related("days", coming)

    def by_town(self) -> Self:
        """Place by place in the order of the guide, video last, earliest time first."""
        in_order = models.F("location__position").asc(nulls_last=True)
        return self.order_by(in_order, "location__slug", "starts", "name", "pk")


class Group(AtAPlace):
    """People who meet every week on the same days, at one wall-clock time of their place.

    How many seats it has is how many `Seat` rows it has. It is closed to new people, never deleted.
    """

    name = models.CharField(
        "name", max_length=60, unique=True, validators=[validate_neutral], help_text="For staff only."
    )
    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="groups",
        verbose_name="place",
        help_text="Leave empty for a group by video.",
    )
    level_of_care = models.CharField("level of care", max_length=4, choices=LevelOfCare)
    therapist = models.ForeignKey(
        Therapist,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="groups",
        verbose_name="therapist",
    )
    starts = models.TimeField("starts at", help_text="The clock on the wall there.")
    minutes = models.PositiveSmallIntegerField("length in minutes")
    is_open = models.BooleanField(
        "still taking people", default=True, help_text="Untick to offer it to nobody new. Nobody loses their seat."
    )

    objects = GroupQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {
        "name": STAFF,
        "location": PUBLIC,
        "level_of_care": STAFF,
        "therapist": STAFF,
        "starts": PUBLIC,
        "minutes": PUBLIC,
        "is_open": STAFF,
    }

    class Meta:
        ordering = ["name"]
        verbose_name = "group"
        verbose_name_plural = "groups"
        constraints = [
            models.CheckConstraint(name="group_known_level", condition=Q(level_of_care__in=LevelOfCare.values)),
            models.CheckConstraint(
                name="group_length_is_sane",
                condition=Q(minutes__gte=FEWEST_MINUTES, minutes__lte=MOST_MINUTES),
                violation_error_message=f"A group lasts from {FEWEST_MINUTES} to {MOST_MINUTES} minutes.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.starts and self.minutes and self._ends.date() > date.min:
            raise ValidationError({"minutes": "A group ends on the day it starts, before midnight."})

    @property
    def ends(self) -> time:
        """The wall-clock time at which it is over."""
        return self._ends.time()

    @property
    def weekdays(self) -> list[int]:
        return [day.weekday for day in self.days.all()]

    def session_on(self, day: date) -> Window:
        """The session of that day, in UTC: the same time on the wall, whichever way the clocks have been set."""
        return Shift(day.weekday(), self.starts, self.ends).on(day, self.zone)

    @property
    def _ends(self) -> datetime:
        return datetime.combine(date.min, self.starts) + timedelta(minutes=self.minutes)


class GroupDay(models.Model):
    """The group meets on this weekday, every week that the place is open."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="days", verbose_name="group")
    weekday = models.PositiveSmallIntegerField("weekday", choices=Weekday)

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(["group", "weekday"], PUBLIC)

    class Meta:
        ordering = ["group", "weekday"]
        verbose_name = "day of a group"
        verbose_name_plural = "days of a group"
        constraints = [
            models.CheckConstraint(name="group_day_on_a_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
            models.UniqueConstraint(name="group_day_once", fields=["group", "weekday"]),
        ]

    def __str__(self) -> str:
        return self.get_weekday_display()


class WeekOneStart(models.Model):
    """A day on which the group begins again from week one."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="week_one_starts", verbose_name="group")
    date = models.DateField("date")

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(["group", "date"], PUBLIC)

    class Meta:
        ordering = ["date", "group"]
        verbose_name = "start from week one"
        verbose_name_plural = "starts from week one"
        constraints = [
            models.UniqueConstraint(
                name="week_one_start_once",
                fields=["group", "date"],
                violation_error_message="This group already starts from week one that day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d}"
