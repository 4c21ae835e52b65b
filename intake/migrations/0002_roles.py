"""The four roles, and what each may do so far. Nobody has a permission by default (R-H8)."""

from django.db import migrations

from privacy.roles import CLINICIAN, INTAKE_STAFF, PRIVACY_OFFICER, PROGRAM_MANAGER, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("scheduling", "0002_first_places"),
        ("privacy", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        Grant(
            {
                INTAKE_STAFF: ["intake.view_callbackrequest", "intake.work_callbackrequest"],
                CLINICIAN: [],
                PROGRAM_MANAGER: [
                    "scheduling.view_location",
                    "scheduling.add_location",
                    "scheduling.change_location",
                    "scheduling.view_staffedhours",
                    "scheduling.add_staffedhours",
                    "scheduling.change_staffedhours",
                    "scheduling.delete_staffedhours",
                    "scheduling.view_closure",
                    "scheduling.add_closure",
                    "scheduling.change_closure",
                    "scheduling.delete_closure",
                ],
                PRIVACY_OFFICER: ["privacy.view_auditevent"],
            }
        ),
    ]
