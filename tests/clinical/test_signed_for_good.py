"""What is signed stays: Python and both databases refuse, and the verifier names what changed (R-L4, R-H6)."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from clinical import actions, canonical
from clinical.models import NoteAddendum, NoteSignature, ReassessmentNote, Resealing
from clinical.signed_forever import SIGNED_TABLES, SignedForGood, resealing
from privacy.encryption import seal
from reentry_portal.env import BASE_DIR
from tests.clinical.people import AFTER, LINDEN, added, begun, clinician, consent_of, signed, written

pytestmark = pytest.mark.django_db
TABLES = [apps.get_model(label)._meta.db_table for label in SIGNED_TABLES]


@pytest.fixture
def note():
    return signed(clinician())


def sql(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


CHANGES = {
    "save": lambda note: note.save(),
    "save some": lambda note: note.save(update_fields=["modality"]),
    "delete": lambda note: note.delete(),
    "update": lambda note: ReassessmentNote.objects.update(modality="phone"),
    "delete all": lambda note: ReassessmentNote.objects.all().delete(),
    "bulk update": lambda note: ReassessmentNote.objects.bulk_update([note], ["modality"]),
    "update or create": lambda note: ReassessmentNote.objects.update_or_create(
        pk=note.pk, defaults={"modality": "phone"}
    ),
    "a draft again": lambda note: (setattr(note, "signed_at", None), note.save()),
}


@pytest.mark.parametrize("way", CHANGES)
def test_python_refuses_every_way_of_changing_a_signed_note(way, note):
    note.modality = "phone"
    with pytest.raises(SignedForGood), transaction.atomic():
        CHANGES[way](note)
    assert ReassessmentNote.objects.get().modality == "in_person"


def test_a_draft_may_change_until_it_is_signed():
    note = begun(clinician())
    note.modality = "phone"
    note.save()
    ReassessmentNote.objects.filter(pk=note.pk).update(modality="video")
    assert ReassessmentNote.objects.get().modality == "video"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE clinical_reassessmentnote SET modality = 'phone'",
        "UPDATE clinical_reassessmentnote SET risk = 'x'",
        "UPDATE clinical_reassessmentnote SET signed_at = NULL, is_late = NULL, content_sha256 = ''",
        "DELETE FROM clinical_reassessmentnote",
        "UPDATE clinical_notesignature SET printed_name = 'Somebody Else'",
        "UPDATE clinical_noteaddendum SET text = 'x'",
        "DELETE FROM clinical_noteaddendum",
    ],
)
def test_postgresql_refuses_what_python_did_not_see(statement, note):
    added(note, note.author)
    with pytest.raises(DatabaseError, match=r"signed for good|only grows"):
        sql(statement)
    assert canonical.note_sha256(ReassessmentNote.objects.get()) == note.content_sha256


@pytest.mark.parametrize("model", [apps.get_model(label) for label in SIGNED_TABLES], ids=lambda m: m.__name__)
def test_every_signed_table_has_its_triggers_and_they_know_every_column(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s::regclass", [table])
        found = [row[0] for row in cursor.fetchall()]
    for name in ("no_update", "no_delete", "stays"):
        assert any(f"{table}_{name} " in one for one in found)
    stays = next(one for one in found if f"{table}_stays " in one).replace('"', "")
    plain = [one.column for one in model._meta.fields if type(one).__name__ != "SealedTextField"]
    assert stays.count(" IS DISTINCT FROM ") == len(plain)
    assert [column for column in plain if f"old.{column}" not in stays] == []


def verified() -> list[str]:
    """What the command prints; the error it ends with comes last."""
    out = StringIO()
    try:
        call_command("verify_notes", stdout=out)
    except CommandError as error:
        return [*out.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


def without_triggers(statement: str, *values: object) -> None:
    """Somebody with every right on the database, as PostgreSQL lets them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_nothing_changed_is_said(note):
    added(note, note.author)
    assert verified() == ["1 reassessments: everything is as it was signed."]


TAMPERED = {
    "UPDATE clinical_reassessmentnote SET risk = %s": "the note changed",
    "UPDATE clinical_reassessmentnote SET modality = 'phone'": "the note changed",
    "UPDATE clinical_reassessmentnote SET author_id = author_id, begun_at = now()": "the note changed",
    "UPDATE clinical_reassessmentnote SET risk = 'not sealed'": "no key opens it",
    "UPDATE clinical_notesignature SET printed_name = 'Somebody Else'": "signature {signature} changed",
    "DELETE FROM clinical_notesignature": "its signature is gone",
    "UPDATE clinical_noteaddendum SET text = %s WHERE number = 1": "addendum 1 changed",
    "UPDATE clinical_noteaddendum SET reason = %s WHERE number = 2": "addendum 2 changed",
}


@pytest.mark.parametrize("statement", TAMPERED)
def test_with_the_triggers_gone_the_verifier_names_the_row_and_no_word_of_it(statement, note):
    other = signed(clinician("juniper"))
    added(note, note.author)
    added(note, note.author, "A second heron")
    values = [seal("Something nobody said")] if "%s" in statement else []
    where = " AND " if "WHERE" in statement else " WHERE "
    column = "id" if "reassessmentnote" in statement else "note_id"
    without_triggers(f"{statement}{where}{column} = %s", *values, note.pk)
    what = TAMPERED[statement].format(signature=NoteSignature.objects.filter(note=note).values_list("pk").first() or 0)
    what = what.replace("(", "").replace(",)", "")
    printed = verified()
    assert printed == [
        f"Reassessment {note.pk}: {what}",
        "1 not as signed. Keep the backups, and tell the privacy officer.",
    ]
    assert str(other.pk) == str(note.pk) or not any(f"Reassessment {other.pk}" in line for line in printed)


def test_an_addendum_that_is_gone_from_the_middle_or_the_end_is_named(note):
    for number in range(3):
        added(note, note.author, f"Heron {number}")
    without_triggers("DELETE FROM clinical_noteaddendum WHERE number = 3")
    assert f"Reassessment {note.pk}: 1 of its addenda gone" in verified()
    without_triggers("DELETE FROM clinical_noteaddendum WHERE number = 1")
    assert f"Reassessment {note.pk}: addendum 2 changed" in verified()


def test_a_note_that_is_gone_altogether_is_named(note):
    pk = note.pk
    for table in ("clinical_notesignature", "clinical_reassessmentnote"):
        without_triggers(f"DELETE FROM {table}")
    assert verified()[0] == f"Reassessment {pk}: it is gone"


def test_a_cosignature_that_is_gone_is_named():
    linden = clinician("linden")
    note = signed(clinician(), cosigner=linden)
    actions.cosign(LINDEN, note_id=note.pk, by=linden, now=AFTER)
    assert verified() == ["1 reassessments: everything is as it was signed."]
    without_triggers("DELETE FROM clinical_notesignature WHERE meaning = 'cosigner'")
    assert verified()[0] == f"Reassessment {note.pk}: its co-signature is gone"


def test_a_note_that_is_signed_without_a_word_in_the_log_is_named(note):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE privacy_auditevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM privacy_auditevent WHERE action = 'note.signed'")
        cursor.execute("ALTER TABLE privacy_auditevent ENABLE TRIGGER USER")
    assert verified()[0] == f"Reassessment {note.pk}: the log does not say that it was signed"


def test_the_exit_code_tells_a_change_and_ctrl_c_stops(note, monkeypatch):
    def stop(tell):
        yield "Reassessment 1: the note changed"
        raise KeyboardInterrupt

    monkeypatch.setattr("clinical.verification.changes", stop)
    with pytest.raises(CommandError, match="Changed so far: 1") as stopped:
        call_command("verify_notes", stdout=StringIO())
    assert stopped.value.returncode == 1


# --- new keys -------------------------------------------------------------------------------------------------------


def test_a_new_key_seals_signed_notes_anew_and_changes_no_hash(note, settings):
    added(note, note.author)
    consent_of(note.request, note.author)
    draft = written(clinician("juniper"))
    before = raw("clinical_reassessmentnote", "risk")
    fresh = Fernet.generate_key().decode()
    with override_settings(ENCRYPTION_KEYS=[fresh, *settings.ENCRYPTION_KEYS]):
        out = StringIO()
        call_command("rotate_keys", stdout=out)
    assert "The old ones may go" in out.getvalue()
    with override_settings(ENCRYPTION_KEYS=[fresh]):  # the old key is gone for good
        again = ReassessmentNote.objects.get(pk=note.pk)
        assert again.risk == note.risk
        assert again.content_sha256 == note.content_sha256 == canonical.note_sha256(again)
        assert NoteAddendum.objects.get().text == "A heron stood by"
        assert ReassessmentNote.objects.get(pk=draft.pk).risk == draft.risk
        assert verified() == ["2 reassessments: everything is as it was signed."]
    assert not set(raw("clinical_reassessmentnote", "risk")) & set(before)
    assert raw("clinical_resealing", "id") == []
    with pytest.raises(DatabaseError, match="signed for good"):
        sql("UPDATE clinical_reassessmentnote SET risk = 'x' WHERE id = %s", note.pk)


def test_while_keys_are_changed_nothing_but_sealed_text_may_change(note):
    with pytest.raises(DatabaseError, match="signed for good"), transaction.atomic(), resealing():
        sql("UPDATE clinical_reassessmentnote SET modality = 'phone'")
    with pytest.raises(DatabaseError, match="signed for good"), transaction.atomic(), resealing():
        sql("DELETE FROM clinical_reassessmentnote")


@pytest.mark.django_db(transaction=True)
def test_keys_are_changed_in_a_transaction_or_not_at_all():
    with pytest.raises(RuntimeError), resealing():
        pytest.fail("outside of a transaction the mark would stay")
    assert raw("clinical_resealing", "id") == []


def test_a_mark_that_stayed_is_named(note):
    Resealing.objects.create(pk=1)
    assert verified()[0] == "The mark of a change of keys is still there: sealed text can be overwritten"


def raw(table: str, column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return [row[0] for row in cursor.fetchall()]


# --- SQLite ---------------------------------------------------------------------------------------------------------

SQLITE = """
import json, django
django.setup()
from io import StringIO
from django.core.management import call_command, CommandError
call_command("migrate", verbosity=0)
from django.db import connection, DatabaseError, transaction
from clinical.models import ReassessmentNote
from tests.clinical.people import added, begun, clinician, consent_of, signed
note = signed(clinician())
added(note, note.author)
consent_of(note.request, note.author)
draft = begun(clinician("juniper"))
def attempt(statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        return str(error)
    return "done"
def verified():
    out = StringIO()
    try:
        call_command("verify_notes", stdout=out)
    except CommandError:
        pass
    return out.getvalue().splitlines()
N = "clinical_reassessmentnote"
columns = ", ".join('"%s"' % one.column for one in ReassessmentNote._meta.concrete_fields)
told = {"whole": verified(), "pk": note.pk}
told["refused"] = {one: attempt(one) for one in (
    f"UPDATE {N} SET modality = 'phone'", f"UPDATE {N} SET risk = 'x'", f"DELETE FROM {N}",
    f"INSERT OR REPLACE INTO {N} ({columns}) SELECT {columns} FROM {N}",
    "UPDATE clinical_noteaddendum SET text = 'x'", "DELETE FROM clinical_noteaddendum",
    "UPDATE clinical_notesignature SET printed_name = 'x'", "DELETE FROM clinical_disclosureconsent",
    f"UPDATE OR REPLACE {N} SET id = {note.pk} WHERE id = {draft.pk}",
    f"UPDATE OR REPLACE {N} SET booking_id = {note.booking_id} WHERE id = {draft.pk}",
)}
told["saved"] = attempt(f"UPDATE {N} SET modality = 'phone' WHERE id = {draft.pk}")
from cryptography.fernet import Fernet
from django.conf import settings
from django.test import override_settings
fresh = Fernet.generate_key().decode()
with override_settings(ENCRYPTION_KEYS=[fresh, *settings.ENCRYPTION_KEYS]):
    call_command("rotate_keys", stdout=StringIO())
with override_settings(ENCRYPTION_KEYS=[fresh]):
    told["rotated"] = verified()
    attempt(f"DROP TRIGGER {N}_no_update")
    attempt(f"DROP TRIGGER {N}_stays")
    told["dropped"] = attempt(f"UPDATE {N} SET modality = 'phone'")
    told["named"] = verified()
print(json.dumps(told))
"""


def test_sqlite_refuses_as_well_and_the_verifier_names_the_row(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3", "VAR_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}
    command = [sys.executable, "-c", SQLITE]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert set(told["refused"].values()) == {"this note is signed for good", "this table only grows"}
    assert told["whole"] == told["rotated"] == ["2 reassessments: everything is as it was signed."]
    assert told["saved"] == "done"
    assert told["dropped"] == "done"
    assert told["named"] == [f"Reassessment {told['pk']}: the note changed"]
