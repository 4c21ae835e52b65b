"""A draft as a conversation: saved with every button, whatever is missing; and the door to a signed note."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from clinical import actions, completeness
from clinical.access import booking_for, draft_for, may_read, note_for
from clinical.admin.pages import address, page, see
from clinical.admin.reading import signed_page
from clinical.errors import NoLongerBooked, NotADraft, NotTheirs, SavedMeanwhile
from clinical.forms import DraftForm
from clinical.interview import SECTION_KEYS, section_after
from clinical.models import ReassessmentNote
from intake.models import CallbackRequest
from privacy import audit, unsaved
from privacy.unsaved import keeps_unsaved

MOST_EARLIER = 10
CHECK = "check"  # ?check shows what is missing beside its field
NEWER = (
    "Not saved: this note was saved on another page meanwhile. What you typed is below, and saved over the newer text "
    "once you press a button again."
)
NOT_BOOKED = "This booking no longer stands: the hour was given back or moved, or the request is erased."


@require_POST
def open_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the note of a booking, or go on with it."""
    now = timezone.now()
    booking = booking_for(request.user, pk, now)
    try:
        note = actions.open_note(claim_id=booking.pk, by=request.user, now=now)
    except NotTheirs:
        messages.warning(request, "Somebody else has begun this note. It is theirs to finish.")
        return see("changelist")
    except NoLongerBooked:
        messages.warning(request, NOT_BOOKED)
        return see("changelist")
    return see("change", note.pk)


@keeps_unsaved
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft to its author, the signed note to its readers."""
    now = timezone.now()
    found = note_for(request.user, pk, now)
    if found.signed_at:
        return signed_page(request, found, now)
    draft = draft_for(request.user, pk, now)
    return _save(request, draft, now) if request.method == "POST" else _show(request, draft, now)


def _show(request: HttpRequest, draft: ReassessmentNote, now: datetime) -> HttpResponse:
    with transaction.atomic():
        audit.record("note.draft_opened", by=request.user, subject=draft, now=now)
        form = DraftForm(unsaved.waiting(request), instance=draft)
        if form.is_bound:
            messages.warning(request, "You were signed out. What you had typed is here: press a button to save it.")
        elif CHECK in request.GET:
            form.say_what_is_missing(_missing(draft, now))
        return _page(request, draft, form, now, seen=form.data.get("seen", ""))


def _save(request: HttpRequest, draft: ReassessmentNote, now: datetime) -> HttpResponse:
    """Everything that can be read is kept, also when one field cannot: nobody types a conversation twice."""
    form = DraftForm(request.POST, instance=draft)
    is_whole = form.is_valid()
    who = {"note_id": draft.pk, "by": request.user, "now": now, "seen": request.POST.get("seen", "")}
    try:
        saved = actions.save_draft(form.cleaned_data, form.ratings(), **who)
    except NotADraft:
        messages.warning(request, "This note was signed meanwhile, and stays as it was signed.")
        return see("change", draft.pk)
    except SavedMeanwhile:
        messages.warning(request, NEWER)
        return _page(request, draft, form, now)
    unsaved.drop(request)
    if not is_whole:
        return _page(request, saved, form, now)
    return _go_on(request, saved, now)


def _go_on(request: HttpRequest, saved: ReassessmentNote, now: datetime) -> HttpResponse:
    go = request.POST.get("go", "")
    if go == "sign":
        return see("sign", saved.pk) if not _missing(saved, now) else see("change", saved.pk, then=f"?{CHECK}#missing")
    messages.success(request, "Saved. You can go away and come back to it.")
    same = go == "level" and bool(saved.asam_edition) and not saved.rated  # its dimensions have only just appeared
    return see("change", saved.pk, then=f"#section-{go if same else section_after(go)}" if go in SECTION_KEYS else "")


def _missing(draft: ReassessmentNote, now: datetime) -> list[completeness.Missing]:
    return completeness.missing(draft, now)


def _page(
    request: HttpRequest, draft: ReassessmentNote, form: DraftForm, now: datetime, seen: str = ""
) -> HttpResponse:
    """`seen` is the `saved_at` that what stands in the form was typed over: the latest, unless it was kept."""
    missing = _missing(draft, now)
    earlier = _earlier(request.user, draft, now)
    return page(
        request,
        "draft",
        draft.request.reference,
        note=draft,
        form=form,
        sections=form.sections(),
        missing=[(one.words, form[one.field]) for one in missing if one.field in form.fields],
        thoughts=completeness.to_think_about(draft, _billed(draft)),
        known=_known(draft.request),
        earlier=earlier,
        save_to=address("change", draft.pk),
        seen=seen or draft.saved_at.isoformat(),
        whose=unsaved.mark(request.user, address("change", draft.pk)),
    )


def _known(callback: CallbackRequest) -> dict[str, Any]:
    """What the person told us before, so that nobody asks again."""
    return {"name": callback.name, "words": callback.note, "since": callback.received_at}


def _people(draft: ReassessmentNote) -> list[int]:
    """This request, and others that left the same number: perhaps the same person, never merged."""
    others = CallbackRequest.objects.same_contact(draft.request.contact).values_list("pk", flat=True)
    return [draft.request_id, *others]


def _earlier(user: Any, draft: ReassessmentNote, now: datetime) -> list[ReassessmentNote]:
    """Signed notes that may be about the same person, and that this clinician may read. Newest first."""
    notes = ReassessmentNote.objects.signed().filter(request__in=_people(draft)).order_by("-encounter_on", "-id")
    notes = notes.select_related("request__location").defer(*ReassessmentNote.SEALED)
    return [one for one in notes[:MOST_EARLIER] if may_read(user, one, now)]


def _billed(draft: ReassessmentNote) -> int:
    """How many signed assessments were billed for them in that calendar year, besides this one."""
    if draft.encounter_on is None:
        return 0
    billed = ReassessmentNote.objects.billed_in(draft.encounter_on.year).exclude(pk=draft.pk)
    return billed.filter(request__in=_people(draft)).count()
