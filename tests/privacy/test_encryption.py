"""Sealing text: only the ring opens it, old keys still open, a wrong key never passes sealed text off as text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.db.models import F

from intake.models import CallbackRequest, ContactPreference
from privacy.encryption import CannotOpen, reseal, seal, unseal
from tests.intake.make import sent

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
TEXTS = ["Wren", "é\u0301 李 😀 \u200fדנה", " ", "a\nb", "x" * 100_000]


def stored(column="name", table="intake_callbackrequest"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_sealed_opens_again_and_is_never_the_same_twice(text):
    assert unseal(seal(text)) == text
    assert seal(text) != seal(text)
    assert text.strip()[:4] not in seal(text) or not text.strip()


def test_the_newest_key_seals_and_every_key_of_the_ring_opens(settings):
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = seal("Wren")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert unseal(sealed) == "Wren"
    newest, again = seal("Wren"), reseal(sealed)
    settings.ENCRYPTION_KEYS = [NEW]
    assert (unseal(newest), unseal(again)) == ("Wren", "Wren")
    with pytest.raises(CannotOpen):
        unseal(sealed)


BROKEN = {
    "nothing": lambda sealed: "",
    "plain text": lambda sealed: "Wren",
    "a beginning": lambda sealed: "gAAAAA",
    "cut short": lambda sealed: sealed[:-1],
    "changed": lambda sealed: "x" + sealed[1:],
    "odd letters": lambda sealed: "ä",
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_no_key_opens_is_refused_and_the_error_says_nothing(how):
    broken = BROKEN[how](seal("Wren"))
    for verb in (unseal, reseal):
        with pytest.raises(CannotOpen) as raised:
            verb(broken)
        assert str(raised.value) == ""
        assert raised.value.__suppress_context__


def test_many_threads_seal_and_open_at_once():
    texts = [f"person {number}" for number in range(400)]
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda text: unseal(seal(text)), texts)) == texts


# --- the field ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_database_holds_only_sealed_text():
    sent(name="Wren")
    assert stored().startswith("gAAAAA")
    assert CallbackRequest.objects.get().name == "Wren"


@pytest.mark.django_db
def test_nothing_given_needs_no_key():
    sent(note="")
    assert stored("note") == ""


@pytest.mark.django_db
def test_with_a_wrong_key_reading_fails_and_nothing_is_sealed_over(settings):
    request, _token = sent(name="Wren")
    before = stored()
    settings.ENCRYPTION_KEYS = [OTHER]
    for read in (
        lambda: CallbackRequest.objects.get(pk=request.pk),
        lambda: list(CallbackRequest.objects.values_list("name")),
        lambda: CallbackRequest.objects.get_or_create(pk=request.pk),
        lambda: CallbackRequest.objects.defer("name").get(pk=request.pk).name,
    ):
        with pytest.raises(CannotOpen):
            read()
    CallbackRequest.objects.defer("name", "note").get(pk=request.pk).save()
    assert stored() == before


@pytest.mark.django_db
def test_saving_again_seals_the_text_and_not_what_was_sealed():
    request, _token = sent(name="Wren")
    for _ in range(3):
        CallbackRequest.objects.get(pk=request.pk).save()
    assert unseal(stored()) == "Wren"


@pytest.mark.django_db
def test_every_way_of_writing_seals():
    request, _token = sent(name="Wren")
    CallbackRequest.objects.update(name="Sedge")
    assert unseal(stored()) == "Sedge"
    request.name = "Tansy"
    CallbackRequest.objects.bulk_update([request], ["name"])
    assert unseal(stored()) == "Tansy"


SEARCHES = ["exact", "iexact", "contains", "icontains", "startswith", "in", "gt", "regex", "range"]


@pytest.mark.django_db
@pytest.mark.parametrize("search", SEARCHES)
def test_sealed_text_cannot_be_searched(search):
    sent(name="Wren")
    with pytest.raises(TypeError, match="Sealed text"):
        list(CallbackRequest.objects.filter(**{f"name__{search}": ["Wren"] if search in {"in", "range"} else "Wren"}))


@pytest.mark.django_db
def test_sealed_text_is_not_compared_with_another_column_either():
    with pytest.raises(TypeError, match="Sealed text"):
        list(CallbackRequest.objects.filter(name=F("note")))
    with pytest.raises(TypeError, match="Sealed text"):
        list(ContactPreference.objects.exclude(phone="+14195550142"))


@pytest.mark.django_db
def test_whether_there_is_any_text_can_be_asked():
    sent(name="Wren", note="")
    assert CallbackRequest.objects.filter(note="", name__isnull=False).exclude(name="").count() == 1
