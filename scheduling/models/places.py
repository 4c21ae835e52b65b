"""Places, the weekly hours in which somebody is on there to call people, and the dates on which nobody is."""

from datetime import date
from typing import ClassVar, Self
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from privacy.field_classes import PUBLIC, STAFF, FieldClass
from privacy.revealing_words import reveals

BY_VIDEO = "By video"
ANY_PLACE = "any"  # what the form sends when the person has no preference; never the slug of a place

# Letters that every phone shows and that cost one GSM-7 septet each.
validate_plain_letters = RegexValidator(
    r"\A[A-Za-z0-9 .,&'()/+-]*\Z", "Use plain letters, digits and spaces, without accents."
)


def validate_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError("Write the name of a time zone, such as America/New_York.")


def validate_neutral(text: str) -> None:
    """Refuses words that tell an onlooker what this is about (R-P2)."""
    if words := reveals(text):
        raise ValidationError(f"This would show on a lock screen. Leave out: {', '.join(words)}.")


class LocationQuerySet(models.QuerySet):
    def taking_people(self) -> Self:
        """Places that people can choose, in the order of the towns on the guide."""
        return self.filter(is_open=True).order_by("position", "slug")


class Location(models.Model):
    """A place. It is closed to new people, never deleted: requests and hours hang on it."""

    name = models.CharField("name", max_length=60)
    slug = models.SlugField("short name", max_length=60, unique=True, help_text="Part of links; it never changes.")
    position = models.PositiveSmallIntegerField("order", default=0, help_text="Lowest first.")
    time_zone = models.CharField(
        "time zone", max_length=60, default="America/New_York", validators=[validate_time_zone]
    )
    sender_label = models.CharField(
        "name on messages",
        max_length=24,
        default="Front Desk",
        validators=[validate_plain_letters, validate_neutral],
        help_text="What a lock screen shows. It must not say what we do.",
    )
    is_open = models.BooleanField(
        "still taking people",
        default=True,
        help_text="Untick to take the place off the form. Nothing is lost.",
    )

    objects = LocationQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        ["name", "slug", "position", "time_zone", "sender_label", "is_open"], PUBLIC
    )

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = "place"
        verbose_name_plural = "places"
        constraints = [
            models.CheckConstraint(
                name="location_slug_is_a_place",
                condition=~Q(slug__in=["", ANY_PLACE]),
                violation_error_message="The form uses this word for “no preference”. Choose another.",
            ),
            models.CheckConstraint(
                name="location_has_a_sender_label",
                condition=~Q(sender_label=""),
                violation_error_message="A message needs a name to come from.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class AtAPlace(models.Model):
    """What meets at a place, or by video: `location` is empty then. Each model has the column with its own words."""

    location: "Location | None"

    class Meta:
        abstract = True

    @property
    def place_name(self) -> str:
        return self.location.name if self.location else BY_VIDEO

    @property
    def zone(self) -> ZoneInfo:
        """The zone of its wall-clock times; that of the portal for what is by video."""
        return self.location.zone if self.location else ZoneInfo(settings.TIME_ZONE)


class Weekday(models.IntegerChoices):
    """Numbered as `date.weekday()` numbers them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class StaffedHoursQuerySet(models.QuerySet):
    def with_their_places(self) -> Self:
        """In the order of the places."""
        return self.order_by("location__position", "location__slug", "weekday", "opens").select_related("location")


class StaffedHours(models.Model):
    """Every week, somebody is on here to call people. Wall times of the place; shifts may overlap."""

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="staffed_hours", verbose_name="place")
    weekday = models.PositiveSmallIntegerField("weekday", choices=Weekday)
    opens = models.TimeField("from")
    closes = models.TimeField("until", help_text="Before midnight.")

    objects = StaffedHoursQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(["location", "weekday", "opens", "closes"], PUBLIC)

    class Meta:
        ordering = ["location", "weekday", "opens"]
        verbose_name = "staffed hours"
        verbose_name_plural = "staffed hours"
        constraints = [
            models.CheckConstraint(
                name="staffed_hours_open_before_they_close",
                condition=Q(opens__lt=F("closes")),
                violation_error_message="The hours must end later than they start, on the same day.",
            ),
            models.CheckConstraint(name="staffed_hours_on_a_weekday", condition=Q(weekday__gte=0, weekday__lte=6)),
            models.UniqueConstraint(
                name="staffed_hours_once",
                fields=["location", "weekday", "opens"],
                violation_error_message="There are already hours from that time on that day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class ClosureQuerySet(models.QuerySet):
    def since(self, day: date) -> Self:
        return self.filter(date__gte=day)

    def at(self, location: Location) -> Self:
        """Closures of this place, and those of every place."""
        return self.filter(Q(location=location) | Q(location=None))


class Closure(models.Model):
    """Nobody is on that day, at one place or, without a place, at all of them."""

    location = models.ForeignKey(
        Location,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="closures",
        verbose_name="place",
        help_text="Leave empty for every place.",
    )
    date = models.DateField("date")
    reason = models.CharField("reason", max_length=80, blank=True, help_text="For staff only.")

    objects = ClosureQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {"location": PUBLIC, "date": PUBLIC, "reason": STAFF}

    class Meta:
        ordering = ["date", "location", "id"]
        verbose_name = "closed day"
        verbose_name_plural = "closed days"
        constraints = [
            # Two, because a NULL place is never equal to another NULL.
            models.UniqueConstraint(
                name="closure_once_per_place",
                fields=["location", "date"],
                condition=Q(location__isnull=False),
                violation_error_message="This place is already closed that day.",
            ),
            models.UniqueConstraint(
                name="closure_once_for_every_place",
                fields=["date"],
                condition=Q(location__isnull=True),
                violation_error_message="Every place is already closed that day.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.location or 'every place'}"
