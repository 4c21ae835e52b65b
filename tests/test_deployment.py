"""What the deployment files say is what the code does: names, ports, paths, variables, commands."""

import ast
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import yaml
from django.conf import settings
from django.urls import resolve, reverse

from reentry_portal.env import BASE_DIR
from tests.test_server_command import ask, free_port, processes_of, wait_for

SAME_FOR_EVERYONE = ("guide", "questions", "safety", "privacy", "language-help")
VARIABLE = re.compile(r"\$\{([A-Z_]+)")
DEPLOYED = {
    "DEMO": "0",
    "STAFF_MFA": "1",
    "SITE_URL": "https://desk.example.org",
    "ALLOWED_HOSTS": "desk.example.org,127.0.0.1",
    "STAFF_INBOX": "desk@example.org",
}


def file(name: str) -> str:
    return (BASE_DIR / name).read_text()


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load(file("docker-compose.yml"))


@pytest.fixture(scope="module")
def ours(compose) -> dict:
    """The services that run this repository's image."""
    return {name: one for name, one in compose["services"].items() if one["image"] == "reentry-portal"}


def example_names() -> tuple[set[str], set[str]]:
    """Names in .env.example: those the portal reads, and those only scripts and compose read."""
    parts = re.split(r"^# === .* ===$", file(".env.example"), flags=re.M)
    return tuple({*re.findall(r"^#?([A-Z][A-Z_]*)=", part, flags=re.M)} for part in parts[1:])


def names_read_by(path: str) -> set[str]:
    """Every name a file asks `env` for."""
    calls = [node for node in ast.walk(ast.parse(file(path))) if isinstance(node, ast.Call)]
    readers = [call for call in calls if ast.unparse(call.func).startswith("env.")]
    return {call.args[0].value for call in readers}


# --- Variables --------------------------------------------------------------------------------------------------


def test_env_example_lists_exactly_what_the_settings_read():
    portal, _scripts = example_names()

    assert portal == names_read_by("reentry_portal/settings.py")


def test_env_example_lists_exactly_what_compose_and_the_scripts_read():
    _portal, scripts = example_names()
    read = set(VARIABLE.findall(file("docker-compose.yml")))

    assert scripts == read | names_read_by("reentry_portal/management/commands/serve.py")


def test_every_value_that_compose_sets_is_one_the_settings_read(ours):
    portal, _scripts = example_names()

    for name, service in ours.items():
        assert set(service["environment"]) <= portal, name


@pytest.mark.parametrize("arguments", [[], ["--deployed"]])
def test_new_env_writes_only_known_names_and_other_keys_each_time(arguments):
    def write() -> dict[str, str]:
        lines = subprocess.check_output([BASE_DIR / "script/new-env", *arguments], text=True).splitlines()
        return dict(line.split("=", 1) for line in lines if not line.startswith("#"))

    first, second = write(), write()

    assert set(first) <= set.union(*example_names())
    for key in ("SECRET_KEY", "ENCRYPTION_KEYS", "LOOKUP_KEYS"):
        assert len(first[key]) >= 44
        assert first[key] != second[key]


# --- Compose ----------------------------------------------------------------------------------------------------


def test_the_parts_are_the_ones_the_papers_name(compose):
    assert list(compose["services"]) == ["proxy", "migrate", "web", "worker", "beat", "db", "redis"]


def test_only_the_proxy_can_be_reached_from_outside(compose):
    published = {name: one["ports"] for name, one in compose["services"].items() if "ports" in one}

    assert published == {"proxy": ["80:8080", "443:8443"]}


def test_every_part_can_be_multiplied_restarts_and_says_how_it_is(compose, ours):
    for name, one in compose["services"].items():
        assert "container_name" not in one, name
        if name == "migrate":
            assert one["restart"] == "no"
            continue
        assert one["restart"] == "unless-stopped", name
        assert "healthcheck" in one or (one in ours.values() and "HEALTHCHECK" in file("Dockerfile")), name


def test_no_part_is_root_or_can_write_to_its_own_image(compose):
    for name, one in compose["services"].items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one.get("user", "unprivileged" if "unprivileged" in one["image"] else "root") != "root", name


def test_the_database_and_the_broker_have_no_way_out(compose):
    assert compose["networks"]["inside"] == {"internal": True}
    for name in ("db", "redis"):
        assert compose["services"][name]["networks"] == ["inside"]


def test_volumes_are_named(compose):
    for one in compose["services"].values():
        for volume in one.get("volumes", []):
            source = volume.partition(":")[0]
            assert source.startswith(("./", "${")) or source in compose["volumes"]


def test_commands_name_an_application_that_can_be_imported(ours):
    from celery.app.utils import find_app

    for name in ("worker", "beat"):
        command = ours[name]["command"]
        assert find_app(command[command.index("-A") + 1]).main == "reentry_portal"
    assert ours["web"]["command"][:3] == ["python", "manage.py", "serve"]


def test_the_image_has_no_development_packages_no_root_and_no_secrets():
    lines = file("Dockerfile").splitlines()

    assert not any("requirements-dev" in line for line in lines)
    assert lines.index("USER portal") < next(i for i, line in enumerate(lines) if line.startswith("CMD"))
    allowed = {line.removeprefix("!") for line in file(".dockerignore").splitlines() if line.startswith("!")}
    own_apps = {name for name in settings.INSTALLED_APPS if (BASE_DIR / name).is_dir()}
    assert own_apps <= allowed
    assert file(".dockerignore").startswith("*\n"), "nothing goes in that is not named"
    assert not allowed & {".env", ".git", "tests", "var"}


def test_image_compose_and_proxy_agree_on_port_user_and_health_path(ours):
    dockerfile, proxy = file("Dockerfile"), file("deploy/nginx.conf.template")
    port = ours["web"]["command"][ours["web"]["command"].index("--port") + 1]

    assert f"EXPOSE {port}" in dockerfile
    assert f"set $web http://web:{port};" in proxy
    assert f'"--port", "{port}"' in dockerfile
    assert f"127.0.0.1:{port}/healthz" in dockerfile
    assert {one["user"] for one in ours.values()} == {":".join(re.findall(r"--uid (\d+)", dockerfile) * 2)}


def test_health_paths_exist_and_need_neither_tls_nor_a_sign_in(client, db, settings):
    text = file("Dockerfile") + file("docker-compose.yml")
    settings.SECURE_SSL_REDIRECT = True

    for path in re.findall(r"https?://127\.0\.0\.1:\d+(/\w+)", text):
        assert resolve(path).url_name == "healthz"
        assert client.get(path).status_code == 200


# --- The proxy --------------------------------------------------------------------------------------------------


def cached_location() -> re.Pattern:
    return re.compile(re.search(r'location ~ "(.+)" {', file("deploy/nginx.conf.template"))[1].replace(r"\z", r"\Z"))


@pytest.mark.parametrize("name", SAME_FOR_EVERYONE)
def test_the_proxy_keeps_exactly_the_pages_that_are_the_same_for_everyone(client, name):
    path = reverse(name)

    answer = client.get(path)

    assert cached_location().search(path)
    assert cached_location().search(f"/es{path}")
    assert "public" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert not answer.cookies


NEVER_KEPT = [
    "/start/",
    "/start/sent/",
    "/my/",
    "/my/canary/",
    "/es/my/canary/",
    "/staff/",
    "/leave/",
    "/healthz",
    "/readyz",
]


@pytest.mark.parametrize("path", [*NEVER_KEPT, "/static/a\r\nX-Injected: 1", "/\n", "/safety/\n"])
def test_the_proxy_never_keeps_anything_else(path):
    assert not cached_location().search(path)


def test_the_proxy_overwrites_addresses_and_hides_query_strings_and_private_pages():
    proxy = file("deploy/nginx.conf.template")
    logged = re.search(r"log_format quiet '(.*)';", proxy)[1]
    private = re.compile(re.search(r"~(\^\S+) 0;", proxy)[1].replace(r"\z", r"\Z"))

    assert "$proxy_add_x_forwarded_for" not in proxy
    assert set(re.findall(r"X-Forwarded-For (\S+);", proxy)) == {"$remote_addr"}
    assert set(re.findall(r"\$\w+", logged)) == {"$time_iso8601", "$request_method", "$uri", "$status", "$request_time"}
    for path in ("/my/", "/my/canary/", "/es/my/canary/", "/my"):
        assert private.search(path)
    assert not private.search("/myth/")
    assert f"client_max_body_size {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024}k;" in proxy


# --- The same commands, run here --------------------------------------------------------------------------------


@pytest.fixture
def deployed(tmp_path) -> dict[str, str]:
    """The environment of a real host, on a database of its own in the PostgreSQL and the Redis of the tests."""
    name = f"deployed_{os.getpid()}"
    parameters = dict(settings.DATABASES["default"], NAME="postgres")
    where = {"host": parameters["OPTIONS"].get("host") or parameters["HOST"], "user": parameters["USER"]}
    admin = psycopg2.connect(dbname="postgres", password=parameters["PASSWORD"], **where)
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    redis = re.sub(r"db=\d+", "db=15", os.environ["REDIS_URL"])
    rest = {key: value for key, value in os.environ.items() if key != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    yield {**rest, **DEPLOYED, "DATABASE_URL": database, "REDIS_URL": redis, "VAR_DIR": str(tmp_path / "var")}
    admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def launch(deployed, tmp_path, ours):
    """Starts a service of compose natively and returns its process; what is still running afterwards is ended."""
    started = []

    def start(name: str, **changes: str) -> subprocess.Popen:
        command = [changes.get(part, part) for part in ours[name]["command"]]
        command[0] = str(Path(sys.executable).with_name(command[0]))
        with (tmp_path / name).open("w") as output:
            process = subprocess.Popen(
                command, cwd=BASE_DIR, env=deployed, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        for one in processes_of(process.pid):
            os.kill(one, signal.SIGKILL)
        process.wait(10)


def stop(process: subprocess.Popen) -> int:
    process.terminate()
    return process.wait(30)


def test_the_parts_of_compose_start_work_together_and_stop(launch, deployed, tmp_path, ours):
    port, schedule = str(free_port()), str(tmp_path / "beat-schedule")
    deployed["SCHEDULER_TICK_SECONDS"] = "1"

    assert launch("migrate").wait(60) == 0, (tmp_path / "migrate").read_text()
    web = launch("web", **{"8000": port, "0.0.0.0": "127.0.0.1"})
    worker = launch("worker")
    beat = launch("beat", **{"/tmp/beat-schedule": schedule})
    ready = wait_for(lambda: ask(int(port), "/readyz")[0] == 200)

    said = {name: (tmp_path / name).read_text() for name in ("web", "worker", "beat")}
    assert ready, said
    assert ask(int(port), "/healthz") == (200, {"up": True})
    assert list(tmp_path.glob("beat-schedule*")), "what the health check of beat looks for"
    assert worker_health(ours, deployed) == 0
    # The clock first, so that the worker finishes what it was given.
    assert [stop(process) for process in (beat, worker, web)] == [0, 0, 0], said
    assert [processes_of(process.pid) for process in (beat, worker, web)] == [[], [], []]
    assert worker_health(ours, deployed) != 0, "a worker that does not answer is seen"


def worker_health(ours: dict, deployed: dict) -> int:
    """The exit code of the worker's health check, without its last resort."""
    check = ours["worker"]["healthcheck"]["test"][1].partition("||")[0].replace("$$HOSTNAME", socket.gethostname())
    program, *arguments = shlex.split(check)
    command = [Path(sys.executable).with_name(program), *arguments]
    return subprocess.run(command, cwd=BASE_DIR, env=deployed, capture_output=True).returncode


def test_static_files_collect_with_the_keys_of_the_image(tmp_path):
    line = re.search(r"((?:[A-Z_]+=\S+ )+)\\?\s*python (manage\.py collectstatic .*)", file("Dockerfile"))
    keys = dict(part.split("=", 1) for part in line[1].split())
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), **keys}
    begun = time.time()

    subprocess.run([sys.executable, *line[2].split()], cwd=BASE_DIR, env=environment, check=True)

    assert (tmp_path / "static/staticfiles.json").stat().st_mtime >= begun - 1


def check_deploy(environment: dict[str, str]) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)


def test_the_deployment_check_of_django_is_clean(deployed):
    done = check_deploy(deployed)

    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


SIGNED = {"EMAIL_BAA_SIGNED_ON": "2026-01-05", "EMAIL_QSOA_SIGNED_ON": "2026-01-05"}
MAIL = {"EMAIL_URL": "smtp+tls://user:password@mail.test:587", **SIGNED}
BY_LIBRARY = {"MAIL_PROVIDER": "mailgun", "MAIL_OPTIONS": "API_KEY=x, WEBHOOK_SIGNING_KEY=y"}
PROVIDER = {**BY_LIBRARY, **SIGNED, "EMAIL_FROM": "Front Desk <hello@frontdesk.test>"}


@pytest.mark.parametrize(
    ("filled_in", "missing"),
    [
        ({}, set()),
        (MAIL, {"followups.E004"}),
        (MAIL | {"EMAIL_FROM": "Sober Desk <hello@frontdesk.test>"}, {"followups.E003"}),
        (MAIL | {"EMAIL_FROM": "Front Desk <hello@frontdesk.test>"}, set()),
        (PROVIDER | {"EMAIL_BAA_SIGNED_ON": ""}, {"followups.E001"}),
        (PROVIDER | {"MAIL_OPTIONS": ""}, {"followups.E007"}),
        (PROVIDER, set()),
    ],
)
def test_what_new_env_leaves_open_is_asked_for_only_when_it_matters(deployed, filled_in, missing):
    lines = subprocess.check_output([BASE_DIR / "script/new-env", "--deployed"], text=True).splitlines()
    written = dict(line.split("=", 1) for line in lines if not line.startswith("#"))

    done = check_deploy(deployed | written | {"STAFF_INBOX": "desk@frontdesk.test"} | filled_in)

    assert set(re.findall(r"\((\w+\.[EW]\d+)\)", done.stderr)) == missing, done.stderr


def test_an_empty_line_leaves_the_second_factor_on(deployed):
    ask = "from django.conf import settings; print(settings.STAFF_MFA)"
    command = [sys.executable, "-c", f"import django; django.setup(); {ask}"]
    environment = deployed | {"STAFF_MFA": "", "DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}

    assert subprocess.check_output(command, cwd=BASE_DIR, env=environment, text=True).strip() == "True"


def test_a_slash_at_the_end_of_the_address_changes_no_signature(deployed):
    ask = "from django.conf import settings; print(settings.SITE_URL)"
    command = [sys.executable, "-c", f"import django; django.setup(); {ask}"]
    environment = deployed | {"SITE_URL": "https://desk.test/", "DJANGO_SETTINGS_MODULE": "reentry_portal.settings"}

    assert subprocess.check_output(command, cwd=BASE_DIR, env=environment, text=True).strip() == "https://desk.test"
