"""What a phone number told us: which texts came in, which numbers are somebody else's, and what that set off."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from privacy.encryption import SealedTextField
from privacy.field_classes import IDENTIFYING, STAFF
from privacy.lookup import keyed_hash, keyed_hashes

ASSESS_WITHIN = timedelta(days=60)  # R-P13
NUMBER_KEPT = timedelta(days=30)  # the number of a text that came in; that it came is kept


class Meaning(models.TextChoices):
    STOP = "stop", _("No more texts")
    PERHAPS_STOP = "perhaps_stop", _("May want no more texts")
    HELP = "help", _("Asks for help")
    START = "start", _("Texts again")
    FITS = "fits", _("That time works")
    CHANGE = "change", _("Wants to change it")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    OTHER = "other", _("Something else")


class InboundTextQuerySet(models.QuerySet):
    def from_number(self, number: str):
        return self.filter(phone_hash__in=keyed_hashes("phone", number))

    def with_an_old_number(self, now: datetime):
        return self.filter(at__lte=now - NUMBER_KEPT).exclude(phone_hash="")


class InboundText(models.Model):
    """That a text came, and what it meant; never its words. The provider's id keeps a replay from counting twice."""

    provider_id = models.CharField(max_length=40, unique=True, editable=False)
    phone_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    meaning = models.CharField(_("meaning"), max_length=12, choices=Meaning)
    told_to_call = models.BooleanField(default=False)
    at = models.DateTimeField(_("when"))

    objects = InboundTextQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {
        "provider_id": STAFF,
        "phone_hash": IDENTIFYING,
        "meaning": STAFF,
        "told_to_call": STAFF,
        "at": STAFF,
    }

    class Meta:
        ordering = ["id"]
        verbose_name = _("text to us")
        verbose_name_plural = _("texts to us")
        constraints = [models.CheckConstraint(condition=Q(meaning__in=Meaning.values), name="inbound_known_meaning")]

    def __str__(self) -> str:
        return f"Text {self.pk}"


def last_heard_from(number: str) -> datetime | None:
    """When a text last came from this number in international form, UTC; that confirms it (R-T5).

    A row forgets its number after NUMBER_KEPT, 30 days, and at once where a text says "wrong number". So None says
    "not in the last 30 days", and not "never": who needs to know of 90 has to keep the answer.
    """
    return InboundText.objects.from_number(number).aggregate(last=Max("at"))["last"]


class WrongNumberQuerySet(models.QuerySet):
    def holds(self, number: str) -> bool:
        """Whether whoever has this number told us that it is not the person we mean."""
        return self.filter(phone_hash__in=keyed_hashes("phone", number)).exists()

    def remember(self, number: str, now: datetime) -> None:
        self.get_or_create(phone_hash=keyed_hash("phone", number), defaults={"phone": number, "at": now})

    def forget(self, number: str) -> None:
        self.filter(phone_hash__in=keyed_hashes("phone", number)).delete()


class WrongNumber(models.Model):
    """A number that gets no text from us, whoever writes it into the form. Sealed, so that it outlives a change of
    keys; nobody at the desk sees it."""

    phone = SealedTextField()
    phone_hash = models.CharField(max_length=64, unique=True, editable=False)
    at = models.DateTimeField()

    objects = WrongNumberQuerySet.as_manager()

    FIELD_CLASSES: ClassVar = {"phone": IDENTIFYING, "phone_hash": IDENTIFYING, "at": STAFF}

    class Meta:
        ordering = ["id"]
        verbose_name = _("wrong number")
        verbose_name_plural = _("wrong numbers")

    def __str__(self) -> str:
        return f"Wrong number {self.pk}"


class Incident(models.Model):
    """A text of ours reached somebody else. Whether that must be reported is for a person to weigh, in time (R-P13)."""

    request = models.ForeignKey("intake.CallbackRequest", models.PROTECT, related_name="+")
    found_at = models.DateTimeField(_("found"))
    assess_by = models.DateTimeField(_("to be assessed by"))

    FIELD_CLASSES: ClassVar = dict.fromkeys(["request", "found_at", "assess_by"], STAFF)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")

    def __str__(self) -> str:
        return f"Incident {self.pk}"
