"""Sealing everything anew with the newest key, and hashing it anew (R-H4).

Sealed fields are found through the apps registry. What cannot be found that way is declared: which hash belongs to
which field by `keep_hash`, from the `ready` of the app; sealed parts inside JSON in SEALED_IN_JSON.

A row that is done already is seen as done, so a run that was stopped goes on where it was, and a second one is free.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, InternalError, models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from privacy.encryption import CannotOpen, SealedTextField, reseal, unseal
from privacy.lookup import keyed_hash

BATCH = 100  # rows between two words on progress
# Seeds of second factors, sealed through our adapter inside a column of another package.
SEALED_IN_JSON = {"mfa.authenticator": ("data", ("secret", "seed", "migrated_codes"))}

_hashes: dict[str, dict[str, tuple[str, str]]] = {}
_doors: dict[str, Callable[[], AbstractContextManager[None]]] = {}


def keep_hash(model: str, hash_field: str, *, kind: str, of: str) -> None:
    """Declare that `hash_field` of a model such as "intake.contactpreference" is the keyed hash of field `of`."""
    _hashes.setdefault(model.lower(), {})[hash_field] = (kind, of)


def renew_inside(model: str, door: Callable[[], AbstractContextManager[None]]) -> None:
    """Declare what must be open around a row of a model whose table takes no change but this one."""
    _doors[model.lower()] = door


@dataclass
class Tally:
    """Counts, and where the rows are that need a person. Never a value."""

    seen: int = 0
    renewed: int = 0
    unopened: list[str] = field(default_factory=list)  # no key of the ring opens these
    refused: list[str] = field(default_factory=list)  # the database lets nobody change these: keep their key


def models_with_secrets() -> list[type[models.Model]]:
    """Every model of the portal that holds something sealed or hashed."""
    return [model for model in apps.get_models() if _sealed_fields(model) or _json_parts(model)[0]]


def newest_that_no_key_opens() -> list[str]:
    """The models whose newest sealed text no key of the ring opens: the sign of a wrong or lost key."""
    return [str(model._meta.verbose_name) for model in models_with_secrets() if not _newest_opens(model)]


def _newest_opens(model: type[models.Model]) -> bool:
    for name in _sealed_fields(model):
        sealed = _stored(model).exclude(**{name: ""}).order_by("-pk").values_list(f"stored_{name}", flat=True).first()
        if sealed and not _opens(sealed):
            return False
    return True


def _opens(sealed: str) -> bool:
    try:
        unseal(sealed)
    except CannotOpen:
        return False
    return True


def rotate(model: type[models.Model], *, tell: Callable[[Tally], None] = lambda tally: None) -> Tally:
    """Renew every row of the model, each in its own transaction. `tell` is called after each batch."""
    tally, last = Tally(), 0
    while rows := _next_keys(model, last):
        for pk in rows:
            _renew_guarded(model, pk, tally)
        last = rows[-1]
        tell(tally)
    return tally


def _next_keys(model: type[models.Model], after: Any) -> list[Any]:
    return list(models.QuerySet(model).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])


def _renew_guarded(model: type[models.Model], pk: Any, tally: Tally) -> None:
    """One row in a transaction of its own, so that one bad row never blocks the rest."""
    tally.seen += 1
    try:
        with transaction.atomic(), _doors.get(model._meta.label_lower, nullcontext)():
            tally.renewed += _renew(model, pk)
    except CannotOpen:
        tally.unopened.append(f"{model._meta.label} {pk}")
    except (IntegrityError, InternalError):  # a trigger said no
        tally.refused.append(f"{model._meta.label} {pk}")


def _renew(model: type[models.Model], pk: Any) -> bool:
    row = _stored(model).select_for_update().filter(pk=pk).first()
    if row is None:  # deleted since
        return False
    changes = dict(_new_texts(model, row)) | dict(_new_hashes(model, row)) | _new_json(model, row)
    if changes:
        models.QuerySet(model).filter(pk=pk).update(**changes)
    return bool(changes)


def _stored(model: type[models.Model]) -> models.QuerySet:
    """The rows as dictionaries of what the database holds, still sealed."""
    sealed = {f"stored_{name}": Cast(name, TextField()) for name in _sealed_fields(model)}
    column, _names = _json_parts(model)
    plain = [*_hashes.get(model._meta.label_lower, {}), *([column] if column else [])]
    return models.QuerySet(model).order_by().values(*plain, **sealed)


def _new_texts(model: type[models.Model], row: dict[str, Any]) -> Iterator[tuple[str, Value]]:
    for name in _sealed_fields(model):
        stored = row[f"stored_{name}"]
        if stored and not _is_newest(stored):
            yield name, Value(reseal(stored), output_field=TextField())


def _new_hashes(model: type[models.Model], row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, (kind, of) in _hashes.get(model._meta.label_lower, {}).items():
        stored = row[f"stored_{of}"]
        wanted = keyed_hash(kind, unseal(stored) if stored else "")
        if row[name] != wanted:
            yield name, wanted


def _new_json(model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    column, names = _json_parts(model)
    data = dict(row[column]) if column else {}
    renewed = data | {name: _reseal_part(data[name]) for name in names if data.get(name)}
    return {column: renewed} if renewed != data else {}


def _reseal_part(part: str | list[str]) -> str | list[str]:
    return [_under_newest(one) for one in part] if isinstance(part, list) else _under_newest(part)


def _under_newest(sealed: str) -> str:
    return sealed if _is_newest(sealed) else reseal(sealed)


def _is_newest(sealed: str) -> bool:
    try:
        Fernet(settings.ENCRYPTION_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def _sealed_fields(model: type[models.Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]


def _json_parts(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    """The column and its sealed parts; no column for most models."""
    return SEALED_IN_JSON.get(model._meta.label_lower, ("", ()))
