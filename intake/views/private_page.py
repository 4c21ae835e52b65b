"""What every view of the private page stands on: the way in by the session, the way back, and the page itself."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from intake import actions, contacts, states
from intake.access import link_of_session
from intake.models import PrivateLink
from intake.seat_notes import HELD, lately_of, seats_of, waits_of
from intake.states import Actor, Status
from intake.status_words import words_for
from intake.ways import ways_of


def with_link(view: Callable) -> Callable:
    """Give a view the link of this browser, or answer 404. The only way to a request on the public side."""

    @wraps(view)
    def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        link = link_of_session(request.session, timezone.now())
        if link is None:
            return gone(request)
        request.session.modified = True  # every page keeps the session alive for another spell
        try:
            return view(request, link, **kwargs)
        except actions.NotPossible:
            return redirect("my")  # something changed since the page was drawn; the page now says what

    return login_not_required(never_cache(wrapped))


def post_or_my_page(view: Callable) -> Callable:
    """A button acts by POST. Whoever opens its address, by a bookmark or another language, gets the page."""

    @wraps(view)
    def wrapped(request: HttpRequest, link: PrivateLink, **kwargs: Any) -> HttpResponse:
        return view(request, link, **kwargs) if request.method == "POST" else redirect("my")

    return wrapped


def page(request: HttpRequest, link: PrivateLink, *, taken: bool = False) -> HttpResponse:
    """Where things stand, with no name, number or program on it. `taken`: somebody was faster; the next ones follow."""
    story, now = link.request, timezone.now()
    words, seats = words_for(story.status, story.contact.reach_by), seats_of(story, now)
    context = {
        "status_words": words.now,
        "next_words": words.next,
        "can": _what_can_be_done(story),
        "promise": story.promised_by if _still_promised(story, now) else None,
        "messages_stopped": story.contact.messages_stopped_at is not None,
        "resting_until": story.wake_at,
        "link_expires": link.expires_at,
        "taken": taken,
        "seats": seats,
        "waits": waits_of(story),
        "holds_something": any(seat.state == HELD for seat in seats),
        "lately": "" if seats else lately_of(story, now),
        "ways": ways_of(story, now) if story.status in states.CAN_CHOOSE else None,
    }
    with timezone.override(story.zone()):
        return render(request, "intake/my.html", context, status=409 if taken else 200)


def see_my_page() -> HttpResponse:
    response = redirect("my")
    response.status_code = 303
    return response


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/link_gone.html", status=404)


def _still_promised(story, now: datetime) -> bool:
    """A promise that has run out is not repeated."""
    return story.status == Status.WAITING and story.promised_by is not None and now < story.promised_by


def _what_can_be_done(story) -> set[str]:
    moves = {move.name for move in states.moves_from(story.status, Actor.PERSON)}
    names = {"rest": "later", "wake": "wake", "ask_again": "wake", "withdraw": "withdraw", "erase": "erase"}
    can = {words for move, words in names.items() if move in moves}
    if story.status in states.CONTACT_CAN_CHANGE:
        can.add("contact")
    if not story.contact.messages_stopped_at and story.status in states.CONTACT_CAN_CHANGE:
        can.add("stop")
    if contacts.can_get_kind_notes(story.contact) and story.status in states.CONTACT_CAN_CHANGE:
        can.add("kind_notes")
    return can
