"""Managers set up groups, who leads them, and week-one days; intake staff look at them. Nobody deletes a group."""

from django.db import migrations

from privacy.roles import INTAKE_STAFF, PROGRAM_MANAGER, Grant

LOOK = ["scheduling.view_therapist", "scheduling.view_group", "scheduling.view_weekonestart"]


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0003_groups_and_seats"),
    ]

    operations = [
        Grant(
            {
                PROGRAM_MANAGER: [
                    *LOOK,
                    "scheduling.add_therapist",
                    "scheduling.change_therapist",
                    "scheduling.add_group",
                    "scheduling.change_group",
                    "scheduling.add_weekonestart",
                    "scheduling.change_weekonestart",
                    "scheduling.delete_weekonestart",
                ],
                INTAKE_STAFF: LOOK,
            }
        ),
    ]
