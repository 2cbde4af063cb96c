"""A message of Block Kit with texts in it, written as one template that prints JSON, or as JSON with templates in it.

In addition to Block Kit, an item of a list may have `when`: it is present only if one of these names has a value.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final, NamedTuple

from varve.language import canonical
from varve.language.fault import Fault, quote
from varve.language.gotemplate import escape
from varve.language.message import PARAMETER
from varve.language.notification import medium as media
from varve.language.notification.medium import JSON_MRKDWN, JSON_PLAIN, MRKDWN, PLAIN
from varve.language.notification.name import LINKS
from varve.language.notification.piece import NoPieceError, Piece, read, when
from varve.language.notification.shared import sharing
from varve.language.notification.write import LEAD, Words, link, longest, opening, write
from varve.model.source import Keys, Map, Value

_TEXTS: Final = ("text", "alt_text")
_PLAIN: Final = "plain_text"


class Text(NamedTuple):
    """A text of a payload: its pieces, and whether Slack interprets markup in it."""

    pieces: tuple[Piece, ...]
    marked: bool


class Address(NamedTuple):
    """The URL of a link of a payload, by the name of the link."""

    name: str


class Item(NamedTuple):
    """An item of a list; with `when`, it is present only if one of these names has a value."""

    when: tuple[str, ...]
    node: "Node"


Node = Text | Address | Mapping[str, "Node"] | list[Item] | str | int | float | bool | None


class Wrong(NamedTuple):
    """Why a value is not a payload, and the keys of the wrong part."""

    message: str
    keys: Keys


class BadPayloadError(Exception):
    """Raised for a value that is not a payload; `keys` lead to the wrong part."""

    def __init__(self, message: str, keys: Keys) -> None:
        super().__init__(message)
        self.keys = keys


def parse(value: Map) -> Mapping[str, Node] | Wrong:
    """The payload that a template rendered, with its texts parsed, or why it is not a payload."""
    try:
        return _map(value, ())
    except BadPayloadError as error:
        return Wrong(str(error), error.keys)


def _node(value: Value, keys: Keys) -> Node:
    if isinstance(value, dict):
        return _map(value, keys)
    if isinstance(value, list):
        return [_item(each, (*keys, at)) for at, each in enumerate(value)]
    return value


def _map(value: Map, keys: Keys) -> Mapping[str, Node]:
    plain = {"alt_text"} if value.get("type") != _PLAIN else {"alt_text", "text"}
    return {key: _entry(each, (*keys, key), plain) for key, each in value.items()}


def _entry(value: Value, keys: Keys, plain: Collection[str]) -> Node:
    key = keys[-1]
    if key == "url":
        return _address(value, keys)
    if key in _TEXTS and not (isinstance(value, dict) and "type" in value):
        pieces = read(value)
        if isinstance(pieces, Fault):
            raise BadPayloadError(pieces.message, keys)
        return Text(pieces, key not in plain)
    return _node(value, keys)


def _address(value: Value, keys: Keys) -> Address:
    found = PARAMETER.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] not in LINKS:
        wanted = ", ".join(f"`%({name})s`" for name in LINKS)
        raise BadPayloadError(f"{quote(str(value))} is given but one of {wanted} is needed", keys)
    return Address(found[1])


def _item(value: Value, keys: Keys) -> Item:
    if not isinstance(value, dict):
        return Item((), _node(value, keys))
    try:
        wanted = when(value)
    except NoPieceError as error:
        raise BadPayloadError(str(error), keys) from None
    return Item(wanted, _map({key: each for key, each in value.items() if key != "when"}, keys))


def template(payload: Mapping[str, Node], words: Words, shared: str = "") -> str:
    """The template that prints the payload as JSON on one line; no value of an alert can change its structure.

    If `shared` is given, values are printed by definitions whose names begin with it.
    """
    return LEAD + _Printer(words, shared).node(payload)


class _Printer:
    """Writes nodes, and numbers the variables for the commas of lists."""

    __slots__ = ("_lists", "_marked", "_plain", "_words")

    def __init__(self, words: Words, shared: str) -> None:
        self._words = words
        self._marked = sharing(JSON_MRKDWN, shared)
        self._plain = sharing(JSON_PLAIN, shared)
        self._lists = 0

    def node(self, node: Node) -> str:
        match node:
            case Text():
                medium = self._marked if node.marked else self._plain
                return f'"{write(node.pieces, medium, self._words)}"'
            case Address():
                return f'"{link(node.name, self._plain)}"'
            case Mapping():
                entries = (f"{_json(key)}:{self.node(each)}" for key, each in node.items())
                # Two braces would begin an action.
                return "{ " + ",".join(entries) + " }"
            case list():
                return self._list(node)
        return _json(node)

    def _list(self, items: list[Item]) -> str:
        self._lists += 1
        comma = f"$comma{self._lists}"
        written = (self._item(item, comma) for item in items)
        return f'{{{{ {comma} := "" }}}}[{"".join(written)}]'

    def _item(self, item: Item, comma: str) -> str:
        written = f'{{{{ {comma} }}}}{self.node(item.node)}{{{{ {comma} = "," }}}}'
        return f"{opening(item.when)}{written}{{{{ end }}}}" if item.when else written


def _json(value: Value) -> str:
    return escape(canonical.json(value).decode().strip())


def leaves(payload: Mapping[str, Node], words: Words) -> Map:
    """The payload with all its items, each text a template of its own; a missing link leads to Alertmanager."""

    def leaf(node: Text | Address) -> Value:
        if isinstance(node, Address):
            return LEAD + link(node.name, PLAIN)
        return LEAD + write(node.pieces, MRKDWN if node.marked else PLAIN, words)

    return {key: _filled(each, leaf) for key, each in payload.items()}


def fullest(payload: Mapping[str, Node], words: Words) -> Map:
    """The payload with all its items, each text of maximum length: if Slack accepts it, it accepts all others."""

    def leaf(node: Text | Address) -> Value:
        if isinstance(node, Address):
            return f"https://{'x' * (media.longest_url() - len('https://'))}"
        return "x" * longest(node.pieces, MRKDWN if node.marked else PLAIN, words)

    return {key: _filled(each, leaf) for key, each in payload.items()}


def _filled(node: Node, leaf: Callable[[Text | Address], Value]) -> Value:
    match node:
        case Text() | Address():
            return leaf(node)
        case Mapping():
            return {key: _filled(each, leaf) for key, each in node.items()}
        case list():
            return [_filled(item.node, leaf) for item in node]
    return node
