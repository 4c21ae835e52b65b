"""The one way a view gets at a request: the request, or 404. Nobody learns whether it exists (R-P3)."""

from datetime import datetime
from typing import Any

from django.http import Http404

from intake.models import CallbackRequest, PrivateLink
from privacy.tokens import token_hash
from scheduling.models import SeatClaim

SESSION_LINK = "my_link"


def link_for_token(token: str, now: datetime) -> PrivateLink | None:
    return PrivateLink.objects.live(now).filter(token_hash=token_hash(token)).first()


def link_of_session(session: Any, now: datetime) -> PrivateLink | None:
    """The link this browser came in by, as long as it still works. One query."""
    links = PrivateLink.objects.live(now).select_related("request__contact", "request__location")
    return links.filter(pk=session[SESSION_LINK]).first() if SESSION_LINK in session else None


def request_for_staff(user: Any, pk: Any) -> CallbackRequest:
    """The request for a member of staff who may see requests, of a place they work for; anyone else gets 404."""
    return request_with(user, pk, "intake.view_callbackrequest")


def request_with(user: Any, pk: Any, permission: str) -> CallbackRequest:
    """The request for whoever holds this permission, of a place they work for; anyone else gets 404."""
    if not user.has_perm(permission):
        raise Http404
    requests = CallbackRequest.objects.for_staff(user).select_related("contact", "location", "assignment__to")
    found = requests.filter(pk=pk).first() if str(pk).isdecimal() else None
    if found is None:
        raise Http404
    return found


def claim_of_link(link: PrivateLink, claim_id: int) -> SeatClaim:
    """A confirmed seat of the person whose page this is, on a day that stands; any other is a 404."""
    mine = SeatClaim.objects.placements().filter(request=link.request_id, pk=claim_id)
    found = None if mine.on_no_day().exists() else mine.with_their_start().first()
    if found is None:
        raise Http404
    return found
