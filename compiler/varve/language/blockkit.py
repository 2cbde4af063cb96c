"""Slack's Block Kit: the blocks that a message may contain, how many of them, and how long their texts may be.

The limits are those of Slack's reference. One is undocumented: Slack refuses a message of more than some 13,000
characters in all.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from varve.model.source import Keys, Map, Value


class Violation(NamedTuple):
    """Why and where Slack would refuse a payload; `limit` if something valid is too long or too many."""

    message: str
    keys: Keys
    limit: bool = False


BLOCKS: Final = 50
CHARACTERS: Final = 12_000
TEXT: Final = 4_000


class Text(NamedTuple):
    """A text object: the allowed types, and the maximum number of characters."""

    kinds: tuple[str, ...]
    most: int


class Items(NamedTuple):
    """A list: the types of its items, or the text that each is, and the maximum number of items."""

    of: "tuple[str, ...] | Text"
    most: int


class Plain(NamedTuple):
    """A string, and the maximum number of characters."""

    most: int


FieldType = Text | Items | Plain | tuple[str, ...]
"""What a field may contain; a tuple lists the allowed words, or the types of the allowed blocks or elements."""


class Shape(NamedTuple):
    """A block or an element: its fields, those that are required, and those of which at least one is required."""

    fields: Mapping[str, FieldType]
    needs: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()


_BOTH: Final = ("mrkdwn", "plain_text")
_ID: Final = Plain(255)

_SHAPES: Final[Mapping[str, Shape]] = {
    "header": Shape({"text": Text(("plain_text",), 150), "block_id": _ID}, ("text",)),
    "section": Shape(
        {
            "text": Text(_BOTH, 3000),
            "fields": Items(Text(_BOTH, 2000), 10),
            "accessory": ("button", "image"),
            "block_id": _ID,
        },
        any_of=("text", "fields"),
    ),
    "context": Shape({"elements": Items((*_BOTH, "image"), 10), "block_id": _ID}, ("elements",)),
    "actions": Shape({"elements": Items(("button",), 25), "block_id": _ID}, ("elements",)),
    "divider": Shape({"block_id": _ID}),
    "image": Shape(
        {"image_url": Plain(3000), "alt_text": Plain(2000), "title": Text(("plain_text",), 2000), "block_id": _ID},
        ("image_url", "alt_text"),
    ),
    "button": Shape(
        {
            "text": Text(("plain_text",), 75),
            "url": Plain(3000),
            "value": Plain(2000),
            "action_id": _ID,
            "style": ("primary", "danger"),
            "accessibility_label": Plain(75),
        },
        ("text",),
    ),
}
_MESSAGE: Final = ("header", "section", "context", "actions", "divider", "image")
_TEXT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "mrkdwn": ("type", "text", "verbatim"),
    "plain_text": ("type", "text", "emoji"),
}


def faults(payload: Map) -> Iterator[Violation]:
    """Why Slack would refuse a payload; its texts must have the maximum length that they can reach."""
    yield from _unknown_fields(payload, ("text", "blocks"), ())
    yield from _string(payload.get("text"), TEXT, ("text",))
    yield from _items(payload.get("blocks"), Items(_MESSAGE, BLOCKS), ("blocks",))
    characters = sum(_characters(payload))
    if characters > CHARACTERS:
        message = f"the texts can have {characters:,} characters in all but Slack accepts about {CHARACTERS:,}"
        yield Violation(message, ("blocks",), limit=True)


def _characters(value: Value) -> Iterator[int]:
    if isinstance(value, str):
        yield len(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _characters(each)


def _element(value: Value, kinds: tuple[str, ...], keys: Keys) -> Iterator[Violation]:
    """A block or an element, or a text object among elements, which may have 2000 characters."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in kinds:
        yield Violation(f"one of {_listed(kinds)} is needed here, as `type`", keys)
    elif kind in _TEXT_FIELDS:
        yield from _text(value, Text((kind,), 2000), keys)
    else:
        yield from _fields(value, kind, keys)


def _fields(value: Map, kind: str, keys: Keys) -> Iterator[Violation]:
    shape = _SHAPES[kind]
    yield from _unknown_fields(value, ("type", *shape.fields), keys)
    missing = [f"`{field}`" for field in shape.needs if field not in value]
    if shape.any_of and not any(field in value for field in shape.any_of):
        missing = [f"one of {_listed(shape.any_of)}"]
    if missing:
        yield Violation(f"`{kind}` needs {missing[0]}", keys)
    for field, expected in shape.fields.items():
        if field in value:
            yield from _field(value[field], expected, (*keys, field))


def _field(value: Value, expected: FieldType, keys: Keys) -> Iterator[Violation]:
    match expected:
        case Text():
            yield from _text(value, expected, keys)
        case Items():
            yield from _items(value, expected, keys)
        case Plain():
            yield from _string(value, expected.most, keys)
        case _ if expected[0] in _SHAPES:
            yield from _element(value, expected, keys)
        case _ if value not in expected:
            yield Violation(f"one of {_listed(expected)} is needed here", keys)


def _items(value: Value, expected: Items, keys: Keys) -> Iterator[Violation]:
    if not isinstance(value, list) or not value:
        yield Violation("a list that is not empty is needed here", keys)
        return
    if len(value) > expected.most:
        yield Violation(f"there are {len(value)} items but Slack accepts {expected.most}", keys, limit=True)
    for at, each in enumerate(value):
        found = (
            _text(each, expected.of, (*keys, at))
            if isinstance(expected.of, Text)
            else _element(each, expected.of, (*keys, at))
        )
        yield from found


def _text(value: Value, expected: Text, keys: Keys) -> Iterator[Violation]:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in expected.kinds:
        yield Violation(f"a text of the type {_listed(expected.kinds)} is needed here", keys)
        return
    yield from _unknown_fields(value, _TEXT_FIELDS[kind], keys)
    yield from _string(value.get("text"), expected.most, (*keys, "text"))


def _string(value: Value, most: int, keys: Keys) -> Iterator[Violation]:
    if not isinstance(value, str) or not value:
        yield Violation("a text is needed here", keys)
    elif len(value) > most:
        yield Violation(f"the text can have {len(value):,} characters but Slack accepts {most:,}", keys, limit=True)


def _unknown_fields(value: Map, known: tuple[str, ...], keys: Keys) -> Iterator[Violation]:
    for key in value:
        if key not in known:
            yield Violation(f"Slack does not support `{key}` here; it supports {_listed(known)}", (*keys, key))


def _listed(words: tuple[str, ...]) -> str:
    return (
        " and ".join([", ".join(f"`{word}`" for word in words[:-1]), f"`{words[-1]}`"])
        if words[1:]
        else f"`{words[0]}`"
    )
