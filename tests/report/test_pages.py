"""smoke"""

import pytest, time_machine
from django.test import Client
from tests.intake.people import staff, someone, MONDAY


@pytest.mark.django_db
def test_smoke():
    someone(name="Wren")
    c = Client()
    c.force_login(staff("marlo", "manager"))
    with time_machine.travel(MONDAY):
        for p in (
            "/staff/report/",
            "/staff/report/?place=toledo",
            "/staff/report/coverage/",
            "/staff/report/figures.csv",
        ):
            r = c.get(p)
            print(p, r.status_code, len(r.content))
            assert r.status_code == 200
