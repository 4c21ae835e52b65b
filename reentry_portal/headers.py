"""Headers on every answer, and the page for a visitor who tries too often."""

from django.conf import settings

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
    """A visitor who tries too often gets a page with the phone number on it.

    Only what a view raises comes by here. A database that is down may also fail a middleware, and of that Django
    tells only the page for failures: see errors.server_error.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return errors.too_many(request) if isinstance(exception, TooManyTries) else None
