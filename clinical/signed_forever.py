"""What is signed stays: refused in Python, and by the database itself on PostgreSQL and SQLite (R-L4, R-H6).

Beside `privacy.append_only`, with two differences. A draft may change until it is signed; and sealed columns may be
sealed anew under a newer key, by nobody but `resealing`: otherwise a key that leaked could never be taken away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models
from django.db.migrations.operations.special import RunPython

from privacy.encryption import SealedTextField

SIGNED_TABLES = (
    "clinical.reassessmentnote",
    "clinical.notesignature",
    "clinical.noteaddendum",
    "clinical.emergencylook",
    "clinical.disclosureconsent",
    "clinical.consentrevocation",
    "clinical.disclosure",
)
_NOT_RESEALING = "NOT EXISTS (SELECT 1 FROM clinical_resealing)"


class SignedForGood(Exception):
    """Someone tried to change or delete a note that is signed. An addendum is the way."""


class SignedQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(signed_at=None)

    def signed(self):
        return self.exclude(signed_at=None)

    def update(self, **changes):
        self._refuse_signed()
        return super().update(**changes)

    def delete(self):
        self._refuse_signed()
        return super().delete()

    def _refuse_signed(self) -> None:
        if models.QuerySet.exists(self.signed()):
            raise SignedForGood(self.model._meta.label)


class SignedModel(models.Model):
    """Free to change while `signed_at` is empty. Its manager is made from a `SignedQuerySet`, and its migration has a
    `ForbidChangeOnceSigned`."""

    signed_at = models.DateTimeField("signed", null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self._refuse_signed()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self._refuse_signed()
        return super().delete(*args, **kwargs)

    def _refuse_signed(self) -> None:
        """What the table says counts, not what this object has been told."""
        if not self._state.adding and type(self)._base_manager.filter(pk=self.pk, signed_at__isnull=False).exists():
            raise SignedForGood(self._meta.label)


@contextmanager
def resealing() -> Iterator[None]:
    """Inside, and in this transaction alone, sealed columns of signed rows may be sealed anew. The mark it leaves is
    gone before anybody else could see it. Raises RuntimeError outside of a transaction: there it would stay."""
    if not connection.in_atomic_block:
        raise RuntimeError("Sealed text is sealed anew inside a transaction.")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO clinical_resealing (id) VALUES (1)")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM clinical_resealing WHERE id = 1")


_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION refuse_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation'; END $$;
CREATE OR REPLACE FUNCTION refuse_signed_unless_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {_NOT_RESEALING} THEN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
"""


class ForbidChangeOnceSigned(RunPython):
    """Migration operation for one model of this app: no DELETE, and no UPDATE but to seal anew.

    `once` names the column that is empty while the row is a draft; without it every row counts as signed.
    """

    def __init__(self, model: str, once: str = ""):
        self.model, self.once = model, once
        super().__init__(self._add, self._remove)

    def deconstruct(self):
        return (self.__class__.__name__, [self.model, self.once], {})

    def _add(self, apps: Any, schema_editor: Any) -> None:
        postgresql = schema_editor.connection.vendor == "postgresql"
        write = self._postgresql if postgresql else self._sqlite
        if postgresql:
            schema_editor.execute(_FUNCTIONS)
        for statement in write(apps.get_model("clinical", self.model)):
            schema_editor.execute(statement)

    def _remove(self, apps: Any, schema_editor: Any) -> None:
        table = apps.get_model("clinical", self.model)._meta.db_table
        on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        for name in ("no_update", "no_delete", "stays", "no_replace", "no_swap"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on_table}")

    @property
    def _says(self) -> str:
        return "this note is signed for good" if self.once else "this table only grows"

    def _postgresql(self, model: type[models.Model]) -> Iterator[str]:
        table, says = model._meta.db_table, self._says
        each = f"FOR EACH ROW WHEN (OLD.{self.once} IS NOT NULL)" if self.once else "FOR EACH STATEMENT"
        changed = self._signed_and(" OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in plain_columns(model)))
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {each} EXECUTE FUNCTION refuse_signed('{says}')"
        )
        yield (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {each} "
            f"EXECUTE FUNCTION refuse_signed_unless_resealing('{says}')"
        )
        yield (
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
            f"EXECUTE FUNCTION refuse_signed('{says}')"
        )

    def _sqlite(self, model: type[models.Model]) -> Iterator[str]:
        table = model._meta.db_table
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self._says}'); END"
        changed = self._signed_and(" OR ".join(f"OLD.{one} IS NOT NEW.{one}" for one in plain_columns(model)))
        not_resealing = self._signed_and(_NOT_RESEALING)
        yield f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {self._signed_and('1')} {refuse}"
        yield f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {not_resealing} {refuse}"
        yield f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} WHEN {changed} {refuse}"
        # INSERT OR REPLACE and UPDATE OR REPLACE delete without asking the trigger for DELETE.
        signed = f"AND {self.once} IS NOT NULL" if self.once else ""
        there = f"EXISTS (SELECT 1 FROM {table} WHERE ({_same_key(model)}) {signed})"  # noqa: S608  names, no values
        yield f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {there} {refuse}"
        another = there.removesuffix(")") + " AND rowid <> OLD.rowid)"
        yield f"CREATE TRIGGER {table}_no_swap BEFORE UPDATE ON {table} WHEN {another} {refuse}"

    def _signed_and(self, condition: str) -> str:
        return f"OLD.{self.once} IS NOT NULL AND ({condition})" if self.once else condition


def plain_columns(model: type[models.Model]) -> list[str]:
    """The columns that never change once signed, quoted; the others are sealed text."""
    return [f'"{one.column}"' for one in model._meta.concrete_fields if not isinstance(one, SealedTextField)]


def _same_key(model: type[models.Model]) -> str:
    """SQL: this row has a key, or a set of unique columns, in common with the new one."""
    sets = [[one.name] for one in model._meta.concrete_fields if one.unique]
    sets += [list(one.fields) for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]
    column_of = {one.name: one.column for one in model._meta.concrete_fields}
    columns = [[f'"{column_of[name]}"' for name in names] for names in sets]
    return " OR ".join("(" + " AND ".join(f"{one} = NEW.{one}" for one in names) + ")" for names in columns)
