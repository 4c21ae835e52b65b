"""The words of a print go when the person is erased: the database holds every other column, and no row goes (R-P12)."""

from django.db import migrations

from privacy.append_only import AllowChange, ForbidChangeOf
from privacy.encryption import SealedTextField


def let_go_of_the_words_of_the_erased(apps, schema_editor):
    apps.get_model("intake", "RecordPrint").objects.filter(request__status="erased").update(words="")


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0013_who_reads_the_report"),
    ]

    operations = [
        AllowChange("intake_recordprint"),
        migrations.RemoveConstraint(model_name="recordprint", name="print_says_why"),
        migrations.AlterField(
            model_name="recordprint", name="words", field=SealedTextField(blank=True, verbose_name="in words")
        ),
        ForbidChangeOf("intake_recordprint", "id", "request_id", "reason", "notice_version", "made_by_id", "made_at"),
        migrations.RunPython(let_go_of_the_words_of_the_erased, migrations.RunPython.noop),
    ]
