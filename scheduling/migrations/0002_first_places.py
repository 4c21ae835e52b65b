"""The towns of the guide, office hours in each, federal holidays; who may look at them and who may change them."""

from datetime import time

import holidays
from django.conf import settings
from django.db import migrations
from django.utils import timezone
from django.utils.text import slugify

from privacy.roles import INTAKE_STAFF, PROGRAM_MANAGER, Grant

MONDAY_TO_FRIDAY = range(5)


def add_places(apps, schema_editor):
    Location = apps.get_model("scheduling", "Location")
    StaffedHours = apps.get_model("scheduling", "StaffedHours")
    for position, name in enumerate(settings.PROVIDER_PLACES, start=1):
        location, is_new = Location.objects.get_or_create(
            slug=slugify(name), defaults={"name": name, "position": position}
        )
        if is_new:  # hours that somebody has set since stay as they are
            StaffedHours.objects.bulk_create(
                StaffedHours(location=location, weekday=weekday, opens=time(8), closes=time(17))
                for weekday in MONDAY_TO_FRIDAY
            )


def close_on_federal_holidays(apps, schema_editor):
    Closure = apps.get_model("scheduling", "Closure")
    this_year = timezone.localdate().year
    days = holidays.country_holidays("US", subdiv="OH", years=[this_year, this_year + 1])
    for day, name in sorted(days.items()):
        Closure.objects.get_or_create(location=None, date=day, defaults={"reason": name})


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(add_places, migrations.RunPython.noop),
        migrations.RunPython(close_on_federal_holidays, migrations.RunPython.noop),
        Grant(
            {
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
                INTAKE_STAFF: [
                    "scheduling.view_location",
                    "scheduling.view_staffedhours",
                    "scheduling.view_closure",
                ],
            }
        ),
    ]
