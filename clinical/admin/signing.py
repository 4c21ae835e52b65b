"""Signing, co-signing, adding: each on a page of its own that shows the note and asks who is there (R-L4)."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from clinical import actions, canonical, completeness
from clinical.access import cosigning_for, draft_for, note_for, note_to_act_on
from clinical.admin.draft import CHECK, NOT_BOOKED
from clinical.admin.pages import page, see
from clinical.admin.reading import context_of
from clinical.errors import ChangedMeanwhile, Incomplete, NoLongerBooked, NotADraft
from clinical.forms import AddendumForm, CosignForm, SignForm
from clinical.models import ReassessmentNote
from clinical.signers import SignerFields, must_show_key
from privacy import audit

_FORMS = ["GET", "HEAD", "POST"]
_REFUSALS = {  # what it says, and which page it leads to
    NotADraft: ("This is signed already. What you want to add goes into an addendum.", "change", ""),
    Incomplete: ("Not signed yet: something is missing.", "change", f"?{CHECK}#missing"),
    NoLongerBooked: (f"Not signed. {NOT_BOOKED} Ask intake.", "change", ""),
    ChangedMeanwhile: ("Not signed: the note has changed since you opened this page. Read it again.", "sign", ""),
}


@require_http_methods(_FORMS)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Ready to sign, or back to the draft with what is missing beside each field."""
    now = timezone.now()
    if note_for(request.user, pk, now).signed_at:
        return _refused(request, pk, NotADraft)
    draft = draft_for(request.user, pk, now)
    if completeness.missing(draft, now):
        return _refused(request, pk, Incomplete)
    return _ask(request, draft, SignForm, "Sign", _sign, now)


@require_http_methods(_FORMS)
def cosign(request: HttpRequest, pk: int) -> HttpResponse:
    """For the supervisor whom the author named, once."""
    now = timezone.now()
    return _ask(request, cosigning_for(request.user, pk, now), CosignForm, "Co-sign", _cosign, now)


@require_http_methods(_FORMS)
def addendum(request: HttpRequest, pk: int) -> HttpResponse:
    """The note stays as it is; what is added stands under it, with its reason."""
    now = timezone.now()
    return _ask(request, note_to_act_on(request.user, pk, now), AddendumForm, "Add to the note", _add, now)


Act = Callable[[HttpRequest, ReassessmentNote, SignerFields, datetime], None]


def _ask(
    request: HttpRequest, note: ReassessmentNote, form_class: type[SignerFields], words: str, act: Act, now: datetime
) -> HttpResponse:
    """The page with the note and the form; with a form that holds, what it is for, and on to the note."""
    key_first = must_show_key(request)
    key_page = f"{reverse('mfa_reauthenticate_webauthn')}?{urlencode({'next': request.path})}"
    if key_first and request.method != "POST":
        return redirect(key_page)
    seen = {"seen": canonical.note_sha256(note)}
    form = form_class(request.POST or None, user=request.user, key_first=key_first, initial=seen)
    if request.method == "POST" and form.is_valid():
        try:
            act(request, note, form, now)
        except tuple(_REFUSALS) as refused:
            return _refused(request, note.pk, type(refused))
        return see("change", note.pk)
    if form.errors:
        audit.record("note.signature_refused", by=request.user, subject=note, now=now, fields=form.errors)
    shown = "note.read" if note.signed_at else "note.draft_opened"
    audit.record(shown, by=request.user, subject=note, now=now)
    return page(request, "sign", note.request.reference, **context_of(note), form=form, words=words, key_page=key_page)


def _sign(request: HttpRequest, note: ReassessmentNote, form: SignerFields, now: datetime) -> None:
    given = {name: form.cleaned_data[name] for name in ("cosigner", "seen")}
    actions.sign(form.signer(), note_id=note.pk, by=request.user, now=now, **given)
    messages.success(request, "Signed. Intake sees the level, the restart and the next step.")


def _cosign(request: HttpRequest, note: ReassessmentNote, form: SignerFields, now: datetime) -> None:
    actions.cosign(form.signer(), note_id=note.pk, by=request.user, now=now)
    messages.success(request, "Co-signed.")


def _add(request: HttpRequest, note: ReassessmentNote, form: SignerFields, now: datetime) -> None:
    given = form.cleaned_data
    who = {"note_id": note.pk, "by": request.user, "now": now}
    actions.add_addendum(given["kind"], given["text"], given["reason"], form.signer(), **who)
    messages.success(request, "Added. The note itself stays as it was signed.")


def _refused(request: HttpRequest, pk: int, why: type[Exception]) -> HttpResponse:
    """Back to where it can be mended, with words."""
    words, name, then = _REFUSALS[why]
    messages.warning(request, words)
    return see(name, pk, then=then)
