"""R-P2, R-T2, R-E2: read as somebody reads it who looks over a shoulder at a locked phone."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from followups.discretion import fits_a_subject, fits_one_text, giveaways, in_text_letters
from followups.kinds import KINDS
from followups.models import KindName, LocalDelivery, Message
from followups.samples import FOR_STAFF
from followups.words import Words, plain_phone, spoken, words_for
from intake.choices import ReachBy
from intake.models import CallbackRequest, ContactPreference
from scheduling.models import Location

from .people import WEDNESDAY, by_email, call, fate, left, message_of, someone, tick

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "followups"
FILES = sorted(TEMPLATES.glob("*.txt"))
LONGEST_LABEL = "Ask for the Front Office"
SPAN = datetime(2026, 10, 12, tzinfo=UTC)
in_every_language = pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
BEFORE = SPAN - timedelta(days=7)  # made then, a message says the date too
MOMENTS = [SPAN + timedelta(minutes=30 * n) for n in range(48 * 7)]
PROMISES = [SPAN + timedelta(days=day, hours=16, minutes=late) for day in range(7) for late in (0, 30)]


def a_request(promised_by=WEDNESDAY, label=LONGEST_LABEL, language="en", reach_by="call") -> CallbackRequest:
    """Not saved: the words need no database."""
    place = Location(sender_label=label)
    request = CallbackRequest(reference="7KQ-42M", language=language, location=place, promised_by=promised_by)
    request.contact = ContactPreference(reach_by=reach_by)
    return request


def longest_when(language="en", now=WEDNESDAY) -> datetime:
    with translation.override(language):
        return max(MOMENTS, key=lambda moment: len(spoken(moment, a_request().zone(), now)))


@cache
def every_message(language) -> list[tuple[str, str, Words]]:
    cases = [path.name.removesuffix(".txt").split(".") for path in FILES]
    moments = [longest_when(language), longest_when(language, BEFORE), None, *PROMISES]
    requests = [a_request(when, language=language, reach_by=reach_by) for when in moments for reach_by in ReachBy]
    return [
        (kind, way, words_for(kind, way, request, now, FOR_STAFF if way == "inbox" else None))
        for kind, way in cases
        for request in requests
        for now in (WEDNESDAY, BEFORE)
    ]


def unfit(way: str, words: Words) -> list[str]:
    """What is wrong with these words, the way the gate at sending looks at them."""
    desk = f"{settings.SITE_URL}/staff/" if way == "inbox" else ""
    found = giveaways(f"{words.subject}\n{words.body.replace(desk, '')}", names=["Jordan Rivers", "Dr. Example Otter"])
    fits = fits_one_text(words.body) if way == "text" else fits_a_subject(words.subject)
    return found if fits else [*found, "too long"]


def test_the_longest_label_and_phone_are_what_the_rule_counts_with():
    assert len(LONGEST_LABEL) == Location._meta.get_field("sender_label").max_length == 24
    assert len(plain_phone(settings.PROVIDER_PHONE)) == 12
    zone = a_request().zone()
    assert len(spoken(longest_when(), zone, WEDNESDAY)) == len("Wed 12:30 pm")
    assert len(spoken(longest_when(now=BEFORE), zone, BEFORE)) == len("Wed Oct 14 12:30 pm")


def test_every_kind_has_its_files_and_no_file_is_left_over():
    wanted = {f"{name}.{way}.txt" for name, kind in KINDS.items() for way in kind.ways}
    assert {path.name for path in FILES} == wanted


@in_every_language
def test_no_message_gives_anything_away_and_every_one_fits(language):
    messages = every_message(language)
    assert len(messages) == (3 + len(PROMISES)) * len(ReachBy) * 2 * len(FILES)
    assert [(kind, way, found) for kind, way, words in messages if (found := unfit(way, words))] == []


def test_a_message_that_gave_something_away_would_be_found():
    """The same look, at words that are not all right: otherwise the test above could never fail."""
    assert unfit("text", Words("", "Front Desk: come back to IOP.")) == ["IOP"]
    assert unfit("text", Words("", "Front Desk: hello, jordan  rivers.")) == ["name"]
    assert unfit("text", Words("", "Front Desk: dr. example otter called.")) == ["name"]
    assert unfit("text", Words("", "Front Desk: don’t worry.")) == ["too long"]
    for address in ("12 Main St", "4747 Old Mill Rd.", "1 Avenue B Drive", "Calle 8", "Avenida Sol 3"):
        assert unfit("email", Words("Note", f"We are at {address}")) == ["street"], address
    assert unfit("text", Words("", "a" * 161)) == ["too long"]
    assert unfit("email", Words("Note", f"Yours, {settings.PROVIDER_NAME}"))[-1] == settings.PROVIDER_NAME
    assert unfit("email", Words("Note", "See https://example.org/my/abc/")) == ["link"]
    assert unfit("email", Words("one two three four five six seven eight nine ten", "")) == ["too long"]
    assert unfit("email", Words("a" * 61, "")) == ["too long"]
    assert unfit("email", Words("", "No subject")) == ["too long"]


@pytest.mark.django_db
@in_every_language
def test_under_the_name_of_every_place_every_message_fits(language):
    names = {*Location.objects.values_list("sender_label", flat=True), settings.SENDER_LABEL, LONGEST_LABEL}
    moment = longest_when(language, BEFORE)
    for path in FILES:
        kind, way, _txt = path.name.split(".")
        for name in names:
            request = a_request(moment, label=name, language=language)
            words = words_for(kind, way, request, BEFORE, FOR_STAFF if way == "inbox" else None)
            assert unfit(way, words) == [], (path.name, name)
            assert way == "inbox" or name in words.body, path.name


@pytest.mark.parametrize("planted", ["Front Desk: your counselor called.", "Front Desk: " + "hello " * 30])
def test_a_template_that_is_planted_among_them_fails_this_suite(planted, tmp_path, settings):
    (tmp_path / "followups").mkdir()
    (tmp_path / "followups" / "missed_call.text.txt").write_text(planted)
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    every_message.cache_clear()
    with pytest.raises(AssertionError, match="missed_call"):
        test_no_message_gives_anything_away_and_every_one_fits("en")
    every_message.cache_clear()


@in_every_language
def test_texts_say_who_writes_how_to_call_and_how_to_stop(language):
    for _kind, way, words in every_message(language):
        if way == "text":
            assert words.body.startswith(f"{LONGEST_LABEL}: ")
            assert "888-657-0858" in words.body
            assert " STOP " in words.body


@in_every_language
def test_no_text_asks_for_a_reply_that_the_carrier_takes_for_itself(language):
    """R-T6."""
    for _kind, _way, words in every_message(language):
        assert not {"YES", "CANCEL", "START"} & set(words.body.upper().replace(".", " ").split())


@pytest.mark.parametrize(
    ("moment", "words"),
    [("16:00", "Wed noon"), ("12:05", "Wed 8:05 am"), ("21:00", "Wed 5 pm"), ("04:00", "Wed 12 am")],
)
def test_a_moment_is_said_as_people_say_it(moment, words):
    at = datetime.fromisoformat(f"2026-10-14 {moment}+00:00")
    assert spoken(at, a_request().zone(), WEDNESDAY) == words


@pytest.mark.parametrize(
    ("made", "english", "spanish"),
    [
        ("2026-10-21 01:00", "Wed noon", "mié a las 12"),
        ("2026-10-16 04:00", "Wed noon", "mié a las 12"),  # five days before, a minute past midnight in Toledo
        ("2026-10-16 03:59", "Wed Oct 21 noon", "mié 21 oct a las 12"),  # six days, by the clock in Toledo
        ("2026-10-14 15:00", "Wed Oct 21 noon", "mié 21 oct a las 12"),
        ("2026-10-01 15:00", "Wed Oct 21 noon", "mié 21 oct a las 12"),
    ],
)
def test_a_day_that_could_be_taken_for_an_earlier_one_is_said_with_its_date(made, english, spanish):
    noon = datetime(2026, 10, 21, 16, tzinfo=UTC)
    now = datetime.fromisoformat(f"{made}+00:00")
    for language, words in [("en", english), ("es", spanish)]:
        with translation.override(language):
            assert spoken(noon, a_request().zone(), now) == words


@pytest.mark.parametrize(
    ("language", "reach_by", "words"),
    [
        ("en", "call", "A person will call by Wed 11 am."),
        ("en", "text", "A person will text you by Wed 11 am."),
        ("en", "email", "A person will email you by Wed 11 am."),
        ("es", "call", "Una persona te llama antes del mié 11 am."),
        ("es", "text", "Una persona te escribe antes del mié 11 am."),
        ("es", "email", "Una persona te manda un correo antes del mié 11 am."),
    ],
)
def test_a_text_promises_what_they_asked_for_and_a_call_only_to_who_wants_one(language, reach_by, words):
    request = a_request(language=language, reach_by=reach_by)
    assert words in words_for(KindName.ACKNOWLEDGEMENT, "text", request, WEDNESDAY).body


def test_an_email_promises_that_a_person_writes():
    body = words_for(KindName.ACKNOWLEDGEMENT, "email", a_request(reach_by="email"), WEDNESDAY).body
    assert "A person will write to you by Wed 11 am." in body


def test_a_day_of_the_week_is_said_in_their_language():
    words = words_for(KindName.ACKNOWLEDGEMENT, "text", a_request(language="es"), WEDNESDAY)
    assert "Wed" not in words.body
    assert "mié" in words.body


def test_accents_a_text_cannot_carry_are_left_out_and_others_stay():
    assert in_text_letters("sáb, mié, mañana, aquí: ¿sí? Ü") == "sab, mié, mañana, aqui: ¿si? Ü"
    assert not fits_one_text(in_text_letters("we’ll call"))  # a quote is no accent: mend the words


def test_words_for_staff_are_in_the_language_of_the_desk(monkeypatch):
    seen = []
    monkeypatch.setattr("followups.words.render_to_string", lambda *a: seen.append(translation.get_language()) or "x")
    request = a_request()
    request.language = "es"
    words_for(KindName.STAFF_LATE, "inbox", request, WEDNESDAY)
    words_for(KindName.ACKNOWLEDGEMENT, "text", request, WEDNESDAY)
    assert seen == ["en", "es"]


# --- at the moment of sending -----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("planted", "why"),
    [
        ("Front Desk: your counselor says hello. Reply STOP to stop texts.", "would_reveal"),
        ("Midwest Recovery Center: hello.", "would_reveal"),
        ("Front Desk: hello Jordan Rivers.", "would_reveal"),
        ("Front Desk: see www.example.org", "would_reveal"),
        ("Front Desk: we’ll call you.", "too_long"),
        ("Front Desk: " + "hello " * 30, "too_long"),
    ],
)
def test_a_template_that_gives_something_away_is_never_sent(planted, why, monkeypatch):
    monkeypatch.setattr("followups.words.render_to_string", lambda *args: planted)
    request = someone(name="Jordan Rivers")
    tick()
    assert fate(request) == ("failed", why)
    assert left() == []


@pytest.mark.django_db
def test_a_label_that_slipped_past_the_form_is_never_sent():
    Location.objects.filter(slug="toledo").update(sender_label="Sober Living Office")
    request = someone()
    tick()
    assert fate(request) == ("failed", "would_reveal")
    assert left() == []


@pytest.mark.django_db
def test_a_subject_too_long_for_a_lock_screen_is_never_sent(monkeypatch):
    monkeypatch.setattr("followups.words.render_to_string", lambda *args: "a" * 61 + "\n\nHello")
    request = by_email()
    tick()
    assert fate(request) == ("failed", "too_long")
    assert left() == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Will", "A", "Person", "may"])
def test_a_single_name_that_is_also_a_word_does_not_hold_a_message_back(name):
    request = someone(name=name)
    tick()
    assert fate(request) == ("sent", "")
    body = LocalDelivery.objects.get().body
    assert body == (
        "Front Desk: Thanks for reaching out. A person will call by Thu noon. "
        "You can call us too: 888-657-0858. Reply STOP to stop texts."
    )


@pytest.mark.django_db
def test_nothing_that_the_person_wrote_is_in_what_they_get():
    request = by_email(name="Jordan Rivers", note="The blue door, please")
    tick()
    call(request)
    tick(now=WEDNESDAY + timedelta(days=1, minutes=1))
    tick(now=message_of(request, "last_note").due_at)
    assert [one.kind for one in Message.objects.filter(status="sent").order_by("id")] == [
        "acknowledgement",
        "missed_call",
        "last_note",
    ]
    words = " ".join(f"{one.subject} {one.body}" for one in LocalDelivery.objects.all())
    for theirs in ["Jordan", "Rivers", "blue door", "Toledo", "wren@example.org", request.reference]:
        assert theirs not in words
