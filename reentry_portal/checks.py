"""What must be true of the data before the portal is served: asked by `manage.py check --database default`."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import Error, Tags, register
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from privacy.key_rotation import newest_that_no_key_opens

DEMO_MARK = "(demo)"  # the last name of every demo sign-in


def _is_set_up(databases) -> bool:
    """Asked about a database that has every table: `migrate` asks the same checks before it has made the new ones."""
    if not databases:
        return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@register(Tags.database)
def demo_sign_ins_are_closed(app_configs, databases=None, **kwargs) -> list[Error]:
    """A demo password was printed on a terminal; it must open nothing once real people are in the database."""
    if settings.DEMO or not _is_set_up(databases):
        return []
    if not get_user_model().objects.filter(last_name=DEMO_MARK, is_active=True).exists():
        return []
    return [
        Error(
            "This database holds demo sign-ins that still work.",
            hint="Start real work with a fresh database. DEMO=1 and DEMO=0 must not share one.",
            id="portal.E001",
        )
    ]


@register(Tags.database)
def the_keys_open_what_is_there(app_configs, databases=None, **kwargs) -> list[Error]:
    """With the wrong key ring the desk could read nobody, and new notes would be sealed with a key that is lost."""
    if not _is_set_up(databases):
        return []
    return [
        Error(
            f"No key of ENCRYPTION_KEYS opens the newest {label}.",
            hint="Put back the key that sealed it, behind the newest one, separated by a comma.",
            id="portal.E002",
        )
        for label in newest_that_no_key_opens()
    ]
