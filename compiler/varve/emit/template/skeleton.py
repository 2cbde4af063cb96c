"""The structure of a rendered text: YAML (or JSON, which is YAML) with placeholders for values."""

import re
from typing import Final, NamedTuple, TypeAlias

from varve.emit.template.given import CLOSE, OPEN, Scalar, is_private, number
from varve.emit.template.run import DEEPEST, PRIVATE_CHARACTER
from varve.model.diagnostic import Rule
from varve.read.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    Events,
    MappingEndEvent,
    MappingStartEvent,
    MarkedYAMLError,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    YAMLError,
    events,
)
from varve.read.scalar import scalar

STRUCTURE = Rule(
    "emit/template-structure",
    "Template output is not a YAML or JSON document",
    "The text of a template, with a placeholder for each value, must be one YAML or JSON document: a map or a list, "
    "at most 64 levels deep, without anchors, aliases, merge keys and tags. No value can cause this, because values "
    "are inserted after the structure is parsed; the cause is in the template at the line shown, or shortly before.",
)

DUPLICATE_KEY = Rule(
    "emit/duplicate-key",
    "Key is written twice in a map of an artifact",
    "Two entries of one map have the same key, in the template or after the values were bound, so one of them would "
    "be lost. Loop over a map instead of a list, or build the key from more than one value.",
)

_PLACEHOLDER: Final = re.compile(f"{OPEN}([0-9]+){CLOSE}")
_ESCAPED: Final = re.compile(r"\\(?:u|U0000)[eE]00[01]")


class Fixed(NamedTuple):
    """A scalar without placeholders."""

    value: Scalar
    offset: int


class Whole(NamedTuple):
    """A scalar that is just one placeholder; text in a flow list cannot become several items."""

    number: int
    offset: int
    in_flow_list: bool


class Mixed(NamedTuple):
    """A text with placeholders in it, which are between its `parts`."""

    parts: tuple[str, ...]
    indices: tuple[int, ...]
    offset: int


class Entries(NamedTuple):
    """A map; its keys are texts, or have placeholders."""

    items: tuple[tuple[Fixed | Whole | Mixed, "Node"], ...]
    offset: int


class Items(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    offset: int


Node: TypeAlias = Fixed | Whole | Mixed | Entries | Items


class Flaw(NamedTuple):
    """A mistake in the text that a template writes, whatever the values are, at an offset of that text."""

    rule: Rule
    message: str
    offset: int
    hint: str = ""


class Skeleton(NamedTuple):
    """The structure, or None if the text has none, and the flaws."""

    node: Node | None
    flaws: tuple[Flaw, ...]


def parse(text: str) -> Skeleton:
    """The structure of `text`; an empty document is an empty map."""
    if found := _ESCAPED.search(text):
        message = f"`{found[0]}` writes a private character"
        return Skeleton(None, (Flaw(PRIVATE_CHARACTER, message, found.start(), "remove it"),))
    builder = _Builder(events(text))
    try:
        node = builder.document()
    except _Stop as stop:
        return Skeleton(None, (*builder.flaws, stop.flaw))
    except YAMLError as error:
        return Skeleton(None, (*builder.flaws, _syntax(error, text)))
    return Skeleton(node, tuple(builder.flaws))


class _Stop(Exception):  # noqa: N818
    """Ends the parse, because the rest cannot be understood."""

    def __init__(self, message: str, offset: int, hint: str) -> None:
        super().__init__(message)
        self.flaw = Flaw(STRUCTURE, message, offset, hint)


def _syntax(error: YAMLError, text: str) -> Flaw:
    problem, offset = "it cannot be parsed", len(text)
    if isinstance(error, MarkedYAMLError):
        problem = error.problem or problem
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark else offset
    return Flaw(
        STRUCTURE,
        f"the template does not write valid YAML: {problem}",
        offset,
        "look at the indentation and the quotes",
    )


class _Builder:
    """Builds nodes from the YAML events of one text."""

    __slots__ = ("_next", "flaws")

    def __init__(self, next_event: Events) -> None:
        self._next = next_event
        self.flaws: list[Flaw] = []

    def document(self) -> Node:
        self._next()
        start = self._next()
        if start.__class__ is StreamEndEvent:
            return Entries((), 0)
        return self._documents(start)

    def _documents(self, start: Event) -> Node:
        offset = start.start_mark.index
        if start.version or start.tags:
            raise _Stop("the template writes a `%` directive", offset, "remove the directive")
        node = self._node(self._next(), DEEPEST, in_flow_list=False)
        self._next()
        event = self._next()
        at = event.start_mark.index
        if event.__class__ is DocumentStartEvent:
            raise _Stop("the template writes more than one document", at, "remove the `---`")
        if not isinstance(node, Entries | Items):
            raise _Stop("the template writes neither a map nor a list", offset, "begin with a key or a `-`")
        return node

    def _node(self, event: Event, depth: int, *, in_flow_list: bool) -> Node:
        kind = event.__class__
        offset = event.start_mark.index
        if kind is AliasEvent or event.anchor is not None:
            raise _Stop("the template writes an anchor or an alias", offset, "write the value out, or use a macro")
        if event.tag is not None:
            raise _Stop(f"the template writes the tag `{event.tag}`", offset, "remove the tag, or quote the text")
        if kind is ScalarEvent:
            return _scalar(event, offset, in_flow_list=in_flow_list)
        if not depth:
            raise _Stop(f"the template writes more than {DEEPEST} levels", offset, "flatten it")
        if kind is MappingStartEvent:
            return self._map(offset, depth - 1)
        return self._list(offset, depth - 1, flow=bool(event.flow_style))

    def _map(self, offset: int, depth: int) -> Entries:
        items = []
        seen: set[Scalar] = set()
        while (event := self._next()).__class__ is not MappingEndEvent:
            key = self._key(event)
            if isinstance(key, Fixed):
                self._check_duplicate(key, seen)
            items.append((key, self._node(self._next(), depth, in_flow_list=False)))
        return Entries(tuple(items), offset)

    def _list(self, offset: int, depth: int, *, flow: bool) -> Items:
        items = []
        while (event := self._next()).__class__ is not SequenceEndEvent:
            items.append(self._node(event, depth, in_flow_list=flow))
        return Items(tuple(items), offset)

    def _key(self, event: Event) -> Fixed | Whole | Mixed:
        offset = event.start_mark.index
        if event.__class__ in (SequenceStartEvent, MappingStartEvent):
            raise _Stop("the template writes a list or a map as a key", offset, "use a text as the key")
        key = self._node(event, 0, in_flow_list=False)
        match key:
            case Fixed() if event.value == "<<" and not event.style:
                raise _Stop("the template writes a merge key", offset, "write the entries out, or use a macro")
            case Fixed():
                return Fixed(event.value, offset)  # `on`, `5` and `true` are texts as keys
            case Whole() | Mixed():
                return key
        raise _Stop("the template writes a key that is not text", offset, "use a text as the key")

    def _check_duplicate(self, key: Fixed, seen: set[Scalar]) -> None:
        if key.value in seen:
            self.flaws.append(Flaw(DUPLICATE_KEY, f"`{key.value}` is written twice in one map", key.offset))
        seen.add(key.value)


def _scalar(event: Event, offset: int, *, in_flow_list: bool) -> Fixed | Whole | Mixed:
    value: str = event.value
    if OPEN not in value:
        return Fixed(value if event.style else _plain(value, offset), offset)
    pieces = _PLACEHOLDER.split(value)
    parts, indices = tuple(pieces[::2]), tuple(map(int, pieces[1::2]))
    if any(map(is_private, parts)):
        raise _Stop("the template breaks the placeholder of a value", offset, "write the value where it belongs")
    if not event.style and parts == ("", ""):
        return Whole(indices[0], offset, in_flow_list)
    return Mixed(parts, indices, offset)


def _plain(text: str, offset: int) -> Scalar:
    """The value of an unquoted scalar; artifacts cannot contain infinity, nor a number of more than 64 bits."""
    value = scalar(text)
    if type(value) in (int, float) and number(value) is None:
        hint = "quote it, or write a finite one of at most 64 bits"
        raise _Stop(f"the template writes the number `{text}`", offset, hint)
    return value
