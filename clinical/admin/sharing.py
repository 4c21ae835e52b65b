"""Consents to disclose, taking them back, and the PDF for somebody outside (R-P4, R-P6, R-P10)."""

from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clinical import disclosing
from clinical.access import consent_for, note_to_act_on
from clinical.admin.pages import page, see
from clinical.errors import NoConsent
from clinical.forms import ConsentForm, RevokeForm, ShareForm
from clinical.models import DisclosureConsent, ReassessmentNote
from clinical.part2 import CONSENT_WORDING_VERSION, RIGHT_TO_REVOKE, RISKS
from clinical.pdf import record_as_pdf
from privacy import audit

_FORMS = ["GET", "HEAD", "POST"]


@require_http_methods(_FORMS)
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose a consent in force and say why now; then the file, and one row in the log of disclosures."""
    now = timezone.now()
    note = note_to_act_on(request.user, pk, now)
    consents = DisclosureConsent.objects.in_force(timezone.localdate(now)).filter(request=note.request_id)
    form = ShareForm(request.POST or None, consents=consents)
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, note, form, now)
        except NoConsent:
            form.add_error("consent", "This consent was taken back or is over. Nothing was shared.")
    if form.errors:
        audit.record("note.disclosure_refused", by=request.user, subject=note, now=now, fields=form.errors)
    return page(request, "share", note.request.reference, note=note, form=form, consents=consents)


@require_http_methods(_FORMS)
def consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the person signed. The wording of the day stands on the page to be read out."""
    now = timezone.now()
    note = note_to_act_on(request.user, pk, now)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        disclosing.give_consent(form.cleaned_data, request_id=note.request_id, by=request.user, now=now)
        messages.success(request, "The consent is recorded. It can be taken back at any time.")
        return see("share", note.pk)
    words = {"right_to_revoke": RIGHT_TO_REVOKE, "risks": RISKS, "version": CONSENT_WORDING_VERSION}
    return page(request, "consent", note.request.reference, note=note, form=form, **words)


@require_http_methods(_FORMS)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on nothing more goes out under it."""
    now = timezone.now()
    given = consent_for(request.user, pk, now)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        disclosing.revoke_consent(form.cleaned_data["way"], consent_id=given.pk, by=request.user, now=now)
        messages.success(request, "Taken back. Nothing more goes out under it.")
        return see("changelist")
    return page(request, "revoke", given.request.reference, consent=given, form=form)


def _file(request: HttpRequest, note: ReassessmentNote, form: ShareForm, now: datetime) -> HttpResponse:
    given = form.cleaned_data
    who = {"note_id": note.pk, "consent_id": given["consent"].pk, "by": request.user, "now": now}
    with transaction.atomic():  # a file that cannot be made went to nobody
        file = record_as_pdf(note, disclosing.disclose(given["reason"], **who))
    response = HttpResponse(file, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="record.pdf"'  # says nothing of what it is (R-P2)
    return response
