"""Choosing a start on the private page: look, hold a seat, give it back, wait for one, say what would fit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from intake import restarts, states, waiting_list, wishes
from intake.access import claim_of_link
from intake.calendar_file import FILE_NAME, calendar_file
from intake.errors import NotOffered
from intake.models import PrivateLink
from intake.views.private_page import page, post_or_my_page, see_my_page, with_link
from intake.ways import ways_of
from intake.wishes_form import FitForm
from privacy import audit
from privacy.row_numbers import row_number
from scheduling.picks import Kind, read_pick


@with_link
@require_safe
def my_ways(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """All five ways, each with what there is of it (R-O3)."""
    if link.request.status not in states.CAN_CHOOSE:
        return redirect("my")
    return render(request, "intake/my_ways.html", {"ways": ways_of(link.request, timezone.now())})


@with_link
@post_or_my_page
def my_choose(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Hold a seat. Somebody was faster: the page says so kindly, with what there is now, and 409."""
    pick = read_pick(request.POST.get("pick", ""))
    if pick is None:
        return see_my_page()
    try:
        restarts.choose(pick, **_who(link))
    except NotOffered:
        return page(request, link, taken=True)
    return see_my_page()


@with_link
@post_or_my_page
def my_yes(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Yes to a seat from the list, or to a first day that we moved. Too late: the page says so kindly."""
    try:
        restarts.accept(claim_id=_number(request, "claim"), **_who(link))
    except NotOffered:
        return page(request, link, taken=True)
    return see_my_page()


@with_link
@post_or_my_page
def my_back(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Give a seat back; “I can’t make that start” shows later ones from then on."""
    cannot = "cannot" in request.POST
    restarts.give_back(claim_id=_number(request, "claim"), cannot_make_it=cannot, **_who(link))
    return see_my_page()


@with_link
@post_or_my_page
def my_list(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Wait for a full group, or for a way that has nothing right now. Where something is free by now: the page."""
    kind = request.POST.get("kind", "")
    if kind in list(Kind):
        try:
            waiting_list.join_list(Kind(kind), group_id=_number(request, "group") or None, **_who(link))
        except NotOffered:
            return redirect("my-ways")
    return see_my_page()


@with_link
@post_or_my_page
def my_list_leave(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Wait no more."""
    waiting_list.leave_list(entry_id=_number(request, "entry"), **_who(link))
    return see_my_page()


@with_link
@require_http_methods(["GET", "HEAD", "POST"])
def my_fit(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """What would fit: the starts that do come first from then on."""
    if link.request.status not in states.CAN_CHOOSE:
        return redirect("my")
    form = FitForm(request.POST if request.method == "POST" else None, request=link.request)
    if request.method != "POST":
        return render(request, "intake/my_fit.html", {"form": form})
    if not form.is_valid():
        return render(request, "intake/my_fit.html", {"form": form}, status=422)
    wishes.change_wishes(form.fit(), **_who(link))
    return see_my_page()


@with_link
@post_or_my_page
def my_not_this(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Do not show this group again; or show everything again."""
    pick = read_pick(request.POST.get("pick", ""))
    if "all" in request.POST:
        wishes.show_all_again(**_who(link))
    elif pick and not pick.is_hour:
        wishes.not_this_group(group_id=pick.number, **_who(link))
    return see_my_page()


@with_link
@require_safe
def my_calendar(request: HttpRequest, link: PrivateLink, claim_id: int) -> HttpResponse:
    """A first day as a calendar file; its name and words are neutral (R-P2)."""
    claim = claim_of_link(link, claim_id)
    response = HttpResponse(calendar_file(claim, timezone.now()), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


def _who(link: PrivateLink) -> dict:
    return {"request_id": link.request_id, "by": audit.PERSON, "now": timezone.now()}


def _number(request: HttpRequest, name: str) -> int:
    """The number posted under that name; 0, which is nobody's, for anything else."""
    text = request.POST.get(name, "")
    return row_number(text) or 0
