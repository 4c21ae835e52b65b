"""What somebody was typing when their session ended: kept sealed until they have signed in again (R-H3).

It waits in the new session of the same browser, for the same page, and is handed out once. Signing in is what decides
who gets at the page; this only sees to it that nobody types a conversation twice.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, QueryDict

from privacy.encryption import CannotOpen, seal, unseal
from privacy.throttle import TooManyTries, client_address, count_try

MOST_AN_HOUR = 20  # from one address: nobody fills the table of sessions
_KEPT = "unsaved"


def keeps_unsaved(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose form is worth keeping. The mark survives decorators that use `functools.wraps`."""
    view.keeps_unsaved = True  # type: ignore[attr-defined]
    return view


def keep(request: HttpRequest, now: datetime) -> None:
    """Keep what was sent, of a request that has passed the check against forged forms."""
    try:
        count_try("unsaved", client_address(request), limit=MOST_AN_HOUR, now=now)
    except TooManyTries:
        return
    sent = request.POST.copy()
    sent.pop("csrfmiddlewaretoken", None)
    request.session[_KEPT] = {"path": request.path, "sealed": seal(sent.urlencode())}


def take(request: HttpRequest) -> QueryDict | None:
    """What was kept for this page, once; None when there is nothing, or nothing of this page."""
    kept = request.session.pop(_KEPT, None)
    if kept is None or kept["path"] != request.path:
        return None
    try:
        return QueryDict(unseal(kept["sealed"]))
    except CannotOpen:
        return None
