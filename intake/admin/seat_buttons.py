"""The buttons of the card about starts: offer, hold, confirm, give back, mark the first day. Each calls one action."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from intake import restarts, waiting_list, wishes
from intake.admin.buttons import NOT_POSSIBLE, press, request_to_work_on, see_card
from privacy.row_numbers import row_number
from scheduling.models import FirstSession
from scheduling.picks import Kind, read_pick

# By the end of the address: the action, and the words when it is done.
_SEAT_VERBS: dict[str, tuple[Callable[..., Any], Any]] = {
    "confirm": (restarts.confirm, gettext_lazy("Done: the seat is theirs.")),
    "yes": (restarts.accept, gettext_lazy("Done: they said yes.")),
    "give-back": (restarts.give_back, gettext_lazy("Done: the seat is free again.")),
    "next-day": (restarts.move_first_day, gettext_lazy("Done: their first day is the next one.")),
    "came": (partial(restarts.mark_first_session, FirstSession.CAME), gettext_lazy("Done: they came.")),
    "missed": (
        partial(restarts.mark_first_session, FirstSession.MISSED),
        gettext_lazy("Done. Call them today: they are welcome."),
    ),
}


@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the ticked starts before the person, in place of what was offered before."""
    request_to_work_on(request, pk)
    picks = [read_pick(code) for code in dict.fromkeys(request.POST.getlist("pick"))]
    if None in picks:  # never taken for "nothing", which would take back what is offered
        messages.warning(request, NOT_POSSIBLE)
        return see_card(pk)
    offered = press(request, restarts.offer, picks, request_id=pk)
    if offered is not None:
        messages.success(request, _("Done: offered.") if offered else _("Done: nothing is offered now."))
    return see_card(pk)


@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """They want this one: hold a seat for them."""
    request_to_work_on(request, pk)
    pick = read_pick(request.POST.get("hold", ""))
    if pick is None:
        messages.warning(request, NOT_POSSIBLE)
    elif press(request, restarts.choose, pick, request_id=pk):
        messages.success(request, _("Done: a seat is held for them."))
    return see_card(pk)


@require_POST
def seat(request: HttpRequest, pk: int, claim_id: int, verb: str) -> HttpResponse:
    """One step with one seat."""
    request_to_work_on(request, pk)
    if verb not in _SEAT_VERBS:
        raise Http404
    action, words = _SEAT_VERBS[verb]
    if press(request, action, claim_id=claim_id, request_id=pk) is not None:
        messages.success(request, words)
    return see_card(pk)


@require_POST
def wait(request: HttpRequest, pk: int) -> HttpResponse:
    """Put them on the list: for one full group, or for a kind that has nothing right now."""
    request_to_work_on(request, pk)
    kind, _dot, group = request.POST.get("wait", "").partition(".")
    group_id = row_number(group)
    if kind not in list(Kind) or (group and group_id is None):
        messages.warning(request, NOT_POSSIBLE)
    elif press(request, waiting_list.join_list, Kind(kind), group_id=group_id, request_id=pk):
        messages.success(request, _("Done: they are on the list."))
    return see_card(pk)


@require_POST
def choice(request: HttpRequest, pk: int) -> HttpResponse:
    """Let them choose freely on their page, or show them only what is offered."""
    request_to_work_on(request, pk)
    freely = request.POST.get("freely", "")
    if freely not in ("0", "1"):
        messages.warning(request, NOT_POSSIBLE)
    else:
        press(request, restarts.let_choose, freely == "1", request_id=pk)
    return see_card(pk)


@require_POST
def keep_away(request: HttpRequest, pk: int) -> HttpResponse:
    """The groups and therapists they are never offered."""
    request_to_work_on(request, pk)
    groups, therapists = (_numbers(request, name) for name in ("group", "therapist"))
    if None in [*groups, *therapists]:
        messages.warning(request, NOT_POSSIBLE)
    elif press(request, wishes.keep_away, groups=groups, therapists=therapists, request_id=pk):
        kept_away = _("Done: they are kept away from those.")
        messages.success(request, kept_away if groups or therapists else "Done: they are kept away from nobody.")
    return see_card(pk)


def _numbers(request: HttpRequest, name: str) -> list[int | None]:
    return [row_number(text) for text in request.POST.getlist(name)]
