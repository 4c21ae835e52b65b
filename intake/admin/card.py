"""The card of one request, and its two kinds of button: log what happened on a call, and make a move."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from intake import actions, states, stops, undelivered
from intake.access import request_for_staff
from intake.admin.buttons import NOT_POSSIBLE, press, request_to_work_on, see_card, see_other
from intake.admin.card_page import context_of, identifying_fields_shown, moves_offered
from intake.clock import when_words
from intake.models import CallAttempt
from intake.outcomes import MISSED, Outcome
from privacy import audit
from privacy.row_numbers import row_number

# A move that must also do what the same outcome of a call does: forget the number (R-T5).
_OUTCOME_OF_MOVE = {"lose_number": Outcome.WRONG_NUMBER}
_STAYS_ON_CARD = (Outcome.TALKED, Outcome.ASKED_LATER)


@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one request on one page. Opening it is written down (R-H5)."""
    callback = request_for_staff(request.user, pk)
    now = timezone.now()
    with transaction.atomic():
        context = context_of(request, callback, now)
        fields = identifying_fields_shown(callback, context)
        audit.record("request.opened", by=request.user, subject=callback, now=now, fields=fields)
    return TemplateResponse(request, "admin/intake/callbackrequest/card.html", context)


@require_POST
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Log one call. Back to the card when there is something to decide there, else to the list."""
    request_to_work_on(request, pk)
    outcome = request.POST.get("outcome", "")
    if outcome not in Outcome.values:
        messages.warning(request, _("Choose what happened first. Then log the call."))
        return see_card(pk)
    number = _number_drawn(request)
    logged = press(request, actions.log_attempt, outcome, request_id=pk, number=number)
    if logged is None:
        return see_card(pk)
    messages.success(request, _logged_words(logged, timezone.now()))
    return see_card(pk) if outcome in _STAYS_ON_CARD else see_other("admin:intake_callbackrequest_desk")


@require_POST
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Make one move of the table that the card offers, and come back to the card."""
    callback = request_to_work_on(request, pk)
    if name not in {offered.name for offered in moves_offered(callback.status)}:
        messages.warning(request, NOT_POSSIBLE)
        return see_card(pk)
    done = _make_move(request, pk, name)
    if done is not None:
        messages.success(request, _("Done: %(words)s.") % {"words": states.MOVES[name].label})
    return see_card(pk)


@require_POST
def seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Their text is seen to; nothing else about the request changes."""
    request_to_work_on(request, pk)
    press(request, stops.seen, request_id=pk)
    return see_card(pk)


@require_POST
def seen_undelivered(request: HttpRequest, pk: int) -> HttpResponse:
    """What did not arrive is seen to; nothing else about the request changes."""
    request_to_work_on(request, pk)
    press(request, undelivered.saw_undelivered, request_id=pk)
    return see_card(pk)


# --- what a button does ------------------------------------------------------------------------------------------


def _make_move(request: HttpRequest, pk: int, name: str) -> Any:
    """Carry it out by the one action for it; None when it was not to be."""
    if name == "rest":
        weeks = request.POST.get("weeks", "")
        if weeks not in map(str, states.REST_WEEKS):
            messages.warning(request, _("Choose when to ask again: in 1, 2 or 4 weeks."))
            return None
        return press(request, actions.rest, weeks=int(weeks), request_id=pk)
    if name in _OUTCOME_OF_MOVE:
        return press(request, actions.log_attempt, _OUTCOME_OF_MOVE[name], request_id=pk)
    return press(request, actions.make_move, name, request_id=pk)


def _number_drawn(request: HttpRequest) -> int | None:
    """Which call the form was drawn for; None when it does not say, and a number no call has when it says nonsense."""
    number = request.POST.get("attempt")
    return None if number is None else row_number(number) or 0


def _logged_words(logged: CallAttempt, now: datetime) -> str:
    callback = logged.request
    words = {"reference": callback.reference, "outcome": logged.get_outcome_display()}
    done = _("Logged for %(reference)s: %(outcome)s.") % words
    if logged.outcome not in MISSED or not callback.call_from:
        return done
    next_try = when_words(callback.call_from, now, callback.zone())
    next_words = _("Next try: %(when)s.") % {"when": next_try}
    return f"{done} {next_words} Logged by mistake? The card takes it back for ten minutes."
