"""The languages of a target's fields, so that values are bound in the language of each field."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias, Union


class Field(Enum):
    """The language of a field; the value is its name in messages."""

    PROMQL = "PromQL"
    QUERY = "dashboard query"
    GOTEMPLATE = "Go template"
    LABEL = "label"
    DURATION = "duration"
    TEXT = "text"

    __hash__ = object.__hash__  # by identity, as members are compared: the inherited one is slow


FieldTree: TypeAlias = Mapping[str, Union["FieldTree", Field]]
"""The fields of a map, by key; `*` stands for every key that is not named, and for the items of a list."""

Fields: TypeAlias = FieldTree | Field | None
"""What is known of one place: the fields below it, its language, or nothing."""


def below(fields: Fields, key: str) -> Fields:
    """What is known of the value at `key`; for the items of a list, `key` is `*`."""
    if fields is None or isinstance(fields, Field):
        return None
    return fields.get(key, fields.get("*"))


def is_named(fields: Fields, key: str) -> bool:
    """Whether `key` has a language of its own, different from that of `*`."""
    return isinstance(fields, Mapping) and key in fields
