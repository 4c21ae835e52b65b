"""Real talk with a text provider on this machine: what may be tried again, what never, and what nobody knows."""

import socket
from base64 import b64decode
from datetime import date, timedelta

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from followups import provider_copies, receipts
from followups.models import Message

from .people import UNDELIVERED, WEDNESDAY, fate, left, message_of, planned, someone, tick
from .text_provider import HANGS_UP, LIES, NO_ID, REFUSED, SILENT, TAKEN, TOO_MANY, TROUBLE, TextProvider

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
SIGNED = {"BAA": date(2026, 1, 5), "QSOA": date(2026, 1, 5)}


@pytest.fixture
def texts_at(settings):
    """A function: from now on texts go to this address."""

    def use(url):
        settings.TEXTS_URL = url
        settings.TEXTS_ACCOUNT, settings.TEXTS_TOKEN, settings.TEXTS_FROM = "AC1", "a secret", "+14195550100"
        settings.AGREEMENTS = {**settings.AGREEMENTS, "text": SIGNED}
        settings.CHANNELS = {**settings.CHANNELS, "text": "twilio"}

    return use


@pytest.fixture
def provider(texts_at):
    with TextProvider() as provider:
        texts_at(provider.url)
        yield provider


def test_a_text_goes_to_the_number_with_a_place_to_call_back_and_keeps_their_id(provider):
    request = someone()
    tick()
    assert fate(request) == ("sent", "")
    (text,) = provider.texts
    message = message_of(request)
    assert (text["To"], text["From"], text["sid"]) == ("+14195550101", "+14195550100", message.provider_id)
    assert text["Body"].startswith("Front Desk: Thanks for reaching out.")
    assert text["StatusCallback"] == f"http://testserver/t/{message.pk}/"
    ((path, authorization),) = provider.asked
    assert path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert b64decode(authorization.removeprefix("Basic ")) == b"AC1:a secret"


@pytest.mark.parametrize(
    ("answer", "result", "taken"),
    [
        (TAKEN, ("sent", ""), 1),
        (REFUSED, ("failed", "refused"), 0),
        (TOO_MANY, ("planned", "trying_again"), 0),
        (TROUBLE, ("stuck", "error"), 0),
        (SILENT, ("stuck", "error"), 1),
        (HANGS_UP, ("stuck", "error"), 1),
        (NO_ID, ("stuck", "error"), 1),
    ],
)
def test_what_the_provider_answers_decides_what_becomes_of_a_text(answer, result, taken, provider, settings):
    settings.TEXTS_ANSWER_WITHIN = 0.3
    provider.answers = lambda text: answer
    request = someone()
    tick()
    assert fate(request) == result
    assert len(provider.texts) == taken
    assert bool(message_of(request).handed_over_at) == (result[0] in {"sent", "stuck"})


@pytest.mark.parametrize("answer", [SILENT, HANGS_UP, NO_ID])
def test_a_text_that_may_have_been_taken_is_never_sent_again(answer, provider, settings):
    settings.TEXTS_ANSWER_WITHIN = 0.3
    provider.answers = lambda text: answer
    request = someone()
    tick()
    provider.answers = lambda text: TAKEN
    for hours in range(1, 4):
        tick(now=WEDNESDAY + hours * HOUR)
    assert provider.taken() == {"+14195550101": 1}
    assert fate(request) == ("stuck", "error")
    assert fate(request, UNDELIVERED) == ("sent", "")
    assert [way for way, _to in left()] == ["inbox"]


def test_too_many_at_once_waits_longer_each_time_and_ends_with_a_person(provider):
    provider.answers = lambda text: TOO_MANY
    request, now, waits = someone(), WEDNESDAY, []
    while fate_so_far(request, now) == ("planned", "trying_again"):
        waits.append(message_of(request).due_at - now)
        now = message_of(request).due_at
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 8, 16)]
    assert fate(request) == ("failed", "no_answer")


def fate_so_far(request, now) -> tuple[str, str]:
    tick(now=now)
    return fate(request)


def test_a_provider_that_is_down_is_tried_again_and_gets_it_once(texts_at):
    request = someone()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound and not listening: refused
        texts_at(f"http://127.0.0.1:{unused.getsockname()[1]}")
        tick()
    assert fate(request) == ("planned", "trying_again")
    with TextProvider() as provider:
        texts_at(provider.url)
        tick(now=message_of(request).due_at)
        tick(now=WEDNESDAY + HOUR)
        assert provider.taken() == {"+14195550101": 1}


@pytest.mark.parametrize("missing", ["BAA", "QSOA"])
def test_nothing_goes_to_a_vendor_who_has_not_signed_both(missing, provider, settings):
    settings.AGREEMENTS = {**settings.AGREEMENTS, "text": {**SIGNED, missing: None}}
    request = someone()
    tick()
    assert fate(request) == ("planned", "trying_again")
    assert provider.asked == []
    (error,) = [one for one in run_checks() if one.id == "followups.E005"]
    assert f"TEXT_{missing}_SIGNED_ON" in error.hint
    settings.AGREEMENTS = {**settings.AGREEMENTS, "text": SIGNED}
    assert "followups.E005" not in {one.id for one in run_checks()}


@pytest.mark.parametrize(
    ("site", "sender", "found"),
    [
        ("https://desk.example.org", "+14195550100", set()),
        ("http://desk.example.org", "+14195550100", {"followups.E006"}),
        ("https://desk.example.org", "", {"followups.E006"}),
    ],
)
def test_texts_need_a_number_and_a_closed_line(site, sender, found, texts_at, settings):
    texts_at("https://api.example.org")
    settings.SITE_URL, settings.TEXTS_FROM = site, sender
    ids = {one.id for one in run_checks(include_deployment_checks=True)}
    assert ids & {"followups.E006"} == found


# --- what they tell us later ----------------------------------------------------------------------------------------


def heard(request, *said, provider_id="SM1") -> tuple[str, str]:
    for one in said:
        receipts.note(message_of(request).pk, provider_id, one, now=WEDNESDAY + HOUR)
    return fate(request)


def handed_over(**changes):
    """A request whose acknowledgement the provider took as SM1."""
    request = someone()
    planned()
    as_sent = {"status": "sent", "channel": "text", "tries": 1, "handed_over_at": WEDNESDAY, "provider_id": "SM1"}
    Message.objects.filter(request=request).update(**{**as_sent, **changes})
    return request


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (["queued", "sent", "delivered"], ("sent", "")),
        (["delivered", "sent", "queued"], ("sent", "")),
        (["delivered", "undelivered"], ("sent", "")),
        (["undelivered", "delivered"], ("sent", "")),
        (["undelivered", "sent"], ("failed", "undelivered")),
        (["failed", "failed"], ("failed", "undelivered")),
        (["a new word of theirs"], ("sent", "")),
    ],
)
def test_receipts_in_any_order_come_to_the_same(said, result):
    assert heard(handed_over(), *said) == result


def test_a_receipt_settles_what_nobody_knew():
    for status in ("sending", "stuck"):
        request = handed_over(status=status, provider_id="")
        assert heard(request, "queued") == ("sent", "")
        assert message_of(request).provider_id == "SM1"
        assert heard(handed_over(status=status, provider_id=""), "undelivered") == ("failed", "undelivered")


def test_a_provider_that_says_too_many_and_took_it_is_believed_when_it_calls_back(provider):
    provider.answers = lambda text: LIES
    request = someone()
    tick()
    assert fate(request) == ("planned", "trying_again")
    heard(request, "sent", provider_id=provider.texts[0]["sid"])
    provider.answers = lambda text: TAKEN
    tick(now=WEDNESDAY + HOUR)
    assert fate(request) == ("sent", "")
    assert provider.taken() == {"+14195550101": 1}


def test_a_receipt_for_another_text_changes_nothing():
    request = handed_over()
    assert heard(request, "undelivered", provider_id="SM2") == ("sent", "")
    assert heard(handed_over(status="skipped"), "delivered") == ("skipped", "")
    untried = handed_over(status="planned", tries=0, handed_over_at=None, provider_id="")
    assert heard(untried, "delivered") == ("planned", "")


def test_a_text_that_got_lost_tells_staff_the_same_day():
    request = handed_over()
    heard(request, "undelivered")
    tick(now=WEDNESDAY + HOUR)
    assert fate(request, UNDELIVERED) == ("sent", "")
    assert [way for way, _to in left()] == ["inbox"]


# --- their copy of our words ----------------------------------------------------------------------------------------


def test_the_provider_forgets_the_words_of_what_has_arrived_and_is_asked_once(provider):
    arrived, on_its_way = someone(number=1), someone(number=2)
    tick()
    heard(arrived, "delivered", provider_id=message_of(arrived).provider_id)
    for _ in range(2):
        provider_copies.blank(now=WEDNESDAY + HOUR)
    assert provider.blanked == [message_of(arrived).provider_id]
    provider_copies.blank(now=WEDNESDAY + 25 * HOUR)  # of the other nothing was heard, and it is over too
    assert provider.blanked[1:] == [message_of(on_its_way).provider_id]


def test_a_provider_that_will_not_forget_now_is_asked_again(provider):
    request = handed_over(delivered_at=WEDNESDAY)
    provider.answers = lambda text: TOO_MANY
    provider_copies.blank(now=WEDNESDAY + HOUR)
    assert message_of(request).blanked_at is None
    provider.answers = lambda text: TAKEN
    provider_copies.blank(now=WEDNESDAY + HOUR)
    assert message_of(request).blanked_at == WEDNESDAY + HOUR


def test_where_nobody_keeps_a_copy_nobody_is_asked():
    request = handed_over(delivered_at=WEDNESDAY)
    provider_copies.blank(now=WEDNESDAY + HOUR)
    assert message_of(request).blanked_at is None


def test_the_address_for_receipts_is_neutral():
    assert reverse("text-receipt", args=[7]) == "/t/7/"
