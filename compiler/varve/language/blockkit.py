"""What Slack takes: the blocks that a message may be made of, how many of them, and how long their texts may be.

The limits are those of Slack's reference. One is nowhere written: above some 13,000 characters in all, a message is
refused as too long.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from varve.model.source import Keys, Map, Value


class Found(NamedTuple):
    """Why Slack would refuse a payload, and where; `limit`: there is too much of something that is right."""

    message: str
    keys: Keys
    limit: bool = False


BLOCKS: Final = 50
CHARACTERS: Final = 12_000
TEXT: Final = 4_000


class Text(NamedTuple):
    """A text object: its kinds, and the most characters."""

    kinds: tuple[str, ...]
    most: int


class Items(NamedTuple):
    """A list: the kinds of its items, or what each is, and the most of them."""

    of: "tuple[str, ...] | Text"
    most: int


class Plain(NamedTuple):
    """A plain text: the most characters."""

    most: int


Held = Text | Items | Plain | tuple[str, ...]
"""What a field holds; a tuple: one of these words, or a block or element of one of these types."""


class Shape(NamedTuple):
    """A block or an element: its fields, those that it needs, and those of which it needs one at least."""

    fields: Mapping[str, Held]
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


def faults(payload: Map) -> Iterator[Found]:
    """Why Slack would refuse a payload whose texts are as long as they can get."""
    yield from _strange(payload, ("text", "blocks"), ())
    yield from _plain(payload.get("text"), TEXT, ("text",))
    yield from _items(payload.get("blocks"), Items(_MESSAGE, BLOCKS), ("blocks",))
    characters = sum(_characters(payload))
    if characters > CHARACTERS:
        message = f"the texts can have {characters:,} characters in all but Slack accepts about {CHARACTERS:,}"
        yield Found(message, ("blocks",), limit=True)


def _characters(value: Value) -> Iterator[int]:
    if isinstance(value, str):
        yield len(value)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _characters(each)


def _one(value: Value, kinds: tuple[str, ...], keys: Keys) -> Iterator[Found]:
    """A block or an element, or a text among elements, whose text may be as long as that of a section."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in kinds:
        yield Found(f"one of {_listed(kinds)} is needed here, as `type`", keys)
    elif kind in _TEXT_FIELDS:
        yield from _text(value, Text((kind,), 2000), keys)
    else:
        yield from _shaped(value, kind, keys)


def _shaped(value: Map, kind: str, keys: Keys) -> Iterator[Found]:
    shape = _SHAPES[kind]
    yield from _strange(value, ("type", *shape.fields), keys)
    missing = [f"`{field}`" for field in shape.needs if field not in value]
    if shape.any_of and not any(field in value for field in shape.any_of):
        missing = [f"one of {_listed(shape.any_of)}"]
    if missing:
        yield Found(f"`{kind}` needs {missing[0]}", keys)
    for field, held in shape.fields.items():
        if field in value:
            yield from _held(value[field], held, (*keys, field))


def _held(value: Value, held: Held, keys: Keys) -> Iterator[Found]:
    match held:
        case Text():
            yield from _text(value, held, keys)
        case Items():
            yield from _items(value, held, keys)
        case Plain():
            yield from _plain(value, held.most, keys)
        case _ if held[0] in _SHAPES:
            yield from _one(value, held, keys)
        case _ if value not in held:
            yield Found(f"one of {_listed(held)} is needed here", keys)


def _items(value: Value, held: Items, keys: Keys) -> Iterator[Found]:
    if not isinstance(value, list) or not value:
        yield Found("a list that is not empty is needed here", keys)
        return
    if len(value) > held.most:
        yield Found(f"there are {len(value)} items but Slack accepts {held.most}", keys, limit=True)
    for at, each in enumerate(value):
        found = _text(each, held.of, (*keys, at)) if isinstance(held.of, Text) else _one(each, held.of, (*keys, at))
        yield from found


def _text(value: Value, held: Text, keys: Keys) -> Iterator[Found]:
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in held.kinds:
        yield Found(f"a text of the type {_listed(held.kinds)} is needed here", keys)
        return
    yield from _strange(value, _TEXT_FIELDS[kind], keys)
    yield from _plain(value.get("text"), held.most, (*keys, "text"))


def _plain(value: Value, most: int, keys: Keys) -> Iterator[Found]:
    if not isinstance(value, str) or not value:
        yield Found("a text is needed here", keys)
    elif len(value) > most:
        yield Found(f"the text can have {len(value):,} characters but Slack accepts {most:,}", keys, limit=True)


def _strange(value: Map, known: tuple[str, ...], keys: Keys) -> Iterator[Found]:
    for key in value:
        if key not in known:
            yield Found(f"Slack does not support `{key}` here; it supports {_listed(known)}", (*keys, key))


def _listed(words: tuple[str, ...]) -> str:
    return (
        " and ".join([", ".join(f"`{word}`" for word in words[:-1]), f"`{words[-1]}`"])
        if words[1:]
        else f"`{words[0]}`"
    )
