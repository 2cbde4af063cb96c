"""What the fields of a target hold, so that values are bound in the field's own language."""

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias, Union


class Field(Enum):
    """The language that a field is written in; the value is its name in messages."""

    PROMQL = "PromQL"
    QUERY = "dashboard query"
    GOTEMPLATE = "Go template"
    LABEL = "label"
    DURATION = "duration"
    TEXT = "text"

    __hash__ = object.__hash__  # by identity, as members are compared: the usual one is slow


FieldTree: TypeAlias = Mapping[str, Union["FieldTree", Field]]
"""The fields below a map, by key. `*` stands for every key that is not named, and for the items of a list."""

Fields: TypeAlias = FieldTree | Field | None
"""What is known of one place: the fields below it, its own language, or nothing."""


def below(fields: Fields, key: str) -> Fields:
    """What is known of the value at `key`; the items of a list ask for `*`."""
    if fields is None or isinstance(fields, Field):
        return None
    return fields.get(key, fields.get("*"))


def is_named(fields: Fields, key: str) -> bool:
    """Whether `key` has a language of its own, which its neighbours do not share."""
    return isinstance(fields, Mapping) and key in fields
