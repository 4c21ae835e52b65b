"""Signing in to the desk: neutral, the same for a wrong name and a wrong password, and a second step (R-H7)."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.test import Client
from django.urls import reverse

from privacy.models import AuditEvent
from privacy.revealing_words import reveals
from tests.intake.desk_tools import LIST, card_of, wren
from tests.intake.people import staff

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"
MANAGE = (
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_logout",
    "account_change_password",
    "account_reauthenticate",
)


@pytest.fixture
def juno():
    person = staff()
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def second_step(juno):
    """Juno also has an authenticator app and recovery codes."""
    TOTP.activate(juno, generate_totp_secret())
    RecoveryCodes.activate(juno)
    return juno


def sign_in(client: Client, username: str = "juno", password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": username, "password": password})


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def is_titled(html: str) -> str:
    return re.search(r"<title>(.*?)</title>", html, re.DOTALL).group(1).strip()


def opened(client: Client, name: str) -> str:
    """The page, after the check that it is still us where the page asks for one."""
    answer = client.get(reverse(name))
    if answer.status_code == 302:
        check = answer.headers["Location"]
        assert is_titled(page(client.get(check))) == "Is it still you?"
        answer = client.get(client.post(check, {"password": PASSWORD}).headers["Location"])
    return page(answer)


def test_the_sign_in_page_says_nothing_about_who_we_are():
    html = page(Client().get(reverse("account_login")))
    assert is_titled(html) == "Sign in"
    assert settings.PROVIDER_NAME not in html
    assert reveals(re.sub(r"<[^>]+>", " ", html)) == []


@pytest.mark.parametrize("word", ["sign up", "remember", "signup", "forgot"])
def test_the_sign_in_page_offers_no_other_way_in(word):
    assert word not in page(Client().get(reverse("account_login"))).lower()


def test_a_wrong_name_and_a_wrong_password_get_the_same_kind_words(juno):
    answers = [page(sign_in(Client(), "juno", "wrong")), page(sign_in(Client(), "nobody", "wrong"))]
    kind = "This username and password do not go together. Check both, and try again."
    assert [kind in html for html in answers] == [True, True]
    plain = [re.sub(r'value="[^"]*"', "", html) for html in answers]
    assert plain[0] == plain[1]


def test_the_right_words_open_the_desk(juno):
    client = Client()
    assert sign_in(client).headers["Location"] == settings.LOGIN_REDIRECT_URL
    assert client.get("/staff/", follow=True).redirect_chain[-1][0] == reverse("admin:intake_callbackrequest_desk")


def test_nobody_can_sign_up():
    html = page(Client().get(reverse("account_signup")))
    assert "Sign-ins are given out in person" in html
    assert "<input" not in html


def test_with_a_second_step_a_password_alone_opens_nothing(second_step):
    client = Client()
    assert sign_in(client).headers["Location"] == reverse("mfa_authenticate")
    html = page(client.get(reverse("mfa_authenticate")))
    assert is_titled(html) == "Sign in"
    assert "Use a security key" in html
    assert client.get(reverse("admin:intake_callbackrequest_desk")).status_code == 302


def test_a_recovery_code_is_a_second_step_and_a_wrong_one_is_not(second_step):
    client = Client()
    sign_in(client)
    html = page(client.post(reverse("mfa_authenticate"), {"code": "000000"}))
    assert "There is a problem" in html
    code = second_step.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 302
    assert page(client.get(reverse("admin:intake_callbackrequest_desk")))


@pytest.mark.parametrize("name", MANAGE)
def test_every_page_about_ones_own_sign_in_opens(juno, name):
    client = Client()
    sign_in(client)
    html = opened(client, name)
    assert "desk.css" in html
    assert settings.PROVIDER_NAME not in html


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
    ],
)
def test_every_page_about_a_second_step_opens(second_step, name):
    client = Client()
    sign_in(client)
    code = second_step.authenticator_set.get(type="recovery_codes").wrap().get_unused_codes()[0]
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert "desk.css" in opened(client, name)


def test_signing_out_is_one_press_and_says_so_without_a_message(juno):
    client = Client()
    sign_in(client)
    answer = client.post(reverse("account_logout"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_login")
    assert "messagelist" not in answer.content.decode()


# --- Too many tries ---------------------------------------------------------------------------------------------


def test_a_stranger_who_guesses_locks_out_nobody_else_behind_the_proxy(juno, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]  # quick
    stranger = Client(headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    answers = [sign_in(stranger, f"guess-{number}", "wrong") for number in range(40)]
    assert "Too many" in answers[-1].content.decode() or answers[-1].status_code == 429

    colleague = Client(headers={"X-Forwarded-For": "198.51.100.4", "X-Forwarded-Proto": "https"})
    assert sign_in(colleague).status_code == 302


def test_staff_can_sign_in_while_redis_is_down(juno, settings, tmp_path):
    default = settings.CACHES["default"]
    settings.CACHES = {"default": {**default, "LOCATION": f"unix://{tmp_path}/nobody?db=0"}}
    assert sign_in(Client()).headers["Location"] == settings.LOGIN_REDIRECT_URL
    assert "do not go together" in page(sign_in(Client(), "juno", "wrong"))


# --- Who did what (R-H5) ----------------------------------------------------------------------------------------


def recorded() -> list[tuple[str, str, str]]:
    rows = AuditEvent.objects.order_by("id").values_list("action", "actor", "subject_key")
    return [row for row in rows if row[0].startswith("desk.")]


def test_signing_in_and_out_is_recorded(juno):
    client = Client()
    sign_in(client)
    client.post(reverse("account_logout"))
    assert recorded() == [("desk.signed_in", "juno", str(juno.pk)), ("desk.signed_out", "juno", str(juno.pk))]


def test_a_failed_sign_in_is_recorded_and_never_what_was_typed(juno):
    sign_in(Client(), "juno", "wrong")
    sign_in(Client(), "hunter2-typed-in-the-wrong-field", "wrong")
    assert recorded() == [("desk.sign_in_failed", "unknown", str(juno.pk)), ("desk.sign_in_failed", "unknown", "")]
    assert "hunter2" not in str(list(AuditEvent.objects.values()))


def test_signing_out_without_having_signed_in_records_nothing():
    Client().post(reverse("account_logout"))
    assert recorded() == []


@pytest.mark.parametrize("button", ["claim", "attempt", "note", "offer"])
def test_a_button_pressed_when_signed_out_leads_back_to_its_card(client, button):
    request = wren()
    answer = client.post(reverse(f"admin:intake_callbackrequest_{button}", args=[request.pk]), {"outcome": "talked"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [card_of(request)]}
    assert request.attempts.count() == 0


def test_rows_ticked_when_signed_out_lead_back_to_their_list(client):
    answer = client.post(reverse("admin:intake_callbackrequest_assign"), {"pk": ["1"]})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [reverse(LIST)]}
