"""Renders where values come from: a table for people, JSON for programs."""

import json as standard
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, cast

from varve.language.name import dotted
from varve.language.plain import is_plain
from varve.model.diagnostic import Span
from varve.model.layer import Stack
from varve.model.pack import Pack
from varve.model.source import Keys, Map, Value
from varve.render.document import document
from varve.render.escape import escape
from varve.render.table import table
from varve.resolve.feature import GATE, condition
from varve.resolve.history import Contribution, brief
from varve.resolve.merge import is_set, value_at
from varve.resolve.reference import advice

_ID: Final = 10
_NOT_VALUES: Final = re.compile(r"not set|a (?:map|list) of [0-9]+")
"""Texts that are shown instead of a value."""


class Commit(NamedTuple):
    """The commit that a line comes from."""

    id: str
    author: str
    date: datetime


class Line(NamedTuple):
    """What one layer contributes to a path, the position in its file, and the commit that it comes from.

    Without a commit, the line is not committed yet, or its commit is `beyond` what a shallow clone contains.
    """

    keys: Keys
    contribution: Contribution
    span: Span
    commit: Commit | None
    beyond: bool


def json(whole: Map, keys: Keys, lines: Sequence[Line]) -> str:
    """The value of `whole` at `keys`, and its history, as one JSON document."""
    answer = {"path": dotted(keys), "value": value_at(whole, keys), "history": [record(line) for line in lines]}
    return document(answer)


def record(line: Line) -> dict[str, object]:
    """A line as it is written to JSON."""
    layer, commit = line.contribution.layer, line.commit
    return {
        "path": dotted(line.keys),
        "layer": layer.name,
        "priority": layer.priority,
        "owner": layer.owner,
        "verdict": line.contribution.verdict,
        "value": line.contribution.value,
        "file": line.contribution.place.file,
        "line": line.span.line,
        "column": line.span.column,
        "commit": commit.id if commit else None,
        "author": commit.author if commit else None,
        "date": commit.date.isoformat() if commit else None,
    }


def text(whole: Map, keys: Keys, lines: Sequence[Line]) -> str:
    """The value of `whole` at `keys`, and what each layer contributed; for a map, where each value in it comes from."""
    value = value_at(whole, keys)
    if isinstance(value, dict) and value:
        return table(
            [
                (dotted(line.keys), _shown_at(whole, line.keys), line.contribution.layer.name, *origin(line))
                for line in lines
            ]
        )
    value_text = f"{_shown_at(whole, keys)}{'' if is_set(whole, keys) else _gate(whole, lines)}"
    if isinstance(value, list):
        value_text = standard.dumps(value, ensure_ascii=False)
    head = f"{escape(f'{dotted(keys)} is {value_text}')}\n" if keys else ""
    return head + table(
        [
            (
                _contributed(keys, line.contribution),
                line.contribution.verdict,
                line.contribution.layer.name,
                *origin(line),
            )
            for line in lines
        ]
    )


def _shown_at(whole: Map, keys: Keys) -> str:
    return shown(value_at(whole, keys)) if is_set(whole, keys) else "not set"


def shown(value: Value) -> str:
    """A value in a few words; a text that could be mistaken for something else is quoted."""
    if isinstance(value, str) and not is_plain(value, _NOT_VALUES):
        return standard.dumps(brief(value), ensure_ascii=False)
    return brief(value)


def _gate(whole: Map, lines: Sequence[Line]) -> str:
    """Why something that a layer sets is not there: the feature that it needs is off."""
    maps = [line.contribution.value for line in lines if isinstance(line.contribution.value, dict)]
    name = next((each[GATE] for each in maps if GATE in each), "")
    return f": its feature `{name}` is off" if name and value_at(whole, ("features", str(name))) is False else ""


def _contributed(keys: Keys, contribution: Contribution) -> str:
    """What a layer sets at a path, in a few words; empty if it only removes something."""
    if isinstance(contribution.value, dict) and keys[:1] == ("features",):
        return condition(contribution.value)
    return (
        ""
        if contribution.verdict in ("deletes", "replaces") and contribution.value is None
        else shown(contribution.value)
    )


def origin(line: Line) -> tuple[str, str]:
    """The position of a line, and who wrote it, if known."""
    where = f"{line.contribution.place.file}:{line.span.line}:{line.span.column}"
    return where, who(line.commit, beyond=line.beyond)


def who(commit: Commit | None, *, beyond: bool) -> str:
    """A commit in a few words; without one, whether it is `beyond` what the clone contains, or not committed yet."""
    if commit is None:
        return "unknown" if beyond else "not committed yet"
    return f"{commit.id[:_ID]} {commit.date:%Y-%m-%d} {commit.author}"


def unset(whole: Map, keys: Keys, stack: Stack, packs: Mapping[str, Pack]) -> str:
    """Why no layer of `stack` sets anything at `keys`: varve or a pack's default sets it, or nothing does."""
    path = escape(dotted(keys))
    if keys in (("environment",), ("tenant", "id")):
        return f"{path} is {value_at(whole, keys)}: varve itself sets it, from the folder or the environment\n"
    match keys:
        case ("services", str(), "packs", str() as name, str() as parameter) if name in packs:
            properties = cast("dict[str, Map]", packs[name].parameters.get("properties", {}))
            if "default" in properties.get(parameter, {}):
                default = standard.dumps(properties[parameter]["default"], ensure_ascii=False)
                return f"{path} is {escape(default)}: the default of the pack, in {packs[name].folder}/pack.yaml\n"
    layers = "".join(f"  {layer.name:<12} {layer.file}\n" for layer in reversed(stack.layers))
    return f"{path}: none of these layers sets it\n{layers}{_correction(keys, whole)}"


def _correction(keys: Keys, value: Map) -> str:
    suggestion = "" if is_set(value, keys) else advice(keys, value)
    return f"{escape(suggestion)}\n" if suggestion.startswith("did you mean") else ""
