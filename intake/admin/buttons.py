"""What every button of the card stands on: who may press it, what to say when it is refused, and the way back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake import errors
from intake.access import request_for_staff
from intake.clock import time_words, when_words
from intake.models import CallbackRequest

NOT_POSSIBLE = gettext_lazy("That step is not open any more. This is how things stand now: choose from what is here.")
_REFUSALS: dict[type[Exception], str | Promise] = {
    errors.NotPossible: NOT_POSSIBLE,
    errors.LoggedAlready: gettext_lazy("This call was logged already. Nothing was added."),
    errors.TooManyCalls: gettext_lazy("Three calls are made already. Choose a next step below instead."),
    errors.TooEarlyToCall: gettext_lazy("We told them that we stop calling. One more call is for some weeks later."),
    errors.NoWayLeft: "Nothing was done. There is no number and no address of theirs left: the next word is theirs.",
    errors.TooEarlyToPause: gettext_lazy("It is too early to stop calling. The card says what is still to be tried."),
    errors.NotAllowedByThem: gettext_lazy("They asked for no message. Hang up, and log “No answer”."),
    errors.NotOffered: gettext_lazy("That start is not open any more. This is what there is now."),
    errors.TooManyOffers: gettext_lazy("Nothing was offered. Three at the most: a choice, not a catalogue."),
    errors.CallFirst: gettext_lazy("Call them first: they wait for the call we promised. Then confirm the seat."),
    errors.DoesNotFit: "Nothing was added. Write a line or two at most; a to-do needs a day of the coming half year.",
    errors.OutsideTheirTimes: "Nothing was done. A call is not fine with them now. Say on the card why it is made.",
    errors.TooLateToTakeBack: "That call stays as it is. It can be taken back for ten minutes, by who logged it.",
    errors.NothingToDo: "Nothing was done: it is so already.",
    errors.NotBegun: gettext_lazy("Nothing was marked. Their first day is still to come."),
}


def request_to_work_on(request: HttpRequest, pk: int) -> CallbackRequest:
    """The request, for whoever may work with it; 404 for everybody else."""
    found = request_for_staff(request.user, pk)
    if not request.user.has_perm("intake.work_callbackrequest"):
        raise Http404
    return found


def press(request: HttpRequest, action: Any, *args: Any, **kwargs: Any) -> Any:
    """What the action returns; or None, with a message that says what to do instead."""
    try:
        return action(*args, by=request.user, now=timezone.now(), **kwargs)
    except errors.TooSoon as too_soon:
        when = when_words(too_soon.args[0], timezone.now(), timezone.get_default_timezone())
        messages.warning(request, _("Nothing was logged. The next try is for %(when)s, no sooner.") % {"when": when})
    except errors.Claimed as claimed:
        name, since = claimed.args
        time = time_words(since, timezone.get_default_timezone())
        messages.warning(request, f"{name} has had this call since {time}. Nothing was done: take another one.")
    except tuple(_REFUSALS) as refusal:
        messages.warning(request, _REFUSALS[type(refusal)])
    return None


def see_card(pk: int) -> HttpResponse:
    return see_other("admin:intake_callbackrequest_change", pk)


def see_other(name: str, *args: Any) -> HttpResponse:
    response = redirect(name, *args)
    response.status_code = 303
    return response
