import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
import followups.cadence
from django.db import migrations, models
from django.utils import timezone

from privacy.roles import INTAKE_STAFF, PROGRAM_MANAGER, Grant


def write_the_usual_one(apps, schema_editor):
    apps.get_model("followups", "Cadence").objects.create(location=None)


def leave_the_past_alone(apps, schema_editor):
    """Of what failed before, staff were told then: the desk is for what fails from now on."""
    failed = apps.get_model("followups", "Message").objects.filter(status__in=["failed", "stuck"])
    failed.update(on_desk_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('followups', '0003_texts'),
        ('intake', '0006_kind_notes'),
        ('scheduling', '0007_a_sign_in_for_a_therapist'),
    ]

    operations = [
        migrations.CreateModel(
            name='Cadence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_note_day', models.PositiveSmallIntegerField(default=7, help_text='Counted in open days from the day they wrote.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(12)], verbose_name='last note on open day')),
                ('door_open_day', models.PositiveSmallIntegerField(default=10, help_text='After the last note.', validators=[django.core.validators.MinValueValidator(4), django.core.validators.MaxValueValidator(18)], verbose_name='closing words on open day')),
                ('reminder_hours', models.PositiveSmallIntegerField(default=48, validators=[django.core.validators.MinValueValidator(25), django.core.validators.MaxValueValidator(48)], verbose_name='reminder, hours before the start')),
                ('hold_hours', models.PositiveSmallIntegerField(default=24, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(72)], verbose_name='word before a hold ends, hours')),
                ('most_contacts', models.PositiveSmallIntegerField(default=6, help_text='Counted together, at the most.', validators=[django.core.validators.MinValueValidator(3), django.core.validators.MaxValueValidator(10)], verbose_name='calls and messages in seven days')),
                ('look_back_weeks', models.PositiveSmallIntegerField(default=8, help_text='For somebody whom we never reached.', validators=[django.core.validators.MinValueValidator(4), django.core.validators.MaxValueValidator(26)], verbose_name='one more call, weeks later')),
                ('care_months', models.CharField(blank=True, default='1, 2, 3, 4, 6, 8, 10, 12', help_text='Only for people who asked for them. Empty: none.', max_length=60, validators=[followups.cadence.validate_months], verbose_name='kind notes, months after')),
            ],
            options={
                'verbose_name': 'rhythm of messages',
                'verbose_name_plural': 'rhythm of messages',
                'ordering': [models.OrderBy(models.F('location'), nulls_first=True)],
            },
        ),
        migrations.AlterModelOptions(
            name='message',
            options={'ordering': ['-due_at', '-id'], 'permissions': [('work_message', 'Can send messages again or call them off')], 'verbose_name': 'message', 'verbose_name_plural': 'messages'},
        ),
        migrations.RemoveConstraint(
            model_name='message',
            name='message_known_kind',
        ),
        migrations.AlterField(
            model_name='message',
            name='kind',
            field=models.CharField(choices=[('opt_in', 'You asked for texts'), ('acknowledgement', 'We have your note'), ('missed_call', 'Sorry we missed you'), ('last_note', 'One last note'), ('door_open', 'We stop calling, call us any time'), ('care', 'A kind note, nothing asked'), ('options_offered', 'Times to choose from'), ('hold_ending', 'The time you chose is kept until'), ('seat_kept', 'A place came free for you'), ('day_moved', 'We moved your first day'), ('start_reminder', 'Your appointment is near'), ('missed_day', 'We missed you, and you are welcome'), ('staff_late', 'To staff: a call is late'), ('staff_undelivered', 'To staff: a message did not arrive'), ('staff_to_confirm', 'To staff: a seat is to be confirmed'), ('staff_moved', 'To staff: tell them of a moved day'), ('staff_look_back', 'To staff: one more call, weeks later'), ('staff_digest', 'To staff: the day at opening')], max_length=20, verbose_name='what'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'staff_digest')), fields=('occasion',), name='message_one_digest_a_day'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['opt_in', 'acknowledgement', 'missed_call', 'last_note', 'door_open', 'care', 'options_offered', 'hold_ending', 'seat_kept', 'day_moved', 'start_reminder', 'missed_day', 'staff_late', 'staff_undelivered', 'staff_to_confirm', 'staff_moved', 'staff_look_back', 'staff_digest'])), name='message_known_kind'),
        ),
        migrations.AddField(
            model_name='cadence',
            name='location',
            field=models.ForeignKey(blank=True, help_text='Empty: for every place without a row of its own, and for people to whom any town is fine.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.location', verbose_name='place'),
        ),
        migrations.AddConstraint(
            model_name='cadence',
            constraint=models.UniqueConstraint(django.db.models.functions.comparison.Coalesce('location', models.Value(0)), name='cadence_one_for_a_place'),
        ),
        migrations.AddConstraint(
            model_name='cadence',
            constraint=models.CheckConstraint(condition=models.Q(('last_note_day__lt', models.F('door_open_day'))), name='cadence_last_note_before_closing_words', violation_error_message='The closing words come after the last note.'),
        ),
        migrations.AddConstraint(
            model_name='cadence',
            constraint=models.CheckConstraint(condition=models.Q(('reminder_hours__range', (25, 48))), name='cadence_reminder_in_time'),
        ),
        migrations.AddConstraint(
            model_name='cadence',
            constraint=models.CheckConstraint(condition=models.Q(('most_contacts__gte', 3)), name='cadence_some_contact'),
        ),
        migrations.AddField(
            model_name="message",
            name="on_desk_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="earlier_ids",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.RunPython(leave_the_past_alone, migrations.RunPython.noop),
        migrations.RunPython(write_the_usual_one, migrations.RunPython.noop),
        Grant(
            {
                INTAKE_STAFF: ["followups.work_message"],
                PROGRAM_MANAGER: [
                    "followups.work_message",
                    *(f"followups.{verb}_cadence" for verb in ("view", "add", "change", "delete")),
                ],
            }
        ),
    ]
