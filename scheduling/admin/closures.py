"""Closed days: whom each of them touches, and moving them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from scheduling.actions import (
    NoOpenDay,
    NotTouched,
    move_everyone_for_closure,
    move_for_closure,
    prefill_holidays,
)
from scheduling.admin.places import RecordedAdmin
from scheduling.admin.time_filter import TimeFilter
from scheduling.ledger import next_days_of
from scheduling.models import Closure, Location, SeatClaim
from scheduling.words import hours_words

_STARTING = SeatClaim.objects.live().filter(first_session="", starts_on=OuterRef("date"))
_STARTING_THERE = _STARTING.filter(Q(group__location=OuterRef("location")) | Q(slot__location=OuterRef("location")))


@dataclass(frozen=True)
class Row:
    """One person whose first day it is: a reference, never a name. `next_day` is None when there is no other day."""

    pk: int
    reference: str
    what: str
    where: str
    hours: str
    is_confirmed: bool
    is_hour: bool
    next_day: date | None


class ClosureForm(forms.ModelForm):
    location = forms.ModelChoiceField(Location.objects.all(), label="Place", required=False, empty_label="Every place")

    class Meta:
        model = Closure
        fields = ["location", "date", "reason"]
        widgets = {"date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class ComingOrOver(TimeFilter):
    def lookup(self) -> tuple[str, date]:
        return "date", timezone.localdate()


@admin.register(Closure)
class ClosureAdmin(RecordedAdmin):
    form = ClosureForm
    list_filter = [ComingOrOver, "location"]
    list_select_related = ["location"]
    date_hierarchy = "date"
    sortable_by = ()
    empty_value_display = "Every place"  # what the filter says of days without a place

    @admin.display(description="date", ordering="date")
    def day(self, closure: Closure) -> str:
        return day_words(closure.date)

    @admin.display(description="place", ordering="location")
    def where(self, closure: Closure) -> str:
        return str(closure.location or "Every place")

    @admin.display(description="touches")
    def touches(self, closure: Closure) -> str:
        return people_words(closure.touched)

    @admin.display(description="touches")
    def linked(self, closure: Closure) -> str:
        words = self.touches(closure)
        return format_html('<a href="{}">{}</a>', touches_of(closure), words) if closure.touched else words

    def get_list_display(self, request):
        """For whoever may move people, their number leads to them."""
        return ["day", "where", "reason", "linked" if self.has_change_permission(request) else "touches"]

    def get_queryset(self, request):
        return with_number_touched(super().get_queryset(request))

    def get_urls(self):
        protect = self.admin_site.admin_view
        return [
            path("prefill/", protect(require_POST(self.prefill_next_year)), name="scheduling_closure_prefill_holidays"),
            path("<int:pk>/touches/", protect(require_safe(self.whom_it_touches)), name="scheduling_closure_touches"),
            path("<int:pk>/move/", protect(require_POST(self.move_everyone)), name="scheduling_closure_move_everyone"),
            path("<int:pk>/move/<int:claim>/", protect(require_POST(self.move)), name="scheduling_closure_move"),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        words = {"next_year": timezone.localdate().year + 1}
        return super().changelist_view(request, words | (extra_context or {}))

    def prefill_next_year(self, request):
        """One button, one action (RULES.md 7: promises come from hours that are true)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        added = prefill_holidays(year=timezone.localdate(now).year + 1, by=request.user, now=now)
        messages.success(request, f"Closed days added: {len(added)}.")
        return redirect("admin:scheduling_closure_changelist")

    # --- whom it touches -----------------------------------------------------------------------------------------

    def response_add(self, request, obj, post_url_continue=None):
        return self._to_whom_it_touches(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._to_whom_it_touches(request, obj) or super().response_change(request, obj)

    def whom_it_touches(self, request, pk):
        closure = self._to_change(request, pk)
        rows = _rows(closure, timezone.now(), request.user)
        context = {
            **self.admin_site.each_context(request),
            "title": "Whom this day touches",
            "closure": closure,
            "where": self.where(closure),
            "rows": rows,
            "can_move": sum(bool(row.next_day) for row in rows),
            "may_open_again": self.has_delete_permission(request, closure),
        }
        return TemplateResponse(request, "admin/scheduling/closure/touches.html", context)

    def move_everyone(self, request, pk):
        """One button, one action."""
        closure = self._to_change(request, pk)
        theirs = SeatClaim.objects.for_staff(request.user)
        moved = move_everyone_for_closure(closure_id=closure.pk, by=request.user, now=timezone.now(), among=theirs)
        messages.success(request, f"Moved to their next day: {moved}. Each of them is asked whether it suits them.")
        return redirect(touches_of(closure))

    def move(self, request, pk, claim):
        """One button, one action."""
        closure = self._to_change(request, pk)
        try:
            touched = SeatClaim.objects.for_staff(request.user).starting_on(closure.date).at(closure.location_id)
            if not touched.filter(pk=claim).exists():
                raise NotTouched(claim)
            moved = move_for_closure(claim_id=claim, by=request.user, now=timezone.now())
        except NotTouched:
            messages.warning(request, "They do not start on that day any more.")
        except NoOpenDay:
            messages.warning(request, "There is no open day ahead. Call them: the desk shows it.")
        else:
            day = day_words(moved.starts_on)
            messages.success(request, f"Moved to {day}. They are asked whether it suits them.")
        return redirect(touches_of(closure))

    def _to_change(self, request, pk) -> Closure:
        """The closed day, for whoever may change it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Closure.objects.select_related("location"), pk=pk)

    def _to_whom_it_touches(self, request, closure: Closure):
        """Straight to the people, when there are any: they matter more than the list."""
        touched = SeatClaim.objects.starting_on(closure.date).at(closure.location_id)
        if not self.has_change_permission(request, closure) or not touched.exists():
            return None
        messages.warning(request, "This day is closed now, and people start on it.")
        return redirect(touches_of(closure))


def with_number_touched(closures: QuerySet[Closure]) -> QuerySet[Closure]:
    """Each with `touched`, the number of people whose first day it is."""
    everywhere = Case(When(location=None, then=_counted(_STARTING)), default=_counted(_STARTING_THERE))
    return closures.annotate(touched=Coalesce(everywhere, Value(0)))


def touches_of(closure: Closure) -> str:
    return reverse("admin:scheduling_closure_touches", args=[closure.pk])


def people_words(number: int) -> str:
    return {0: "Nobody", 1: "One person"}.get(number, f"{number} people")


def day_words(day: date) -> str:
    """ "Thu, Nov 26, 2026"."""
    return in_words(day, "D, M j, Y")


def _counted(claims: QuerySet[SeatClaim]) -> Subquery:
    return Subquery(claims.order_by().values("starts_on").annotate(number=Count("pk")).values("number"))


def _rows(closure: Closure, now: datetime, user: Any) -> list[Row]:
    """Three queries, however many there are; a reference is all that is read of a request."""
    touched = SeatClaim.objects.for_staff(user).starting_on(closure.date).at(closure.location_id).with_their_start()
    claims = list(touched.prefetch_related("group__days").annotate(reference=F("request__reference")))
    claims.sort(key=lambda claim: (claim.session.start, claim.pk))
    next_days = next_days_of({claim.group for claim in claims if claim.group}, closure.date, now)
    return [_row(claim, next_days.get(claim.group_id)) for claim in claims]


def _row(claim: SeatClaim, next_day: date | None) -> Row:
    what = claim.what
    return Row(
        pk=claim.pk,
        reference=claim.reference,
        what=what.name if claim.group else f"{what.get_kind_display()} with {what.therapist}",
        where=what.place_name,
        hours=hours_words(what.starts, what.ends),
        is_confirmed=claim.is_confirmed,
        is_hour=claim.slot_id is not None,
        next_day=next_day,
    )
