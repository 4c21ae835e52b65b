"""House rules that a reviewer would otherwise have to remember (docs/ARCHITECTURE, RULES.md R-H8, R-H12, R-F7)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.template import Context, Origin, Template, engines
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.translation import override

from intake import states
from privacy.append_only import AppendOnlyModel
from privacy.field_classes import CLINICAL, IDENTIFYING, FieldClass
from tests.test_words import NAMES_OF_THINGS, WORDS_THAT_HURT

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("privacy", "scheduling", "intake", "followups", "clinical", "reentry_portal")
# Who may import whom. Wiring may import everything; nobody imports wiring.
MAY_IMPORT = {
    "privacy": set(),
    "scheduling": {"privacy"},
    "intake": {"privacy", "scheduling"},
    "followups": {"privacy", "scheduling", "intake"},
    "clinical": {"privacy", "scheduling", "intake"},
    "reentry_portal": {"privacy", "scheduling", "intake", "followups", "clinical"},
}
NEVER_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "lib", "misc", "shared", "base_utils"}
MOST_LINES, MOST_LINES_OF_TESTS, MOST_LINES_OF_A_FUNCTION = 300, 500, 50
HALF_OF_THE_FUNCTIONS, NINE_IN_TEN_FUNCTIONS = 8, 20  # lines


def ours(*parts: str) -> list[Path]:
    """Our own files below the given folders, by pattern, such as ours("*.py")."""
    found = [path for package in PACKAGES for pattern in parts for path in (ROOT / package).rglob(pattern)]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- imports go one way, down ---------------------------------------------------------------------------------------


def imported(source: str) -> set[str]:
    """First names of every module that the source imports, also inside functions."""
    nodes = list(ast.walk(ast.parse(source)))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in whole | parts}


def forbidden(package: str, source: str) -> set[str]:
    return (imported(source) & set(PACKAGES)) - MAY_IMPORT[package] - {package}


@pytest.mark.parametrize("package", PACKAGES)
def test_imports_go_down(package):
    wrong = {
        named(path): forbidden(package, path.read_text())
        for path in ours("*.py")
        if path.is_relative_to(ROOT / package)
    }
    assert {path: names for path, names in wrong.items() if names} == {}


@pytest.mark.parametrize(
    ("package", "source", "found"),
    [
        ("privacy", "import intake.models", {"intake"}),
        ("privacy", "def late():\n    from scheduling import hours", {"scheduling"}),
        ("intake", "from followups.models import Message", {"followups"}),
        ("followups", "import clinical", {"clinical"}),
        ("intake", "from reentry_portal.provider import facts", {"reentry_portal"}),
        ("intake", "from scheduling import hours\nimport privacy.audit\nimport intake", set()),
    ],
)
def test_a_wrong_import_is_seen(package, source, found):
    assert forbidden(package, source) == found


def test_public_views_do_not_know_clinical_records():
    for path in [*(ROOT / "intake" / "views").glob("*.py"), *(ROOT / "reentry_portal").glob("*.py")]:
        assert "clinical" not in imported(path.read_text()) or path.name in {"settings.py"}, named(path)


# --- models ---------------------------------------------------------------------------------------------------------


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.split(".")[0] in PACKAGES]


def unclassified(model: type[models.Model]) -> set[str]:
    """Fields without a class, and classes without a field."""
    fields = {field.name for field in model._meta.concrete_fields if not field.primary_key}
    fields |= {field.name for field in model._meta.many_to_many}
    return fields ^ set(getattr(model, "FIELD_CLASSES", {}))


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_every_field_is_classified(model):
    assert unclassified(model) == set()
    assert set(model.FIELD_CLASSES.values()) <= set(FieldClass)


def test_a_field_that_is_not_classified_is_seen(monkeypatch):
    model = apps.get_model("intake.CallbackRequest")
    monkeypatch.delitem(model.FIELD_CLASSES, "note")
    monkeypatch.setitem(model.FIELD_CLASSES, "gone", FieldClass.STAFF)
    assert unclassified(model) == {"note", "gone"}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_what_identifies_somebody_is_sealed_or_hashed(model):
    secret = [name for name, kind in model.FIELD_CLASSES.items() if kind in {IDENTIFYING, CLINICAL}]
    for name in secret:
        kind = type(model._meta.get_field(name)).__name__
        assert kind == "SealedTextField" or name.endswith("_hash"), f"{model._meta.label}.{name} is a readable {kind}"


def test_every_field_with_letters_of_theirs_is_named_identifying():
    for model in our_models():
        sealed = {f.name for f in model._meta.fields if type(f).__name__ == "SealedTextField"}
        classes = {model.FIELD_CLASSES[name] for name in sealed}
        assert classes <= {IDENTIFYING, CLINICAL}, model._meta.label


@pytest.mark.django_db
def test_every_table_that_only_grows_has_its_triggers():
    wanted = {
        f"{model._meta.db_table}_no_{verb}"
        for model in our_models()
        if issubclass(model, AppendOnlyModel)
        for verb in ("update", "delete")
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname ~ '_no_(update|delete)$' AND tgenabled <> 'D'")
        there = {row[0] for row in cursor.fetchall()}
    assert len(wanted) >= 8
    assert wanted <= there


def words_of(model: type[models.Model]) -> Iterator[str]:
    """Everything of a model that staff, and the person who asks for their record, may read."""
    yield from (str(model._meta.verbose_name), str(model._meta.verbose_name_plural))
    for field in model._meta.fields:
        yield from (str(field.verbose_name), str(field.help_text))
        yield from (f"{value} {label}".replace("_", "-") for value, label in field.flatchoices)
    for constraint in model._meta.constraints:
        yield str(constraint.violation_error_message or "")


def hurting(words: str) -> list[str]:
    for name in NAMES_OF_THINGS:
        words = words.replace(name, "")
    return [match.group() for match in WORDS_THAT_HURT.finditer(words)]


# What a computer did, not a person; and the name of a message, which is no page.
ALLOWED_WORDS = {"failed Could not be sent", "missed-call Sorry we missed you"}


@pytest.mark.parametrize("model", our_models(), ids=lambda model: model._meta.label)
def test_a_record_holds_no_word_that_hurts(model):
    assert [words for words in words_of(model) if hurting(words) and words not in ALLOWED_WORDS] == []


def test_a_word_that_hurts_is_seen():
    class Episode(models.Model):
        status = models.CharField("why they relapsed", choices=[("no_show", "Missed")])

        class Meta:
            app_label = "tests_of_words"
            verbose_name_plural = "addicts"

        def __str__(self):
            return ""

    try:
        assert sum(bool(hurting(words)) for words in words_of(Episode)) == 3
    finally:
        apps.all_models.pop("tests_of_words")


def test_states_and_moves_are_drawn_as_they_are():
    assert (ROOT / "docs" / "states.md").read_text() == states.drawing()


# --- addresses ------------------------------------------------------------------------------------------------------

PUBLIC = {
    "", "healthz", "language-help/", "leave/", "m/", "my/", "my/<str:token>/", "my/back/",
    "my/calendar/<int:claim_id>/", "my/choose/", "my/contact/", "my/erase/", "my/fit/", "my/later/", "my/list/",
    "my/kind-notes/", "my/list/leave/", "my/messages/", "my/new-link/", "my/not-this/", "my/wake/", "my/ways/",
    "my/withdraw/", "my/yes/",
    "privacy/", "questions/", "readyz", "robots.txt",
    "safety/", "sitemap.xml", "someone-else/", "someone-else/sent/",
    "start/", "start/sent/", "t/", "t/<int:message_id>/", "u/<str:token>/",
}  # fmt: skip
# Open because nobody could sign in otherwise.
SIGNING_IN = re.compile(
    r"staff/(account/(login|logout|authenticate|password/reset|signup|inactive|confirm-email)|login/|jsi18n/)"
)
SAMPLES = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "0" * 32}


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        else:
            yield address.replace("/^", "/"), pattern


def all_addresses() -> dict[str, URLPattern]:
    with override("en"):
        return dict(addresses(get_resolver()))


def is_open(pattern: URLPattern) -> bool:
    return not getattr(pattern.callback, "login_required", True)


def an_example_of(address: str) -> str:
    """An address that the pattern matches: angle brackets filled in, and the marks of a regular expression gone."""
    address = re.sub(
        r"<(\w+:)?\w+>", lambda m: SAMPLES[(m.group(1) or "str:")[:-1]], re.sub(r"\(\?P<\w+>[^)]*\)", "x", address)
    )
    return "/" + re.sub(r"[\^$\\]|\\Z", "", address)


def test_the_pages_that_anyone_may_open_are_these():
    open_to_all = {address for address, pattern in all_addresses().items() if is_open(pattern)}
    assert {address for address in open_to_all if not address.startswith("staff/")} == PUBLIC
    assert [address for address in open_to_all if address.startswith("staff/") and not SIGNING_IN.match(address)] == []


CLOSED = sorted(
    address for address, pattern in all_addresses().items() if not is_open(pattern) and not SIGNING_IN.match(address)
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_sign_in_or_finds_nothing(address, method):
    response = getattr(Client(), method)(an_example_of(address))
    if response.status_code == 302:
        assert response["Location"].split("?")[0] in {"/staff/account/login/", "/staff/login/"}
    else:
        assert response.status_code in {403, 404, 405}, address


def test_there_is_something_to_keep_closed():
    assert len(CLOSED) > 20
    assert any(address.startswith("staff/intake/") for address in CLOSED)
    assert admin.site.is_registered(apps.get_model("intake.CallbackRequest"))


# --- templates ------------------------------------------------------------------------------------------------------

TEMPLATES = ROOT / "templates"
# Found by Django, crispy-forms, allauth or by a name that is put together.
FOUND_BY_NAME = re.compile(
    r"^(4\d\d|500)\.html$|^(portal|admin|account|mfa|allauth|registration)/|^followups/\w+\.\w+\.txt$"
)
# Everything that a page or a message may lead to outside, by the name of the host.
OTHER_HOSTS = {
    "988lifeline.org", "naloxone.ohio.gov", "www.weather.gov", "www.hhs.gov", "ocrportal.hhs.gov",
    "www.sitemaps.org", "www.w3.org",
}  # fmt: skip


def template_names() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())


def test_every_template_is_used():
    sources = "\n".join(
        path.read_text() for path in [*ours("*.py"), *TEMPLATES.rglob("*.html"), *TEMPLATES.rglob("*.txt")]
    )
    unused = [name for name in template_names() if not FOUND_BY_NAME.match(name) and f'"{name}"' not in sources]
    assert unused == []


def rendered(source: str, file: Path | str, **context: object) -> str:
    """The source as it comes out when it stands in that file, under the settings of every template here."""
    return Template(source, Origin(str(file)), engine=engines["django"].engine).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        "{{ wrong_name }}",
        "{{ person.wrong_name }}",
        "{{ wrong_name|default:'x' }}",
        "{% if True %}<p>{{ wrong_name|upper }}</p>{% endif %}",
        "{% load i18n %}{% blocktranslate %}By {{ wrong_name }}{% endblocktranslate %}",
    ],
)
def test_an_undefined_variable_in_a_template_of_ours_fails(source):
    with pytest.raises(pytest.fail.Exception, match=r"“[\w.]*wrong_name” in .*/templates/planted\.html"):
        rendered(source, TEMPLATES / "planted.html", person={})


def test_a_template_of_ours_may_ask_whether_something_is_there():
    assert rendered("{% if wrong_name %}yes{% endif %}{{ name }}", TEMPLATES / "planted.html", name="Wren") == "Wren"


@pytest.mark.parametrize("file", [ROOT / ".venv" / "lib" / "site-packages" / "x.html", "/usr/lib/python3/x.html"])
def test_a_template_of_another_package_prints_nothing_for_an_undefined_variable(file):
    assert rendered("<{{ wrong_name }}>", file) == "<>"
    # The innermost template decides: theirs may stand inside ours.
    theirs = Template("<{{ wrong_name }}>", Origin(str(file)), engine=engines["django"].engine)
    assert rendered("{% include theirs %}", TEMPLATES / "planted.html", theirs=theirs) == "<>"


def hosts_in(text: str) -> set[str]:
    return set(re.findall(r"(?:https?:)?//([\w-]+(?:\.[\w-]+)+)", text))


def test_no_page_asks_another_host_for_anything():
    """Links may lead elsewhere; nothing is loaded from there (R-H12)."""
    loads = re.compile(
        r"<(?:script|img|link|iframe|source|video|audio|embed|object)\b[^>]*(?:https?:)?//", re.IGNORECASE
    )
    files = [*TEMPLATES.rglob("*.html"), *(ROOT / "static").rglob("*.*")]
    texts = {
        named(path): path.read_text(errors="ignore")
        for path in files
        if path.suffix in {".html", ".css", ".js", ".svg"}
    }
    assert [
        name for name, text in texts.items() if loads.search(text) or re.search(r"url\(\s*['\"]?(https?:)?//", text)
    ] == []
    assert {host for text in texts.values() for host in hosts_in(text)} <= OTHER_HOSTS


def test_another_host_is_seen():
    assert hosts_in('<a href="https://cdn.example.com/x.js"> //fonts.example.org/a') == {
        "cdn.example.com",
        "fonts.example.org",
    }


# --- files ----------------------------------------------------------------------------------------------------------


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its length in lines, from `def` to its last line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{named(path)} {node.name}", node.end_lineno - node.lineno + 1


def too_long(lengths: list[tuple[str, int]]) -> list[str]:
    """What is wrong with these functions: one beyond the limit, or too many long ones. Names the longest."""
    worst = [f"{name}: {length}" for name, length in sorted(lengths, key=lambda one: -one[1])[:5]]
    every = [length for _name, length in lengths]
    half, most = median(every), quantiles(every, n=10)[8]
    found = [f"{name}: {length}" for name, length in lengths if length > MOST_LINES_OF_A_FUNCTION]
    if half > HALF_OF_THE_FUNCTIONS or most > NINE_IN_TEN_FUNCTIONS:
        found.append(f"median {half}, 90th percentile {most}; longest: {worst}")
    return found


def test_files_stay_short_enough_to_read():
    code = [path for path in ours("*.py") if "migrations" not in path.parts]
    tests = sorted((ROOT / "tests").rglob("*.py"))
    most = dict.fromkeys(code, MOST_LINES) | dict.fromkeys(tests, MOST_LINES_OF_TESTS)
    lengths = {path: len(path.read_text().splitlines()) for path in most}
    assert {named(path): length for path, length in lengths.items() if length > most[path]} == {}


def test_functions_stay_short_enough_to_read():
    code = [path for path in ours("*.py") if "migrations" not in path.parts]
    assert too_long([one for path in code for one in functions(path)]) == []


def test_functions_that_are_too_long_are_seen():
    short = [("short", 4)] * 80
    assert too_long([*short, *[("longer", 20)] * 20]) == []
    assert too_long([*short, ("endless", 51)]) == ["endless: 51"]
    assert len(too_long([*short, *[("longer", 21)] * 20])) == 1
    assert len(too_long([("middling", 9)] * 100)) == 1


def test_nothing_is_called_utils():
    names = {part for path in ours("*") for part in path.relative_to(ROOT).with_suffix("").parts}
    assert names & NEVER_NAMES == set()


def test_no_filter_counts_a_call_that_was_taken_back():
    """One that joins calls from their request goes past the manager that leaves those out (docs/decisions/0016)."""
    assert [str(path) for path in ours("*.py") if "attempts" + "__" in path.read_text()] == []


def test_nothing_is_left_for_later():
    later = re.compile("TO" + r"DO|FIX" + r"ME|\bXX" + r"X\b|\bHA" + r"CK\b")
    files = [*ours("*.py"), *TEMPLATES.rglob("*.*"), *(ROOT / "static").rglob("*.*"), *(ROOT / "tests").rglob("*.py")]
    assert [named(path) for path in files if path.is_file() and later.search(path.read_text(errors="ignore"))] == []


def test_the_tests_run_on_what_production_runs_on():
    assert connection.vendor == "postgresql"
    assert not is_psycopg3
    assert not settings.DEBUG
