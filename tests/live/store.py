"""A store on loopback that writes down what it is sent: under which headers, and the labels of which series.

It is a proxy as well, that answers for every host with one text, so that there is something to be sent.
It reads the first version of the protocol, which every Prometheus speaks unless told otherwise: a message of protocol
buffers in a block of Snappy.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Final, NamedTuple, TypeAlias

Labels: TypeAlias = tuple[tuple[str, str], ...]

_SERIES: Final = 1
_METADATA: Final = 3
_WIDTHS: Final = {1: 1, 2: 2, 3: 4}
"""How many bytes say where a copy comes from, by its kind."""


class Sent(NamedTuple):
    """A request: its path, its headers by small names, the labels of its series, and what it says of metrics."""

    path: str
    headers: Mapping[str, str]
    series: tuple[Labels, ...]
    metadata: tuple[bytes, ...]


@contextmanager
def store(sent: list[Sent], exposed: bytes) -> Iterator[str]:
    """The URL of both; each request with series is added to `sent` before it is answered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            message = decompressed(self.rfile.read(int(self.headers["content-length"])))
            headers = {name.lower(): each for name, each in self.headers.items()}
            sent.append(Sent(self.path, headers, *_read(message)))
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(exposed)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def decompressed(block: bytes) -> bytes:
    """What a block of Snappy holds: literals, and copies of what came before."""
    size, at = _varint(block, 0)
    held = bytearray()
    while at < len(block):
        tag, at = block[at], at + 1
        kind, length = tag & 3, (tag >> 2) + 1
        if kind == 0:
            more = max(0, length - 60)
            length, at = (int.from_bytes(block[at : at + more], "little") + 1 if more else length), at + more
            held += block[at : at + length]
            at += length
            continue
        width = _WIDTHS[kind]
        offset = int.from_bytes(block[at : at + width], "little")
        if kind == 1:
            length, offset = (tag >> 2 & 7) + 4, offset | tag >> 5 << 8
        at += width
        for _ in range(length):
            held.append(held[-offset])
    assert len(held) == size
    return bytes(held)


def _read(message: bytes) -> tuple[tuple[Labels, ...], tuple[bytes, ...]]:
    fields = list(_fields(message))
    series = tuple(_labels(each) for number, each in fields if number == _SERIES)
    return series, tuple(each for number, each in fields if number == _METADATA)


def _labels(series: bytes) -> Labels:
    pairs = (dict(_fields(each)) for number, each in _fields(series) if number == 1)
    return tuple((each[1].decode(), each.get(2, b"").decode()) for each in pairs)


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """The number of each field, and its bytes; of one that holds a number, none."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        length = 0
        match tag & 7:
            case 0:
                _, at = _varint(message, at)
            case 1:
                length = 8
            case 2:
                length, at = _varint(message, at)
            case other:
                raise AssertionError(other)
        yield tag >> 3, message[at : at + length]
        at += length


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number, and where the next thing begins."""
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value, shift = value | (byte & 127) << shift, shift + 7
        if byte < 128:
            return value, at
