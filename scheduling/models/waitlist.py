"""Who waits for a seat: in one full group, or in anything of a kind that has nothing right now."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Count, Q

from privacy.field_classes import STAFF, FieldClass
from scheduling.models.groups import Group
from scheduling.models.starts import KIND_CHOICES
from scheduling.picks import IN_A_GROUP, Kind

MOST_NOTICES = 3  # seats kept for one person from the list; after that it is their word, not ours


class LeftTheList(models.TextChoices):
    """How the wait came to its end."""

    SEATED = "seated", "They took a seat"
    LEFT = "left", "They left the list"
    TOLD = "told", "Told three times"


class WaitlistEntryQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        """Longest first."""
        return self.filter(ended_at=None).order_by("joined_at", "id")

    def next_to_be_asked(self) -> Self:
        """Who was asked less comes first, so that a seat nobody answers for goes to the next person; then who has
        waited longest."""
        return self.waiting().annotate(asked=Count("notices")).order_by("asked", "joined_at", "id")

    def of(self, request_id: int) -> Self:
        return self.filter(request=request_id)


class WaitlistEntry(models.Model):
    """One person waits for a seat in this group or, without a group, for anything of this kind.

    A notice is a seat kept for them (`SeatClaim.waitlist_entry`). Only `scheduling.waitlist` writes here.
    """

    request = models.ForeignKey(
        "intake.CallbackRequest", on_delete=models.PROTECT, related_name="waitlist_entries", verbose_name="request"
    )
    kind = models.CharField("kind", max_length=13, choices=KIND_CHOICES)
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="waitlist_entries", verbose_name="group"
    )
    joined_at = models.DateTimeField("waiting since")
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    ended_how = models.CharField("how it ended", max_length=6, choices=LeftTheList, blank=True)

    objects = WaitlistEntryQuerySet.as_manager()

    FIELD_CLASSES: ClassVar[dict[str, FieldClass]] = dict.fromkeys(
        ["request", "kind", "group", "joined_at", "ended_at", "ended_how"], STAFF
    )

    class Meta:
        ordering = ["joined_at", "id"]
        verbose_name = "wait for a seat"
        verbose_name_plural = "waits for a seat"
        constraints = [
            models.CheckConstraint(name="waitlist_known_kind", condition=Q(kind__in=[kind.value for kind in Kind])),
            models.CheckConstraint(name="waitlist_known_end", condition=Q(ended_how__in=["", *LeftTheList.values])),
            models.CheckConstraint(
                name="waitlist_ends_in_some_way",
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.CheckConstraint(
                name="waitlist_of_a_group_only_for_groups",
                condition=Q(group__isnull=True) | Q(kind__in=[kind.value for kind in IN_A_GROUP]),
            ),
            # Two, because a NULL group is never equal to another NULL.
            models.UniqueConstraint(
                name="waitlist_once_per_group",
                fields=["request", "kind", "group"],
                condition=Q(ended_at__isnull=True, group__isnull=False),
            ),
            models.UniqueConstraint(
                name="waitlist_once_per_kind",
                fields=["request", "kind"],
                condition=Q(ended_at__isnull=True, group__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Wait {self.pk} of {self.request_id}"
