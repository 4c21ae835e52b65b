"""Looking at a person's notes in an emergency: a reason, a few hours, and everybody concerned can see it (R-H2)."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinical import actions
from clinical.access import refuse_if_not_clinician, request_with_notes
from clinical.admin.pages import page, see
from clinical.errors import NoReason, TooManyLooks
from clinical.forms import EmergencyForm
from clinical.models import EmergencyLook, ReassessmentNote
from privacy import audit


@require_http_methods(["GET", "HEAD", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """The form, and which notes are open to this clinician right now because of it."""
    now = timezone.now()
    refuse_if_not_clinician(request.user, now)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _look(request, form, now)
    return _form(request, form, now)


def _look(request: HttpRequest, form: EmergencyForm, now: datetime) -> HttpResponse:
    found = request_with_notes(form.cleaned_data["reference"])
    if found is None:
        form.add_error("reference", "There is no signed note under this reference.")
        return _refuse(request, form, now)
    try:
        actions.look_in_emergency(form.cleaned_data["reason"], request_id=found.pk, by=request.user, now=now)
    except NoReason:
        form.add_error("reason", "Say in words why it cannot wait.")
        return _refuse(request, form, now)
    except TooManyLooks:
        form.add_error("reference", "You have looked three times in thirty days. Ask one of their clinicians.")
        return _refuse(request, form, now)
    messages.success(request, "Open for a few hours. It is written down, and their clinicians see it.")
    return see("emergency")


def _refuse(request: HttpRequest, form: EmergencyForm, now: datetime) -> HttpResponse:
    audit.record("note.refused", by=request.user, now=now, fields=form.errors)
    return _form(request, form, now)


def _form(request: HttpRequest, form: EmergencyForm, now: datetime) -> HttpResponse:
    return page(request, "emergency", "Look in an emergency", form=form, open_now=_open_now(request, now))


def _open_now(request: HttpRequest, now: datetime) -> list[tuple[EmergencyLook, list[ReassessmentNote]]]:
    looks = EmergencyLook.objects.open_to(request.user.pk, now).select_related("request")
    notes = ReassessmentNote.objects.signed().filter(request__emergency_looks__in=looks).distinct()
    notes = list(notes.defer(*ReassessmentNote.SEALED))
    return [(look, [one for one in notes if one.request_id == look.request_id]) for look in looks]
