"""Who may read the outbox."""

from django.db import migrations

from privacy.roles import INTAKE_STAFF, PROGRAM_MANAGER, Grant


class Migration(migrations.Migration):
    dependencies = [("followups", "0001_initial"), ("intake", "0002_roles")]

    operations = [
        Grant({INTAKE_STAFF: ["followups.view_message"], PROGRAM_MANAGER: ["followups.view_message"]}),
    ]
