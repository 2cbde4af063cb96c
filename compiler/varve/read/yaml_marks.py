"""Marks where each value of a YAML text is."""

from dataclasses import dataclass, field
from typing import Final

from varve.model.diagnostic import Span
from varve.read import plain
from varve.read.events import (
    AliasEvent,
    Event,
    Events,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    YAMLError,
    events,
)
from varve.read.mark import START, Lines, Mark, Marked, Repeat, StopError, add_repeat

MERGES: Final = 100
"""The maximum number of mappings that a file may merge with `<<`; reading and marking stop there."""

_MAX_SHARED: Final = 200_000


@dataclass(slots=True)
class _Marking:
    """The state of marking a text; anchors refer to marks, so an alias shares them without a copy."""

    lines: Lines
    anchors: dict[str, Mark] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)
    shared: int = 0
    merges: int = 0

    def span(self, event: Event) -> Span:
        return self.lines.span(event.start_mark.index, event.end_mark.index)


def mark(text: str) -> Marked:
    """The marks of the first document in `text`; for a broken one, those before the error."""
    marking = _Marking(Lines(text))
    root = Mark(START, START)
    get = events(text)
    try:
        get()
        if get().__class__ is not StreamEndEvent:
            _fill(root, get, get(), marking, 0)
    except (YAMLError, StopError):
        pass
    root.key = root.value = START
    return Marked(root, marking.repeats)


def _fill(mark: Mark, get: Events, event: Event, marking: _Marking, depth: int) -> None:
    """Complete `mark`, whose value has the key's place so far, with the value that begins with `event`."""
    kind = event.__class__
    if kind is AliasEvent:
        mark.value = marking.span(event)
        mark.children = marking.anchors[event.anchor].children if event.anchor in marking.anchors else {}
        return
    if event.anchor is not None:
        marking.anchors[event.anchor] = mark
    if kind is ScalarEvent:
        if event.start_mark.index < event.end_mark.index:
            mark.value = marking.span(event)
        return
    if depth >= plain.DEPTH:
        raise StopError
    end = (_mapping if kind is MappingStartEvent else _sequence)(mark, get, marking, depth + 1)
    start, stop = event.start_mark.index, end.end_mark.index
    if event.flow_style and marking.lines.on_one_line(start, stop):
        mark.value = marking.lines.span(start, stop)


def _mapping(mark: Mark, get: Events, marking: _Marking, depth: int) -> Event:
    merged: list[Mark] = []
    while (event := get()).__class__ is not MappingEndEvent:
        key = marking.span(event)
        child = Mark(key, key)
        name = _name(event, get, marking, depth)
        first = child
        if name == "<<" and not event.style:
            merged.append(child)
            first = merged[0]
        elif name is not None:
            first = mark.children.setdefault(name, child)
        if first is not child:
            add_repeat(marking.repeats, Repeat(str(name), first.key, key))
        _fill(child, get, get(), marking, depth)
    for each in merged:
        _share(mark, each, marking)
    return event


def _name(event: Event, get: Events, marking: _Marking, depth: int) -> str | None:
    """The name in a key, or None for a key that is not a scalar."""
    key = marking.span(event)
    _fill(Mark(key, key), get, event, marking, depth)
    return str(event.value) if event.__class__ is ScalarEvent else None


def _share(mark: Mark, merged: Mark, marking: _Marking) -> None:
    """Add to `mark` the keys that it lacks of what `<<` merges into it, a mapping or a list of mappings."""
    sources = list(merged.children.values()) if 0 in merged.children else [merged]
    marking.shared += sum(len(source.children) for source in sources)
    marking.merges += len(sources)
    if marking.shared > _MAX_SHARED or marking.merges > MERGES:
        raise StopError
    for source in sources:
        for name, child in list(source.children.items()):
            mark.children.setdefault(name, child)


def _sequence(mark: Mark, get: Events, marking: _Marking, depth: int) -> Event:
    while (event := get()).__class__ is not SequenceEndEvent:
        start = event.start_mark.index
        here = marking.lines.span(start, start + 1)
        item = mark.children[len(mark.children)] = Mark(here, here)
        _fill(item, get, event, marking, depth)
        if event.__class__ is MappingStartEvent and item.children and item.value is here:
            item.value = next(iter(item.children.values())).key
        item.key = item.value
    return event
