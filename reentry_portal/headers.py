"""Headers on every answer, and the pages for a database that is down or a visitor who tries too often."""

from django.conf import settings
from django.db import InterfaceError, OperationalError

from privacy.throttle import TooManyTries
from reentry_portal import errors

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"


def security_headers(get_response):
    """Content policy, permissions, and no copy kept anywhere unless a page says otherwise (R-H12, R-H13, R-H14)."""
    policy = "; ".join(f"{name} {' '.join(sources)}" for name, sources in settings.SECURE_CSP.items())

    def middleware(request):
        response = get_response(request)
        response.setdefault("Content-Security-Policy", policy)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cache-Control", "no-store")
        if "no-store" in response["Cache-Control"]:
            response.setdefault("X-Robots-Tag", "noindex")
        return response

    return middleware


def plain_encoding(get_response):
    """Refuse answers in an encoding no browser of ours sends: decoding by the sender's wish could fail anywhere."""

    def middleware(request):
        if request.content_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return errors.bad_request(request)
        return get_response(request)

    return middleware


class trouble:  # noqa: N801  a middleware, named like the function it stands beside
    """A database that is down, and a visitor who tries too often, each get a page with the phone number on it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):  # raised by a middleware below, such as the session's
            return errors.database_down(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            return errors.database_down(request)
        if isinstance(exception, TooManyTries):
            return errors.too_many(request)
        return None
