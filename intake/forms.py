"""The public form: two required answers, everything else if you like. Nothing here asks why somebody left (R-F3)."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from intake import wording
from intake.answers import Answers, Reach
from intake.choices import ReachBy, SayWho, Voicemail
from intake.models import ContactPreference
from intake.tidy import can_be_seen, tidy
from intake.wishes_form import DAYPART_WORDS, WishesForm
from scheduling.calendar import week_of_all_places
from scheduling.hours import Daypart

TOO_LONG = _("Use %(limit_value)d letters at most")
NAME_LENGTH, NOTE_LENGTH, AVOID_TIMES_LENGTH = 80, 300, 120
FORM_KEY_LENGTH = 64


class More(Fieldset):
    """Fields behind "You can tell us more": open when one of them holds an answer or an error."""

    template = "portal/layout/details.html"

    def render(self, form, context, template_pack="portal", **kwargs):
        names = [pointer.name for pointer in self.get_field_names() if pointer.name in form.fields]
        context.update({"open": any(self._touched(form, name) for name in names)})
        return super().render(form, context, template_pack, **kwargs)

    @staticmethod
    def _touched(form: forms.Form, name: str) -> bool:
        untouched = (None, "", [], False, form.fields[name].initial)
        return name in form.errors or form[name].value() not in untouched


class PlainTextField(forms.CharField):
    """Text of several lines, in which a line break counts as one letter, as the box on the page counts it."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class ReachForm(forms.Form):
    """How to reach somebody: part of the public form, and by itself on the private page."""

    on_file: dict[str, str] = {}  # what we hold already, by field; the public form starts with nothing

    reach_by = forms.ChoiceField(
        label=_("How should we reach you?"),
        choices=ReachBy.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how we should reach you"),
            "invalid_choice": _("Choose one of these"),
        },
    )
    phone = PhoneNumberField(
        label=_("Phone number"),
        required=False,
        help_text=_("For a call or a text. Any way you write it is fine."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={"invalid": _("Check the number. It needs ten digits, with the area code")},
    )
    email = forms.EmailField(
        label=_("Email address"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"invalid": _("Check the address. It looks like name@example.com"), "max_length": TOO_LONG},
        help_text=wording.EMAIL_CONSENT,
    )
    voicemail = forms.ChoiceField(
        label=_("If you miss the call, may we leave a message?"),
        choices=Voicemail.choices,
        initial=Voicemail.NO,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of these")},
    )
    say_who = forms.ChoiceField(
        label=_("If someone else picks up, may we say who is calling?"),
        choices=SayWho.choices,
        initial=SayWho.NO,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("We would give a first name and a number. Never what it is about."),
        error_messages={"invalid_choice": _("Choose one of these")},
    )
    text_ok = forms.BooleanField(label=wording.TEXT_CONSENT, required=False, help_text=wording.TEXT_CONSENT_TERMS)
    times = forms.MultipleChoiceField(
        label=_("Good times to reach you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose from these times")},
    )
    avoid_times = forms.CharField(
        label=_("Times not to call"),
        required=False,
        max_length=AVOID_TIMES_LENGTH,
        help_text=_("For example: never on Fridays."),
        error_messages={"max_length": TOO_LONG},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dayparts = week_of_all_places().dayparts()
        self.fields["times"].choices = [(part.value, DAYPART_WORDS[part]) for part in dayparts]
        if Daypart.EVENING not in dayparts:
            self.fields["times"].help_text = _(
                "Nobody is here to call in the evening. A text or an email can reach you instead."
            )
        self.helper = self._helper()

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(*self.required_part(), *self.optional_reach())
        return helper

    @staticmethod
    def required_part() -> list:
        return [
            "reach_by",
            Field("phone", wrapper_class="by-phone"),
            Field("email", wrapper_class="by-email"),
        ]

    @staticmethod
    def optional_reach() -> list:
        texts = Fieldset(_("May we text this number about your visit?"), "text_ok")
        return ["voicemail", "say_who", texts, "times", "avoid_times"]

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if phone and phone.extension:  # behind it sits somebody else's front desk
            raise forms.ValidationError(_("Give a number without an extension"), code="extension")
        return phone

    def clean_avoid_times(self) -> str:
        return tidy(self.cleaned_data["avoid_times"])

    def clean(self) -> dict:
        cleaned = super().clean()
        needs = {ReachBy.CALL: "phone", ReachBy.TEXT: "phone", ReachBy.EMAIL: "email"}.get(cleaned.get("reach_by"))
        if needs and needs not in self.errors and not cleaned.get(needs) and not self.on_file.get(needs):
            missing = {
                "phone": _("Add a number we can reach you at"),
                "email": _("Add an address we can write to"),
            }
            self.add_error(needs, missing[needs])
        return cleaned

    def reach(self) -> Reach:
        answers = self.cleaned_data
        return Reach(
            reach_by=answers["reach_by"],
            phone=answers["phone"].as_e164 if answers["phone"] else self.on_file.get("phone", ""),
            email=answers["email"] or self.on_file.get("email", ""),
            voicemail=answers["voicemail"] or Voicemail.NO,
            say_who=answers["say_who"] or SayWho.NO,
            text_ok=answers["text_ok"],
            times=answers["times"],
            avoid_times=answers["avoid_times"] or self.on_file.get("avoid_times", ""),
        )


class ContactForm(ReachForm):
    """The same questions on the private page. What we hold is kept when a box stays empty, and is never shown:
    somebody looking on could read it."""

    def __init__(self, *args, contact: ContactPreference, **kwargs):
        shown = ("reach_by", "voicemail", "say_who", "text_ok", "times")
        super().__init__(*args, initial={name: getattr(contact, name) for name in shown}, **kwargs)
        self.on_file = {name: getattr(contact, name) for name in ("phone", "email", "avoid_times")}
        for name, held in self.on_file.items():
            if held:
                self.fields[name].help_text = _("Leave this empty to keep what we have.")


class StartForm(WishesForm, ReachForm):
    """ "I'd like to come back": the form at /start/."""

    field_order = ["name"]  # first on the page, so first in the list of problems

    name = forms.CharField(
        label=_("What should we call you?"),
        max_length=NAME_LENGTH,
        help_text=_("A first name or a nickname is fine."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Tell us what to call you"), "max_length": TOO_LONG},
    )
    note = PlainTextField(
        label=_("Anything else"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("300 letters at most. Please don’t put an emergency here."),
        error_messages={"max_length": TOO_LONG},
    )
    # Plain fields, with nothing to get wrong: a person could not see what to mend in them.
    form_key = forms.Field(required=False, widget=forms.HiddenInput)
    # A box no person sees. Whoever fills it in is a machine (R-F5).
    subject = forms.Field(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def _helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.layout = Layout(
            "form_key",
            "name",
            *self.required_part(),
            More(
                _("You can tell us more, if you like"),
                *self.optional_reach(),
                "location",
                "options",
                "help_with",
                "note",
            ),
            Div(Field("subject"), css_class="pot", aria_hidden="true"),
        )
        return helper

    def clean_name(self) -> str:
        name = tidy(self.cleaned_data["name"])
        if not can_be_seen(name):
            raise forms.ValidationError(self.fields["name"].error_messages["required"], code="required")
        return name

    def clean_form_key(self) -> str:
        return tidy(self.cleaned_data["form_key"] or "")[:FORM_KEY_LENGTH]

    def clean_note(self) -> str:
        return tidy(self.cleaned_data["note"], keep="\n")

    def is_from_a_machine(self) -> bool:
        return bool(self.data.get("subject"))

    def answers(self, language: str) -> Answers:
        answers = self.cleaned_data
        return Answers(
            name=answers["name"],
            reach=self.reach(),
            location=self.town(),
            options=answers["options"],
            help_with=answers["help_with"],
            note=answers["note"],
            language=language,
        )
