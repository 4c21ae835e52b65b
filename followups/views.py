"""Addresses that others call by themselves: the text and mail providers, and mail programs of who wants no more mail.

None of them tells whether it knows somebody (R-P3), and none of them has a session.
"""

from types import ModuleType

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from followups import mail_receipts, receipts, stopping_mail, texts_in
from followups.channels import anymail, twilio
from privacy.throttle import client_address, count_try

STOPS_AN_HOUR = 300  # from one address: a mail service presses for many people


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def text_receipt(request: HttpRequest, message_id: int) -> HttpResponse:
    """What became of one text."""
    provider = _genuine(request)
    provider_id, said = provider.receipt_in(request.POST)
    receipts.note(message_id, provider_id, said, now=timezone.now())
    return HttpResponse(status=204)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def text_in(request: HttpRequest) -> HttpResponse:
    """Somebody wrote to our number."""
    provider = _genuine(request)
    provider_id, number, text, answered = provider.text_in(request.POST)
    words = texts_in.take_in(provider_id, number, text, now=timezone.now()) if provider_id and number else ""
    return HttpResponse(provider.answer("" if answered else words), content_type="text/xml")


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["HEAD", "POST"])
def mail_receipt(request: HttpRequest) -> HttpResponse:
    """What became of some letters. HEAD is how some providers ask whether we are there."""
    now = timezone.now()
    for heard in anymail.heard_in(request) if request.method == "POST" else ():
        mail_receipts.note(heard, now=now)
    return HttpResponse()  # by any status but 200 some of them understand "again, please"


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, since programs that look at links open it too; POST acts, without cookie, sign-in or any field."""
    now = timezone.now()
    count_try("stop-mail", client_address(request), limit=STOPS_AN_HOUR, now=now)
    if request.method == "POST":
        stopping_mail.stop(token, now=now)
    return render(request, "followups/stop_mail.html", {"done": request.method == "POST"})


def _genuine(request: HttpRequest) -> ModuleType:
    """The provider that signed this. Behind our proxy the address it signed is SITE_URL's. Raises PermissionDenied."""
    url = settings.SITE_URL + request.get_full_path()
    signature = request.headers.get("X-Twilio-Signature", "")
    if not twilio.is_genuine(url, request.POST, signature):
        raise PermissionDenied
    return twilio
