"""The week of groups as a browser sees it: accessible, and never wider than the screen."""

import pytest
from django.conf import settings

from scheduling.models import Therapist
from tests.intake.desk_tools import at_the_desk
from tests.intake.make import sent
from tests.intake.people import staff
from tests.scheduling.make import TOMORROW, group, hold, placed
from tests.scheduling.test_groups_admin import WEEK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 820, 1280])
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(
    width, scheme, browser, live_server, accessibility_problems
):
    river = group("maumee", seats=9, therapist=Therapist.objects.create(display_name="Sage"), week_one=[TOMORROW])
    hold(river, sent()[0]), placed(river, sent(phone="+14195550199")[0])
    group("", seats=0), group("toledo", is_open=False)
    session = at_the_desk(staff(role="manager")).cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": width, "height": 740}, color_scheme=scheme)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + WEEK)
    assert page.get_by_role("heading", name="Groups").is_visible()
    assert accessibility_problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    context.close()
