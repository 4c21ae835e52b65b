"""Seats as rows, and who has a claim on one (docs/decisions/0009)."""

from datetime import date, datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import ExtractIsoWeekDay

from privacy.field_classes import PUBLIC, STAFF, FieldClass
from scheduling.models.groups import Group, GroupDay
from scheduling.models.hours_to_book import AppointmentSlot
from scheduling.models.places import Closure
from scheduling.models.starts import Start
from scheduling.picks import BY_APPOINTMENT, Kind, Pick


class SeatQuerySet(models.QuerySet):
    def free(self) -> Self:
        return self.filter(claim=None)

    def taken(self) -> Self:
        """Held or placed."""
        return self.exclude(claim=None)

    def of(self, pick: Pick) -> Self:
        """The seats of that group, or the one seat of that hour."""
        return self.filter(slot=pick.number) if pick.is_hour else self.filter(group=pick.number)


class Seat(models.Model):
    """One chair. A group has as many seats as it has rows here, an hour has one: neither can give away more."""

    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="seats", verbose_name="group"
    )
    slot = models.OneToOneField(
        AppointmentSlot, on_delete=models.PROTECT, null=True, blank=True, related_name="seat", verbose_name="hour"
    )

    objects = SeatQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {"group": PUBLIC, "slot": PUBLIC}

    class Meta:
        ordering = ["id"]
        verbose_name = "seat"
        verbose_name_plural = "seats"
        constraints = [
            models.CheckConstraint(
                name="seat_of_a_group_or_an_hour",
                condition=Q(group__isnull=False, slot__isnull=True) | Q(group__isnull=True, slot__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Seat {self.pk} of group {self.group_id}" if self.group_id else f"Seat of hour {self.slot_id}"


class Ended(models.TextChoices):
    """How a claim on a seat came to its end."""

    RELEASED = "released", "Given back"
    EXPIRED = "expired", "Held until its time was over"
    LEFT = "left", "The seat is not needed any more"
    MOVED = "moved", "Moved to another start"
    DONE = "done", "The hour is over"


class FirstSession(models.TextChoices):
    """How the first day went, as staff marked it. Nobody is kept score of."""

    CAME = "came", "They came"
    MISSED = "missed", "We missed them"


class SeatClaimQuerySet(models.QuerySet):
    def for_staff(self, user: Any) -> Self:
        """Of requests that this member of staff may see; whose those are, the other end of the column knows."""
        requests: Any = self.model._meta.get_field("request").related_model
        return self.filter(request__in=requests.objects.for_staff(user).values("pk"))

    def live(self) -> Self:
        return self.filter(ended_at=None)

    def holds(self) -> Self:
        """Seats kept for somebody until staff confirm, or until the time is over."""
        return self.live().filter(confirmed_at=None)

    def placements(self) -> Self:
        """Seats that staff have confirmed."""
        return self.live().exclude(confirmed_at=None)

    def run_out(self, now: datetime) -> Self:
        return self.holds().filter(expires_at__lte=now)

    def chosen(self) -> Self:
        """The person said yes to it."""
        return self.exclude(accepted_at=None)

    def not_asked_yet(self) -> Self:
        """From the waiting list, or moved to another day by us: the person has not said yes to it."""
        return self.filter(accepted_at=None)

    def alike(self, kind: Kind) -> Self:
        """Of the same sort: all groups count as one, an hour of each kind by itself."""
        return self.filter(kind=kind.value) if kind in BY_APPOINTMENT else self.filter(slot=None)

    def to_be_marked(self, today: date) -> Self:
        """Confirmed, the first day is here or over, and nobody has said yet whether they came."""
        return self.placements().filter(starts_on__lte=today, first_session="")

    def starting_on(self, day: date) -> Self:
        return self.live().filter(starts_on=day, first_session="")

    def at(self, location_id: int | None) -> Self:
        """At that place; with None, everywhere."""
        if location_id is None:
            return self
        return self.filter(Q(group__location=location_id) | Q(slot__location=location_id))

    def on_no_day(self) -> Self:
        """Not begun, and on the first day the place is closed or the group does not meet any more."""
        meets = GroupDay.objects.filter(group=OuterRef("group"), weekday=OuterRef("iso_weekday") - 1)
        gone = Q(group__isnull=False) & ~Exists(meets)
        coming = self.live().filter(first_session="").annotate(iso_weekday=ExtractIsoWeekDay("starts_on"))
        return coming.filter(gone | Q(_is_closed_on_the_first_day()))

    def on_a_closed_day(self) -> Self:
        """Live, not yet begun, and the place is closed on the first day."""
        return self.live().filter(_is_closed_on_the_first_day(), first_session="")

    def with_their_start(self) -> Self:
        """With group or hour, place and who leads it."""
        return self.select_related("group__location", "group__therapist", "slot__location", "slot__therapist")


def _is_closed_on_the_first_day() -> Exists:
    """Of a claim, with nothing else of the query it stands in: that may itself refer to an outer one."""
    theirs = Q(location=None) | Q(location=OuterRef("group__location")) | Q(location=OuterRef("slot__location"))
    return Exists(Closure.objects.filter(theirs, date=OuterRef("starts_on")))


class SeatClaim(Start):
    """One person's claim on a seat: first a hold, a placement once staff confirm it, then history.

    `seat` is a one-to-one, so no seat has two claims; an ended claim lets go of it. `accepted_at` says when the
    person said yes to it. Only `scheduling.seats` writes here.
    """

    seat = models.OneToOneField(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="claim", verbose_name="seat"
    )
    request = models.ForeignKey(
        "intake.CallbackRequest", on_delete=models.PROTECT, related_name="seat_claims", verbose_name="request"
    )
    made_at = models.DateTimeField("made")
    accepted_at = models.DateTimeField("they said yes", null=True, blank=True)
    expires_at = models.DateTimeField("held until")
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True)
    first_session = models.CharField("first day", max_length=6, choices=FirstSession, blank=True)
    first_session_marked_at = models.DateTimeField("first day marked", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    ended_how = models.CharField("how it ended", max_length=8, choices=Ended, blank=True)
    waitlist_entry = models.ForeignKey(
        "scheduling.WaitlistEntry",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name="from the waiting list",
    )
    moved_from = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_to", verbose_name="moved from"
    )

    objects = SeatClaimQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = Start.START_CLASSES | dict.fromkeys(
        [
            "seat", "request", "made_at", "accepted_at", "expires_at", "confirmed_at", "first_session",
            "first_session_marked_at", "ended_at", "ended_how", "waitlist_entry", "moved_from",
        ],
        STAFF,
    )  # fmt: skip

    class Meta(Start.Meta):
        ordering = ["id"]
        verbose_name = "claim on a seat"
        verbose_name_plural = "claims on seats"
        constraints = [
            *Start.Meta.constraints,
            models.CheckConstraint(
                name="claim_has_a_seat_until_it_ends",
                condition=Q(seat__isnull=False, ended_at__isnull=True, ended_how="")
                | Q(seat__isnull=True, ended_at__isnull=False, ended_how__in=Ended.values),
            ),
            models.CheckConstraint(name="claim_ended_in_a_known_way", condition=Q(ended_how__in=["", *Ended.values])),
            models.CheckConstraint(name="claim_is_held_for_a_while", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(
                name="claim_known_first_session", condition=Q(first_session__in=["", *FirstSession.values])
            ),
            models.CheckConstraint(
                name="claim_first_session_is_of_a_placement",
                condition=Q(first_session="", first_session_marked_at__isnull=True)
                | Q(~Q(first_session=""), first_session_marked_at__isnull=False, confirmed_at__isnull=False),
            ),
            # Two of each: groups count as one sort, and an hour of each kind as another.
            models.UniqueConstraint(
                name="claim_one_live_hold_per_request",
                fields=["request"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True, slot__isnull=True),
            ),
            models.UniqueConstraint(
                name="claim_one_live_placement_per_request",
                fields=["request"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False, slot__isnull=True),
            ),
            models.UniqueConstraint(
                name="claim_one_live_hold_of_an_hour",
                fields=["request", "kind"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True, slot__isnull=False),
            ),
            models.UniqueConstraint(
                name="claim_one_live_booking_of_an_hour",
                fields=["request", "kind"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False, slot__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="claim_to_expire",
                fields=["expires_at"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True),
            ),
            models.Index(name="claim_by_first_day", fields=["starts_on"], condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk} of {self.request_id}"

    def has_run_out(self, now: datetime) -> bool:
        """A hold whose time is over, freed or not."""
        return not self.is_confirmed and self.expires_at <= now

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None
