"""Pages for when something goes wrong: each keeps the phone, 911, 988 and the way out (R-C2).

They are rendered without context processors, so that none of them can need the database, a session or
a signed-in user. The two that may meet a broken house, 500 and 503, look at nothing of the request but its path.
Under /staff/ they are one page in the dress of the desk, with a way back to it, the same whoever asks.
"""

import re
import sys
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from reentry_portal.provider import facts, other_languages

DATABASE_RETRY = 120  # seconds
TOO_MANY_RETRY = 60  # seconds
DATABASE_IS_DOWN = (OperationalError, InterfaceError)
# The buttons of a card answer only to POST; "/staff/…/7/attempt/" stands on "/staff/…/7/change/".
_PART_OF_A_CARD = re.compile(r"(/staff/\w+/\w+/\d+)/.+")
DESK = "/staff/"


class Words(NamedTuple):
    """What a page of the desk says: what happened, and what to do. `way` is what its link does."""

    heading: str
    lead: str
    way: str = "Back to the desk"


# By the page a visitor would get in its place.
AT_THE_DESK = {
    "400.html": Words(
        "That did not come through", "We could not read what your browser sent. Go back and try it again."
    ),
    "403.html": Words(
        "This page is not open to you",
        "It belongs to another role. The person who looks after sign-ins can change that.",
    ),
    "404.html": Words(
        "There is no page here", "The address may have changed, or what it leads to is not for your sign-in."
    ),
    "429.html": Words("Give it a minute", "That was too many tries at once. Wait a minute, then try it again."),
    "500.html": Words(
        "Something broke on our side",
        "What you just sent may not be saved. Look before you send it again.",
    ),
    "trouble.html": Words(
        "We can’t save this right now",
        "What you just sent was not saved. Write it down on paper, and try again in two minutes.",
    ),
    "csrf.html": Words(
        "This page was open a long time",
        "To keep people safe, a page stops working after a while. Nothing was sent.",
        way="Open it again",
    ),
}


def _page(template: str, status: int, request: HttpRequest, **context: Any) -> HttpResponse:
    """Of the request only its path counts."""
    if request.path.startswith(DESK):
        context |= {"words": AT_THE_DESK[template], "home": reverse("admin:index")}
        template = "admin/trouble.html"
    html = render_to_string(template, {"provider": facts(), "other_languages": [], "again": "", **context})
    return HttpResponse(html, status=status, headers={"Cache-Control": "no-store"})


def _page_in_languages(template: str, status: int, request: HttpRequest, **context: Any) -> HttpResponse:
    return _page(template, status, request, other_languages=other_languages(_can_be_opened(request)), **context)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something we could not read."""
    return _page_in_languages("400.html", 400, request)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the same page whoever asks, and whatever it was (R-P3)."""
    return _page_in_languages("403.html", 403, request)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no hint whether the page ever was there (R-P3)."""
    return _page_in_languages("404.html", 404, request)


def too_many(request: HttpRequest, retry_after: int = TOO_MANY_RETRY) -> HttpResponse:
    """429: too many tries at once; says to wait, never why we think so (R-F5)."""
    response = _page_in_languages("429.html", 429, request)
    response["Retry-After"] = str(retry_after)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault, and said so; looks at nothing that may be broken. 503 when it is the database.

    Django wraps each middleware so that what it raises becomes this page before any of ours hears of it. So this
    is the only place that sees a session that could not be read or saved, and a view that failed as well.
    """
    if isinstance(sys.exception(), DATABASE_IS_DOWN):
        return database_down(request)
    return _page("500.html", 500, request)


def database_down(request: HttpRequest) -> HttpResponse:
    """503: we cannot save anything now; the phone comes first."""
    response = _page("trouble.html", 503, request)
    response["Retry-After"] = str(DATABASE_RETRY)
    return response


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that was open too long: a way back to the same form, with no blame (R-F4)."""
    return _page_in_languages("csrf.html", 403, request, again=form_of(request.path))


def _can_be_opened(request: HttpRequest) -> str:
    """The address of this page, or of the page whose form was sent here: a link asks with GET."""
    return form_of(request.path) if request.method == "POST" else request.get_full_path()


def form_of(path: str) -> str:
    """The page a stale form came from; the private page's own parts answer only to POST."""
    if path.startswith(DESK):
        return _PART_OF_A_CARD.sub(r"\1/change/", path).removesuffix("prefill/").removesuffix("assign/")
    return reverse("my") if "/my/" in path else reverse("start")
