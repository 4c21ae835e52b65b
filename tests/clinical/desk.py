"""Small tools for tests of the clinician's pages: addresses, what the form sends, words on a page."""

from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clinical.forms import DraftForm
from clinical.models import ReassessmentNote
from tests.clinical.people import PASSWORD

SIGNATURE = {"printed_name": "Rowan Ash", "credential": "LISW-S", "meaning": "on", "password": PASSWORD}


def at(name: str, *args: Any) -> str:
    return reverse(f"admin:clinical_reassessmentnote_{name}", args=[getattr(one, "pk", one) for one in args])


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def as_sent(note: ReassessmentNote, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the draft as it stands, with changes."""
    form = DraftForm(instance=note)
    sent = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def text_of(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()
