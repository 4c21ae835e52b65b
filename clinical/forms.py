"""The forms of a note. A draft may be saved with anything missing; `completeness` says what blocks a signature."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model

from clinical.access import clinicians
from clinical.asam import level_words, levels, rated
from clinical.choices import NEEDS_COSIGNATURE, AddendumKind, Meaning, Naloxone
from clinical.completeness import Missing
from clinical.interview import ASKED, SECTIONS, Section
from clinical.models import ConsentRevocation, DisclosureConsent, ReassessmentNote
from clinical.signers import SignerFields

RATING = "rating_"
_SHORT = ("present", "time_since", "overdose", "pregnancy", "work", "transport", "childcare", "legal")
_YES_OR_NO = [(True, "Yes"), (False, "No")]
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class DraftForm(forms.ModelForm):
    """Everything the interview asks. Ratings and levels are those of the edition that is saved: none without one."""

    naloxone = forms.ChoiceField(choices=Naloxone, required=False, widget=forms.RadioSelect)

    class Meta:
        model = ReassessmentNote
        fields = ASKED
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 2 if name in _SHORT else 3}) for name in ASKED},
            **dict.fromkeys(["encounter_on", "prior_assessed_on", "plan_due_on"], _DAY),
            **dict.fromkeys(["starts", "ends"], _TIME),
            **dict.fromkeys(["modality", "asam_edition", "basis", "next_step"], forms.RadioSelect),
            **dict.fromkeys(["location", "restart_kind"], forms.Select),
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("modality", "asam_edition", "basis", "next_step"):
            self.fields[name].choices = [one for one in self.fields[name].choices if one[0]]
        for name in ("bills_medicaid", "notice_given", "consent_given"):
            self.fields[name] = _yes_or_no(self.fields[name].label)
        self._fit_edition(self.instance.asam_edition)

    def _fit_edition(self, edition: str) -> None:
        codes = [("", "Not chosen yet"), *((code, level_words(edition, code)) for code in levels(edition))]
        for name in ("assessed_level", "placed_level"):
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=codes, required=False)
        for one in rated(edition):
            tokens = [("", "Not rated yet"), *((token, token) for token in one.tokens)]
            given = self.instance.rated.get(one.key, "")
            self.fields[RATING + one.key] = forms.ChoiceField(
                label=one.name, choices=tokens, required=False, initial=given
            )

    def ratings(self) -> dict[str, str]:
        given = {name: value for name, value in self.cleaned_data.items() if name.startswith(RATING)}
        return {name.removeprefix(RATING): value for name, value in given.items()}

    def names_of(self, section: Section) -> list[str]:
        """The fields of a section in their order; ratings stand after the edition, levels only once there is one."""
        names = list(section.fields)
        if section.key != "level":
            return names
        if not rated(self.instance.asam_edition):
            return ["asam_edition"]
        dimensions = [RATING + one.key for one in rated(self.instance.asam_edition)]
        return ["asam_edition", *dimensions, *names[1:]]

    def say_what_is_missing(self, found: list[Missing]) -> None:
        """Beside each field, on a form that was not sent, where its own errors would stand."""
        self.cleaned_data: dict[str, Any] = {}
        for one in found:
            if one.field in self.fields:
                self.add_error(one.field, one.words)

    def sections(self) -> list[dict[str, Any]]:
        """What the page draws: each section with its bound fields, and its side note."""
        return [
            {
                "section": section,
                "fields": [self[name] for name in self.names_of(section)],
                "said": self[section.said] if section.said else None,
            }
            for section in SECTIONS
        ]


class SignForm(SignerFields):
    """The words of the signature, and who is there to give it."""

    cosigner = forms.ModelChoiceField(
        get_user_model().objects.none(),
        label="Who co-signs",
        required=False,
        empty_label="Nobody",
        help_text="Needed when you work under supervision.",
    )
    meaning = forms.BooleanField(label=Meaning.AUTHOR.label)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # the SHA-256 of the draft as the page shows it
    field_order = ["printed_name", "credential", "cosigner", "meaning", "password", "code"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, user=user, **kwargs)
        self.fields["cosigner"].queryset = clinicians().exclude(pk=user.pk)
        self.fields["cosigner"].label_from_instance = lambda one: one.get_full_name() or one.get_username()

    def clean_cosigner(self) -> Any:
        cosigner = self.cleaned_data["cosigner"]
        if cosigner is None and self.cleaned_data.get("credential") in NEEDS_COSIGNATURE:
            raise forms.ValidationError("With this credential a supervisor signs as well. Choose who.")
        return cosigner


class CosignForm(SignerFields):
    meaning = forms.BooleanField(label=Meaning.COSIGNER.label)
    field_order = ["printed_name", "credential", "meaning", "password", "code"]

    def clean_credential(self) -> str:
        if self.cleaned_data["credential"] in NEEDS_COSIGNATURE:
            raise forms.ValidationError("With this credential nobody signs for somebody else.")
        return self.cleaned_data["credential"]


class AddendumForm(SignerFields):
    kind = forms.ChoiceField(choices=AddendumKind, widget=forms.RadioSelect)
    text = forms.CharField(label="What you add", widget=forms.Textarea(attrs={"rows": 5}))
    reason = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["kind", "text", "reason", "printed_name", "credential", "password", "code"]


class EmergencyForm(forms.Form):
    reference = forms.CharField(label="Reference", max_length=7, help_text="As it stands on the card, such as 7KQ-42M.")
    reason = forms.CharField(
        label="Why you need it now",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The clinicians who wrote the notes see that you looked, and why.",
    )


class ConsentForm(forms.ModelForm):
    """The elements that differ from person to person; the rest is the wording of the day."""

    class Meta:
        model = DisclosureConsent
        fields = [
            "patient_name", "discloser", "what", "recipient", "purpose", "expires_on", "ends_when", "signature",
            "signed_on",
        ]  # fmt: skip
        widgets = {
            "patient_name": forms.TextInput,
            "what": forms.Textarea(attrs={"rows": 2}),
            "recipient": forms.Textarea(attrs={"rows": 2}),
            "signature": forms.TextInput,
            "expires_on": _DAY,
            "signed_on": _DAY,
        }
        help_texts = {
            "what": "Specific enough that anyone can tell what is meant.",
            "recipient": "Name and address.",
            "signature": "Their name as they signed, and where the signed paper is kept.",
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("expires_on") and not given.get("ends_when"):
            self.add_error("expires_on", "Say on which day it ends, or at which event.")
        return given


class RevokeForm(forms.Form):
    way = forms.ChoiceField(label="How they said so", choices=ConsentRevocation.Way, widget=forms.RadioSelect)


class ShareForm(forms.Form):
    """One note, one consent that is in force, and why now."""

    consent = forms.ModelChoiceField(
        DisclosureConsent.objects.none(), label="Under which consent", widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(label="Why now", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, consents: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["consent"].queryset = consents
        self.fields["consent"].label_from_instance = lambda one: f"{one.recipient}. {one.get_purpose_display()}."


def _yes_or_no(label: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=_YES_OR_NO,
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
