"""Tokens for private links: 256 random bits for the person, a hash for us."""

import hashlib
import secrets

# No vowels and no look-alikes, so that a reference can be read out and never spells a word.
_REFERENCE_LETTERS = "23456789BCDFGHJKMNPQRTVWXZ"


def new_token() -> str:
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps. A plain hash is enough: the token has nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_reference() -> str:
    """Random and not in sequence, such as 7KQ-42M (R-F6)."""
    letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6))
    return f"{letters[:3]}-{letters[3:]}"
