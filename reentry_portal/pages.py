"""The public pages that anyone may read: no database, no session, no cookie.

They hold nothing about the reader, so anyone's cache may keep them for a while.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import override

from reentry_portal.language_notices import notices
from reentry_portal.provider import facts

GUIDE_MAX_AGE = 300  # seconds: long enough for a night of reading, short enough for new hours
IN_THE_SITEMAP = ("guide", "questions", "safety")


def same_for_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page to all and let caches keep it, since it holds nothing about the reader."""

    @login_not_required
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, public=True, max_age=GUIDE_MAX_AGE)
        return response

    return page


@same_for_everyone
def guide(request: HttpRequest) -> HttpResponse:
    """The guide: nine parts and two doors, a call or a short form (R-F9)."""
    return render(request, "pages/guide.html")


@same_for_everyone
def questions(request: HttpRequest) -> HttpResponse:
    """What people ask before they write to us."""
    return render(request, "pages/questions.html")


@same_for_everyone
def safety(request: HttpRequest) -> HttpResponse:
    """Staying safe while you wait, and safe online (R-C4, R-F1)."""
    return render(request, "pages/safety.html")


@same_for_everyone
def privacy_notice(request: HttpRequest) -> HttpResponse:
    """The notice of privacy practices, linked in every footer (R-P11)."""
    return render(request, "pages/privacy.html")


@same_for_everyone
def language_help(request: HttpRequest) -> HttpResponse:
    """Free language help, said in each language itself (R-A2, R-A3)."""
    return render(request, "pages/language_help.html", {"notices": notices(facts())})


@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """Forget this visit and show the weather instead (R-F1).

    GET on purpose: it must work as a plain link, and being sent here by someone else loses nothing
    but a session.
    """
    request.session.flush()
    response = HttpResponse(status=303, headers={"Location": settings.LEAVE_URL})
    response["Clear-Site-Data"] = '"cache", "storage", "cookies"'
    response["Cache-Control"] = "no-store"
    return response


@same_for_everyone
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Let search engines find the guide; private pages are also marked noindex."""
    lines = ["User-agent: *"]
    for code, _name in settings.LANGUAGES:
        with override(code):
            lines += [f"Disallow: {reverse(name)}" for name in ("my", "leave")]
    lines.append(f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@same_for_everyone
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """The pages that may be found, each with its sisters in the other languages."""
    pages = [_in_each_language(request, name) for name in IN_THE_SITEMAP]
    return render(request, "pages/sitemap.xml", {"pages": pages}, content_type="application/xml")


def _in_each_language(request: HttpRequest, name: str) -> list[tuple[str, str]]:
    return [(code, request.build_absolute_uri(_url_in(code, name))) for code, _name in settings.LANGUAGES]


def _url_in(code: str, name: str) -> str:
    with override(code):
        return reverse(name)
