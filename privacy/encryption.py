"""Sealing text with a ring of keys: the newest seals, every key of the ring opens (R-H4).

It fails closed: what no key opens raises, and is never handed back as if it were the text.
"""

from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.signals import setting_changed
from django.db import models
from django.db.models.lookups import Exact
from django.dispatch import receiver


class CannotOpen(Exception):
    """No key of the ring opens this text. Says nothing about the text."""


@cache
def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


@receiver(setting_changed)
def _forget_ring(*, setting: str, **_: object) -> None:
    if setting == "ENCRYPTION_KEYS":
        _ring.cache_clear()


def seal(text: str) -> str:
    return _ring().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text behind `seal`. Raises CannotOpen."""
    try:
        return _ring().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


def reseal(sealed: str) -> str:
    """The same text under the newest key. Raises CannotOpen."""
    try:
        return _ring().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise CannotOpen from None


class SealedTextField(models.TextField):
    """Text that the database holds only sealed. It cannot be searched; see `lookup` for exact matches.

    The empty string stays empty, so that "nothing given" needs no key.
    """

    def get_prep_value(self, value: str | None) -> str | None:
        value = super().get_prep_value(value)
        return seal(value) if value else value

    def from_db_value(self, value: str | None, expression: object, connection: object) -> str | None:
        return unseal(value) if value else value

    def get_lookup(self, lookup_name: str):
        """Only "is it there" can be asked of sealed text; any other question would silently find nothing."""
        if lookup_name not in {"isnull", "exact"}:
            raise TypeError(f"Sealed text cannot be searched with {lookup_name}.")
        return IsEmpty if lookup_name == "exact" else super().get_lookup(lookup_name)


class IsEmpty(Exact):
    """`name=""` and nothing else: the same text is sealed differently each time, so no text would ever be found."""

    def get_prep_lookup(self):
        if self.rhs != "":
            raise TypeError("Sealed text cannot be searched; keep a keyed hash beside it.")
        return super().get_prep_lookup()
