"""The demo can be planted on any day, also when nobody has been on since its people wrote."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from intake.models import CallAttempt

# Thanksgiving and the day after are closed: nobody is on from Wednesday evening until Monday.
LONG_WEEKEND = [27, 29, 30]


@pytest.mark.django_db
@pytest.mark.parametrize("day", LONG_WEEKEND)
def test_the_demo_can_be_planted_on_every_day_of_a_long_weekend(day, settings, capsys):
    settings.DEMO = True
    with time_machine.travel(datetime(2026, 11, day, 12, tzinfo=UTC), tick=False):
        call_command("seed_demo")
    assert CallAttempt.objects.filter(outcome="no_answer").exists()
