"""Very many people at once: one who came by the form, and the rest with rows like theirs."""

from collections.abc import Iterator
from copy import copy
from datetime import datetime
from itertools import islice

from django.db.models import Model

from intake.models import CallbackRequest, Consent, ContactPreference
from privacy.lookup import keyed_hash
from tests.followups.people import someone

AT_ONCE = 2000


def crowd(people: int, *, now: datetime) -> None:
    """So many, who agreed to texts, each at a number of their own."""
    first = someone(now=now, phone="+14195550000")
    numbers = iter(range(1, people))
    while some := list(islice(numbers, AT_ONCE)):
        requests = CallbackRequest.objects.bulk_create(_requests(first, some))
        ContactPreference.objects.bulk_create(_contacts(first, requests, some))
        Consent.objects.bulk_create(_like(yes, request=one) for yes in first.consents.all() for one in requests)


def _requests(first: CallbackRequest, numbers: list[int]) -> Iterator[CallbackRequest]:
    return (_like(first, reference=f"{number:07}", form_key=f"form {number}") for number in numbers)


def _contacts(
    first: CallbackRequest, requests: list[CallbackRequest], numbers: list[int]
) -> Iterator[ContactPreference]:
    for request, number in zip(requests, numbers, strict=True):
        phone = f"+1419{5550000 + number}"
        yield _like(first.contact, request=request, phone=phone, phone_hash=keyed_hash("phone", phone))


def _like(row: Model, **changes) -> Model:
    other = copy(row)
    other._state = copy(row._state)
    other.pk, other._state.adding = None, True
    other._state.fields_cache = {}
    for name, value in changes.items():
        setattr(other, name, value)
    return other
