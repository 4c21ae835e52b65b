"""Tables that only grow: refused in Python, and by the database itself on PostgreSQL and on SQLite."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError

from intake.models import CallbackRequest, HistoryEntry
from privacy import audit
from privacy.append_only import AppendOnlyError, AppendOnlyModel
from privacy.models import AuditEvent
from reentry_portal.env import BASE_DIR
from tests.intake.make import caller, sent

NOW = datetime(2026, 6, 1, 14, tzinfo=UTC)
TABLES = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnlyModel))


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


SQLITE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.apps import apps
from django.db import connection, DatabaseError
from privacy.append_only import AppendOnlyModel
from tests.intake.make import call, sent
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
