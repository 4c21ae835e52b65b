"""What this app keeps for how long: the number a text came from for a month, only to answer it once a day (R-H9)."""

from collections.abc import Iterable
from datetime import datetime

from followups.models import InboundText
from privacy import retention


def numbers_over(now: datetime) -> Iterable[int]:
    return InboundText.objects.with_an_old_number(now).values_list("pk", flat=True)


def forget_number(text_id: int, now: datetime) -> None:
    InboundText.objects.with_an_old_number(now).filter(pk=text_id).update(phone_hash="")


RULES = [retention.Rule("numbers of texts forgotten", numbers_over, forget_number)]
