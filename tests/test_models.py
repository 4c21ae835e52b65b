"""What the database refuses in every table of ours, walked model by model (docs/ARCHITECTURE habit 4)."""

from collections.abc import Iterator
from typing import ClassVar

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Q, Value

from tests.test_repository import our_models

# Pairs that only mean something together, by the ends of their names: who and when, from and until.
PAIRED_ENDS = [("_by", "_at"), ("_by", "_on"), ("_from", "_until")]
# One row in all, or one row to one request: there is nothing to put in order.
NEEDS_NO_ORDER = {"followups.Heartbeat", "intake.ContactPreference"}


def refuses(model: type[models.Model], **row: object) -> bool:
    """Whether a check of the table that reads exactly these fields turns the row down, as PostgreSQL decides it."""
    values = {name: Value(value, output_field=model._meta.get_field(name)) for name, value in row.items()}
    checks = [one.condition for one in model._meta.constraints if isinstance(one, CheckConstraint)]
    return any(check.referenced_base_fields == set(row) and not check.check(values) for check in checks)


def unknown_value(field: models.Field) -> object:
    return max(value for value, _label in field.flatchoices) + 1 if isinstance(field, models.IntegerField) else "?"


def open_choices(model: type[models.Model]) -> Iterator[str]:
    """Fields with choices that also take a value nobody knows, or that turn down one of their own."""
    for field in model._meta.concrete_fields:
        if not field.flatchoices:
            continue
        known = [value for value, _label in field.flatchoices] + [""] * field.blank
        takes_all = not any(refuses(model, **{field.name: value}) for value in known)
        if not (takes_all and refuses(model, **{field.name: unknown_value(field)})):
            yield field.name


def half_pairs(model: type[models.Model]) -> Iterator[str]:
    """Pairs of fields of which the database takes one without the other."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    for end, other_end in PAIRED_ENDS:
        for one in [name for name in fields if name.endswith(end)]:
            other = one.removesuffix(end) + other_end
            if other not in fields or not (fields[one].null or fields[other].null):
                continue
            halves = [{one: an_example(fields[one]), other: None}, {one: None, other: an_example(fields[other])}]
            if not all(refuses(model, **half) for half in halves):
                yield f"{one}, {other}"


def an_example(field: models.Field) -> object:
    """Any value that is there."""
    examples = {models.DateTimeField: "2026-12-01T10:00Z", models.DateField: "2026-12-01", models.TimeField: "10:00"}
    return next((value for kind, value in examples.items() if isinstance(field, kind)), 1)


@pytest.mark.django_db
def test_the_database_knows_every_choice_and_takes_no_half_of_a_pair():
    found = {(model._meta.label, name) for model in our_models() for name in [*open_choices(model), *half_pairs(model)]}
    assert found == set()


def test_rows_always_come_in_an_order():
    assert {model._meta.label for model in our_models() if not model._meta.ordering} == NEEDS_NO_ORDER


@pytest.fixture
def visit():
    """A model whose database takes too much, and once too little."""

    class Visit(models.Model):
        wide = models.CharField(choices=[("a", "A"), ("b", "B")])
        narrow = models.CharField(choices=[("a", "A"), ("b", "B")])
        blank = models.CharField(choices=[("a", "A")], blank=True)
        day = models.SmallIntegerField(choices=[(0, "Monday"), (1, "Tuesday")])
        closed_at = models.DateTimeField(null=True)
        closed_by = models.IntegerField(null=True)
        open_from = models.TimeField(null=True)
        open_until = models.TimeField(null=True)

        class Meta:
            app_label = "tests_of_models"
            constraints: ClassVar = [
                CheckConstraint(name="narrow", condition=Q(narrow__in=["a"])),
                CheckConstraint(name="blank", condition=Q(blank__in=["a", ""])),
                CheckConstraint(name="day", condition=Q(day__gte=0, day__lte=1)),
                CheckConstraint(
                    name="closed",
                    condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                ),
                # To PostgreSQL a comparison with NULL is not false, so this takes one without the other.
                CheckConstraint(
                    name="open", condition=Q(open_from=None, open_until=None) | Q(open_from__lt=models.F("open_until"))
                ),
            ]

        def __str__(self):
            return ""

    yield Visit
    apps.all_models.pop("tests_of_models")


@pytest.mark.django_db
def test_a_value_nobody_knows_and_half_a_pair_are_seen(visit):
    assert list(open_choices(visit)) == ["wide", "narrow"]
    assert list(half_pairs(visit)) == ["open_from, open_until"]
