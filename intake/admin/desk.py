"""The desk: whom to call now, who needs a decision, who waits for a window, who rests (R-O1, R-H8)."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from intake.admin.rows import Row, row_of
from intake.clock import time_words, when_words
from intake.models import CallbackRequest, FamilyMessage
from intake.queries import CallbackRequestQuerySet
from scheduling.calendar import Weeks
from scheduling.hours import StaffedWeek

MOST_ROWS = 50
# A list says who, never how to reach them: what is not shown is not even unsealed.
_NOT_IN_LISTS = ("note", "answers_hash", "contact__phone", "contact__email", "contact__avoid_times")


@dataclass(frozen=True)
class Queue:
    """One list, cut to what a person can read. `count` is "7", or "50+" when there are more: counting them all would
    cost more than it tells."""

    key: str
    title: str
    rows: list[Row]
    count: str

    @property
    def is_cut(self) -> bool:
        return self.count.endswith("+")


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The four lists. For whoever may see requests; taking a call needs more."""
    now, weeks = timezone.now(), Weeks()
    context = {
        **admin.site.each_context(request),
        "title": _("Call now"),
        "today": _today(weeks.anywhere, now),
        "queues": [_queue(key, requests, weeks, request.user, now) for key, requests in _lists(request, now).items()],
        "from_family": _from_family(request.user),
        "may_work": request.user.has_perm("intake.work_callbackrequest"),
    }
    return TemplateResponse(request, "admin/intake/callbackrequest/desk.html", context)


@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """How many are on each list, as on the page, for the script that keeps the numbers fresh. Nobody is named."""
    lists = _lists(request, timezone.now())
    keys = {name: [part.values_list("pk", flat=True) for part in parts] for name, parts in lists.items()}
    numbers = {name: _count(len(_first(parts))) for name, parts in keys.items()}
    family = _from_family(request.user)
    return JsonResponse(numbers | ({"family": str(family["all"])} if family else {}))


def _from_family(reader: Any) -> dict[str, int]:
    """How many messages of relatives wait for us, and how many of those may mean danger; nothing for who reads none."""
    if not reader.has_perm("intake.view_familymessage"):
        return {}
    return FamilyMessage.objects.waiting().aggregate(all=Count("pk"), worried=Count("pk", filter=Q(worried=True)))


_TITLES = {"now": "Call now", "decide": "Needs a decision", "later": "Waiting for their time", "resting": "Resting"}


def _lists(request: HttpRequest, now: datetime) -> dict[str, list[CallbackRequestQuerySet]]:
    """Each list as the queries it is read by, one after the other."""
    if not request.user.has_perm("intake.view_callbackrequest"):
        raise PermissionDenied
    everyone = CallbackRequest.objects.for_staff(request.user)
    return {
        "now": [everyone.due_now(now)],
        "decide": [everyone.needs_decision(now, MOST_ROWS + 1)],
        "later": [everyone.just_over(now), everyone.upcoming(now)],
        "resting": [everyone.resting()],
    }


def _queue(key: str, parts: list[CallbackRequestQuerySet], weeks: Weeks, reader: Any, now: datetime) -> Queue:
    with_words = [_with_what_a_line_needs(part) for part in parts]
    found = _first(with_words)
    rows = [row_of(one, weeks.of(one.location), reader, now) for one in found[:MOST_ROWS]]
    return Queue(key, _TITLES[key], rows, _count(len(found)))


def _with_what_a_line_needs(requests: CallbackRequestQuerySet) -> CallbackRequestQuerySet:
    counted = requests.with_calls_of_round().with_words_about_times()
    read_along = counted.select_related("contact", "location", "claimed_by")
    return read_along.defer(*_NOT_IN_LISTS)


def _first(parts: list[CallbackRequestQuerySet]) -> list[CallbackRequest]:
    """The first rows of a list, and one more when it is longer than that."""
    return list(chain.from_iterable(part[: MOST_ROWS + 1] for part in parts))[: MOST_ROWS + 1]


def _count(found: int) -> str:
    return f"{MOST_ROWS}+" if found > MOST_ROWS else str(found)


def _today(week: StaffedWeek, now: datetime) -> dict[str, Any]:
    """The date, the time, and until when somebody is on."""
    window = next(week.windows_from(now), None)
    if window is None:
        hours = _("Nobody is on in the coming weeks.")
    elif now >= window.start:
        hours = _("Open until %(time)s.") % {"time": time_words(window.end, week.zone)}
    else:
        hours = _("Closed. Opens %(when)s.") % {"when": when_words(window.start, now, week.zone)}
    day = in_words(now.astimezone(week.zone), "l, F j")
    return {"day": day, "time": time_words(now, week.zone), "hours": hours}
