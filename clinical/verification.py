"""Hashing everything that is signed once more (R-H6). What changed is named by its number, never by what it says."""

from collections import Counter
from collections.abc import Callable, Iterator

from clinical import canonical
from clinical.choices import Meaning
from clinical.models import NoteAddendum, NoteSignature, ReassessmentNote, Resealing
from privacy.encryption import CannotOpen
from privacy.models import AuditEvent

BATCH = 100  # notes between two words on progress


def changes(tell: Callable[[int], None] = lambda done: None) -> Iterator[str]:
    """Every row that is not as it was signed, such as "Reassessment 7: the note changed". `tell` gets the number of
    notes done so far, after each batch. Reads one note at a time, so it can be stopped anywhere."""
    if Resealing.objects.exists():
        yield "The mark of a change of keys is still there: sealed text can be overwritten"
    yield from _gone()
    keys = list(ReassessmentNote.objects.order_by("pk").values_list("pk", flat=True))
    for done, pk in enumerate(keys, start=1):
        yield from (f"Reassessment {pk}: {what}" for what in _changes_of(pk))
        if done % BATCH == 0 or done == len(keys):
            tell(done)


def how_many() -> int:
    return ReassessmentNote.objects.count()


def _changes_of(pk: int) -> Iterator[str]:
    try:
        note = ReassessmentNote.objects.get(pk=pk)
        signatures, addenda = list(note.signatures.all()), list(note.addenda.all())
    except CannotOpen:
        yield "no key opens it"
        return
    if note.signed_at is None:
        yield from (["a draft with signatures"] if signatures or addenda else [])
        return
    if canonical.note_sha256(note) != note.content_sha256:
        yield "the note changed"
    yield from _signature_changes(note, signatures)
    yield from _addendum_changes(note, addenda)


def _signature_changes(note: ReassessmentNote, signatures: list[NoteSignature]) -> Iterator[str]:
    if not any(one.meaning == Meaning.AUTHOR for one in signatures):
        yield "its signature is gone"
    for one in signatures:
        if one.note_sha256 != note.content_sha256 or canonical.signature_sha256(one) != one.own_sha256:
            yield f"signature {one.pk} changed"


def _addendum_changes(note: ReassessmentNote, addenda: list[NoteAddendum]) -> Iterator[str]:
    """A chain: each link holds the hash of the one before it, the first that of the note."""
    before = note.content_sha256
    for number, one in enumerate(addenda, start=1):
        whole = canonical.addendum_sha256(one) == one.own_sha256
        if not whole or one.number != number or one.previous_sha256 != before:
            yield f"addendum {one.number} changed"
        before = one.own_sha256


def _gone() -> Iterator[str]:
    """What the log says was signed or added, and is not there: a hash cannot miss a row that is gone altogether. And
    what is there and never was signed by anybody, as far as the log knows."""
    signed = _logged("note.signed")
    there = set(ReassessmentNote.objects.signed().values_list("pk", flat=True))
    yield from (f"Reassessment {pk}: it is gone" for pk in sorted(signed.keys() - there))
    yield from (f"Reassessment {pk}: the log does not say that it was signed" for pk in sorted(there - signed.keys()))
    cosigned = set(NoteSignature.objects.filter(meaning=Meaning.COSIGNER).order_by().values_list("note_id", flat=True))
    without = sorted(_logged("note.cosigned").keys() - cosigned)
    yield from (f"Reassessment {pk}: its co-signature is gone" for pk in without)
    added = Counter(NoteAddendum.objects.order_by().values_list("note_id", flat=True))
    for pk, number in sorted(_logged("note.added_to").items()):
        if added[pk] < number:
            yield f"Reassessment {pk}: {number - added[pk]} of its addenda gone"


def _logged(action: str) -> Counter[int]:
    events = AuditEvent.objects.filter(action=action, subject_type=ReassessmentNote._meta.label_lower).order_by()
    return Counter(int(key) for key in events.values_list("subject_key", flat=True))
