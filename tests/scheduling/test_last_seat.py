"""The last seat goes to exactly one person, however many ask at once: on PostgreSQL, and on a SQLite file."""

import json
import os
import subprocess
import sys
from functools import partial

import pytest
from django.db import IntegrityError

from reentry_portal.env import BASE_DIR
from scheduling.models import SeatClaim
from scheduling.seats import NoSeatLeft, set_seats
from tests.intake.make import at_once, sent
from tests.scheduling.make import DAY, NOW, TOMORROW, WHO, group, hold, seats_of

PEOPLE = 20


def race_for_the_last_seat() -> dict[str, int]:
    """Twenty people ask at the same moment; how many heard what."""
    river = group(seats=1)
    answers = at_once(*(partial(hold, river, sent()[0]) for _ in range(PEOPLE)))
    heard = [type(answer).__name__ for answer in answers]
    placed, held, free = seats_of(river)
    return {name: heard.count(name) for name in set(heard)} | {"placed": placed, "held": held, "free": free}


ONE_HOLDS_IT = {"SeatClaim": 1, "NoSeatLeft": PEOPLE - 1, "placed": 0, "held": 1, "free": 0}


@pytest.mark.django_db(transaction=True)
def test_on_postgresql():
    assert race_for_the_last_seat() == ONE_HOLDS_IT


SQLITE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.scheduling.test_last_seat import race_for_the_last_seat
print(json.dumps(race_for_the_last_seat()))
"""


def test_on_sqlite(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3", "VAR_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}
    command = [sys.executable, "-c", SQLITE]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ONE_HOLDS_IT


@pytest.mark.django_db(transaction=True)
def test_even_writers_without_any_lock_cannot_share_a_seat():
    seat = group(seats=1).seats.get()
    made = {"group": seat.group, "starts_on": TOMORROW, "made_at": NOW, "expires_at": NOW + DAY}
    answers = at_once(*(partial(SeatClaim.objects.create, seat=seat, request=sent()[0], **made) for _ in range(PEOPLE)))
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == PEOPLE - 1
    assert SeatClaim.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_tabs_holds_one_seat():
    wren = sent()[0]
    groups = [group(town) for town in ("toledo", "maumee", "perrysburg", "oregon")]
    at_once(*(partial(hold, one, wren) for one in groups))
    assert SeatClaim.objects.holds().count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_seat_is_held_or_taken_away_and_never_both():
    for _ in range(5):
        river = group(seats=1)
        answers = at_once(partial(hold, river, sent()[0]), partial(set_seats, group_id=river.pk, number=0, **WHO))
        assert sum(isinstance(answer, Exception) for answer in answers) == 1
        assert seats_of(river) in [(0, 1, 0), (0, 0, 0)]
        assert not any(isinstance(answer, NoSeatLeft) for answer in answers) or seats_of(river) == (0, 0, 0)
