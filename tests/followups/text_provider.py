"""A text provider of a few lines on this machine, which answers as a test tells it to, and keeps its own count."""

import json
import secrets
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from threading import Lock
from urllib.parse import parse_qs

from .local_server import LocalServer

TAKEN, REFUSED, TOO_MANY, TROUBLE = "taken", "refused", "too many", "trouble"
SILENT, HANGS_UP, LIES, NO_ID = "taken, and silent", "taken, and hangs up", "taken, and says too many", "taken, no id"
SAYS_TROUBLE = "taken, and says trouble"
STATUS = {TAKEN: 201, NO_ID: 201, REFUSED: 400, TOO_MANY: 429, LIES: 429, TROUBLE: 500, SAYS_TROUBLE: 500}
TOOK = {TAKEN, SILENT, HANGS_UP, LIES, NO_ID, SAYS_TROUBLE}


class TextProvider(LocalServer):
    """`answers` decides for each text what becomes of it. `texts` is what was taken, `blanked` whose words are gone."""

    def __init__(self, answers: str | Callable[[dict], str] = TAKEN):
        super().__init__(_Talk)
        self.answers = answers if callable(answers) else lambda text: answers
        self.texts: list[dict[str, str]] = []
        self.asked: list[tuple[str, str]] = []  # path and authorization
        self.blanked: list[str] = []
        self.lock = Lock()

    def taken(self) -> Counter:
        """How many texts it took for each number: its own count, whatever it said to us."""
        with self.lock:
            return Counter(text["To"] for text in self.texts)

    def handle_error(self, *args) -> None:
        """A worker that was killed does not listen any more."""


class _Talk(BaseHTTPRequestHandler):
    server: TextProvider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        with self.server.lock:
            self.server.asked.append((self.path, self.headers["Authorization"]))
        if "To" not in fields:
            self._blank(fields)
            return
        self._take({**fields, "sid": f"SM{secrets.token_hex(16)}"})

    def _take(self, text: dict[str, str]) -> None:
        what = self.server.answers(text)
        if what in TOOK:
            with self.server.lock:
                self.server.texts.append(text)
        if what == SILENT:
            self.rfile.read()  # until they hang up
        elif what != HANGS_UP:
            self._say(STATUS[what], {"sid": "nonsense" if what == NO_ID else text["sid"], "status": "queued"})

    def _blank(self, fields: dict[str, str]) -> None:
        assert fields == {"Body": ""}
        what = self.server.answers(fields)
        if what == TAKEN:
            self.server.blanked.append(self.path.rsplit("/", 1)[1].removesuffix(".json"))
        self._say(STATUS[what], {})

    def _say(self, status: int, said: dict) -> None:
        words = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *args) -> None:
        """Quiet."""
