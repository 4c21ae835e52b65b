"""The questions about a start: which town, which ways back, which help. Part of the public form, and by themselves on
the private page as “What would fit?”."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from intake.choices import Help, Option
from intake.models import CallbackRequest
from intake.wishes import Fit
from scheduling.hours import Daypart
from scheduling.models import ANY_PLACE, Location

WRONG_CHOICE = {"invalid_choice": _("Choose from these")}
DAYPART_WORDS = {
    Daypart.MORNING: _("Morning"),
    Daypart.AFTERNOON: _("Afternoon"),
    Daypart.EVENING: _("Evening"),
}


class WishesForm(forms.Form):
    location = forms.ChoiceField(
        label=_("Which town is easiest?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these towns")},
    )
    options = forms.MultipleChoiceField(
        label=_("What would help you come back?"),
        choices=Option.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=WRONG_CHOICE,
    )
    help_with = forms.MultipleChoiceField(
        label=_("What could we help with?"),
        choices=Help.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=WRONG_CHOICE,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = list(Location.objects.taking_people())
        towns = [(place.slug, place.name) for place in self.places]
        self.fields["location"].choices = [*towns, (ANY_PLACE, _("Any of these"))]

    def town(self) -> Any:
        """The Location they chose, or None for any of them."""
        return next((place for place in self.places if place.slug == self.cleaned_data["location"]), None)


class FitForm(WishesForm):
    """“What would fit?”, starting with what they said before."""

    group_times = forms.MultipleChoiceField(
        label=_("Which time of day would suit you?"),
        choices=DAYPART_WORDS.items(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=WRONG_CHOICE,
    )

    def __init__(self, *args, request: CallbackRequest, **kwargs):
        said = {name: getattr(request, name) for name in ("group_times", "options", "help_with")}
        town = request.location.slug if request.location else ANY_PLACE
        super().__init__(*args, initial=said | {"location": town}, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("location", "group_times", "options", "help_with")

    def fit(self) -> Fit:
        said = self.cleaned_data
        return Fit(self.town(), said["options"], said["group_times"], said["help_with"])
