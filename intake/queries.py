"""Reads of requests, as English that chains: `CallbackRequest.objects.due_now(now)`."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from intake import states
from privacy.lookup import keyed_hashes
from privacy.roles import INTAKE_STAFF
from scheduling.models import SeatClaim

# The orders of the lists and what they are of stand here once: for the reads, and for the indexes that match them.
# Words that worry, never tried ("waiting" sorts after "trying"), the window that closes soonest, then the newest.
IN_CALLING_ORDER = (F("worried").desc(), F("status").desc(), "call_until", F("received_at").desc(), F("id").desc())
LONGEST_FIRST = (F("worried").desc(), "status_since", "id")
TO_CALL = Q(status__in=states.TO_CALL)
# Only who is owed a call has a window, so the lists of windows do not ask for the status as well: a database that takes
# the two for unrelated expects hardly anybody, and then sorts everybody.
HAS_A_WINDOW = Q(call_from__isnull=False)
# What a request says by itself: danger and nobody has talked, no call planned, talked and no next step, no number,
# a text of theirs, a message that did not arrive.
UNDECIDED = (
    Q(status__in=states.TO_CALL, worried=True)
    | Q(status__in=states.TO_CALL, call_from=None)
    | Q(status=states.Status.REACHED)
    | Q(status=states.Status.NO_NUMBER)
    | ~Q(by_text="")
    | ~Q(undelivered="")
)
# Who has no number and no email can only be reached when they call us: nothing to decide.
_CAN_STILL_BE_REACHED = ~Q(status=states.Status.NO_NUMBER, by_text="", undelivered="", contact__email_hash="")
# Words that worry, then the seat that is free again soonest, then who has waited longest.
_MOST_PRESSING = ("-worried", F("held_until").asc(nulls_last=True), "status_since", "id")
A_LIST = 50  # rows: as many as anybody reads
_NEWS = ("chose", "kept", "moved", "first_day", "no_day", "to_do", "no_start")


class CallbackRequestQuerySet(models.QuerySet):
    def for_staff(self, user: Any):
        """Those this member of staff may see by their places: the one rule for every page (docs/decisions/0018). Who
        calls people sees those of a town that nobody works for too, or they would wait for nobody.

        Whether they may see requests at all is a permission and asked elsewhere. No query of its own, once the
        permissions are read.
        """
        if not (user.is_active and user.is_staff):
            return self.none()
        limit = apps.get_model("intake", "PlacesOfStaff").objects.filter(user=user.pk)
        seen = Q(location=None) | Q(location__in=limit.values("places")) | Q(~Exists(limit))
        if user.has_perm("intake.work_callbackrequest"):
            seen |= nobody_works_there("location")
        return self.filter(seen)

    def to_call(self):
        return self.filter(TO_CALL)

    def due_now(self, now: datetime):
        """Whose safe window is open this minute, in the order that reached people soonest."""
        return self.filter(call_from__lte=now, call_until__gt=now).order_by(*IN_CALLING_ORDER)

    def upcoming(self, now: datetime):
        """Whose safe window is still to come, the next one first."""
        return self.filter(call_from__gt=now).order_by("call_from", "received_at", "id")

    def just_over(self, now: datetime):
        """Whose safe window has passed: about to be moved on to the next one."""
        return self.filter(HAS_A_WINDOW, call_until__lte=now).order_by("call_until", "id")

    def nothing_planned(self):
        """Owed a call with no window to come: the calls are used up, or nobody is on when they can be called.

        `due_now`, `upcoming`, `just_over` and this are all of `to_call`, and no row is in two of them: nobody sinks
        unseen.
        """
        return self.to_call().filter(call_from__isnull=True)

    def needs_decision(self, now: datetime, most: int = A_LIST):
        """Whom staff must decide about, most pressing first, with the news of their seats: the first `most` are right,
        however many there are. Two queries are made at once, so that none has to look at everybody."""
        by_themselves = self.filter(UNDECIDED).filter(_CAN_STILL_BE_REACHED).order_by(*LONGEST_FIRST)
        no_start = self.agreed_without_a_start().order_by("wake_at", "id")  # as their index has them
        first = self.model._default_manager.filter(pk__in=no_start.values("pk")[:most]).order_by()
        others = _with_a_seat_or_to_do(now).union(first.values_list("pk"))
        keys = {*by_themselves.values_list("pk", flat=True)[:most], *(pk for (pk,) in others)}
        found = self.filter(pk__in=keys).with_news_of_seats(now).with_to_do(now).annotate(no_start=_has_no_start())
        news = reduce(or_, (Q(**{name: True}) for name in _NEWS))
        return found.filter(news | (UNDECIDED & _CAN_STILL_BE_REACHED)).order_by(*_MOST_PRESSING)

    def agreed_without_a_start(self):
        """Agreed, and neither a seat nor a to-do says when: nobody would ask whether they came."""
        return self.filter(status=states.Status.AGREED).filter(_has_no_start())

    def resting(self):
        """Who asked us to wait, the first to come back first."""
        return self.filter(status=states.Status.RESTING).order_by("wake_at", "id")

    def with_to_do(self, now: datetime):
        """Each with `to_do`: whether something that staff promised is due today or overdue."""
        open_todos = apps.get_model("intake", "ToDo").objects.filter(done_at=None, due_on__lte=timezone.localdate(now))
        return self.annotate(to_do=Exists(open_todos.filter(request=OuterRef("pk"))))

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

    def with_words_about_times(self):
        """Each with `says_when`: whether they wrote in words when a call is not fine. The words stay sealed."""
        wrote = ExpressionWrapper(~Q(contact__avoid_times=""), output_field=models.BooleanField())
        return self.annotate(says_when=wrote)

    def with_calls_counted(self):
        return self.annotate(calls=_number_of_calls())

    def with_calls_of_round(self):
        """Each with `calls`: how often we tried since they are on the list this time."""
        return self.annotate(calls=_number_of_calls(at__gte=OuterRef("round_started_at")))

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
        return self.of_this_person(contact).exclude(pk=contact.request_id)

    def of_this_person(self, contact):
        """This request and others with its phone or its email."""
        return self._who_left(contact, phone_hash__in=_phones(contact), email_hash__in=_emails(contact))

    def same_phone(self, contact):
        """This request and others with its number. Every key of the ring is tried, so that nobody counts as two
        while keys are being changed."""
        hashes = _phones(contact)
        return self._who_left(contact, phone_hash__in=hashes) if hashes else self.none()

    def same_email(self, contact):
        hashes = _emails(contact)
        return self._who_left(contact, email_hash__in=hashes) if hashes else self.none()

    def at_phone(self, number: str):
        """That left this very number, such as +14195550117."""
        hashes = keyed_hashes("phone", number)
        return self.filter(contact__phone_hash__in=hashes) if hashes else self.none()

    def at_email(self, address: str):
        hashes = keyed_hashes("email", address)
        return self.filter(contact__email_hash__in=hashes) if hashes else self.none()

    def _who_left(self, contact, **one_of):
        """By one table and its indexes: asked across two tables, every message would read every request there is."""
        mine_or_like_mine = Q(request=contact.request_id)
        for name, hashes in one_of.items():
            mine_or_like_mine |= Q(**{name: hashes})
        contacts = apps.get_model("intake", "ContactPreference").objects.filter(mine_or_like_mine)
        return self.filter(pk__in=contacts.values("request"))


def _has_no_start() -> ExpressionWrapper:
    seats = SeatClaim.objects.live().filter(request=OuterRef("pk"))
    todos = apps.get_model("intake", "ToDo").objects.filter(done_at=None, request=OuterRef("pk"))
    agreed = Q(status=states.Status.AGREED) & ~Exists(seats) & ~Exists(todos)
    return ExpressionWrapper(agreed, output_field=models.BooleanField())


def nobody_works_there(place: str) -> Q:
    """Where `place`, the name of a column with a town, is one of which no active member of the intake staff sees the
    requests: each of them has a limit, and no limit holds it."""
    everybody = get_user_model().objects.filter(is_active=True, is_staff=True, groups__name=INTAKE_STAFF)
    limits = apps.get_model("intake", "PlacesOfStaff").objects.filter(user__in=everybody)
    has_no_limit = everybody.exclude(pk__in=limits.values("user"))
    return Q(~Exists(has_no_limit)) & ~Q(**{f"{place}__in": limits.exclude(places=None).values("places")})


def _phones(contact) -> list[str]:
    return keyed_hashes("phone", contact.phone)


def _emails(contact) -> list[str]:
    return keyed_hashes("email", contact.email)


class PrivateLinkQuerySet(models.QuerySet):
    def live(self, now: datetime):
        return self.filter(ended_at__isnull=True, expires_at__gt=now).exclude(request__status=states.Status.ERASED)


def _with_a_seat_or_to_do(now: datetime) -> models.QuerySet:
    """The keys of whoever has a seat not begun, or a to-do that is due. They are few: no more such seats than seats."""
    begins = SeatClaim.objects.live().filter(first_session="").order_by().values_list("request")
    todos = apps.get_model("intake", "ToDo").objects.filter(done_at=None, due_on__lte=timezone.localdate(now))
    return begins.union(todos.order_by().values_list("request"))


def _number_of_calls(**of_those: Any) -> Coalesce:
    """Counted for each row by itself: joined and grouped, a list would count the calls of everybody first."""
    calls = apps.get_model("intake", "CallAttempt").objects.filter(request=OuterRef("pk"), **of_those)
    number = calls.order_by().values("request").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number), 0)
