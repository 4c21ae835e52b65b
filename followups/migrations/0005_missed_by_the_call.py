"""A missed call has its message by the call, no longer by the round: one of them may have been logged by mistake."""

from datetime import UTC, datetime

from django.db import migrations

MISSED = ("no_answer", "left_message", "someone_else")


def know_them_by_the_call(apps, schema_editor):
    """So that nobody who was told by the round is told again by the call. A call taken back has no name."""
    messages = apps.get_model("followups", "Message").objects.filter(kind="missed_call")
    calls = apps.get_model("intake", "CallAttempt").objects.filter(outcome__in=MISSED, correction=None)
    for message in messages.filter(occasion__startswith="round "):
        began = datetime.strptime(message.occasion, "round %Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
        call = calls.filter(request=message.request_id, at__gte=began).order_by("number").first()
        if call and not messages.filter(request=message.request_id, occasion=str(call.pk)).exists():
            messages.filter(pk=message.pk).update(occasion=str(call.pk))


class Migration(migrations.Migration):
    dependencies = [
        ("followups", "0004_cadence"),
        ("intake", "0014_words_of_prints_go"),
    ]

    operations = [migrations.RunPython(know_them_by_the_call, migrations.RunPython.noop)]
