"""Reads of requests, as English that chains: `CallbackRequest.objects.due_now(now)`."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.utils import timezone

from intake import states
from privacy.lookup import keyed_hashes
from scheduling.models import SeatClaim

# Words that worry, then the seat that is free again soonest, then who has waited longest.
_MOST_PRESSING = ("-worried", F("held_until").asc(nulls_last=True), "status_since", "id")


class CallbackRequestQuerySet(models.QuerySet):
    def for_staff(self, user: Any):
        """Those this member of staff may see by their places: the one rule for every page (docs/decisions/0016).

        Whether they may see requests at all is a permission and asked elsewhere. No query of its own.
        """
        if not (user.is_active and user.is_staff):
            return self.none()
        limit = apps.get_model("intake", "PlacesOfStaff").objects.filter(user=user.pk)
        of_their_places = Q(location=None) | Q(location__in=limit.values("places"))
        return self.filter(of_their_places | ~Exists(limit))

    def to_call(self):
        return self.filter(status__in=states.TO_CALL)

    def due_now(self, now: datetime):
        """Whose safe window is open this minute, in the order that reached people soonest:
        words that worry, never tried, the window that closes soonest, then the newest."""
        return self.to_call().filter(call_from__lte=now, call_until__gt=now).in_calling_order()

    def later(self, now: datetime):
        """Whose safe window is still to come, the next one first; one that has just passed is about to be moved on."""
        planned = self.to_call().filter(call_from__isnull=False)
        return planned.exclude(call_from__lte=now, call_until__gt=now).order_by("call_from", "received_at", "id")

    def nothing_planned(self):
        """Owed a call with no window to come: the calls are used up, or nobody is on when they can be called.

        `due_now`, `later` and this are all of `to_call`, and no row is in two of them: nobody sinks unseen.
        """
        return self.to_call().filter(call_from__isnull=True)

    def needs_decision(self, now: datetime):
        """Words that may mean danger and nobody has talked to them; no call planned; a wrong number but an email;
        talked, and no next step yet; a text of theirs; or something to do about a seat."""
        can_be_written_to = Q(status=states.Status.NO_NUMBER) & ~Q(contact__email_hash="")
        to_call = Q(status__in=states.TO_CALL)
        undecided = (to_call & Q(worried=True)) | (to_call & Q(call_from=None)) | can_be_written_to
        undecided |= Q(status=states.Status.REACHED) | Q(chose=True) | Q(kept=True) | Q(moved=True)
        undecided |= ~Q(by_text="") | Q(first_day=True) | Q(no_day=True)
        # Of all who ever wrote, the few who can be on this list at all.
        begins = SeatClaim.objects.live().filter(first_session="").values("request")
        can_be_asked = Q(status__in=(*states.CAN_CHOOSE, states.Status.NO_NUMBER)) | ~Q(by_text="")
        could_be = self.filter(can_be_asked | Q(pk__in=begins))
        return could_be.with_news_of_seats(now).filter(undecided).order_by(*_MOST_PRESSING)

    def with_news_of_seats(self, now: datetime):
        """Each with what there is to do about a seat of theirs: `chose` one that waits to be confirmed, `kept` one from
        the list or `moved` to another day, and not told yet; the `first_day` is here, or nothing meets on it
        (`no_day`); they `cannot` make their start; and `held_until`, when the first of their holds runs out."""
        claims = SeatClaim.objects.filter(request=OuterRef("pk"))
        entries = apps.get_model("intake", "HistoryEntry").objects  # the models are built on this module
        steps = entries.filter(request=OuterRef("pk"), at__gte=OuterRef("status_since"))
        return self.annotate(
            chose=Exists(claims.holds().chosen()),
            kept=Exists(claims.holds().not_asked_yet().exclude(waitlist_entry=None)),
            moved=Exists(claims.live().not_asked_yet().filter(waitlist_entry=None)),
            first_day=Exists(claims.to_be_marked(timezone.localdate(now))),
            no_day=Exists(claims.on_no_day()),
            cannot=Exists(steps.filter(what="cannot_make_it")),
            held_until=Subquery(claims.holds().order_by("expires_at").values("expires_at")[:1]),
        )

    def in_calling_order(self):
        tried = ExpressionWrapper(Q(status=states.Status.TRYING), models.BooleanField())
        return self.order_by("-worried", tried, "call_until", "-received_at", "-id")

    def with_calls_counted(self):
        return self.annotate(calls=Count("attempts"))

    def with_calls_of_round(self):
        """Each with `calls`: how often we tried since they are on the list this time."""
        return self.annotate(calls=Count("attempts", filter=Q(attempts__at__gte=F("round_started_at"))))

    def with_what_planning_needs(self):
        """Times, town and calls, read at once for all; nothing sealed is opened."""
        sealed = ("name", "note", "contact__phone", "contact__email", "contact__avoid_times")
        return self.select_related("contact", "location").prefetch_related("attempts").defer(*sealed)

    def still_as_sent(self, answers_hash: str):
        """Sent with these very answers and still to be called: what a second press of Send finds again."""
        return self.to_call().filter(answers_hash=answers_hash).exclude(answers_hash="")

    def to_wake(self, now: datetime):
        return self.filter(status=states.Status.RESTING, wake_at__lte=now)

    def ended_before(self, moment: datetime):
        """Over since then or longer, with something left to erase. Who came back has a chart, which is kept (R-H9)."""
        over = set(states.ENDED) - {states.Status.ERASED, states.Status.RETURNED}
        return self.filter(status__in=over, status_since__lte=moment)

    def past_late(self, now: datetime):
        """Not tried yet, and past the four open hours (R-O1)."""
        return self.filter(status=states.Status.WAITING, late_at__lte=now)

    def same_contact(self, contact):
        """Other requests that left the same phone or email, found by keyed hash, never merged."""
        return (self.same_phone(contact) | self.same_email(contact)).exclude(pk=contact.request_id)

    def same_phone(self, contact):
        """This request and others with its number. Every key of the ring is tried, so that nobody counts as two
        while keys are being changed."""
        return self.at_phone(contact.phone)

    def same_email(self, contact):
        return self.at_email(contact.email)

    def at_phone(self, number: str):
        """That left this very number, such as +14195550117."""
        hashes = keyed_hashes("phone", number)
        return self.filter(contact__phone_hash__in=hashes) if hashes else self.none()

    def at_email(self, address: str):
        hashes = keyed_hashes("email", address)
        return self.filter(contact__email_hash__in=hashes) if hashes else self.none()


class PrivateLinkQuerySet(models.QuerySet):
    def live(self, now: datetime):
        return self.filter(ended_at__isnull=True, expires_at__gt=now).exclude(request__status=states.Status.ERASED)
