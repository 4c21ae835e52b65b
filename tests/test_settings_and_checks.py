"""What a start refuses or warns of, what a Redis that is down does to the pages, and what runs once a day."""

from datetime import date, timedelta

import pytest
from celery.schedules import crontab
from django.conf import settings as real_settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.checks import Tags, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.module_loading import import_string

from reentry_portal import env, health
from scheduling.models import Closure, Location

# --- The environment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["", "  "])
def test_an_empty_value_is_the_default(written, monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", written)

    assert env.flag("PORTAL_TEST", default=True) is True
    assert env.flag("PORTAL_TEST") is False
    assert env.number("PORTAL_TEST", 30) == 30
    assert env.text("PORTAL_TEST", "Front Desk") == "Front Desk"
    assert env.names("PORTAL_TEST", "Toledo, Oregon") == ["Toledo", "Oregon"]
    assert env.clock("PORTAL_TEST", "08:00").hour == 8


@pytest.mark.parametrize("read", [env.text, env.keys])
def test_an_empty_value_without_a_default_stops_the_start(read, monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", "")

    with pytest.raises(ImproperlyConfigured, match="PORTAL_TEST"):
        read("PORTAL_TEST")


@pytest.mark.parametrize("written", ["²", "1.5", "-1", "many"])
def test_only_a_whole_number_is_a_number(written, monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", written)

    with pytest.raises(ImproperlyConfigured, match="Write a whole number"):
        env.number("PORTAL_TEST", 30)


def test_the_options_of_a_provider_are_settings_under_its_name(monkeypatch):
    assert env.options("PORTAL_TEST", of="mailgun") == {}
    monkeypatch.setenv("PORTAL_TEST", "api_key=a=b, SENDER_DOMAIN = mg.frontdesk.test")
    assert env.options("PORTAL_TEST", of="mailgun") == {
        "MAILGUN_API_KEY": "a=b",
        "MAILGUN_SENDER_DOMAIN": "mg.frontdesk.test",
    }


@pytest.mark.parametrize("written", ["key", "API_KEY=", "=value", "API_KEY=x, y"])
def test_half_an_option_stops_the_start_and_is_not_printed(written, monkeypatch):
    monkeypatch.setenv("PORTAL_TEST", written)
    with pytest.raises(ImproperlyConfigured, match="PORTAL_TEST: Write NAME=value"):
        env.options("PORTAL_TEST", of="mailgun")


# --- Names on messages ------------------------------------------------------------------------------------------


def found(which: str, **how) -> list[str]:
    return [one.id for one in run_checks(**how) if one.id.startswith(which)]


@pytest.mark.parametrize(
    ("label", "problems"),
    [
        ("Front Desk", []),
        ("Sober Desk", ["followups.E002"]),
        ("I.O.P.", ["followups.E002"]),
        ("Recepción", ["followups.E002"]),
        ("A label far too long for one text", ["followups.E002"]),
        ("", ["followups.E002"]),
    ],
)
def test_the_name_on_messages_tells_nothing_in_plain_letters(label, problems, settings):
    settings.SENDER_LABEL = label
    assert found("followups.E002") == problems


@pytest.fixture
def mail(settings):
    settings.CHANNELS = {"text": "off", "email": "smtp", "inbox": "smtp"}
    settings.AGREEMENTS = {"email": {"BAA": date(2026, 1, 5), "QSOA": date(2026, 1, 5)}}
    settings.STAFF_INBOX = "desk@frontdesk.test"
    return settings


@pytest.mark.parametrize(
    ("sender", "problems"),
    [
        ("Front Desk <hello@frontdesk.test>", []),
        ("hello@frontdesk.test", []),
        ("Recovery Center <hello@frontdesk.test>", ["followups.E003"]),
        ("Front Desk <hello@midwestrecovery.test>", ["followups.E003"]),
        ("Front Desk <detox@frontdesk.test>", ["followups.E003"]),
        ("", ["followups.E003"]),
        ("Front Desk", ["followups.E003"]),
        ("desk@example.org", ["followups.E004"]),
        ("Front Desk <desk@EXAMPLE.org>", ["followups.E004"]),
        ("Front Desk <desk@mail.example.org>", ["followups.E004"]),
    ],
)
def test_the_sender_of_mail_is_set_and_tells_nothing(sender, problems, mail):
    mail.DEFAULT_FROM_EMAIL = sender
    assert found("followups.E", include_deployment_checks=True) == problems


def test_where_no_mail_leaves_the_sender_is_not_asked_for(settings):
    settings.CHANNELS = dict.fromkeys(["text", "email", "inbox"], "off")
    settings.DEFAULT_FROM_EMAIL = "desk@example.org"
    assert found("followups.E", include_deployment_checks=True) == []


# --- Next year's closed days ------------------------------------------------------------------------------------


def warned() -> list[str]:
    return found("scheduling.W002", tags=[Tags.database], databases=["default"])


@pytest.mark.django_db
def test_a_next_year_without_closed_days_is_told():
    assert warned() == []
    next_year = Closure.objects.filter(date__year=timezone.localdate().year + 1)
    next_year.delete()
    assert warned() == ["scheduling.W002"]

    day = date(timezone.localdate().year + 1, 7, 4)
    one_place = Closure.objects.create(location=Location.objects.first(), date=day)
    assert warned() == ["scheduling.W002"], "one place is not every place"
    one_place.delete()
    Closure.objects.create(date=day)
    assert warned() == []


def test_next_years_closed_days_need_no_database_to_be_left_unasked():
    assert found("scheduling.W002", tags=[Tags.database]) == []


# --- Redis down -------------------------------------------------------------------------------------------------


@pytest.fixture
def up():
    """The cache of the tests, which answers; asked once, since that it is down is remembered between tests."""
    caches["default"].get("a")
    return caches["default"]


@pytest.fixture
def no_redis(settings, tmp_path):
    """The cache as in production, and nobody behind it."""
    settings.REDIS_URL = f"unix://{tmp_path}/nobody?db=0"
    settings.CACHES = {"default": {**real_settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    return caches["default"]


def test_a_cache_that_is_down_answers_as_if_nothing_were_there(no_redis):
    assert no_redis.add("a", 1) is True
    assert no_redis.get("a") is None
    assert no_redis.get("a", []) == []
    assert no_redis.incr("a") == 1
    assert no_redis.get_many(["a"]) == {}
    assert no_redis.has_key("a") is False
    assert no_redis.delete("a") is False
    assert no_redis.touch("a") is False
    no_redis.set("a", 1)
    no_redis.set_many({"a": 1})
    no_redis.delete_many(["a"])
    no_redis.clear()


def test_a_cache_that_is_down_is_said_once_and_again_after_it_was_up(up, no_redis, caplog):
    said = "The cache is down: nothing is counted or kept"
    no_redis.get("a")
    no_redis.get("a")
    assert [line.message for line in caplog.records] == [said]

    up.get("a")
    no_redis.get("a")
    assert [line.message for line in caplog.records] == [said, said]


def test_a_mistake_of_ours_is_not_taken_for_a_cache_that_is_down():
    with pytest.raises(ValueError, match="not found"):
        caches["default"].incr("never-counted")


def test_ready_tells_a_broker_that_is_down(no_redis):
    assert health._broker() is False


def test_ready_tells_a_broker_that_answers():
    assert health._broker() is True


# --- Once a day -------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_was_kept_long_enough_goes_every_day():
    entry = real_settings.CELERY_BEAT_SCHEDULE["what-is-over"]
    assert isinstance(entry["schedule"], crontab)
    assert (len(entry["schedule"].hour), len(entry["schedule"].day_of_week)) == (1, 7)

    session = SessionStore()
    session["a"] = 1
    session.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    import_string(entry["task"])()
    assert not Session.objects.exists()


def test_every_entry_of_the_clock_names_a_task_that_is_there():
    from reentry_portal.celery import app

    app.loader.import_default_modules()
    assert {entry["task"] for entry in real_settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
