"""A mail server of a few lines on this machine, which answers as a test tells it to."""

import socketserver

from .local_server import LocalServer

SILENCE = "…"  # answer nothing, and stay on the line


class MailServer(LocalServer):
    """`answers` maps a command to its reply; None hangs up instead. Accepted letters are in `letters`."""

    def __init__(self, **answers):
        super().__init__(_Talk)
        self.letters: list[str] = []
        self.answers = {"HELLO": "220 ready", "DATA": "354 go on", "LETTER": "250 kept", "QUIT": "221 bye"} | answers


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        said = "HELLO"
        while self._answer(said):
            if said == "DATA" and self.server.answers["DATA"].startswith("354"):
                letter = self._letter()
                if (self.server.answers["LETTER"] or "").startswith("250"):
                    self.server.letters.append(letter)
                said = "LETTER"
            else:
                said = self.rfile.readline().decode().strip().split(" ")[0].upper().removesuffix(":")

    def _answer(self, said: str) -> bool:
        """False ends the talk."""
        answer = self.server.answers.get(said, "250 fine") if said else None
        if answer == SILENCE:
            self.rfile.read()
            return False
        if answer:
            self.wfile.write(f"{answer}\r\n".encode())
        return bool(answer)

    def _letter(self) -> str:
        lines = iter(lambda: self.rfile.readline().decode(), ".\r\n")
        return "".join(lines)
