"""A signed note on paper for somebody outside: notice of Part 2 first, consent last, each page marked (R-P10)."""

from collections.abc import Iterator
from typing import Any

from reportlab.platypus import KeepTogether, PageBreak

from clinical.models import Disclosure, DisclosureConsent, NoteAddendum, NoteSignature, ReassessmentNote
from clinical.reading import Told, day_in_words, told
from privacy.paper import LABEL, NOTICE, SAID, as_pdf, heading, moment, pair, text, title
from privacy.part2 import LONG_NOTICE


def record_as_pdf(note: ReassessmentNote, disclosed: Disclosure) -> bytes:
    """The file: notice, note, signatures, addenda, and the consent with its number and its scope."""
    parts = [*_first(disclosed), *_note(note), PageBreak(), *_consent(disclosed.consent)]
    return as_pdf(parts, foot=f"Consent {disclosed.consent_id}. Disclosure {disclosed.pk}.")


def _first(disclosed: Disclosure) -> Iterator[Any]:
    yield title("Record")
    yield text(LONG_NOTICE, NOTICE)
    yield from pair("For", disclosed.recipient)
    yield from pair("Purpose", disclosed.get_purpose_display())
    yield from pair("Disclosed", moment(disclosed.made_at))
    yield from pair(
        "Under", f"Consent {disclosed.consent_id}, written out on the last page. Disclosure {disclosed.pk}."
    )


def _note(note: ReassessmentNote) -> Iterator[Any]:
    yield title("Reassessment")
    yield from pair("Reference", note.request.reference)
    if note.is_late:
        yield text("Late entry: signed more than 48 hours after the conversation.", LABEL)
    for section in told(note):
        yield from _section(section)
    yield heading("Signed")
    for signature in note.signatures.all():
        yield text(f"{_signer(signature)}. {signature.get_meaning_display()}.")
    yield text(f"SHA-256 {note.content_sha256}")
    for addendum in note.addenda.all():
        yield from _addendum(addendum)


def _section(section: Told) -> Iterator[Any]:
    pairs = [part for label, words in section.answers for part in pair(label, words)]
    if section.said:
        pairs += [text("In their words", LABEL), text(f"“{section.said}”", SAID)]
    yield KeepTogether([heading(section.title), *pairs[:2]])
    yield from pairs[2:]


def _addendum(addendum: NoteAddendum) -> Iterator[Any]:
    yield heading(f"Addendum {addendum.number}")
    yield text(f"{addendum.get_kind_display()}. {_signer(addendum)}.")
    yield text(addendum.text)
    yield from pair("Why", addendum.reason)


def _consent(consent: DisclosureConsent) -> Iterator[Any]:
    """Its ten elements, so that whoever gets the record knows the scope (2.32(b))."""
    yield title(f"Consent {consent.pk}")
    ends = [day_in_words(consent.expires_on)] if consent.expires_on else []
    values = {
        "expires_on": " or ".join(filter(None, [*ends, consent.ends_when])),
        "signed_on": day_in_words(consent.signed_on),
    }
    values["purpose"] = consent.get_purpose_display()
    names = ["patient_name", "discloser", "what", "recipient", "purpose", "right_to_revoke", "expires_on"]
    for name in [*names, "signature", "signed_on", "risks"]:
        label = str(DisclosureConsent._meta.get_field(name).verbose_name)
        yield from pair(label, values.get(name) or str(getattr(consent, name)))
    yield from pair("Version of the wording", consent.wording_version)


def _signer(signed: NoteSignature | NoteAddendum) -> str:
    return f"{signed.printed_name}, {signed.credential}, {moment(signed.at)} ({signed.in_utc})"
