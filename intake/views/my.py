"""The private page: the link becomes a session and leaves the address bar; from there every change is one POST."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from intake import actions, states, stops, wording
from intake.access import SESSION_LINK, link_for_token
from intake.contacts import wants_kind_notes
from intake.forms import ContactForm
from intake.models import PrivateLink
from intake.views.private_page import gone, page, post_or_my_page, see_my_page, with_link
from privacy import audit


@login_not_required
@never_cache
@require_safe
def my_link(request: HttpRequest, token: str) -> HttpResponse:
    """Swap the token for a session (R-H13). A link that is old, replaced or made up: the same page for each."""
    link = link_for_token(token, timezone.now())
    if link is None:
        return gone(request)
    request.session.cycle_key()
    request.session[SESSION_LINK] = link.pk
    return redirect("my")


@with_link
@require_safe
def my(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Where things stand, and what they could start with."""
    return page(request, link)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_contact(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Another number, another time. The number and address we hold are not shown: an onlooker could read them."""
    if link.request.status not in states.CONTACT_CAN_CHANGE:
        return redirect("my")
    form = ContactForm(request.POST if request.method == "POST" else None, contact=link.request.contact)
    if request.method != "POST":
        return render(request, "intake/my_contact.html", {"form": form})
    if not form.is_valid():
        return render(request, "intake/my_contact.html", {"form": form}, status=422)
    actions.change_contact(form.reach(), request_id=link.request_id, page="my", by=audit.PERSON, now=timezone.now())
    return see_my_page()


@with_link
@post_or_my_page
def my_later(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Not now: ask me again in one, two or four weeks."""
    weeks = request.POST.get("weeks", "")
    if weeks in map(str, states.REST_WEEKS):
        actions.rest(request_id=link.request_id, weeks=int(weeks), by=audit.PERSON, now=timezone.now())
    return see_my_page()


@with_link
@post_or_my_page
def my_wake(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """I changed my mind: call me after all."""
    actions.ask_to_be_called(request_id=link.request_id, by=audit.PERSON, now=timezone.now())
    return see_my_page()


@with_link
@post_or_my_page
def my_new_link(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """A new link to this page; the ones before stop working, such as one that somebody else has seen."""
    now = timezone.now()
    token = actions.replace_links(request_id=link.request_id, by=audit.PERSON, now=now)
    request.session.cycle_key()
    request.session[SESSION_LINK] = link_for_token(token, now).pk
    context = {
        "private_url": request.build_absolute_uri(reverse("my-link", args=[token])),
        "link_days": settings.PRIVATE_LINK_AGE.days,
    }
    return render(request, "intake/my_new_link.html", context)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_stop(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Stop all messages: GET asks, POST acts, twice is fine (R-T3)."""
    if request.method == "POST":
        actions.stop_messages(request_id=link.request_id, by=audit.PERSON, now=timezone.now())
        return see_my_page()
    return _confirm(
        request,
        "my-stop",
        title=_("Stop all messages"),
        words=_("We send no more texts and no more emails. A person may still call, as you asked."),
        button=_("Stop all messages"),
        note=_("You can allow them again later."),
    )


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_kind_notes(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """A kind note now and then, for whoever goes quiet: GET shows the words, POST says yes or no to them."""
    if request.method == "POST":
        yes = request.POST.get("say") == "yes"
        stops.agree_to_kind_notes(yes, request_id=link.request_id, page="my", by=audit.PERSON, now=timezone.now())
        return see_my_page()
    if wants_kind_notes(link.request):
        words = {"words": _("You said yes to them."), "button": _("Send me no kind notes"), "value": "no"}
    else:
        words = {"words": wording.CARE_CONSENT_TERMS, "button": wording.CARE_CONSENT, "value": "yes"}
    return _confirm(request, "my-kind-notes", title=_("Kind notes now and then"), **words)


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_withdraw(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Take the note back: nobody calls, nobody writes, and the page stays in case they change their mind."""
    if request.method == "POST":
        actions.make_move("withdraw", request_id=link.request_id, by=audit.PERSON, now=timezone.now())
        return see_my_page()
    return _confirm(
        request,
        "my-withdraw",
        title=_("Take back my note"),
        words=_("Nobody will call or write to you. A seat you hold is free again. You can change your mind here."),
        button=_("Take back my note"),
        note=_("Nobody will ask you why."),
    )


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_erase(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Erase everything they wrote; the page and its link end with it."""
    if request.method == "POST":
        actions.erase(request_id=link.request_id, by=audit.PERSON, now=timezone.now())
        request.session.flush()
        words = _("What you wrote is gone. Nobody will call. You can write again any day.")
        return render(request, "intake/my_done.html", {"title": _("It is erased"), "words": words})
    return _confirm(
        request,
        "my-erase",
        title=_("Erase what I wrote"),
        words=_("Your name, your number and your words go away for good. This page goes away too."),
        button=_("Erase it all"),
        note=_("We keep only which steps were taken and when, with nothing that leads to you."),
    )


def _confirm(request: HttpRequest, url_name: str, **words: str) -> HttpResponse:
    return render(request, "intake/my_confirm.html", {"action_url": reverse(url_name), **words})
