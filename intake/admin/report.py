"""The manager's two pages and the file: figures only, for whoever may read them, and every look is written down."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from intake.clock import span_words
from intake.report import drawing
from intake.report.coverage import HOURS, Coverage, Hour
from intake.report.drawing import hour_words
from intake.report.figures import EARLY, FIGURES, Line, Report, months_until, report_of
from intake.report.file import as_csv
from intake.report.reading import drawn_lot, place_names, read_askings, read_coverage
from privacy import audit
from scheduling.models import Weekday

PERMISSION = "intake.report_callbackrequest"
CUTS = ("place", "option", "month")
ANY_TOWN = "any"  # in an address the empty slug would mean "no filter"
MOST_HOURS = 10


def for_managers(view: Callable[..., HttpResponse]) -> Any:
    """GET only, behind the desk's sign-in, and with the one permission."""

    @require_safe
    @wraps(view)
    def allowed(request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        return view(request, timezone.now())

    return admin.site.admin_view(allowed)


@for_managers
def report(request: HttpRequest, now: datetime) -> HttpResponse:
    """All of them, or one place, one option or one month. Never two at once: see docs/decisions/0017."""
    found, chosen = _report(now), {cut: request.GET[cut] for cut in CUTS if request.GET.get(cut)}
    line = _chosen(found, chosen)
    audit.record("report.viewed", by=request.user, now=now, fields=chosen)
    return _page(
        request,
        "report.html",
        "Report",
        report=found,
        is_empty=all(month.asked.count == 0 or month.asked.why == EARLY for month in found.months),
        line=line,
        chosen=chosen if len(chosen) == 1 else {},
        is_too_much=len(chosen) > 1,
        cuts=_cuts(found, chosen),
        waits=_waits(line),
        tables=_tables(found),
        drawings=_drawings(found, line),
        rows=[(figure, line.cells[figure.name]) for figure in FIGURES],
    )


@for_managers
def coverage(request: HttpRequest, now: datetime) -> HttpResponse:
    """When people can be called against when somebody is on, for all places or for one."""
    found = read_coverage(_first_day(now), now)
    wanted = request.GET.get("place", "")
    there = next((one for one in found if one.key == wanted), None)
    if there is None:
        raise Http404
    audit.record("coverage.viewed", by=request.user, now=now, fields=["place"] if wanted else [])
    return _page(
        request,
        "coverage.html",
        "Coverage",
        there=there,
        places=found,
        picture=drawing.week_picture(there),
        places_in_all=there.places,
        weekdays=Weekday.labels,
        hours=_by_hour(there),
        best=[(_slot_words(hour), hour) for hour in there.best[:MOST_HOURS]],
    )


@for_managers
def figures_file(request: HttpRequest, now: datetime) -> HttpResponse:
    """Everything that the report can show, in one file; taking it is written down."""
    audit.record("report.taken", by=request.user, now=now)
    response = HttpResponse(as_csv(_report(now)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="figures.csv"'
    return response


urlpatterns = [
    path("", report, name="staff-report"),
    path("coverage/", coverage, name="staff-coverage"),
    path("figures.csv", figures_file, name="staff-figures"),
]


# --- parts of the pages ------------------------------------------------------------------------------------------


def _report(now: datetime) -> Report:
    return report_of(read_askings(_first_day(now), now), place_names(), timezone.localdate(now), drawn_lot)


def _first_day(now: datetime) -> date:
    return months_until(timezone.localdate(now))[0].first


def _chosen(found: Report, chosen: dict[str, str]) -> Line:
    """The line of the one cut that was chosen; 404 for anything that is no line of ours."""
    lines = [_find(found, cut, key) for cut, key in chosen.items()]
    return lines[0] if len(lines) == 1 else found.whole


def _find(found: Report, cut: str, key: str) -> Line:
    line = next((line for line in _lines(found, cut) if _key(line) == key), None)
    if line is None:
        raise Http404
    return line


def _lines(found: Report, cut: str) -> list[Line]:
    return {"place": found.places, "option": found.options, "month": found.months}[cut]


def _key(line: Line) -> str:
    return line.key or ANY_TOWN


def _cuts(found: Report, chosen: dict[str, str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """For each of the three: its name, and key, words and whether it is chosen, of each line."""
    return [
        (cut, [(_key(line), line.words, chosen.get(cut) == _key(line)) for line in _lines(found, cut)]) for cut in CUTS
    ]


def _tables(found: Report) -> list[dict[str, Any]]:
    """Figures down, lines across: a table for each cut."""
    words = {"month": "By month", "place": "By place", "option": "By what would help"}
    return [
        {
            "cut": cut,
            "words": words[cut],
            "lines": [(_key(line), line) for line in _lines(found, cut)],
            "rows": [(figure.words, [line.cells[figure.name] for line in _lines(found, cut)]) for figure in FIGURES],
        }
        for cut in words
    ]


def _drawings(found: Report, line: Line) -> dict[str, Any]:
    return {
        "first_call": drawing.first_call_bar(line),
        "way_back": drawing.way_back_bars(line),
        "months": drawing.month_columns(found.months),
        "month_key": drawing.key_of(found.months),
        "place": _compared(found.places),
        "option": _compared(found.options),
    }


def _compared(lines: list[Line]) -> list[tuple[str, drawing.Drawing]]:
    """The two figures of each line that are drawn: what is done soonest, and what it is for."""
    kinds = {"within_hour": "door", "back_15": "lit"}
    words = {figure.name: figure.words for figure in FIGURES}
    return [(words[name], drawing.comparison_bars(lines, name, kind)) for name, kind in kinds.items()]


def _by_hour(there: Coverage) -> list[tuple[str, list[Hour]]]:
    return [(hour_words(hour), [one for one in there.hours if one.hour == hour]) for hour in HOURS]


def _slot_words(hour: Hour) -> str:
    return f"{Weekday(hour.weekday).label}, {hour_words(hour.hour)}"


def _waits(line: Line) -> list[str]:
    """Half and nine in ten, in open time and then by the calendar; nothing when they may not be told."""
    minutes = [] if line.waits is None else [line.waits.median, line.waits.most]
    minutes += [] if line.waits is None else [line.waits.median_by_calendar, line.waits.most_by_calendar]
    return [span_words(timedelta(minutes=one)) for one in minutes]


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/intake/report/{template}", whole)
