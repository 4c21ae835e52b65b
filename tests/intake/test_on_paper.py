"""A request on paper, and the limits on sharing: permission, reason, notice, banner, and a line in the log."""

from importlib import import_module
from io import BytesIO, StringIO

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.urls import reverse
from pypdf import PdfReader

from intake import actions, corrections, on_paper
from intake.admin.record_pdf import request_as_pdf
from intake.errors import NoReason, NotPossible
from intake.models import RecordPrint, Restriction
from privacy import audit, key_rotation
from privacy.models import AuditEvent
from privacy.part2 import LONG_NOTICE, NO_RELEASE, PART2_NOTICE_VERSION, SHORT_NOTICE
from privacy.retention import REQUESTS_KEPT
from tests.intake.desk_tools import SECRETS, at_the_desk, card_of, is_titled, text, words_of, wren
from tests.intake.make import every_text_in_the_database
from tests.intake.people import MONDAY, staff
from tests.intake.test_who_sees_whose import EVERYBODY, limited, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

WHY = {"reason": "own_copy", "words": "They asked at the desk, with Zanzibar ID."}
MAY_PRINT = {"manager", "privacy", "administrator"}
MAY_LIMIT = {"intake", "privacy", "administrator"}
ON_PAPER = ("Wren Zebedee", "(419) 555-0117", "wren@example.org", "Fridays", "Tuesdays are hard for me.")


def print_of(request) -> str:
    return reverse("admin:intake_callbackrequest_print", args=[request.pk])


def limits_of(request) -> str:
    return reverse("admin:intake_callbackrequest_restrictions", args=[request.pk])


def end_of(limit, request=None) -> str:
    args = [(request or limit.request).pk, limit.pk]
    return reverse("admin:intake_callbackrequest_end_restriction", args=args)


def pages_of(file: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(file)).pages]


def refusals() -> list[tuple]:
    events = AuditEvent.objects.filter(action="request.print_refused").order_by("id")
    return [(one.actor, one.subject_key, one.fields) for one in events]


@pytest.fixture
def officer():
    return staff("linden", role="privacy")


def limit_on(request, kind="family", words="", by=None):
    return on_paper.restrict(kind, words, request_id=request.pk, by=by or staff("aspen"), now=MONDAY)


# --- who, and why ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYBODY)
def test_only_the_officer_and_managers_print_and_every_other_try_is_written_down(role):
    request, client = wren(), at_the_desk(somebody(role))
    may = role in MAY_PRINT
    assert client.get(print_of(request)).status_code == (200 if may else 403)
    answer = client.post(print_of(request), WHY)
    assert answer.status_code == (200 if may else 403)
    assert (answer["Content-Type"] == "application/pdf") is may
    assert RecordPrint.objects.count() == may
    assert refusals() == ([] if may else [("linnea", str(request.pk), ["permission"])] * 2)


def test_without_permission_what_is_there_and_what_is_not_are_the_same(juno):
    client = at_the_desk(juno)
    there, nowhere = client.get(print_of(wren())), client.get("/staff/intake/callbackrequest/99999/print/")
    assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content)
    assert refusals()[-1] == ("juno", "", ["permission"])


@pytest.mark.parametrize("missing", ["reason", "words"])
@pytest.mark.parametrize("empty", ["", "  ", None])
def test_without_a_reason_there_is_no_file_and_the_try_is_written_down(officer, missing, empty):
    request, client = wren(), at_the_desk(officer)
    form = {name: value for name, value in (WHY | {missing: empty}).items() if value is not None}
    answer = client.post(print_of(request), form)
    assert answer.status_code == 403
    assert "Nothing was printed. Say why first." in answer.content.decode()
    assert not RecordPrint.objects.exists()
    assert refusals() == [("linden", str(request.pk), [missing])]


def test_the_action_itself_takes_no_empty_reason(officer):
    request = wren()
    for reason, words in (("", "Why"), ("own_copy", " "), ("police", "They came")):
        with pytest.raises(NoReason):
            on_paper.print_record(reason, words, request_id=request.pk, by=officer, now=MONDAY)
    assert not RecordPrint.objects.exists()


def test_an_officer_with_a_limit_prints_no_record_of_another_town(officer):
    request = wren(town="toledo")
    client = at_the_desk(limited(officer, "maumee"))
    assert [client.get(print_of(request)).status_code, client.post(print_of(request), WHY).status_code] == [404, 404]
    assert not RecordPrint.objects.exists()


def test_each_copy_is_a_row_and_a_line_in_the_log_and_neither_tells_the_words(officer):
    request = wren()
    at_the_desk(officer).post(print_of(request), WHY)
    printed = RecordPrint.objects.get()
    assert (printed.reason, printed.words, printed.made_by, printed.made_at) == (*WHY.values(), officer, MONDAY)
    assert printed.notice_version == PART2_NOTICE_VERSION == "2024"
    event = AuditEvent.objects.get(action="request.printed")
    assert (event.actor, event.subject_key, event.note) == ("linden", str(request.pk), "own_copy")
    assert event.fields == ["avoid_times", "email", "name", "note", "phone", "restriction_words"]
    copy = every_text_in_the_database()
    assert "own_copy" in copy
    assert "Zanzibar" not in copy


def test_the_words_about_a_copy_go_when_the_person_erases_everything_and_the_copy_stays_known(officer):
    request, other = wren(), wren()
    for one in (request, other):
        on_paper.print_record(*WHY.values(), request_id=one.pk, by=officer, now=MONDAY)
    actions.erase(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    assert list(other.prints.values_list("words", flat=True)) == [WHY["words"]]
    printed = request.prints.get()
    assert (printed.words, printed.reason, printed.made_by, printed.made_at) == ("", "own_copy", officer, MONDAY)
    page = text(at_the_desk(officer).get(reverse("admin:intake_recordprint_change", args=[printed.pk])))
    assert request.reference in page
    assert "Zanzibar" not in page


def test_the_words_about_a_copy_go_as_well_when_the_time_of_the_request_is_over(officer):
    request = wren()
    on_paper.print_record(*WHY.values(), request_id=request.pk, by=officer, now=MONDAY)
    actions.make_move("withdraw", request_id=request.pk, by=audit.PERSON, now=MONDAY)
    with time_machine.travel(MONDAY + REQUESTS_KEPT, tick=False):
        call_command("purge_expired", stdout=StringIO())
    assert list(request.prints.values_list("words", "reason")) == [("", "own_copy")]


def test_of_an_erased_record_no_words_are_asked_for_and_none_are_kept(officer):
    request = wren()
    actions.erase(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    client = at_the_desk(officer)
    page = text(client.get(print_of(request)))
    assert ['name="reason"' in page, 'name="words"' in page] == [True, False]
    assert client.post(print_of(request), {}).status_code == 403
    answer = client.post(print_of(request), WHY)
    assert answer["Content-Type"] == "application/pdf"
    on_paper.print_record(*WHY.values(), request_id=request.pk, by=officer, now=MONDAY)
    assert list(request.prints.values_list("words", "reason")) == [("", "own_copy")] * 2


def test_words_about_copies_of_who_was_erased_before_go_with_the_migration(officer):
    """A row as it was left by an earlier version, which kept them."""
    erased, other = wren(), wren()
    actions.erase(request_id=erased.pk, by=audit.PERSON, now=MONDAY)
    for one in (erased, other):
        fields = {"reason": "own_copy", "words": "Zanzibar", "notice_version": "2024", "made_by": officer}
        RecordPrint.objects.create(request=one, made_at=MONDAY, **fields)
    import_module("intake.migrations.0014_words_of_prints_go").let_go_of_the_words_of_the_erased(apps, None)
    assert [one.prints.get().words for one in (erased, other)] == ["", "Zanzibar"]


def test_the_words_about_a_copy_are_sealed_anew_with_a_newer_key(officer, settings):
    on_paper.print_record(*WHY.values(), request_id=wren().pk, by=officer, now=MONDAY)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    tally = key_rotation.rotate(RecordPrint)
    assert (tally.renewed, tally.refused, tally.unopened) == (1, [], [])
    assert RecordPrint.objects.get().words == WHY["words"]


def test_a_file_that_cannot_be_made_was_not_printed(officer, monkeypatch):
    def broken(*args):
        raise RuntimeError

    monkeypatch.setattr("intake.admin.on_paper.request_as_pdf", broken)
    client = at_the_desk(officer)
    client.raise_request_exception = False
    assert client.post(print_of(wren()), WHY).status_code == 500
    assert not RecordPrint.objects.exists()
    assert not AuditEvent.objects.filter(action="request.printed").exists()


# --- the paper ---------------------------------------------------------------------------------------------------


def copy_of(request, by) -> list[str]:
    printed = on_paper.print_record(*WHY.values(), request_id=request.pk, by=by, now=MONDAY)
    return pages_of(request_as_pdf(request, printed, MONDAY))


def test_the_long_notice_and_the_banner_stand_on_page_one_and_the_short_one_on_each(officer):
    request = wren(note="Tuesdays are hard for me. " * 11)
    for _ in range(40):
        actions.rest(request_id=request.pk, weeks=1, by=officer, now=MONDAY)
    request.refresh_from_db()
    pages = copy_of(request, officer)
    assert len(pages) >= 2
    assert LONG_NOTICE in pages[0]
    assert NO_RELEASE in pages[0]
    assert [SHORT_NOTICE in page for page in pages] == [True] * len(pages)
    assert [f"{request.reference}. Copy {RecordPrint.objects.get().pk}." in page for page in pages] == [True] * len(
        pages
    )


def test_everything_the_person_gave_us_is_on_it(officer, juno):
    request = wren(text_ok=True, say_who="yes", options=["week_one"], help_with=["ride"])
    actions.log_attempt("no_answer", request_id=request.pk, by=juno, now=MONDAY)
    request.refresh_from_db()
    paper = " ".join(copy_of(request, officer))
    assert [words for words in ON_PAPER if words not in paper] == []
    assert "Start from week one" in paper
    assert "A ride" in paper
    assert "Yes, you may text me" in paper
    assert "Call 1: No answer (Juno)" in paper
    assert "(you)" not in paper


def test_a_call_logged_by_mistake_is_called_that_on_paper_too(officer, juno):
    request = wren()
    for back in (True, False):
        call = actions.log_attempt("talked", request_id=request.pk, by=juno, now=MONDAY)
        if back:
            corrections.take_back(attempt_id=call.pk, request_id=request.pk, by=juno, now=MONDAY)
    request.refresh_from_db()
    paper = " ".join(copy_of(request, officer))
    assert "Call 1: We talked. Logged by mistake (Juno)" in paper
    assert "Call 2: We talked (Juno)" in paper
    assert ": We talked (" not in paper.replace("Call 2: We talked (", "")


def test_the_file_is_called_nothing_that_tells(officer):
    answer = at_the_desk(officer).post(print_of(wren()), WHY)
    assert answer["Content-Disposition"] == 'attachment; filename="record.pdf"'
    assert PdfReader(BytesIO(answer.content)).metadata.title == "Record"
    assert "no-store" in answer["Cache-Control"]


def test_an_erased_record_prints_and_shows_nobody(officer):
    request = wren()
    actions.erase(request_id=request.pk, by="the person", now=MONDAY)
    request.refresh_from_db()
    paper = " ".join(copy_of(request, officer))
    assert request.reference in paper
    assert [words for words in ON_PAPER if words in paper] == []


def test_a_copy_in_another_language_than_the_desks_is_in_english(officer):
    request = wren(language="es")
    assert "How they may be reached" in " ".join(copy_of(request, officer))


def test_the_page_that_asks_why_names_nobody(officer):
    page = text(at_the_desk(officer).get(print_of(request := wren())))
    assert [secret for secret in SECRETS if secret in page] == []
    assert NO_RELEASE in page
    assert is_titled(page) == f"{request.reference} · Desk"


# --- the list of copies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYBODY)
def test_the_officer_reads_the_list_of_copies(role, officer):
    on_paper.print_record(*WHY.values(), request_id=wren().pk, by=officer, now=MONDAY)
    client = at_the_desk(somebody(role))
    wanted = 200 if role in {"privacy", "administrator"} else 403
    assert client.get(reverse("admin:intake_recordprint_changelist")).status_code == wanted
    one = reverse("admin:intake_recordprint_change", args=[RecordPrint.objects.get().pk])
    assert client.get(one).status_code == wanted
    assert AuditEvent.objects.filter(action="print.opened").count() == (wanted == 200)


def test_a_copy_of_another_town_is_not_in_the_list(officer):
    for town in ("maumee", "toledo"):
        on_paper.print_record(*WHY.values(), request_id=wren(town=town).pk, by=officer, now=MONDAY)
    other = RecordPrint.objects.get(request__location__slug="toledo")
    client = at_the_desk(limited(officer, "maumee"))
    assert other.request.reference not in text(client.get(reverse("admin:intake_recordprint_changelist")))
    assert client.get(reverse("admin:intake_recordprint_change", args=[other.pk])).status_code == 404


# --- limits on sharing -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", EVERYBODY)
def test_who_may_agree_on_a_limit(role):
    request, client = wren(), at_the_desk(somebody(role))
    may = role in MAY_LIMIT
    assert client.get(limits_of(request)).status_code == (200 if may else 404)
    assert client.post(limits_of(request), {"kind": "family"}).status_code == (303 if may else 404)
    assert Restriction.objects.count() == may
    limit = Restriction.objects.first() or limit_on(request)
    assert client.post(end_of(limit)).status_code == (303 if may else 404)
    assert Restriction.objects.active().exists() is not may


def test_an_active_limit_is_a_banner_on_the_card_and_on_paper_and_one_that_is_over_is_not(officer, juno):
    request = wren()
    limit = limit_on(request, "somebody", "My Quillbrother", by=officer)
    banner = "Nothing to a person or a place that they named. My Quillbrother"
    card = text(at_the_desk(juno).get(card_of(request)))
    assert card.index(banner) < card.index("Do NOT leave a message")
    assert banner in text(at_the_desk(officer).get(print_of(request)))
    assert banner in copy_of(request, officer)[0]

    on_paper.end_restriction(restriction_id=limit.pk, request_id=request.pk, by=officer, now=MONDAY)
    assert "Quillbrother" not in text(at_the_desk(juno).get(card_of(request)))
    assert "Quillbrother" not in copy_of(request, officer)[0]
    assert "Quillbrother" in text(at_the_desk(officer).get(limits_of(request)))


def test_agreeing_and_ending_are_written_down_once_each(officer):
    request = wren()
    client = at_the_desk(officer)
    assert words_of(client.post(limits_of(request), {"kind": "health_plan"}))[0].startswith("Agreed and written down.")
    limit = Restriction.objects.get()
    client.post(end_of(limit)), client.post(end_of(limit))
    events = AuditEvent.objects.filter(action__in=["restriction.agreed", "restriction.ended"]).order_by("id")
    assert [(one.action, one.actor, one.subject_key) for one in events] == [
        ("restriction.agreed", "linden", str(request.pk)),
        ("restriction.ended", "linden", str(request.pk)),
    ]


@pytest.mark.parametrize("form", [{}, {"kind": "x"}, {"kind": "other"}, {"kind": "somebody", "words": " "}])
def test_a_limit_that_does_not_say_what_is_not_agreed(officer, form):
    page = at_the_desk(officer).post(limits_of(wren()), form)
    assert 'class="field wrong"' in text(page)
    assert not Restriction.objects.exists()


def test_a_limit_is_not_ended_through_another_request(officer):
    limit, other = limit_on(wren()), wren()
    assert at_the_desk(officer).post(end_of(limit, other)).status_code == 303
    assert Restriction.objects.active().get() == limit


def test_the_words_of_a_limit_are_sealed_and_go_when_the_person_erases_everything():
    request = wren()
    limit = limit_on(request, "somebody", "My Quillbrother")
    assert "Quillbrother" not in every_text_in_the_database()
    actions.erase(request_id=request.pk, by="the person", now=MONDAY)
    limit.refresh_from_db()
    assert (limit.words, limit.kind, limit.ended_at) == ("", "somebody", None)


def test_on_no_limit_can_be_agreed_with_who_is_erased(officer):
    request = wren()
    limit_on(request, "family", by=officer)
    actions.erase(request_id=request.pk, by=audit.PERSON, now=MONDAY)
    with pytest.raises(NotPossible):
        limit_on(request, "somebody", "My Quillbrother", by=officer)
    client = at_the_desk(officer)
    page = text(client.get(limits_of(request)))
    assert ["Agree on one more" in page, "End it" in page] == [False, True]
    answer = client.post(limits_of(request), {"kind": "other", "words": "My Quillbrother"})
    assert words_of(answer)[0].startswith("That step is not open any more.")
    assert list(Restriction.objects.values_list("kind", flat=True)) == ["family"]


def opened(page: str) -> list[list[str]]:
    """The fields that are named for each time this page was opened. None of them is ever a value."""
    assert "Quillbrother" not in str([vars(event) for event in AuditEvent.objects.all()])
    return list(AuditEvent.objects.filter(action=page).order_by("id").values_list("fields", flat=True))


@pytest.mark.parametrize(("words", "named"), [("My Quillbrother", True), ("", False)])
def test_whoever_sees_the_words_of_a_limit_is_written_down(officer, juno, words, named):
    request = wren()
    limit_on(request, "somebody" if words else "family", words, by=officer)
    at_the_desk(juno).get(card_of(request))
    assert ["restriction_words" in fields for fields in opened("request.opened")] == [named]
    client = at_the_desk(officer)
    client.get(print_of(request)), client.post(print_of(request), {}), client.get(limits_of(request))
    shown = ["restriction_words"] if named else []
    assert opened("request.print_opened") == [shown, shown]
    assert opened("restriction.opened") == [shown]


def test_the_words_of_a_limit_that_is_over_stand_on_the_page_of_limits_alone(officer, juno):
    request = wren()
    limit = limit_on(request, "somebody", "My Quillbrother", by=officer)
    on_paper.end_restriction(restriction_id=limit.pk, request_id=request.pk, by=officer, now=MONDAY)
    at_the_desk(juno).get(card_of(request))
    client = at_the_desk(officer)
    client.get(print_of(request)), client.get(limits_of(request))
    assert ["restriction_words" in fields for fields in opened("request.opened")] == [False]
    assert (opened("request.print_opened"), opened("restriction.opened")) == ([[]], [["restriction_words"]])


def test_the_same_limit_twice_is_one(officer):
    request = wren()
    for words in ("My brother", "My brother", "My sister"):
        on_paper.restrict("family", words, request_id=request.pk, by=officer, now=MONDAY)
    assert [limit.words for limit in request.restrictions.order_by("pk")] == ["My brother", "My sister"]
