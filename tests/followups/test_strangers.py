"""Somebody who knows a person's number learns nothing from what does, or does not, come to himself (R-P3)."""

import pytest

from intake import actions
from privacy import audit

from .people import WEDNESDAY, fate, left, someone, tick

pytestmark = pytest.mark.django_db
HIS_MAIL = {"reach_by": "email", "email": "stranger@example.org", "text_ok": False}


def test_his_own_email_comes_whether_or_not_the_number_he_left_had_a_message():
    someone()
    tick()
    known, unknown = someone(**HIS_MAIL), someone(number=77, **{**HIS_MAIL, "email": "other@example.org"})
    tick()
    assert fate(known) == fate(unknown) == ("sent", "")
    assert sorted(way for way, _to in left()) == ["email", "email", "text"]


def test_his_own_email_comes_whether_or_not_the_person_with_that_number_stopped_messages():
    her = someone()
    tick()
    his = someone(**HIS_MAIL)
    actions.stop_messages(request_id=her.pk, by=audit.PERSON, now=WEDNESDAY)
    tick()
    assert fate(his) == ("sent", "")


def test_texts_to_one_number_still_count_together_whoever_asked_for_them():
    first, second = someone(), someone(name="Sorrel")
    tick()
    assert sorted([fate(first), fate(second)]) == [("planned", "one_a_day"), ("sent", "")]
