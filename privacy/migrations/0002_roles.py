"""The four roles exist, and the privacy officer reads who did what. Nobody has a permission by default (R-H8)."""

from django.db import migrations

from privacy.roles import PRIVACY_OFFICER, ROLES, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        Grant({role: [] for role in ROLES} | {PRIVACY_OFFICER: ["privacy.view_auditevent"]}),
    ]
