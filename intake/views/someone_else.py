"""A page for somebody close to a person. Whoever writes, and about whomever: they see the same (R-P3)."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from intake import family
from intake.family_form import FamilyForm
from privacy.throttle import client_address, count_try


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def someone_else(request: HttpRequest) -> HttpResponse:
    """How to be there for somebody, and a form. What happens to a message depends on nobody we know."""
    form = FamilyForm(request.POST) if request.method == "POST" else FamilyForm()
    if not form.is_bound or not form.is_valid():
        return render(request, "intake/someone_else.html", {"form": form}, status=422 if form.is_bound else 200)
    now = timezone.now()
    count_try("someone-else", client_address(request), limit=settings.START_LIMIT_PER_HOUR, now=now)
    if not form.is_from_a_machine():
        given = form.cleaned_data
        family.receive(given["message"], given["reach"], language=get_language() or "", now=now)
    response = redirect("someone-else-sent")
    response.status_code = 303
    return response


@login_not_required
@never_cache
@require_safe
def someone_else_sent(request: HttpRequest) -> HttpResponse:
    """The same words for everyone, also for who sent nothing."""
    return render(request, "intake/someone_else_sent.html")
