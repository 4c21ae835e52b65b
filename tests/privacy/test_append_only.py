"""Tables that only grow: refused in Python, and by the database itself on PostgreSQL and on SQLite."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from intake import on_paper, staff_notes
from intake.models import CallbackRequest, HistoryEntry, RecordPrint, StaffNote
from privacy import audit
from privacy.append_only import AppendOnlyError, AppendOnlyModel
from privacy.models import AuditEvent
from reentry_portal.env import BASE_DIR
from tests.intake.make import caller, sent

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)
TABLES = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel))
KEPT_BUT_FOR_WORDS = (StaffNote, RecordPrint)  # the words go when the person is erased


def an_event():
    audit.record("test.done", by=audit.CLOCK, now=NOW)
    return AuditEvent.objects.first()


CHANGES = {
    "save": lambda event: event.save(),
    "save some": lambda event: event.save(update_fields=["actor"]),
    "delete": lambda event: event.delete(),
    "update": lambda event: AuditEvent.objects.update(actor="x"),
    "delete all": lambda event: AuditEvent.objects.all().delete(),
    "bulk update": lambda event: AuditEvent.objects.bulk_update([event], ["actor"]),
    "update or create": lambda event: AuditEvent.objects.update_or_create(pk=event.pk, defaults={"actor": "x"}),
}
SILENT_CHANGES = {
    "base manager update": lambda event: AuditEvent._base_manager.update(actor="x"),
    "raw delete": lambda event: AuditEvent.objects.all()._raw_delete("default"),
    "upsert": lambda event: AuditEvent.objects.bulk_create(
        [event], update_conflicts=True, unique_fields=["id"], update_fields=["actor"]
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("way", CHANGES)
def test_python_refuses_every_way_of_changing_a_row(way):
    event = an_event()
    event.actor = "somebody else"
    with pytest.raises(AppendOnlyError), transaction.atomic():
        CHANGES[way](event)
    assert AuditEvent.objects.get().actor == audit.CLOCK


@pytest.mark.django_db
@pytest.mark.parametrize("way", SILENT_CHANGES)
def test_the_database_refuses_what_python_did_not_see(way):
    event = an_event()
    event.actor = "somebody else"
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        SILENT_CHANGES[way](event)
    assert AuditEvent.objects.get().actor == audit.CLOCK


@pytest.mark.django_db
def test_steps_are_refused_through_their_request_as_well():
    request, _token = sent()
    for change in (lambda: request.history.update(what="x"), lambda: request.history.all().delete()):
        with pytest.raises(AppendOnlyError):
            change()
    assert HistoryEntry.objects.get().what == "received"
    with pytest.raises(ProtectedError):
        CallbackRequest.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_postgresql_refuses_on_every_such_table_even_when_it_is_empty(table, statement):
    with (
        pytest.raises(DatabaseError, match="only grows"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def words_about_somebody() -> None:
    request, _token = sent()
    who = {"request_id": request.pk, "by": caller("juno"), "now": NOW}
    staff_notes.add_note("Ask Zinnia", **who)
    on_paper.print_record("own_copy", "Zinnia came for it", **who)


def changes_of_what_stays(model: type[models.Model]) -> list[str]:
    """One statement for each column but the words, and the deletion of all rows."""
    columns = [field for field in model._meta.concrete_fields if field.name != "words"]
    table = model._meta.db_table
    return [f"DELETE FROM {table}", *(f"UPDATE {table} SET {one.column} = {another(one)}" for one in columns)]


def another(field: models.Field) -> str:
    is_number = isinstance(field, models.AutoField | models.BigAutoField | models.ForeignKey)
    return f"{field.column} + 1" if is_number else "'2020-01-01'" if "at" in field.name else "'review'"


@pytest.mark.django_db
@pytest.mark.parametrize("model", KEPT_BUT_FOR_WORDS)
def test_of_words_about_somebody_only_the_words_can_go(model):
    words_about_somebody()
    for statement in changes_of_what_stays(model):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert model.objects.update(words="") == 1


SQLITE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.apps import apps
from django.db import connection, DatabaseError
from privacy.append_only import AppendOnlyModel
from tests.intake.make import call, sent
from tests.privacy.test_append_only import KEPT_BUT_FOR_WORDS, changes_of_what_stays, words_about_somebody
request, token = sent(text_ok=True)
call(request)
refused = {}
for model in apps.get_models():
    if issubclass(model, AppendOnlyModel):
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with connection.cursor() as cursor:
                try:
                    cursor.execute(statement)
                except DatabaseError as error:
                    refused[statement] = str(error)
        refused[table] = model.objects.count()
words_about_somebody()
for model in KEPT_BUT_FOR_WORDS:
    for statement in changes_of_what_stays(model):
        with connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except DatabaseError as error:
                refused[statement] = str(error)
    refused[model._meta.label] = model.objects.update(words="")
print(json.dumps(refused))
"""


def test_sqlite_refuses_as_well(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3", "VAR_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}
    command = [sys.executable, "-c", SQLITE]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    refused = json.loads(done.stdout.splitlines()[-1])
    filled = [table for table in TABLES if refused[table]]
    assert {"privacy_auditevent", "intake_consent", "intake_historyentry", "intake_callattempt"} <= set(filled)
    for table in filled:
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            assert refused.get(statement) == "this table only grows", statement
    for model in KEPT_BUT_FOR_WORDS:
        stays = changes_of_what_stays(model)
        assert [refused.get(one) for one in stays] == ["this table only grows"] * len(stays)
        assert refused[model._meta.label] == 1


# --- what an audit row holds ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_audit_row_names_fields_and_never_holds_values():
    request, _token = sent(name="Wrenfeather")
    audit.record("test.read", by=caller("juno"), subject=request, now=NOW, fields=["phone", "name"], note="asked for")
    event = AuditEvent.objects.first()
    assert (event.at, event.actor, event.action, event.note) == (NOW, "juno", "test.read", "asked for")
    assert (event.subject_type, event.subject_key) == ("intake.callbackrequest", str(request.pk))
    assert event.fields == ["name", "phone"]
    assert not any(field.is_relation for field in AuditEvent._meta.fields)
    assert str(event) == "test.read by juno"


@pytest.mark.django_db
def test_an_audit_row_goes_when_what_it_records_is_undone():
    with transaction.atomic():
        assert an_event()
        transaction.set_rollback(True)
    assert not AuditEvent.objects.exists()
