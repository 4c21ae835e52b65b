"""Showing who you are once more, at the moment of signing: the password, and a code of the second factor (R-L4)."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.forms import ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.http import HttpRequest

from clinical.actions import Signer
from clinical.choices import Credential

_APP = [Authenticator.Type.TOTP]  # recovery codes come with a key as well, and are no app


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

    def __init__(self, *args: Any, user: Any, key_first: bool = False, **kwargs: Any):
        """`key_first`: whatever else is right, a security key has to be shown on its own page before."""
        super().__init__(*args, **kwargs)
        self.user, self.key_first = user, key_first
        self.initial.setdefault("printed_name", user.get_full_name())
        if is_mfa_enabled(user, _APP):
            self.fields["code"] = forms.CharField(
                label="The code from your app", widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
            )
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.key_first:
            raise forms.ValidationError("Not signed: your security key was last shown too long ago.")
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
    """Whether this person has a second factor but no app, and has not just used it: a key needs the page of its own.
    The password alone, shown again elsewhere, is not it."""
    user = request.user
    return is_mfa_enabled(user) and not is_mfa_enabled(user, _APP) and not _has_just_used_it(request)


def _has_just_used_it(request: HttpRequest) -> bool:
    shown = [one for one in get_authentication_records(request, request.user) if one["method"] == "mfa"]
    times = [one["at"] for one in shown if one.get("reauthenticated")]
    return bool(times) and time.time() - times[-1] < app_settings.REAUTHENTICATION_TIMEOUT
