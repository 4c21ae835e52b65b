"""The demo's clinician has something to look at, made by the real actions."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from clinical.models import ReassessmentNote
from tests.clinical.desk import at, desk_of, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings, capsys):
    settings.DEMO = True
    call_command("seed_demo")


def test_one_note_is_signed_and_two_hours_are_to_come(capsys):
    page = text_of(desk_of(get_user_model().objects.get(username="clinician")).get(at("changelist")))
    assert (page.count(">Begin<"), page.count(">Read<")) == (2, 1)
    capsys.readouterr()
    call_command("verify_notes")
    assert "everything is as it was signed" in capsys.readouterr().out


def test_running_it_again_adds_nothing():
    call_command("seed_demo")
    assert ReassessmentNote.objects.count() == 1


def test_the_demo_administrator_finds_no_note():
    note = ReassessmentNote.objects.get()
    assert desk_of(get_user_model().objects.get(username="admin")).get(at("change", note)).status_code == 404
