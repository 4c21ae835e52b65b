"""How somebody may be reached and what they agreed to: the only writer of contacts and consents.

Called by `intake.actions` alone, inside its transaction and with the row locked.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from intake import wording
from intake.answers import Reach
from intake.choices import ReachBy
from intake.models import CallbackRequest, Consent, ContactPreference
from privacy import audit
from privacy.lookup import keyed_hash

# The page of a yes or no that was not said on a page.
STOPPED_BY_TEXT, STOPPED_BY_MAIL, STARTED_BY_TEXT = "text_stop", "mail_stop", "text_start"


def write_reach(contact: ContactPreference, reach: Reach) -> list[str]:
    """Copy the answers over, with their keyed hashes. Returns the names of the fields that changed."""
    wanted = {
        "reach_by": reach.reach_by,
        "phone": reach.phone,
        "phone_hash": keyed_hash("phone", reach.phone),
        "email": reach.email,
        "email_hash": keyed_hash("email", reach.email),
        "voicemail": reach.voicemail,
        "say_who": reach.say_who,
        "text_ok": reach.text_ok and bool(reach.phone),
        "times": reach.times,
        "avoid_times": reach.avoid_times,
    }
    changed = [name for name, value in wanted.items() if getattr(contact, name) != value]
    for name, value in wanted.items():
        setattr(contact, name, value)
    if reach.text_ok or not {"phone", "reach_by"}.isdisjoint(changed):
        contact.texts_stopped_at = None  # they ask for texts, or it is another number or way
    contact.save()
    return changed


def asks_for_messages(contact: ContactPreference, changed: list[str]) -> bool:
    """After a stop: the box for texts is ticked again, or an address for email is given anew (R-T3)."""
    return contact.text_ok or (contact.reach_by == ReachBy.EMAIL and not {"reach_by", "email"}.isdisjoint(changed))


def record_consents(
    request: CallbackRequest, reach: Reach, page: str, now: datetime, renewed: Collection[str] = ()
) -> None:
    """Keep the words that were agreed to. Giving an address for email is asking for email (R-H10).

    A yes is for one number or address: a new one in `renewed` is a new yes, kept with its own moment (R-T1).
    """
    email_stopped = request.contact.messages_stopped_at or _stopped_that_address(request, renewed)
    wanted = {
        Consent.Kind.TEXT: (
            reach.text_ok and bool(reach.phone),
            f"{wording.TEXT_CONSENT}. {wording.TEXT_CONSENT_TERMS}",
            wording.TEXT_CONSENT_VERSION,
        ),
        Consent.Kind.EMAIL: (
            reach.reach_by == ReachBy.EMAIL and bool(reach.email) and not email_stopped,
            str(wording.EMAIL_CONSENT),
            wording.EMAIL_CONSENT_VERSION,
        ),
    }
    for kind, (given, words, version) in wanted.items():
        last = request.consents.filter(kind=kind).last()
        anew = given and {Consent.Kind.TEXT: "phone", Consent.Kind.EMAIL: "email"}[kind] in renewed
        if anew or given != bool(last and last.given):
            Consent.objects.create(
                request=request,
                kind=kind,
                given=given,
                wording=words,
                wording_version=version,
                page=page,
                at=now,
            )


def stop_texts(request: CallbackRequest, now: datetime) -> bool:
    """No more texts to their number, by a program or by hand. False where they had said so."""
    no_kind_notes = _take_back(request, Consent.Kind.CARE, STOPPED_BY_TEXT, now)
    if request.contact.texts_stopped_at:
        return no_kind_notes
    _write_texts(request.contact, stopped_at=now, text_ok=False)
    _take_back(request, Consent.Kind.TEXT, STOPPED_BY_TEXT, now)
    return True


def stop_emails(request: CallbackRequest, now: datetime) -> bool:
    """No more automatic emails. False where there was no yes to take back."""
    no_kind_notes = _take_back(request, Consent.Kind.CARE, STOPPED_BY_MAIL, now)
    return _take_back(request, Consent.Kind.EMAIL, STOPPED_BY_MAIL, now) or no_kind_notes


def agree_to_kind_notes(request: CallbackRequest, yes: bool, page: str, now: datetime) -> bool:
    """A yes or no of its own (RULES 7). False where that was their word already."""
    if not yes:
        return _take_back(request, Consent.Kind.CARE, page, now)
    if wants_kind_notes(request):
        return False
    words = f"{wording.CARE_CONSENT}. {wording.CARE_CONSENT_TERMS}"
    version = wording.CARE_CONSENT_VERSION
    Consent.objects.create(
        request=request, kind=Consent.Kind.CARE, given=True, wording=words, wording_version=version, page=page, at=now
    )
    return True


def wants_kind_notes(request: CallbackRequest) -> bool:
    last = request.consents.filter(kind=Consent.Kind.CARE).last()
    return bool(last and last.still_holds)


def can_get_kind_notes(contact: ContactPreference) -> bool:
    """There is a way on which they let us write by ourselves."""
    by_email = contact.reach_by == ReachBy.EMAIL and bool(contact.email)
    return contact.messages_stopped_at is None and (by_email or (contact.text_ok and bool(contact.phone)))


def allow_texts_again(request: CallbackRequest, now: datetime) -> bool:
    """A new yes, with the word it was said by, where a text took the old one back. False where no text stopped us."""
    contact, last = request.contact, request.consents.filter(kind=Consent.Kind.TEXT).last()
    if not contact.texts_stopped_at or contact.messages_stopped_at:
        return False
    had_agreed = bool(last and last.page == STOPPED_BY_TEXT)
    _write_texts(contact, stopped_at=None, text_ok=had_agreed)
    if had_agreed:
        Consent.objects.create(
            request=request,
            kind=Consent.Kind.TEXT,
            given=True,
            wording="START",
            wording_version=wording.TEXT_CONSENT_VERSION,  # our answer to that word says the same
            page=STARTED_BY_TEXT,
            at=now,
        )
    return True


def _take_back(request: CallbackRequest, kind: Consent.Kind, page: str, now: datetime) -> bool:
    last = request.consents.filter(kind=kind).last()
    was_given = bool(last and last.given)
    if was_given:
        Consent.objects.create(request=request, kind=kind, given=False, page=page, at=now)
    return was_given


def _write_texts(contact: ContactPreference, *, stopped_at: datetime | None, text_ok: bool) -> None:
    contact.texts_stopped_at, contact.text_ok = stopped_at, text_ok
    contact.save(update_fields=["texts_stopped_at", "text_ok"])


def _stopped_that_address(request: CallbackRequest, renewed: Collection[str]) -> bool:
    """They pressed "unsubscribe" in a mail, and have not given an address since: another time to call is no new yes."""
    last = request.consents.filter(kind=Consent.Kind.EMAIL).last()
    return bool(last and last.page == STOPPED_BY_MAIL and {"reach_by", "email"}.isdisjoint(renewed))


def forget_phone(request: CallbackRequest, by: Any, now: datetime) -> None:
    """A number that belongs to somebody else is nothing we may keep (R-T5)."""
    contact = request.contact
    contact.phone, contact.phone_hash, contact.text_ok, contact.texts_stopped_at = "", "", False, None
    contact.save(update_fields=["phone", "phone_hash", "text_ok", "texts_stopped_at"])
    last = request.consents.filter(kind=Consent.Kind.TEXT).last()
    if last and last.given:  # it was for that number; another one needs its own yes
        Consent.objects.create(request=request, kind=Consent.Kind.TEXT, given=False, page="wrong_number", at=now)
    audit.record("contact.number_removed", by=by, subject=request, now=now, fields=["phone"])
