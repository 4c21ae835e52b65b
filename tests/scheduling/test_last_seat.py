"""The last seat of a group and the one of an hour go to exactly one person, however many ask at once: on PostgreSQL,
and on a SQLite file."""

import json
import os
import subprocess
import sys
from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from reentry_portal.env import BASE_DIR
from scheduling.models import SeatClaim
from scheduling.seats import NoSeatLeft, set_seats
from tests.intake.make import at_once, sent
from tests.scheduling.make import DAY, NOW, WHO, group, hold, hour, seats_of
from tests.scheduling.raw_writes import ALL_RULES, RAW_WRITES, claim_on

PEOPLE = 20


def ask_for_the_last_seat() -> dict[str, int]:
    """Twenty people ask at the same moment; how many heard what, and how the seats of the group stand after."""
    river = group(seats=1)
    answers = at_once(*(partial(hold, river, sent()[0]) for _ in range(PEOPLE)))
    placed, held, free = seats_of(river)
    return counted(answers) | {"placed": placed, "held": held, "free": free}


def ask_for_one_hour() -> dict[str, int]:
    """Twenty people ask for the same hour at the same moment; how many heard what, and how many claims it has."""
    talk = hour()
    answers = at_once(*(partial(hold, talk, sent()[0]) for _ in range(PEOPLE)))
    return counted(answers) | {"claims": talk.seatclaims.count()}


def write_without_any_lock() -> list[dict[str, int]]:
    """Rows written straight into the table, for the seat of a group and of an hour: only the database can say no."""
    both = group(seats=1).seats.get(), hour(starts_at=NOW + 2 * DAY).seat
    return [counted(at_once(*(partial(claim_on, seat, sent()[0]) for _ in range(PEOPLE)))) for seat in both]


def rules_that_are_kept() -> list[str]:
    """The rules on hours, seats, claims and waits that refuse a row that breaks them, whoever writes it."""
    return sorted(rule for rule, write in RAW_WRITES.items() if is_refused(write()))


def is_refused(write) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


def counted(answers) -> dict[str, int]:
    return dict(Counter(type(answer).__name__ for answer in answers))


ONE_HOLDS_IT = {"SeatClaim": 1, "NoSeatLeft": PEOPLE - 1, "placed": 0, "held": 1, "free": 0}
ONE_HAS_THE_HOUR = {"SeatClaim": 1, "NoSeatLeft": PEOPLE - 1, "claims": 1}
ONE_IS_WRITTEN = [{"SeatClaim": 1, "IntegrityError": PEOPLE - 1}] * 2


@pytest.mark.django_db(transaction=True)
def test_on_postgresql():
    assert ask_for_the_last_seat() == ONE_HOLDS_IT
    assert ask_for_one_hour() == ONE_HAS_THE_HOUR
    assert write_without_any_lock() == ONE_IS_WRITTEN
    assert rules_that_are_kept() == sorted(ALL_RULES)


SQLITE = """
import json, django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.scheduling import test_last_seat as the
answers = the.ask_for_the_last_seat(), the.ask_for_one_hour(), the.write_without_any_lock(), the.rules_that_are_kept()
print(json.dumps(answers))
"""


def test_on_sqlite(tmp_path):
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3", "VAR_DIR": str(tmp_path)}
    environment |= {"DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}
    command = [sys.executable, "-c", SQLITE]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [
        ONE_HOLDS_IT,
        ONE_HAS_THE_HOUR,
        ONE_IS_WRITTEN,
        sorted(ALL_RULES),
    ]


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
