"""The form, and the page after it."""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from intake import actions
from intake.access import SESSION_LINK, link_for_token
from intake.answers import Answers
from intake.choices import Option
from intake.forms import StartForm
from intake.models import CallbackRequest
from intake.worry import may_mean_danger
from privacy import audit
from privacy.encryption import CannotOpen, seal, unseal
from privacy.throttle import client_address, count_try
from privacy.tokens import new_reference, new_token

SESSION_SENT = "sent"  # what the page after the form shows; the link in it is sealed


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """The "I'd like to come back" form. Bad input comes back with 422 and every answer still there (R-F3)."""
    if request.method != "POST":
        return _page(request, StartForm(initial=_wishes_from_guide(request)), 200)
    form = StartForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    if form.is_from_a_machine():
        return _pretend(request, form)
    return _receive(request, form, timezone.now())


@login_not_required
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens next and by when, with the private link. Opened without having sent anything: the form."""
    kept = request.session.get(SESSION_SENT)
    if not kept:
        return redirect("start")
    context = {
        "reference": kept["reference"],
        "promise": datetime.fromisoformat(kept["promise"]) if kept["promise"] else None,
        "reach_by": kept["reach_by"],
        "promise_is_far": _is_far(kept["promise"]),
        "worried": kept["worried"],
        "link_days": settings.PRIVATE_LINK_AGE.days,
        "private_url": _private_url(request, kept["link"]),
    }
    # The promise is told by the clock of the town it was made for.
    with timezone.override(context["promise"].tzinfo if context["promise"] else None):
        return render(request, "intake/sent.html", context)


def _is_far(promise: str) -> bool:
    """Six days off or more, so that "by Wednesday" alone could be understood as the one before."""
    return bool(promise) and datetime.fromisoformat(promise) - timezone.now() > timedelta(days=6)


def _private_url(request: HttpRequest, sealed_token: str) -> str:
    """The link of this visit; empty when its key has been taken out of the ring since."""
    try:
        return request.build_absolute_uri(reverse("my-link", args=[unseal(sealed_token)]))
    except CannotOpen:
        return ""


def _page(request: HttpRequest, form: StartForm, status: int) -> HttpResponse:
    return render(request, "intake/start.html", {"form": form}, status=status)


def _wishes_from_guide(request: HttpRequest) -> dict:
    """The guide's links choose an option or a town beforehand; anything else in the address is ignored."""
    options = [value for value in request.GET.getlist("options") if value in Option.values]
    return {
        "form_key": secrets.token_urlsafe(24),
        "options": options,
        "location": request.GET.get("location", ""),
    }


def _receive(request: HttpRequest, form: StartForm, now: datetime) -> HttpResponse:
    answers = form.answers(get_language())
    count_try("start", client_address(request), limit=settings.START_LIMIT_PER_HOUR, now=now)
    earlier = _sent_before(request, answers)
    if earlier:
        return _go_to_sent(request, earlier, actions.another_link(request_id=earlier.pk, by=audit.PERSON, now=now))
    form_key = form.cleaned_data["form_key"] or secrets.token_urlsafe(24)
    saved, token = actions.receive_request(answers, form_key=form_key, page="start", by=audit.PERSON, now=now)
    return _go_to_sent(request, saved, token)


def _sent_before(request: HttpRequest, answers: Answers) -> CallbackRequest | None:
    """The request this very browser sent a moment ago with these very answers. Only its own: an onlooker who
    types somebody else's answers must never be led to their page (R-P3)."""
    kept = request.session.get(SESSION_SENT)
    if not kept:
        return None
    return CallbackRequest.objects.still_as_sent(answers.keyed_hash()).filter(pk=kept["request"]).first()


def _go_to_sent(request: HttpRequest, saved: CallbackRequest, token: str) -> HttpResponse:
    return _keep(
        request,
        request_id=saved.pk,
        reference=saved.reference,
        promise=saved.promised_by and saved.promised_by.astimezone(saved.zone()),
        reach_by=saved.contact.reach_by,
        worried=saved.worried,
        token=token,
    )


def _pretend(request: HttpRequest, form: StartForm) -> HttpResponse:
    """A machine sees what a person sees, and nothing is saved."""
    return _keep(
        request,
        request_id=None,
        reference=new_reference(),
        promise=None,
        reach_by=form.cleaned_data["reach_by"],
        worried=may_mean_danger(form.cleaned_data["note"]),
        token=new_token(),
    )


def _keep(request: HttpRequest, *, request_id, reference, promise, reach_by, worried, token) -> HttpResponse:
    request.session.cycle_key()
    if request_id:  # this browser opens its page by the session, so that no working link stands in its history
        link = link_for_token(token, timezone.now())
        request.session[SESSION_LINK] = link.pk if link else None
    request.session[SESSION_SENT] = {
        "request": request_id,
        "reference": reference,
        "promise": promise.isoformat() if promise else "",
        "reach_by": reach_by,
        "worried": worried,
        "link": seal(token),
    }
    response = redirect("sent")
    response.status_code = 303
    return response
