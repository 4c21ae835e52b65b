"""Monday morning at the desk, for the tests that ask for it."""

import pytest
import time_machine
from django.test import Client

from tests.intake.desk_tools import at_the_desk
from tests.intake.people import MONDAY, staff


@pytest.fixture
def monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def juno(db):
    """A member of the intake staff."""
    return staff()


@pytest.fixture
def desk(monday_morning, juno) -> Client:
    """The desk with Juno sitting at it."""
    return at_the_desk(juno)
