"""How people come in: one sign-in, which asks for the second factor, and each lands where they work.

Whoever has no one place where the day starts lands on a page of all that is open to them.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from intake.admin.pages import pages_of

EVERYTHING = "all"  # /staff/?all shows the page of all pages to people who otherwise land where they work


def fit(site: AdminSite) -> None:
    """Dress the site, and close the admin's own sign-in page: it knows no second factor (R-H7)."""
    site.site_title = site.site_header = _("Desk")
    site.index_title = "Your pages"
    site.enable_nav_sidebar = False
    site.login = secure_admin_login(site.login)
    show_pages(site)
    land_on(site, "admin:intake_callbackrequest_desk", lambda user: user.has_perm("intake.view_callbackrequest"))
    for model in (Authenticator, EmailAddress):  # seeds of second factors are nobody's to look at
        site.unregister(model)
    site.disable_action("delete_selected")  # one at a time, on a page that says what goes with it


def show_pages(site: AdminSite) -> None:
    """Every page of the desk knows the pages of whoever looks: its menu is made of them. No page for each app."""
    each_context = site.each_context

    def with_pages(request: HttpRequest) -> dict[str, Any]:
        return {**each_context(request), "pages": list(pages_of(request.user))}

    def all_pages(request: HttpRequest, app_label: str, extra_context: dict | None = None) -> HttpResponse:
        if not site.get_app_list(request, app_label):
            raise Http404
        return redirect(f"{reverse('admin:index')}?{EVERYTHING}")

    site.each_context, site.app_index = with_pages, all_pages


def land_on(site: AdminSite, address: str, belongs: Callable[[Any], bool]) -> None:
    """After signing in, people who belong there land on that page instead of the page of all pages."""
    index = site.index

    def theirs_or_index(request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        wants_theirs = EVERYTHING not in request.GET and belongs(request.user)
        return redirect(address) if wants_theirs else index(request, extra_context)

    site.index = theirs_or_index
