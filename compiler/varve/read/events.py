"""The only importer of libyaml: YAML text as a stream of events."""

from collections.abc import Callable
from typing import Any, TypeAlias

from yaml import MarkedYAMLError, YAMLError
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

__all__ = [
    "AliasEvent",
    "DocumentStartEvent",
    "Event",
    "Events",
    "MappingEndEvent",
    "MappingStartEvent",
    "MarkedYAMLError",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "YAMLError",
    "events",
]

Event: TypeAlias = Any
"""One of libyaml's events; readers compare their classes by identity."""

Events: TypeAlias = Callable[[], Event]
"""Returns the next event at each call; raises `YAMLError` if the text is not YAML."""


def events(text: str) -> Events:
    """The events of `text`; scanning never recurses, so the caller decides how deep to follow."""
    return CParser(text).get_event  # type: ignore[no-any-return,no-untyped-call,unused-ignore]
