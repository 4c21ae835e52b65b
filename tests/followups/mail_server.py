"""A mail server of a few lines on this machine, which answers as a test tells it to."""

import socketserver
from threading import Thread

SILENCE = "…"  # answer nothing, and stay on the line


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` maps a command to its reply; None hangs up instead. Accepted letters are in `letters`."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, **answers):
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[str] = []
        self.answers = {"HELLO": "220 ready", "DATA": "354 go on", "LETTER": "250 kept", "QUIT": "221 bye"} | answers

    def __enter__(self):
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    @property
    def port(self) -> int:
        return self.server_address[1]


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
