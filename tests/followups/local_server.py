"""What every server of these tests does: it listens on this machine alone, in a thread, for as long as a test lasts."""

import socketserver
from threading import Thread


class LocalServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, talk: type[socketserver.BaseRequestHandler]):
        super().__init__(("127.0.0.1", 0), talk)

    def __enter__(self):
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *error):
        self.shutdown()
        self.server_close()

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"
