"""How people come in: one sign-in, which asks for the second factor, and the desk first for those who work at it."""

from collections.abc import Callable

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

EVERYTHING = "all"  # /staff/?all shows the usual index to people who otherwise land on the desk


def fit(site: AdminSite) -> None:
    """Dress the site, and close the admin's own sign-in page: it knows no second factor (R-H7)."""
    site.site_title = site.site_header = _("Desk")
    site.index_title = _("Everything")
    site.enable_nav_sidebar = False
    site.login = secure_admin_login(site.login)
    site.index = _desk_first(site.index)
    for model in (Authenticator, EmailAddress):  # seeds of second factors are nobody's to look at
        site.unregister(model)


def _desk_first(index: Callable) -> Callable:
    def desk_or_index(request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        wants_desk = request.user.has_perm("intake.view_callbackrequest") and EVERYTHING not in request.GET
        return redirect("admin:intake_callbackrequest_desk") if wants_desk else index(request, extra_context)

    return desk_or_index
