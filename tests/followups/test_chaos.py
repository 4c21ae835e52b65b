"""Everything goes wrong at once, on real processes: each text is sent once, or not on purpose, or a person looks.

`script/chaos` runs the same with many more texts. What counts is the provider's own count.
"""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.services import _end_with_parent

TEXTS = 100


@pytest.fixture(scope="module")
def figures():
    command = [sys.executable, "-W", "ignore", "-m", "tests.followups.chaos", str(TEXTS)]
    run = subprocess.run(
        command, cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, preexec_fn=_end_with_parent
    )
    assert run.stdout, run.stderr[-6000:]
    return json.loads(run.stdout)


def test_workers_are_killed_and_redis_and_postgresql_stopped_while_texts_go_out(figures):
    assert figures["blows"] == {"kill_a_worker": 2, "restart_redis": 1, "stop_postgres": 1, "pull_the_plug": 1}


def test_whatever_breaks_no_text_is_taken_twice_and_nothing_is_lost(figures):
    assert figures["wrong"] == [], figures
    assert figures["taken twice"] == 0
    assert sum(times for what, times in figures["ends"].items() if "staff" not in what) == TEXTS
    assert figures["ends"]["acknowledgement sent"] > 0
