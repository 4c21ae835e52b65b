"""Printing one request, and the limits on sharing that were agreed. Each with a permission of its own (R-P4, R-P15)."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from intake import on_paper
from intake.access import request_with
from intake.admin.buttons import press, see_other
from intake.admin.record_pdf import limit_words, request_as_pdf
from intake.models import CallbackRequest, RecordPrint, Restriction
from intake.states import Status
from privacy import audit
from privacy.admin import ReadOnlyAdmin
from privacy.part2 import NO_RELEASE

MAY_PRINT = "intake.add_recordprint"
MAY_LIMIT = "intake.add_restriction"


class PrintForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why",
        choices=RecordPrint.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why. Without a reason nothing is printed."},
    )
    words = forms.CharField(
        label="In your words",
        max_length=500,
        help_text="Who asked, and how. It is sealed, and kept beside the copy.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why in words. Without a reason nothing is printed."},
    )


class RestrictionForm(forms.Form):
    kind = forms.ChoiceField(
        label="What was agreed",
        choices=Restriction.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what was agreed."},
    )
    words = forms.CharField(
        label="In words (optional for the first two)",
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") in {Restriction.Kind.SOMEBODY, Restriction.Kind.OTHER} and not given.get("words"):
            self.add_error("words", "Write down who or what it is about.")
        return given


def words_shown(limits: list[Restriction]) -> list[str]:
    """The name under which words of theirs about a limit are written down, where a page shows any (R-H5)."""
    return ["restriction_words"] if any(limit.words for limit in limits) else []


@require_http_methods(["GET", "HEAD", "POST"])
def print_record(request: HttpRequest, pk: int) -> HttpResponse:
    """Why, and then the file. Without permission or reason there is no file, and the try is written down (R-P4)."""
    now = timezone.now()
    if not request.user.has_perm(MAY_PRINT):
        _refused(request, CallbackRequest.objects.filter(pk=pk).first(), now, ["permission"])
        raise PermissionDenied
    callback = request_with(request.user, pk, MAY_PRINT)
    form = _asked_why(request, callback)
    if request.method == "POST" and form.is_valid():
        return _file(request, callback, form, now)
    if request.method == "POST":
        _refused(request, callback, now, form.errors)
    limits = list(callback.restrictions.active())
    audit.record("request.print_opened", by=request.user, subject=callback, now=now, fields=words_shown(limits))
    page = _page(request, "print", callback, form=form, no_release=NO_RELEASE)
    page.status_code = 403 if request.method == "POST" else 200
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def restrictions(request: HttpRequest, pk: int) -> HttpResponse:
    """What was agreed not to share, over or not; and a form for one more."""
    callback = request_with(request.user, pk, MAY_LIMIT)
    form = RestrictionForm(request.POST) if request.method == "POST" else RestrictionForm()
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        if press(request, on_paper.restrict, given["kind"], given["words"], request_id=callback.pk):
            messages.success(request, "Agreed and written down. It stands on the card and on every copy.")
        return see_other("admin:intake_callbackrequest_restrictions", callback.pk)
    limits = list(callback.restrictions.select_related("set_by", "ended_by"))
    shown = words_shown(limits)
    audit.record("restriction.opened", by=request.user, subject=callback, now=timezone.now(), fields=shown)
    is_erased = callback.status == Status.ERASED
    return _page(request, "restrictions", callback, form=None if is_erased else form, limits=limits)


@require_POST
def end_restriction(request: HttpRequest, pk: int, restriction_id: int) -> HttpResponse:
    """It does not bind any more. Pressed twice, it is over all the same."""
    callback = request_with(request.user, pk, MAY_LIMIT)
    who = {"request_id": callback.pk, "by": request.user, "now": timezone.now()}
    if on_paper.end_restriction(restriction_id=restriction_id, **who):
        messages.success(request, "It is over. That it was agreed stays written down.")
    return see_other("admin:intake_callbackrequest_restrictions", callback.pk)


class RecordPrintAdmin(ReadOnlyAdmin):
    """Which records went to paper, for whoever answers for privacy (R-P14)."""

    list_title = "On paper"
    list_display = ["reference", "reason", "made_by", "made_at", "notice_version"]
    list_filter = ["reason", "made_at"]
    fields = readonly_fields = ["reference", "reason", "words", "made_by", "made_at", "notice_version"]
    list_select_related = ["request", "made_by"]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody's words are on it, so opening one is written down (R-H5)."""
        printed = self.get_object(request, object_id)
        if self.has_view_permission(request, printed):
            audit.record("print.opened", by=request.user, subject=printed, now=timezone.now(), fields=["words"])
        return super().change_view(request, object_id, *args, **kwargs)

    @admin.display(description="reference")
    def reference(self, printed: RecordPrint) -> str:
        return printed.request.reference

    def get_queryset(self, request: HttpRequest):
        theirs = CallbackRequest.objects.for_staff(request.user).values("pk")
        prints = super().get_queryset(request).filter(request__in=theirs)
        return prints.select_related("request", "made_by").defer("request__name", "request__note")


def _asked_why(request: HttpRequest, callback: CallbackRequest) -> PrintForm:
    """Of somebody who is erased no words are kept, so none are asked for."""
    form = PrintForm(request.POST or None) if request.method == "POST" else PrintForm()
    if callback.status == Status.ERASED:
        del form.fields["words"]
    return form


def _file(request: HttpRequest, callback: CallbackRequest, form: PrintForm, now: datetime) -> HttpResponse:
    given = form.cleaned_data
    who = {"request_id": callback.pk, "by": request.user, "now": now}
    with transaction.atomic():  # a file that cannot be made was not printed
        printed = on_paper.print_record(given["reason"], given.get("words", ""), **who)
        file = request_as_pdf(callback, printed, now)
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="record.pdf"'  # says nothing of what it is (R-P2)
    return response


def _refused(request: HttpRequest, callback: CallbackRequest | None, now: datetime, why: Any) -> None:
    audit.record("request.print_refused", by=request.user, subject=callback, now=now, fields=why)


def _page(request: HttpRequest, name: str, callback: CallbackRequest, **context: Any) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": callback.reference,
        "callback": callback,
        "banners": [limit_words(limit) for limit in callback.restrictions.active()],
        "may_see": request.user.has_perm("intake.view_callbackrequest"),
        **context,
    }
    return TemplateResponse(request, f"admin/intake/callbackrequest/{name}.html", context)
