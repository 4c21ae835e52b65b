"""Readers for the environment. Each one stops the start with a hint when a value cannot be used.

An empty value is the same as none: `STAFF_MFA=` leaves the second factor on.
Secrets may also be handed over as files: `SECRET_KEY_FILE=/run/secrets/key` is read as `SECRET_KEY`.
Every name read here stands in `.env.example`; a test holds the two together.
"""

from datetime import date, time
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env", overwrite=False)


def text(name: str, default: str | None = None) -> str:
    """The value, without surrounding space. Raises ImproperlyConfigured when there is neither value nor default."""
    value = _read(_env.str, name, default).strip()
    if not value and default is None:
        raise _unusable(name, "It is empty.")
    return value or default or ""


def address(name: str, default: str) -> str:
    """A web address without a slash at its end, since ours are added to it."""
    return text(name, default).rstrip("/")


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off; anything else stops the start."""
    value = text(name, "1" if default else "0").lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise _unusable(name, "Write 1 or 0.")


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():  # isdigit() lets "²" through, which int() does not read
        raise _unusable(name, "Write a whole number.")
    return int(value)


def names(name: str, default: str = "") -> list[str]:
    """A list written with commas."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def keys(name: str) -> list[str]:
    """A key ring, newest first. At least one key; `script/new-env` writes fresh ones."""
    ring = [part.strip() for part in text(name).split(",") if part.strip()]
    if not ring:
        raise _unusable(name, "It needs at least one key.")
    return ring


def options(name: str, of: str) -> dict[str, str]:
    """NAME=value, NAME=value, as settings of one provider: API_KEY=x of mailgun is MAILGUN_API_KEY."""
    read = {}
    for part in names(name):
        option, equals, value = (piece.strip() for piece in part.partition("="))
        if not (option and equals and value):
            raise _unusable(name, "Write NAME=value, with commas between.")
        read[f"{of}_{option}".upper()] = value
    return read


def clock(name: str, default: str) -> time:
    """A wall time such as 08:00."""
    try:
        return time.fromisoformat(text(name, default))
    except ValueError as error:
        raise _unusable(name, "Write a time such as 08:00.") from error


def day(name: str) -> date | None:
    """A date such as 2026-11-23, or None when it is not set."""
    value = text(name, "")
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise _unusable(name, "Write a date such as 2026-11-23.") from error


def database(name: str, default: str) -> dict[str, Any]:
    """A Django DATABASES entry from a URL."""
    try:
        return environ.Env.db_url_config(text(name, "") or default)
    except (ValueError, ImproperlyConfigured) as error:
        raise _unusable(name, "Write a URL such as postgres://user:password@host:5432/name.") from error


def mail(name: str) -> dict[str, Any]:
    """Django's mail settings from a URL such as smtp+tls://user:password@host:587; empty when not set."""
    return _env.email_url(name) if text(name, "") else {}


def _read(reader: Any, name: str, default: Any) -> Any:
    try:
        return reader(name) if default is None else reader(name, default=default)
    except ImproperlyConfigured as error:
        raise _unusable(name, "It is not set.") from error


def _unusable(name: str, why: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name}: {why} See .env.example; `script/new-env` writes a working .env.")
