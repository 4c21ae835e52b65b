"""One person's request: what they asked for and where it stands."""

from datetime import date, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from intake.by_text import ByText
from intake.choices import UNDELIVERED
from intake.queries import HAS_A_WINDOW, IN_CALLING_ORDER, LONGEST_FIRST, TO_CALL, UNDECIDED, CallbackRequestQuerySet
from intake.states import Status
from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, PUBLIC, STAFF
from scheduling.calendar import week_of, week_of_all_places
from scheduling.hours import Daypart, StaffedWeek
from scheduling.options import Wishes


class CallbackRequest(models.Model):
    """One person's "I'd like to come back", from the form to the day they are back (R-P1).

    Only the verbs of this app write to it. Times are UTC in the database.
    """

    reference = models.CharField(_("reference"), max_length=7, unique=True, editable=False)
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    answers_hash = models.CharField(max_length=64, editable=False)
    language = models.CharField(_("language of the page"), max_length=8)
    name = SealedTextField(_("what to call them"), blank=True)
    note = SealedTextField(_("their words"), blank=True)
    worried = models.BooleanField(_("their words may mean danger"), default=False)
    location = models.ForeignKey("scheduling.Location", models.PROTECT, null=True, blank=True, verbose_name=_("town"))
    options = models.JSONField(_("would help"), default=list, blank=True)
    help_with = models.JSONField(_("help with"), default=list, blank=True)
    group_times = models.JSONField(_("times of day that suit"), default=list, blank=True)
    not_before = models.DateField(_("no start before"), null=True, blank=True)
    avoid_groups = models.ManyToManyField(
        "scheduling.Group", blank=True, related_name="+", verbose_name=_("groups to keep away from")
    )
    hidden_groups = models.ManyToManyField(
        "scheduling.Group", blank=True, related_name="+", verbose_name=_("groups they hid on their page")
    )
    avoid_therapists = models.ManyToManyField(
        "scheduling.Therapist", blank=True, related_name="+", verbose_name=_("therapists to keep away from")
    )
    by_text = models.CharField(_("by text"), max_length=12, choices=ByText, blank=True)
    undelivered = models.CharField("what did not arrive", max_length=5, choices=UNDELIVERED, blank=True)
    self_choice = models.BooleanField(_("may choose on their page"), default=True)

    status = models.CharField(_("where it stands"), max_length=12, choices=Status, default=Status.WAITING)
    status_since = models.DateTimeField(_("since"))
    wake_at = models.DateTimeField(_("ask again"), null=True, blank=True)

    received_at = models.DateTimeField(_("came in"))
    round_started_at = models.DateTimeField(_("on the list since"))
    promised_by = models.DateTimeField(_("we said by"), null=True, blank=True)
    target_at = models.DateTimeField(_("first call wanted by"), null=True, blank=True)
    late_at = models.DateTimeField(_("late from"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("overdue from"), null=True, blank=True)
    first_attempt_at = models.DateTimeField(_("first tried"), null=True, blank=True)
    call_from = models.DateTimeField(_("safe to call from"), null=True, blank=True)
    call_until = models.DateTimeField(_("safe to call until"), null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="on this call"
    )
    claimed_at = models.DateTimeField("on this call since", null=True, blank=True)

    objects = CallbackRequestQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {
        "reference": PUBLIC,
        "form_key": STAFF,
        "answers_hash": IDENTIFYING,
        "language": STAFF,
        "name": IDENTIFYING,
        "note": IDENTIFYING,
        "worried": STAFF,
        "location": STAFF,
        "options": STAFF,
        "help_with": STAFF,
        "group_times": STAFF,
        "not_before": STAFF,
        "by_text": STAFF,
        "undelivered": STAFF,
        "self_choice": STAFF,
        "avoid_groups": STAFF,
        "hidden_groups": STAFF,
        "avoid_therapists": STAFF,
        "status": STAFF,
        "status_since": STAFF,
        "wake_at": STAFF,
        "received_at": STAFF,
        "round_started_at": STAFF,
        "promised_by": PUBLIC,
        "target_at": STAFF,
        "late_at": STAFF,
        "overdue_at": STAFF,
        "first_attempt_at": STAFF,
        "call_from": STAFF,
        "call_until": STAFF,
        "claimed_by": STAFF,
        "claimed_at": STAFF,
    }

    class Meta:
        ordering = ["-id"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [
            ("work_callbackrequest", "Can call people back and move their requests"),
            ("report_callbackrequest", "Can read the figures of all requests"),
        ]
        indexes = [
            models.Index(fields=["status", "wake_at", "id"], name="request_to_wake"),
            # The lists of the desk, each in its own order, so that none of them is ever sorted.
            models.Index(*IN_CALLING_ORDER, "call_from", name="request_call_now", condition=HAS_A_WINDOW),
            models.Index(fields=["call_from", "received_at", "id"], name="request_upcoming", condition=HAS_A_WINDOW),
            models.Index(fields=["call_until", "id"], name="request_window_over", condition=HAS_A_WINDOW),
            models.Index(*LONGEST_FIRST, name="request_undecided", condition=UNDECIDED),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="request_known_status"),
            models.CheckConstraint(
                condition=Q(undelivered__in=["", *dict(UNDELIVERED)]), name="request_known_undelivered"
            ),
            models.CheckConstraint(condition=Q(by_text__in=["", *ByText.values]), name="request_known_by_text"),
            models.CheckConstraint(
                condition=Q(call_from__isnull=True, call_until__isnull=True)
                | Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=models.F("call_until")),
                name="request_window_whole",
            ),
            models.CheckConstraint(condition=~HAS_A_WINDOW | TO_CALL, name="request_window_only_for_a_call"),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="request_claimed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.RESTING, wake_at__isnull=False)
                | (~Q(status=Status.RESTING) & Q(wake_at__isnull=True)),
                name="request_resting_has_wake_day",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ERASED) | Q(name="", note="", answers_hash=""),
                name="request_erased_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def week(self) -> StaffedWeek:
        """When somebody is on to call this person: at their town, or anywhere when any will do."""
        return week_of(self.location) if self.location else week_of_all_places()

    def zone(self) -> ZoneInfo:
        """The clock on the wall where this person is: their town's, or the program's own when any will do."""
        return self.location.zone if self.location else ZoneInfo(settings.TIME_ZONE)

    def is_in_window(self, now: datetime) -> bool:
        """Whether their safe time is open at this minute."""
        return bool(self.call_from and self.call_until and self.call_from <= now < self.call_until)

    def wishes(self) -> Wishes:
        """What they said about a start. The times of day that are safe for a call are something else. Three queries."""
        return Wishes(
            kinds=frozenset(self.options),
            town=self.location.slug if self.location else "",
            dayparts=frozenset(Daypart(part) for part in self.group_times),
            needs=frozenset(self.help_with),
            avoid_groups=frozenset(group.pk for group in [*self.avoid_groups.all(), *self.hidden_groups.all()]),
            avoid_therapists=frozenset(therapist.pk for therapist in self.avoid_therapists.all()),
            not_before=self.not_before or date.min,
        )
