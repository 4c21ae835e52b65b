"""Signing in at the staff desk: nobody signs up, a second factor, and a session that ends by itself (R-H3, R-H7)."""

from datetime import datetime, timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from privacy import unsaved
from privacy.encryption import seal, unseal
from privacy.throttle import client_address
from reentry_portal.errors import form_of

SIGNED_IN_AT, LAST_SEEN_AT = "staff_signed_in_at", "staff_last_seen_at"
WRITE_EVERY = timedelta(minutes=1)  # so that a busy page does not save the session each time


class ClosedSignup(DefaultAccountAdapter):
    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        """Whose failed tries are counted. The proxy's own address would count everyone's as one stranger's."""
        return client_address(request)


class SealedSecondFactor(DefaultMFAAdapter):
    """Seeds of second factors are sealed with the same key ring as everything else."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


class LoginRequired(LoginRequiredMiddleware):
    """Ask who is signed in only where that matters.

    Django's own middleware looks up the user before it looks whether a page is open to all. That reads
    the session and the database and marks the page as different for each cookie (`Vary: Cookie`).
    """

    def process_view(self, request, view_func, view_args, view_kwargs) -> HttpResponse | None:
        """Let open pages through unseen; all others go the usual way."""
        if not getattr(view_func, "login_required", True):
            return None
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        if refused and _keeps_unsaved(request, view_func):
            unsaved.keep(request, timezone.now())
        return refused

    def handle_no_permission(self, request, view_func) -> HttpResponse:
        """After signing in, to the page with the button: what was pressed has no page of its own to open."""
        back_to = request.get_full_path()
        if request.method == "POST" and not _keeps_unsaved(request, view_func):
            back_to = form_of(request.path)
        return redirect_to_login(back_to, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


def _keeps_unsaved(request, view_func) -> bool:
    return request.method == "POST" and getattr(view_func, "keeps_unsaved", False)


def staff_session(get_response):
    """Ends an idle or old staff session, and keeps the desk shut until a second factor is set up."""

    def middleware(request):
        if not request.path.startswith("/staff/") or not request.user.is_authenticated:
            return get_response(request)
        now = timezone.now()
        if _is_over(request.session, now):
            logout(request)
            # A form that was sent goes on as a stranger's, so that the page it was for may keep what was typed.
            return get_response(request) if request.method == "POST" else redirect(settings.LOGIN_URL)
        if request.path not in settings.ASKED_BY_THE_PAGE:
            _note_visit(request.session, now)
        if _needs_second_factor(request):
            return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _is_over(session, now: datetime) -> bool:
    signed_in, last_seen = _time(session, SIGNED_IN_AT, now), _time(session, LAST_SEEN_AT, now)
    return now - last_seen > settings.STAFF_IDLE or now - signed_in > settings.STAFF_SESSION


def _note_visit(session, now: datetime) -> None:
    session.setdefault(SIGNED_IN_AT, now.isoformat())
    if LAST_SEEN_AT not in session or now - _time(session, LAST_SEEN_AT, now) > WRITE_EVERY:
        session[LAST_SEEN_AT] = now.isoformat()


def _time(session, key: str, now: datetime) -> datetime:
    return datetime.fromisoformat(session[key]) if key in session else now


def _needs_second_factor(request) -> bool:
    at_the_desk = not request.path.startswith("/staff/account/")
    return settings.STAFF_MFA and at_the_desk and not is_mfa_enabled(request.user)
