"""What the portal refuses to be served on: demo sign-ins among real people, and keys that open nothing."""

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tests.intake.make import sent

pytestmark = pytest.mark.django_db


def found() -> set[str]:
    return {one.id for one in run_checks(databases=["default"]) if one.id.startswith("portal.")}


def test_demo_sign_ins_are_an_error_once_it_is_no_demo(settings):
    call_command("seed_demo")
    assert found() == set()
    settings.DEMO = False
    assert found() == {"portal.E001"}


def test_a_key_ring_that_does_not_open_the_newest_note_is_an_error(settings):
    sent()
    assert found() == set()
    right = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert found() == {"portal.E002"}
    settings.ENCRYPTION_KEYS = [*settings.ENCRYPTION_KEYS, *right]
    assert found() == set()


def test_an_empty_database_is_fine():
    assert found() == set()


def test_a_database_that_waits_for_a_new_table_is_migrated_first(settings):
    """`migrate` asks these checks before it has made what the new version adds."""
    sent()
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE intake_todo RENAME TO not_made_yet")
    MigrationRecorder.Migration.objects.filter(app="intake").latest("name").delete()
    assert found() == set()
