"""What this app keeps for how long: links a month after they stop working, ended requests half a year (R-H9)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from intake import actions
from intake.models import CallbackRequest, PrivateLink
from privacy import audit, retention


def links_over(now: datetime) -> Iterable[int]:
    return PrivateLink.objects.filter(expires_at__lte=now - retention.LINKS_KEPT).values_list("pk", flat=True)


def delete_link(link_id: int, now: datetime) -> None:
    PrivateLink.objects.filter(pk=link_id, expires_at__lte=now - retention.LINKS_KEPT).delete()


def requests_over(now: datetime) -> Iterable[int]:
    over = CallbackRequest.objects.ended_before(now - retention.REQUESTS_KEPT)
    return over.values_list("pk", flat=True)


def erase_request(request_id: int, now: datetime) -> None:
    """Erase it unless its person came back to it meanwhile."""
    with transaction.atomic():
        if CallbackRequest.objects.select_for_update().filter(pk__in=requests_over(now), pk=request_id).first():
            actions.erase(request_id=request_id, by=audit.CLOCK, now=now)


RULES = [
    retention.Rule("private links deleted", links_over, delete_link),
    retention.Rule("requests erased", requests_over, erase_request),
]
