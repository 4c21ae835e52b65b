"""Intake staff see requests and work with them. The roles themselves, and what the others may, stand elsewhere (R-H8):
privacy makes the roles and gives the log to the privacy officer, scheduling gives places and hours to managers."""

from django.db import migrations

from privacy.roles import INTAKE_STAFF, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("privacy", "0002_roles"),
        ("scheduling", "0002_first_places"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        Grant({INTAKE_STAFF: ["intake.view_callbackrequest", "intake.work_callbackrequest"]}),
    ]
