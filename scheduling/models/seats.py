"""Seats as rows, and who has a claim on one (docs/decisions/0009)."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from privacy.field_classes import PUBLIC, STAFF, FieldClass
from scheduling.models.groups import Group


class SeatQuerySet(models.QuerySet):
    def free(self) -> Self:
        return self.filter(claim=None)

    def taken(self) -> Self:
        """Held or placed."""
        return self.exclude(claim=None)


class Seat(models.Model):
    """One chair. A group has as many seats as it has rows here, so it can never give away more."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="seats", verbose_name="group")

    objects = SeatQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = {"group": PUBLIC}

    class Meta:
        ordering = ["id"]
        verbose_name = "seat"
        verbose_name_plural = "seats"

    def __str__(self) -> str:
        return f"Seat {self.pk} of group {self.group_id}"


class Ended(models.TextChoices):
    """How a claim on a seat came to its end."""

    RELEASED = "released", "Given back"
    EXPIRED = "expired", "Held until its time was over"
    LEFT = "left", "The seat is not needed any more"


class SeatClaimQuerySet(models.QuerySet):
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


class SeatClaim(models.Model):
    """One person's claim on a seat: first a hold, a placement once staff confirm it, then history.

    `seat` is a one-to-one, so no seat has two claims; an ended claim lets go of it. Only `scheduling.seats`
    writes here.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="claims", verbose_name="group")
    seat = models.OneToOneField(
        Seat, on_delete=models.PROTECT, null=True, blank=True, related_name="claim", verbose_name="seat"
    )
    request = models.ForeignKey(
        "intake.CallbackRequest", on_delete=models.PROTECT, related_name="seat_claims", verbose_name="request"
    )
    starts_on = models.DateField("starts on")
    made_at = models.DateTimeField("made")
    expires_at = models.DateTimeField("held until")
    confirmed_at = models.DateTimeField("confirmed", null=True, blank=True)
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    ended_how = models.CharField("how it ended", max_length=8, choices=Ended, blank=True)

    objects = SeatClaimQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        [
            "group", "seat", "request", "starts_on", "made_at", "expires_at", "confirmed_at", "ended_at", "ended_how",
        ],
        STAFF,
    )  # fmt: skip

    class Meta:
        ordering = ["id"]
        verbose_name = "claim on a seat"
        verbose_name_plural = "claims on seats"
        constraints = [
            models.CheckConstraint(
                name="claim_has_a_seat_until_it_ends",
                condition=Q(seat__isnull=False, ended_at__isnull=True, ended_how="")
                | Q(seat__isnull=True, ended_at__isnull=False, ended_how__in=Ended.values),
            ),
            models.CheckConstraint(name="claim_ended_in_a_known_way", condition=Q(ended_how__in=["", *Ended.values])),
            models.CheckConstraint(name="claim_is_held_for_a_while", condition=Q(expires_at__gt=F("made_at"))),
            models.UniqueConstraint(
                name="claim_one_live_hold_per_request",
                fields=["request"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="claim_one_live_placement_per_request",
                fields=["request"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="claim_to_expire",
                fields=["expires_at"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Claim {self.pk} of {self.request_id}"
