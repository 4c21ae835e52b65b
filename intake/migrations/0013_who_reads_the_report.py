"""Managers read the figures of all requests, and nobody else does (R-O4, R-H8). They open no card; since 0011 they find
a request by search and print its record with a reason, and both leave a line in the log."""

from django.db import migrations

from privacy.roles import PROGRAM_MANAGER, Grant


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0012_from_family"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="callbackrequest",
            options={
                "ordering": ["-id"],
                "permissions": [
                    ("work_callbackrequest", "Can call people back and move their requests"),
                    ("report_callbackrequest", "Can read the figures of all requests"),
                ],
                "verbose_name": "request",
                "verbose_name_plural": "requests",
            },
        ),
        Grant({PROGRAM_MANAGER: ["intake.report_callbackrequest"]}),
    ]
