"""The form for somebody close to a person. It asks for no name: not theirs, and not the other one's."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from intake.forms import TOO_LONG, PlainTextField
from intake.tidy import can_be_seen, tidy

WORDS_LENGTH, REACH_LENGTH = 1000, 120


class FamilyForm(forms.Form):
    message = PlainTextField(
        label=_("What would you like us to know, or to ask?"),
        max_length=WORDS_LENGTH,
        help_text=_("You don’t need to give a name. Please don’t put an emergency here."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write a few words first"), "max_length": TOO_LONG},
    )
    reach = forms.CharField(
        label=_("How can we reach you?"),
        required=False,
        max_length=REACH_LENGTH,
        help_text=_("A phone number or an email. Leave it empty if you want no answer."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"max_length": TOO_LONG},
    )
    # A box no person sees. Whoever fills it in is a machine (R-F5).
    subject = forms.Field(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("message", "reach", Div(Field("subject"), css_class="pot", aria_hidden="true"))

    def clean_message(self) -> str:
        words = tidy(self.cleaned_data["message"], keep="\n")
        if not can_be_seen(words):
            raise forms.ValidationError(self.fields["message"].error_messages["required"], code="required")
        return words

    def clean_reach(self) -> str:
        return tidy(self.cleaned_data["reach"])

    def is_from_a_machine(self) -> bool:
        return bool(self.data.get("subject"))
