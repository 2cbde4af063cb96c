"""A server that takes what an incoming webhook of Slack takes, and refuses the rest in the same words."""

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

TEXT = 40_000
PAYLOAD = 13_200
ATTACHMENTS = 100
SECONDS = 1.0
_FIELDS = {"title", "value", "short"}
_ACTION = {"type", "text", "url", "style", "name", "value", "confirm"}
_ATTACHMENT = {
    *("title", "title_link", "pretext", "text", "fallback", "callback_id", "image_url", "thumb_url", "footer"),
    *("color", "mrkdwn_in", "fields", "actions", "ts", "author_name", "blocks"),
}
_MENTION = re.compile(r"<[!@]|<#")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}|good|warning|danger|")
_KNOWN = {"header", "section", "context", "actions", "divider", "image"}


@dataclass(slots=True)
class Slack:
    """What was taken, and what was refused with which words; `limited` refuses more than one message a second."""

    limited: bool = False
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    url: str = ""
    last: float = float("-inf")


def fault(message: Any) -> str:  # noqa: ANN401 - JSON
    """The words in which Slack refuses a message, or nothing."""
    if not isinstance(message, dict) or not message:
        return "invalid_payload"
    if not any(message.get(key) for key in ("text", "attachments", "blocks")):
        return "no_text"
    if not isinstance(message.get("text", ""), str):
        return "invalid_payload"
    if len(message.get("text", "")) > TEXT:
        return "msg_too_long"
    return _blocks_fault(message.get("blocks")) or _attachments_fault(message.get("attachments"))


def mentions(message: dict[str, Any]) -> list[str]:
    """Every text that mentions a person, a channel or everybody; dates do not, and plain text cannot."""
    texts = [text.replace("<!date^", "") for text in _texts(message)]
    return [text for text in texts if _MENTION.search(text)]


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        yield value
    if isinstance(value, dict) and value.get("type") != "plain_text":
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _texts(each)


def _blocks_fault(blocks: Any) -> str:  # noqa: ANN401 - JSON
    if blocks is None:
        return ""
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 50:
        return "invalid_blocks"
    if len(json.dumps(blocks, ensure_ascii=False)) > PAYLOAD:
        return "msg_blocks_too_long"
    return "" if all(map(_is_block, blocks)) else "invalid_blocks"


def _is_block(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether the models of Slack's own SDK know such a block, find it valid, and write it as it was."""
    if not isinstance(value, dict) or value.get("type") not in _KNOWN:
        return False
    try:
        block = Block.parse(value)
        known = block.to_dict() if block is not None else None
    except SlackObjectFormationError:
        return False
    return known == value and not _empty(value)


def _empty(value: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether there is a text of no characters or a list of no items somewhere, or a link that is no address."""
    if isinstance(value, dict):
        url = value.get("url", "https://")
        return not re.match("https?://", url) or any(map(_empty, value.values()))
    if isinstance(value, list):
        return not value or any(map(_empty, value))
    return isinstance(value, str) and not value.strip()


def _attachments_fault(attachments: Any) -> str:  # noqa: ANN401 - JSON
    if attachments is None:
        return ""
    if not isinstance(attachments, list) or len(attachments) > ATTACHMENTS:
        return "invalid_attachments"
    return "" if all(map(_is_attachment, attachments)) else "invalid_attachments"


def _is_attachment(value: Any) -> bool:  # noqa: ANN401 - JSON
    return (
        isinstance(value, dict)
        and value.keys() <= _ATTACHMENT
        and _COLOR.fullmatch(value.get("color", "")) is not None
        and len(value.get("footer", "")) <= 300
        and len(value.get("text", "")) <= 8000
        and all(each.keys() <= _FIELDS and each.get("title") for each in value.get("fields") or ())
        and len(value.get("actions") or ()) <= 5
        and all(map(_is_action, value.get("actions") or ()))
        and not _blocks_fault(value.get("blocks"))
    )


def _is_action(value: dict[str, Any]) -> bool:
    return (
        value.keys() <= _ACTION
        and value.get("type") == "button"
        and 0 < len(value.get("text", "")) <= 75
        and re.match(r"https?://\S+\Z", value.get("url", "")) is not None
        and len(value["url"]) <= 3000
    )


@contextmanager
def serving(*, limited: bool = False) -> Iterator[Slack]:
    """A server on this machine, at `url`, until the block ends."""
    slack = Slack(limited)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(slack))
    slack.url = f"http://127.0.0.1:{server.server_address[1]}/services/T0/B0/X"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(slack: Slack) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        """Answers as an incoming webhook does: in plain text."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                status, words = _answer(slack, self.path, self.headers.get("Content-Type", ""), body)
            data = words.encode()
            self.send_response(status)
            if status == 429:
                self.send_header("Retry-After", "1")
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def _answer(slack: Slack, path: str, kind: str, body: bytes) -> tuple[int, str]:
    now = time.monotonic()
    if slack.limited and now - slack.last < SECONDS:
        return 429, _refuse(slack, "rate_limited")
    slack.last = now
    if not path.startswith("/services/"):
        return 404, _refuse(slack, "no_service")
    if kind.partition(";")[0].strip() != "application/json":
        return 400, _refuse(slack, "invalid_payload")
    try:
        message = json.loads(body.decode())
    except ValueError:
        return 400, _refuse(slack, "invalid_payload")
    wrong = fault(message)
    if wrong:
        return 400, _refuse(slack, wrong)
    slack.taken.append(message)
    return 200, "ok"


def _refuse(slack: Slack, words: str) -> str:
    slack.refused.append(words)
    return words
