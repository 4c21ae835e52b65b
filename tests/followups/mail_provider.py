"""A mail provider of a few lines on this machine, which answers as Mailgun does or as a test tells it to."""

import json
import secrets
import ssl
from collections import Counter
from datetime import datetime
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address
from pathlib import Path
from threading import Lock
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from .local_server import LocalServer

TAKEN, SILENT, HANGS_UP = "taken", "taken, and silent", "taken, and hangs up"
NOT_JSON, NO_ID, ODD_ID, NO_ANSWER = "taken, not JSON", "taken, no id", "taken, odd id", "taken, another JSON"
LIES, AWAY = "taken, and says too many", "points to another machine"
TOOK = {TAKEN, SILENT, HANGS_UP, NOT_JSON, NO_ID, ODD_ID, NO_ANSWER, LIES}
STATUS = {LIES: 429, AWAY: 308}


class MailProvider(LocalServer):
    """`answer` is one of the words above, or a status. `letters` is what was taken, as the fields it came in."""

    def __init__(self, answer: str | int = TAKEN):
        super().__init__(_Talk)
        self.answer = answer
        self.elsewhere = ""
        self.body: dict | None = None  # said instead of what Mailgun says
        self.letters: list[dict[str, str]] = []
        self.asked: list[tuple[str, str]] = []  # path and authorization
        self.lock = Lock()

    @property
    def url(self) -> str:
        return f"{super().url}/v3"

    def seal_the_line(self, folder: Path) -> None:
        """From now on with a certificate that nobody vouches for."""
        key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
        ip = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        draft = x509.CertificateBuilder(name, name, key.public_key(), 1).add_extension(ip, critical=False)
        draft = draft.not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2120, 1, 1))
        both = draft.sign(key, SHA256()).public_bytes(Encoding.PEM)
        both += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "both.pem").write_bytes(both)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "both.pem")
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def taken(self) -> Counter:
        """How many letters it took for each address: its own count, whatever it said to us."""
        with self.lock:
            return Counter(letter.get("to") or letter["To"] for letter in self.letters)

    def handle_error(self, *args) -> None:
        """Who hung up does not listen any more."""


class _Talk(BaseHTTPRequestHandler):
    server: MailProvider

    def do_POST(self) -> None:
        fields = self._fields(self.rfile.read(int(self.headers["Content-Length"])))
        what, their_id = self.server.answer, f"<20261014150000.{secrets.token_hex(8)}@frontdesk.test>"
        with self.server.lock:
            self.server.asked.append((self.path, self.headers["Authorization"]))
            if what in TOOK:
                self.server.letters.append({**fields, "id": their_id})
        if what == SILENT:
            self.rfile.read()  # until they hang up
        elif what != HANGS_UP:
            self._say(what, their_id)

    def _fields(self, body: bytes) -> dict[str, str]:
        kind = self.headers["Content-Type"]
        if kind == "application/json":
            return json.loads(body)
        if kind.startswith("application/x-www-form-urlencoded"):
            return {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        parts = BytesParser().parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body).get_payload()
        return {one.get_param("name", header="Content-Disposition"): one.get_payload() for one in parts}

    def _say(self, what: str | int, their_id: str) -> None:
        good = {"id": their_id, "message": "Queued. Thank you."}
        said = {NO_ID: {"message": good["message"]}, ODD_ID: {**good, "id": 7}, NO_ANSWER: [1]}.get(what, good)
        said = said if self.server.body is None else self.server.body
        words = b"<html>Welcome</html>" if what == NOT_JSON else json.dumps(said).encode()
        self.send_response(what if isinstance(what, int) else STATUS.get(what, 200))
        if what == AWAY:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, *args) -> None:
        """Quiet."""
