"""Managers set up hours to book; intake staff and clinicians look at them. Claims made before now were asked for."""

from django.db import migrations
from django.db.models import F

from privacy.roles import CLINICIAN, INTAKE_STAFF, PROGRAM_MANAGER, Grant

LOOK = ["scheduling.view_appointmentslot"]


def the_person_had_said_yes(apps, schema_editor):
    apps.get_model("scheduling", "SeatClaim").objects.filter(accepted_at=None).update(accepted_at=F("made_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0005_hours_to_book_and_the_waiting_list"),
    ]

    operations = [
        Grant(
            {
                PROGRAM_MANAGER: [*LOOK, "scheduling.add_appointmentslot", "scheduling.change_appointmentslot"],
                INTAKE_STAFF: LOOK,
                CLINICIAN: LOOK,
            }
        ),
        migrations.RunPython(the_person_had_said_yes, migrations.RunPython.noop),
    ]
