"""Hours to book: added many at once, taken off offer and put back, never deleted."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as in_words

from privacy.admin import DeskAdmin
from scheduling.admin.time_filter import TimeFilter
from scheduling.booking import (
    MOST_AT_ONCE,
    Added,
    HoursPlan,
    Skipped,
    TooManyHours,
    add_hours,
    meets_another,
    put_on_offer,
    take_off_offer,
)
from scheduling.models import AppointmentSlot, Location, SlotKind, Therapist, Weekday
from scheduling.models.groups import FEWEST_MINUTES, MOST_MINUTES
from scheduling.models.places import BY_VIDEO
from scheduling.words import hours_words

YEAR = timedelta(days=366)
FREE, HELD, PLACED = "free", "held", "placed"  # named as the seats of a group are drawn
STATES = {FREE: "Free", HELD: "Held", PLACED: "Taken"}
SKIPPED_WORDS = {
    Skipped.CLOSED: "%d on a closed day",
    Skipped.BUSY: "%d at a time of another hour with the same therapist",
    Skipped.OVER: "%d already over",
    Skipped.NO_SUCH_TIME: "%d at a time that the clock skips that day",
}
IN_WORDS = ["when", "kind", "therapist", "where", "state"]


def with_their_claim(slots: QuerySet[AppointmentSlot]) -> QuerySet[AppointmentSlot]:
    """Each with what `state_of` needs."""
    return slots.annotate(claimed_at=F("seat__claim__made_at"), confirmed_at=F("seat__claim__confirmed_at"))


def state_of(slot: AppointmentSlot) -> str:
    """FREE, HELD or PLACED, of an hour that came `with_their_claim`."""
    return PLACED if slot.confirmed_at else HELD if slot.claimed_at else FREE


class AddHoursForm(forms.Form):
    """Which hours, one after the other, on which days. The browser's own fields: the wall times are those there."""

    kind = forms.ChoiceField(label="For", choices=SlotKind.choices)
    therapist = forms.ModelChoiceField(Therapist.objects.filter(is_active=True), label="With")
    location = forms.ModelChoiceField(
        Location.objects.taking_people(), label="Place", required=False, empty_label=BY_VIDEO
    )
    weekdays = forms.TypedMultipleChoiceField(
        label="Days", choices=Weekday, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    starts = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(
        label="Until",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="The clock on the wall there. As many hours as fit are made, one after the other.",
    )
    minutes = forms.IntegerField(
        label="Length in minutes", min_value=FEWEST_MINUTES, max_value=MOST_MINUTES, initial=60
    )
    first = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(
        label="Last day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Closed days of the place are left out.",
    )

    def clean(self) -> dict:
        given = super().clean() or {}
        if self.errors:
            return given
        plan = self.plan()
        if not plan.wall_times():
            self.add_error("ends", f"No {plan.minutes} minutes fit between these times.")
        if not timedelta() <= plan.last - plan.first <= YEAR:
            self.add_error("last", "The last day is not before the first, and at most a year after it.")
        return given

    def plan(self) -> HoursPlan:
        return HoursPlan(**self.cleaned_data)

    def add(self, by) -> Added | None:
        """What was added; None when it was nothing, and then the page says why."""
        try:
            added = add_hours(self.plan(), by=by, now=timezone.now())
        except TooManyHours:
            self.add_error(None, f"These are more than {MOST_AT_ONCE} hours. Add fewer at once.")
            return None
        if not added.made:
            self.add_error(None, f"No hour was added. {skipped_words(added)}".strip())
        return added if added.made else None


def skipped_words(added: Added) -> str:
    """ "Left out: 3 on a closed day."; empty when nothing was."""
    parts = [SKIPPED_WORDS[why] % number for why, number in sorted(added.skipped.items())]
    return f"Left out: {', '.join(parts)}." if parts else ""


class HourForm(forms.ModelForm):
    class Meta:
        model = AppointmentSlot
        fields = ["is_open"]

    def clean_is_open(self) -> bool:
        is_open = self.cleaned_data["is_open"]
        if is_open and not self.instance.is_open and meets_another(self.instance):
            raise forms.ValidationError(f"{self.instance.therapist} has another hour at that time.")
        return is_open


class ForWhat(admin.ChoicesFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "what it is for"


class WithWhom(admin.RelatedFieldListFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.title = "therapist"


class ComingOrOver(TimeFilter):
    def lookup(self) -> tuple[str, datetime]:
        return "starts_at", timezone.now()


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "state", "state"

    def lookups(self, request, model_admin):
        return list(STATES.items())

    def queryset(self, request, queryset):
        if self.value() not in STATES:
            return queryset
        if self.value() == FREE:
            return queryset.filter(claimed_at=None)
        return queryset.filter(claimed_at__isnull=False, confirmed_at__isnull=self.value() == HELD)


@admin.register(AppointmentSlot)
class AppointmentSlotAdmin(DeskAdmin):
    """Its moment never changes: an hour that is wrong is taken off offer, and the right one added."""

    list_title = "Hours to book"
    add_words = "Add hours"
    form = HourForm
    fields = [*IN_WORDS, "is_open"]
    readonly_fields = IN_WORDS
    list_display = [*IN_WORDS, "on_offer"]
    list_per_page = 50
    list_filter = [ComingOrOver, StateFilter, ("kind", ForWhat), ("therapist", WithWhom), "location", "is_open"]
    list_select_related = ["location", "therapist"]
    date_hierarchy = "starts_at"
    sortable_by = ()
    empty_value_display = BY_VIDEO  # what the filter says of hours without a place
    actions = ["take_off", "put_on"]
    add_form_template = "admin/scheduling/appointmentslot/add_hours.html"

    @admin.display(description="when", ordering="starts_at")
    def when(self, slot: AppointmentSlot) -> str:
        return f"{day_words(slot)}, {hours_words(slot.starts, slot.ends)}"

    @admin.display(description="place", ordering="location")
    def where(self, slot: AppointmentSlot) -> str:
        return slot.place_name

    @admin.display(description="state")
    def state(self, slot: AppointmentSlot) -> str:
        return "Over" if slot.starts_at <= timezone.now() else STATES[state_of(slot)]

    @admin.display(description="on offer")
    def on_offer(self, slot: AppointmentSlot) -> str:
        return "Yes" if slot.is_open else "Off offer"

    def get_queryset(self, request):
        return with_their_claim(super().get_queryset(request))

    def has_delete_permission(self, request, obj=None):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        """One page for many hours, one action."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = AddHoursForm(request.POST or None)
        if form.is_valid() and (added := form.add(request.user)):
            messages.success(request, f"Hours added: {len(added.made)}. {skipped_words(added)}".strip())
            return redirect("admin:scheduling_appointmentslot_changelist")
        return self._page_of(request, form)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        only_save = {"show_save_and_add_another": False, "show_save_and_continue": False}
        words = {"title": "Hour to book", "subtitle": None}
        return super().change_view(request, object_id, form_url, words | only_save | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        if form.changed_data:
            self._set(request, [obj.pk], put_on_offer if obj.is_open else take_off_offer)

    @admin.action(description="Take off offer", permissions=["change"])
    def take_off(self, request, queryset):
        number = self._set(request, queryset.values_list("pk", flat=True), take_off_offer)
        messages.success(request, f"Hours taken off offer: {number}.")

    @admin.action(description="Put on offer again", permissions=["change"])
    def put_on(self, request, queryset):
        number = self._set(request, queryset.values_list("pk", flat=True), put_on_offer)
        messages.success(request, f"Hours put on offer: {number}.")

    def _set(self, request, slot_ids, action) -> int:
        return action(slot_ids=list(slot_ids), by=request.user, now=timezone.now())

    def _page_of(self, request, form):
        fields = [(None, {"fields": list(form.fields)})]
        context = {
            **self.admin_site.each_context(request),
            "adminform": AdminForm(form, fields, {}, model_admin=self),
            "errors": AdminErrorList(form, []),
            "inline_admin_formsets": [],
            "media": self.media,
            "is_popup": False,
        }
        return self.render_change_form(request, context, add=True)


def day_words(slot: AppointmentSlot) -> str:
    """ "Tue, Dec 1": the day on the calendar there."""
    there: datetime = slot.starts_at.astimezone(slot.zone)
    return in_words(there, "D, M j")
