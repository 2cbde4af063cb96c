"""A proxy on loopback that answers for every host itself, in the clear or after CONNECT: nothing is ever reached."""

import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.live.certificate import Certificate


class Request(NamedTuple):
    """What a client asked of a host; the names of headers are small, and `path` has the query."""

    method: str
    host: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """What the host says."""

    status: int
    body: bytes = b""
    kind: str = "application/json"


@contextmanager
def internet(answer: Callable[[Request], Answer], shown: Certificate) -> Iterator[str]:
    """The proxy's URL. A fault of `answer` is raised at the end: a handler's thread may not."""
    faults: list[BaseException] = []
    server = _Server(("127.0.0.1", 0), _handler(answer, _context(shown)), faults)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert faults == []


class _Server(ThreadingHTTPServer):
    """One that waits for its threads, and keeps what went wrong in them: not that a client went away."""

    daemon_threads = False

    def __init__(
        self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], faults: list[BaseException]
    ) -> None:
        self.faults = faults
        super().__init__(address, handler)

    def handle_error(self, _request: object, _client: object) -> None:
        fault = sys.exception()
        if fault is not None and not isinstance(fault, OSError):
            self.faults.append(fault)


def _context(shown: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.chain, shown.key)
    return context


def _handler(answer: Callable[[Request], Answer], context: ssl.SSLContext) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """A connection: in the clear each request names its host, after CONNECT they all go to one."""

        protocol_version = "HTTP/1.1"
        timeout = 20
        tunnel = ""

        def do_CONNECT(self) -> None:
            self.send_response(200, "Connection established")
            self.end_headers()
            self.tunnel = self.path.removesuffix(":443")
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb")

        def do_POST(self) -> None:
            target = urlsplit(self.path)
            path = target._replace(scheme="", netloc="").geturl()
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = answer(Request(self.command, self.tunnel or target.netloc, path, headers, body))
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.kind)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            self.wfile.flush()

        def do_GET(self) -> None:
            self.do_POST()

        def do_PUT(self) -> None:
            self.do_POST()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()
            self.connection.close()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
