"""The whole portal from one command: pages, and without a broker also the worker and the clock, in one process.

See docs/decisions/0001-one-process-by-default.md.
"""

import socket
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from celery.beat import EmbeddedService
from celery.worker import WorkController
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from reentry_portal import env
from reentry_portal.celery import app as celery_app

THREADS = 8
TASK_THREADS = 2
FINISH_WITHIN = 5  # seconds for what is running when we are asked to stop; an open browser tab must not hold us


class Command(BaseCommand):
    help = "Prepares the database and serves the portal until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (default: this machine only)")
        parser.add_argument("--port", type=int, default=env.number("PORT", 8000))
        parser.add_argument("--workers", type=int, default=1, help="processes; more than one needs REDIS_URL")

    def handle(self, *, bind: str, port: int, workers: int, **options: Any) -> None:
        if workers > 1 and not settings.REDIS_URL:
            # Each would have a queue, a cache and a clock of its own: reminders would go out twice.
            raise CommandError("Without REDIS_URL the portal is one process. Set REDIS_URL, or leave out --workers.")
        if settings.SITE_URL == settings.ON_THIS_MACHINE:  # nobody said how people reach us: then it is our port
            settings.SITE_URL = f"http://127.0.0.1:{port}"
        try:
            refuse_taken_port(bind, port)
            self.prepare()
            Portal(self._server(bind, port, workers)).run()
        except KeyboardInterrupt:
            raise SystemExit(130) from None

    def prepare(self) -> None:
        """Bring database and static files up to date; in demo mode also the invented people and their sign-ins."""
        call_command("migrate", interactive=False, verbosity=0)
        call_command("check", databases=["default"], stdout=self.stderr)
        if static_files_changed():
            call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("seed_demo", stdout=self.stdout)
        connections.close_all()  # a connection must not be shared with the process that serves

    def _server(self, bind: str, port: int, workers: int) -> dict[str, Any]:
        """What differs from gunicorn's own settings, and why."""
        server = {
            "bind": f"{bind}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "accesslog": None,  # paths may carry private links
            "logconfig_dict": gunicorn_logging(),
            "graceful_timeout": FINISH_WITHIN,
            "control_socket_disable": True,  # it would write to a home folder that may not be there
            "when_ready": lambda arbiter: self._say_where(bind, port),
        }
        if not settings.REDIS_URL:
            server |= {"post_worker_init": start_background, "worker_exit": stop_background}
        return server

    def _say_where(self, bind: str, port: int) -> None:
        parts = " Worker and beat are processes of their own: see docs/ops.md." if settings.REDIS_URL else ""
        self.stdout.write(f"The portal answers on http://{bind}:{port}/ (Ctrl-C stops it).{parts}")
        self.stdout.flush()


class Portal(BaseApplication):
    """gunicorn with settings from a dictionary instead of from its command line."""

    def __init__(self, server: dict[str, Any]) -> None:
        self._server = server
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._server.items():
            self.cfg.set(name, value)

    def load(self):
        return get_wsgi_application()


def refuse_taken_port(bind: str, port: int) -> None:
    """Say it before anything else happens; gunicorn would try again for five seconds and then give up."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((bind, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used on {bind}: {error.strerror}. "
                f"Stop what uses it, or choose another: PORT={port + 1} script/server"
            ) from error


def static_files_changed() -> bool:
    """True when a static file is newer than the last collection, or there was none."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return True
    collected = manifest.stat().st_mtime
    files = (storage.path(name) for finder in get_finders() for name, storage in finder.list([]))
    return any(Path(file).stat().st_mtime > collected for file in files)


def gunicorn_logging() -> dict[str, Any]:
    """gunicorn's few lines go the way of all others: JSON, scrubbed."""
    ours = {"handlers": ["stderr"], "level": "WARNING", "propagate": False}
    silent = {"handlers": [], "propagate": False}
    loggers = {**settings.LOGGING["loggers"], "gunicorn.error": ours, "gunicorn.access": silent}
    return {**settings.LOGGING, "loggers": loggers}


def start_background(server: Any) -> None:
    """Start the Celery worker and the clock as threads of the process that serves (a gunicorn hook).

    WorkController announces itself with the `worker_init` signal, on which Celery's Django part begins to
    close each thread's database connection after every task.
    """
    celery_app.finalize()
    celery_app.loader.import_default_modules()
    worker = WorkController(
        app=celery_app,
        pool_cls="threads",
        concurrency=TASK_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )
    # The plain scheduler keeps its entries in memory: no file that a crash could leave damaged.
    clock = EmbeddedService(celery_app, thread=True, scheduler_cls="celery.beat:Scheduler")
    threading.Thread(target=worker.start, name="worker", daemon=True).start()
    clock.start()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        celery_app.send_task(entry["task"])  # once at once: what fell due while we were stopped does not wait
    server.background = worker, clock


def stop_background(arbiter: Any, server: Any) -> None:
    """Let the running task finish; the rest is rows in the database, due again at the next start."""
    if background := getattr(server, "background", None):
        worker, clock = background
        clock.service.stop(wait=False)
        worker.stop()
