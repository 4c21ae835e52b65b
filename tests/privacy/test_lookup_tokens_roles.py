"""Keyed hashes, tokens and references, and what a migration grants."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection

from privacy.lookup import keyed_hash, keyed_hashes
from privacy.roles import CLINICIAN, INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER, ROLES, Grant
from privacy.tokens import new_reference, new_token, token_hash


def test_the_same_value_has_the_same_hash_and_another_kind_another():
    assert keyed_hash("email", " Wren@Example.org ") == keyed_hash("email", "wren@example.org")
    assert keyed_hash("phone", "+14195550142") != keyed_hash("email", "+14195550142")
    assert keyed_hash("phone", "+14195550142") != keyed_hash("phone", "+14195550143")
    assert len(keyed_hash("phone", "+14195550142")) == 64


def test_nothing_given_has_no_hash():
    assert (keyed_hash("phone", ""), keyed_hashes("phone", "")) == ("", [])


def test_while_keys_change_a_value_is_found_under_each_of_them(settings):
    settings.LOOKUP_KEYS = ["old"]
    old = keyed_hash("phone", "+14195550142")
    settings.LOOKUP_KEYS = ["new", "old"]
    assert keyed_hashes("phone", "+14195550142") == [keyed_hash("phone", "+14195550142"), old]
    assert keyed_hash("phone", "+14195550142") != old


def test_without_the_key_nobody_can_make_the_hash(settings):
    hashes = set()
    for key in ("one", "two", "three"):
        settings.LOOKUP_KEYS = [key]
        hashes.add(keyed_hash("phone", "+14195550142"))
    assert len(hashes) == 3


def test_a_token_is_long_fits_an_address_and_is_kept_as_a_hash_only():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) == 43 and token.isascii() and "/" not in token for token in tokens)
    token = tokens.pop()
    assert len(token_hash(token)) == 64
    assert token not in token_hash(token)


def test_a_reference_can_be_read_out_and_never_spells_a_word():
    references = {new_reference() for _ in range(2000)}
    assert len(references) > 1900
    letters = set("".join(references)) - {"-"}
    assert not letters & set("AEIOUYLS01")
    assert all(len(reference) == 7 and reference[3] == "-" for reference in references)


# --- Grant ----------------------------------------------------------------------------------------------------------


def _apply(grant):
    with connection.schema_editor() as schema_editor:
        grant._give(apps, schema_editor)


@pytest.mark.django_db
def test_a_grant_makes_the_role_and_the_permission_when_they_are_missing_and_twice_is_fine():
    Permission.objects.filter(codename="view_auditevent").delete()
    for _ in range(2):
        _apply(Grant({"A new role": ["privacy.view_auditevent"]}))
    role = Group.objects.get(name="A new role")
    assert [one.codename for one in role.permissions.all()] == ["view_auditevent"]
    assert Permission.objects.filter(codename="view_auditevent").count() == 1


@pytest.mark.django_db
def test_a_grant_takes_nothing_away():
    before = set(Group.objects.get(name=INTAKE_STAFF).permissions.values_list("codename", flat=True))
    _apply(Grant({INTAKE_STAFF: ["privacy.view_auditevent"]}))
    after = set(Group.objects.get(name=INTAKE_STAFF).permissions.values_list("codename", flat=True))
    assert before
    assert after == before | {"view_auditevent"}


def test_a_grant_can_be_written_into_a_migration_file():
    name, args, kwargs = Grant({"Role": ["a.view_b"]}).deconstruct()
    assert getattr(importlib.import_module("privacy.roles"), name)(*args, **kwargs).grants == {"Role": ["a.view_b"]}


@pytest.mark.django_db
def test_the_four_roles_are_there_and_only_the_privacy_officer_reads_the_log():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)
    readers = Group.objects.filter(permissions__codename="view_auditevent").values_list("name", flat=True)
    assert list(readers) == [PRIVACY_OFFICER]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [CLINICIAN, PROGRAM_MANAGER, PRIVACY_OFFICER])
def test_only_intake_staff_work_with_requests(role):
    codenames = Group.objects.get(name=role).permissions.values_list("codename", flat=True)
    assert "work_callbackrequest" not in codenames
    assert "view_callbackrequest" not in codenames
