"""A server on loopback that implements as much of Redis's protocol as the cache needs, and refuses everything else."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Final

_MOST: Final = 10**6


@dataclass
class Redis:
    """The server's content, the password that it requires, and the unknown commands that it received."""

    port: int = 0
    password: str = ""
    values: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, float] = field(default_factory=dict)
    seconds: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server's address, with the password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}" if self.password else f"redis://127.0.0.1:{self.port}"

    def answer(self, command: list[bytes], *, known: bool) -> bytes:
        """The answer to a command of a client that is authenticated (`known`) or not."""
        verb, *words = (word.decode("utf-8", "backslashreplace") for word in command)
        if verb == "AUTH":
            return b"+OK\r\n" if words[-1] == self.password else b"-WRONGPASS wrong password\r\n"
        if not known:
            return b"-NOAUTH Authentication required.\r\n"
        found = self._read(verb, words) or self._write(verb, words, command[-1] if verb != "SET" else command[2])
        if not found:
            self.refused.append((verb, *words))
        return found or b"-ERR unknown command\r\n"

    def _read(self, verb: str, words: list[str]) -> bytes:
        match verb, words:
            case "CLIENT" | "SELECT", _:
                return b"+OK\r\n"
            case "ZREVRANGE", ["varve:cache:names", "0", last]:
                newest = sorted(self.names, key=lambda name: (self.names[name], name), reverse=True)
                return _list([name.encode() for name in newest[: int(last) + 1]])
            case "STRLEN", [name]:
                return b":%d\r\n" % len(self.values.get(name, b""))
            case "GETRANGE", [name, "0", last]:
                return _bulk(self.values.get(name, b"")[: int(last) + 1])
        return b""

    def _write(self, verb: str, words: list[str], data: bytes) -> bytes:
        match verb, words:
            case "SET", [name, _, "EX", seconds]:
                self.values[name], self.seconds[name] = data, int(seconds)
                return b"+OK\r\n"
            case "DEL", [name]:
                self.values.pop(name, None)
                return b":1\r\n"
            case "ZADD", ["varve:cache:names", score, name]:
                self.names[name] = float(score)
                return b":1\r\n"
            case "ZREM", ["varve:cache:names", name]:
                self.names.pop(name, None)
                return b":1\r\n"
        return b""


def _bulk(data: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(data), data)


def _list(parts: list[bytes]) -> bytes:
    return b"*%d\r\n" % len(parts) + b"".join(map(_bulk, parts))


@contextmanager
def serving(password: str = "") -> Iterator[Redis]:
    """A running server."""
    held = Redis(password=password)

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            known = not password
            while line := self.rfile.readline():
                assert line[:1] == b"*"
                command = [self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2] for _ in range(int(line[1:]))]
                answer = held.answer(command, known=known)
                known = known or (command[0] == b"AUTH" and answer[:1] == b"+")
                self.wfile.write(answer)

    class Server(ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Ignore clients that disconnect during an answer."""

    with Server(("127.0.0.1", 0), Handler) as server:
        held.port = server.server_address[1]
        thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
        thread.start()
        try:
            yield held
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def saying(words: Callable[[], Iterator[bytes]]) -> Iterator[str]:
    """The address of a server that sends `words` to every client that lists the segments."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            with suppress(OSError):
                while True:
                    visitor, _ = server.accept()
                    threading.Thread(target=_talk, args=(visitor, words()), daemon=True).start()

        threading.Thread(target=talk, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}"
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def _talk(visitor: socket.socket, words: Iterator[bytes]) -> None:
    with visitor, suppress(OSError):
        while (request := visitor.recv(_MOST)) and b"ZREVRANGE" not in request:
            visitor.sendall(b"+OK\r\n" * request.count(b"CLIENT"))
        for each in words:
            visitor.sendall(each)
        visitor.recv(_MOST)
