"""Tables that only grow: refused in Python, and refused by the database itself (R-H5)."""

from django.db import models
from django.db.migrations.operations.special import RunPython


class AppendOnlyError(Exception):
    """Someone tried to change or delete a row of a table that only grows."""


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **changes):
        raise AppendOnlyError(self.model._meta.label)

    def delete(self):
        raise AppendOnlyError(self.model._meta.label)


AppendOnlyManager = models.Manager.from_queryset(AppendOnlyQuerySet)


class AppendOnlyModel(models.Model):
    """Give the migration of every subclass a `ForbidChange` too; a test looks for the trigger."""

    objects = AppendOnlyManager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnlyError(self._meta.label)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnlyError(self._meta.label)


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'this table only grows' USING ERRCODE = 'restrict_violation'; END $$
"""


class ForbidChange(RunPython):
    """Migration operation: a trigger that refuses every UPDATE and DELETE on these tables. Name a table again in every
    migration that alters it: SQLite makes it anew then, and its triggers are gone."""

    def __init__(self, *tables: str):
        self.tables = tables
        super().__init__(self._add, self._remove)

    def deconstruct(self):
        return (self.__class__.__name__, list(self.tables), {})

    def _add(self, apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_POSTGRESQL_FUNCTION)
        for table in self.tables:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(self._trigger(schema_editor.connection.vendor, table, verb))

    def _trigger(self, vendor: str, table: str, verb: str) -> str:
        moment = f"{table}_no_{verb.lower()} BEFORE {verb} ON {table}"
        if vendor == "postgresql":
            each = f"ROW WHEN ({self._when(verb)})" if self._when(verb) else "STATEMENT"
            return f"CREATE OR REPLACE TRIGGER {moment} FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        made = f"CREATE TRIGGER IF NOT EXISTS {moment}"
        when = f"WHEN {self._when(verb)} " if self._when(verb) else ""
        return f"{made} {when}BEGIN SELECT RAISE(ABORT, 'this table only grows'); END"

    def _when(self, verb: str) -> str:
        """Which rows are refused, as SQL; empty for all."""
        return ""

    def _remove(self, apps, schema_editor):
        on_table = schema_editor.connection.vendor == "postgresql"
        for table in self.tables:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}" + (f" ON {table}" if on_table else ""))


class AllowChange(ForbidChange):
    """The opposite: the triggers go, such as before others of the same names come."""

    def __init__(self, *tables: str):
        super().__init__(*tables)
        self.code, self.reverse_code = self._remove, self._add


class ForbidChangeOf(ForbidChange):
    """The same for a table with sealed words, which go when the person is erased and are sealed anew under a newer
    key: no row is deleted, and none of these columns changes."""

    def __init__(self, table: str, *columns: str):
        self.columns = columns
        super().__init__(table)

    def deconstruct(self):
        return (self.__class__.__name__, [*self.tables, *self.columns], {})

    def _when(self, verb: str) -> str:
        return " OR ".join(f"NEW.{name} <> OLD.{name}" for name in self.columns) if verb == "UPDATE" else ""
