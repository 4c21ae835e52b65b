"""The local outbox: nothing leaves the machine; the admin shows what would have gone."""

from datetime import datetime

from followups.channels import Outgoing
from followups.models import LocalDelivery
from intake.states import Status


def deliver(outgoing: Outgoing, now: datetime) -> str:
    LocalDelivery.objects.create(
        message_id=outgoing.message_id,
        channel=outgoing.channel,
        to=outgoing.to,
        subject=outgoing.subject,
        body=outgoing.body,
        at=now,
    )
    return ""


def forget_the_erased() -> None:
    """Who erased their request erased this copy of their number and of our words too (R-H9)."""
    LocalDelivery.objects.filter(message__request__status=Status.ERASED).delete()
