"""The pages of a manager as a browser sees them: accessible, and never wider than the screen."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from scheduling.models import Closure, Therapist
from tests.intake.desk_tools import at_the_desk
from tests.intake.make import sent
from tests.intake.people import staff
from tests.scheduling.make import DAY, TOMORROW, group, hold, hour, placed
from tests.scheduling.test_groups_admin import WEEK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 820, 1280])
def test_axe_finds_nothing_and_no_page_scrolls_sideways(width, scheme, browser, live_server, accessibility_problems):
    pages = pages_with_something_on_them()
    session = at_the_desk(staff(role="manager")).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    found = {}
    for heading, address in pages.items():
        page.goto(live_server.url + address)
        assert page.get_by_role("heading", name=heading).first.is_visible()
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[heading] = accessibility_problems(page) + ([f"{wide} wide"] if wide > width else [])
    context.close()
    assert {heading: problems for heading, problems in found.items() if problems} == {}


def pages_with_something_on_them() -> dict[str, str]:
    """The heading of each page, and its address."""
    now = timezone.now()
    river = group("maumee", seats=9, therapist=Therapist.objects.create(display_name="Sage"), week_one=[TOMORROW])
    hold(river, sent()[0]), placed(river, sent(phone="+14195550199")[0])
    group("", seats=0), group("toledo", is_open=False)
    mine, _free = (hour(town=town, starts_at=now + days * DAY) for town, days in (("maumee", 1), ("", 2)))
    placed(mine, sent()[0])
    closure = Closure.objects.create(date=TOMORROW, reason="Ice")
    return {
        "Groups": WEEK,
        "Hours to book": reverse("admin:scheduling_appointmentslot_changelist"),
        "Add hours": reverse("admin:scheduling_appointmentslot_add"),
        "Hour to book": reverse("admin:scheduling_appointmentslot_change", args=[mine.pk]),
        "Closed days": reverse("admin:scheduling_closure_changelist"),
        "Tuesday, June 2, 2026": reverse("admin:scheduling_closure_touches", args=[closure.pk]),
    }
