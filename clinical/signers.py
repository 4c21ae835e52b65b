"""Showing who you are once more, at the moment of signing: the password, and a code of the second factor (R-L4)."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.http import HttpRequest

from clinical.actions import Signer
from clinical.choices import Credential

_BY_CODE = [Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES]


class SignerFields(forms.Form):
    """Printed name and credential, then the password, and the code when this person has an authenticator app.

    Wrong tries are counted and recorded as wrong tries at the front door are. Nothing is asked about the code while
    anything else is wrong: a code can be used only once.
    """

    printed_name = forms.CharField(label="Your name, as it is printed", max_length=80)
    credential = forms.ChoiceField(label="Your credential", choices=[("", "Choose yours"), *Credential.choices])
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        self.initial.setdefault("printed_name", user.get_full_name())
        if is_mfa_enabled(user, _BY_CODE):
            self.fields["code"] = forms.CharField(
                label="The code from your app", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and self._password_is_right(given["password"]) and "code" in self.fields:
            self._use_code(given["code"])
        return given

    def signer(self) -> Signer:
        return Signer(self.cleaned_data["printed_name"], self.cleaned_data["credential"])

    def _password_is_right(self, password: str) -> bool:
        try:
            right = get_adapter().reauthenticate(self.user, password)
        except forms.ValidationError as too_many:
            self.add_error("password", too_many)
            return False
        if not right:
            self.add_error("password", "That is not your password.")
        return right

    def _use_code(self, code: str) -> None:
        second = ReauthenticateForm({"code": code}, user=self.user)
        if second.is_valid():
            second.save()
        else:
            self.add_error("code", "That code does not work. Wait for the next one.")


def must_show_key(request: HttpRequest) -> bool:
    """Whether this person's only second factor is a security key, and they have not just used it: a key needs the
    page of its own."""
    user = request.user
    only_key = is_mfa_enabled(user) and not is_mfa_enabled(user, _BY_CODE)
    return only_key and not did_recently_reauthenticate(request)
