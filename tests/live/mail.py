"""A mail server on loopback that is as strict as one on the internet: TLS, then a login, then well-formed mail."""

import email
import re
import socketserver
import ssl
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

from tests.live.certificate import Certificate


class Mail(NamedTuple):
    """A mail, and to whom its envelope goes."""

    to: tuple[str, ...]
    message: EmailMessage


@dataclass(slots=True)
class Post:
    """To whom mail is given, and what was refused with which words; only `login` may send."""

    login: tuple[str, str]
    give: Callable[[Mail], None]
    refused: list[str] = field(default_factory=list)


@contextmanager
def post(office: Post, shown: Certificate) -> Iterator[str]:
    """The address of a mail server, until the block ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.chain, shown.key)
    session = type("Session", (_Session,), {"office": office, "context": context})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), session) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def fault(message: EmailMessage, lines: list[bytes]) -> str:
    """Why a mail would be refused or shown wrongly, or nothing."""
    if any(len(line) > 1000 for line in lines):
        return "500 line too long"
    missing = [name for name in ("From", "To", "Subject", "Date", "Message-Id") if not message[name]]
    if missing:
        return f"554 no {', '.join(missing)}"
    defects = [part.defects for part in message.walk() if part.defects]
    kinds = sorted(part.get_content_type() for part in message.walk() if not part.is_multipart())
    return f"554 {defects}" if defects else "" if kinds == ["text/html", "text/plain"] else f"554 parts {kinds}"


class _Session(socketserver.StreamRequestHandler):
    """The commands of one client, in the order that it must keep."""

    timeout = 20
    office: Post
    context: ssl.SSLContext

    def handle(self) -> None:
        self.secure = self.known = False
        self.to: list[str] = []
        self._reply("220 mail.meridian.example")
        with suppress(ConnectionError, ssl.SSLError, TimeoutError):
            while (line := self.rfile.readline().decode().strip()) and self._obey(line):
                pass

    def _reply(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())
        self.wfile.flush()

    def _refuse(self, words: str) -> None:
        self.office.refused.append(words)
        self._reply(words)

    def _obey(self, line: str) -> bool:
        match line.partition(" ")[0].upper():
            case "EHLO":
                self._reply("250-mail", "250-8BITMIME", "250 AUTH PLAIN" if self.secure else "250 STARTTLS")
            case "STARTTLS":
                self._encrypt()
            case "AUTH" if self.secure:
                self._let_in(line)
            case "MAIL" | "RCPT" if self.known:
                self.to += re.findall(r"TO:<(.+)>", line)
                self._reply("250 ok")
            case "DATA" if self.to:
                self._take()
            case "QUIT":
                self._reply("221 bye")
                return False
            case _:
                self._refuse(f"503 {line}")
        return True

    def _encrypt(self) -> None:
        self._reply("220 go ahead")
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self.secure = True

    def _let_in(self, line: str) -> None:
        self.known = b64decode(line.rpartition(" ")[2]).decode().split("\0")[1:] == list(self.office.login)
        self._reply("235 welcome") if self.known else self._refuse("535 who are you")

    def _take(self) -> None:
        self._reply("354 go on")
        lines = [line.removeprefix(b".") for line in iter(self.rfile.readline, b".\r\n")]
        message = email.message_from_bytes(b"".join(lines), policy=SMTP)
        wrong = fault(message, lines)
        if wrong:
            self._refuse(wrong)
            return
        self.office.give(Mail(tuple(self.to), message))
        self.to = []
        self._reply("250 taken")

    def finish(self) -> None:
        with suppress(OSError):
            super().finish()
        self.connection.close()
