"""What somebody was typing when their session ended: kept sealed until they have signed in again (R-H3).

It waits in the new session of the same browser until it is saved, and is handed out to who typed it, on the page it
was typed on. The form of that page carries a signed mark of both: a stranger at the same desk has none, and can put no
words into anybody's mouth.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

from privacy.encryption import CannotOpen, seal, unseal
from privacy.throttle import TooManyTries, client_address, count_try

MOST_AN_HOUR = 20  # from one address: nobody fills the table of sessions
MARK = "whose"  # the hidden field
MARK_HOLDS = timedelta(days=1)  # a page left open overnight
_KEPT = "unsaved"


def keeps_unsaved(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose form is worth keeping. The mark survives decorators that use `functools.wraps`."""
    view.keeps_unsaved = True  # type: ignore[attr-defined]
    return view


def mark(user: Any, path: str) -> str:
    """What the hidden field of the form holds: who types, and on which page."""
    return signing.dumps([user.pk, path], salt=_KEPT)


def keep(request: HttpRequest, now: datetime) -> None:
    """Keep what was sent, of a request that has passed the check against forged forms. Nothing without the mark."""
    user = _typed_by(request)
    if user is None:
        return
    try:
        count_try("unsaved", client_address(request), limit=MOST_AN_HOUR, now=now)
    except TooManyTries:
        return
    sent = request.POST.copy()
    for name in ("csrfmiddlewaretoken", MARK):
        sent.pop(name, None)
    kept = {"user": user, "sealed": seal(sent.urlencode())}
    request.session[_KEPT] = {**request.session.get(_KEPT, {}), request.path: kept}


def waiting(request: HttpRequest) -> QueryDict | None:
    """What this user typed on this page, until `drop`; None when there is nothing, or no key opens it."""
    kept = request.session.get(_KEPT, {}).get(request.path)
    if kept is None or kept["user"] != request.user.pk:
        return None
    try:
        return QueryDict(unseal(kept["sealed"]))
    except CannotOpen:
        return None


def drop(request: HttpRequest) -> None:
    """It is saved now. What waits for other pages goes on waiting."""
    kept = request.session.get(_KEPT, {})
    if kept.pop(request.path, None):
        request.session[_KEPT] = kept


def _typed_by(request: HttpRequest) -> int | None:
    """The key of the user whose mark the form carries, if it is of this page."""
    try:
        user, path = signing.loads(request.POST.get(MARK, ""), salt=_KEPT, max_age=MARK_HOLDS)
    except signing.BadSignature:
        return None
    return user if path == request.path else None
