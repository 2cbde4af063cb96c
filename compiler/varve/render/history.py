"""Says where values come from: a table for people, JSON for programs."""

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
from varve.resolve.history import Voice, brief
from varve.resolve.merge import look, says
from varve.resolve.reference import advice

_ID: Final = 10
_OTHERS: Final = re.compile(r"not set|a (?:map|list) of [0-9]+")
"""What is said in the place of a value."""


class Commit(NamedTuple):
    """The commit that a line comes from."""

    id: str
    author: str
    date: datetime


class Line(NamedTuple):
    """One voice in the history of a path, where in its file it stands, and the commit it comes from.

    There is no commit yet, or it lies `beyond` what a shallow clone holds.
    """

    keys: Keys
    voice: Voice
    span: Span
    commit: Commit | None
    beyond: bool


def json(whole: Map, keys: Keys, lines: Sequence[Line]) -> str:
    """What `whole` says at `keys`, and its history, as one JSON document."""
    said = {"path": dotted(keys), "value": look(whole, keys), "history": [record(line) for line in lines]}
    return document(said)


def record(line: Line) -> dict[str, object]:
    """A line as programs are told of it."""
    layer, commit = line.voice.layer, line.commit
    return {
        "path": dotted(line.keys),
        "layer": layer.name,
        "priority": layer.priority,
        "owner": layer.owner,
        "verdict": line.voice.verdict,
        "value": line.voice.value,
        "file": line.voice.place.file,
        "line": line.span.line,
        "column": line.span.column,
        "commit": commit.id if commit else None,
        "author": commit.author if commit else None,
        "date": commit.date.isoformat() if commit else None,
    }


def text(whole: Map, keys: Keys, lines: Sequence[Line]) -> str:
    """What `whole` says at `keys`, and who said what of it; of a map, where each value in it comes from."""
    value = look(whole, keys)
    if isinstance(value, dict) and value:
        return table(
            [(dotted(line.keys), _at(whole, line.keys), line.voice.layer.name, *origin(line)) for line in lines]
        )
    said = f"{_at(whole, keys)}{'' if says(whole, keys) else _gate(whole, lines)}"
    if isinstance(value, list):
        said = standard.dumps(value, ensure_ascii=False)
    head = f"{escape(f'{dotted(keys)} is {said}')}\n" if keys else ""
    return head + table(
        [(_word(keys, line.voice), line.voice.verdict, line.voice.layer.name, *origin(line)) for line in lines]
    )


def _at(whole: Map, keys: Keys) -> str:
    return shown(look(whole, keys)) if says(whole, keys) else "not set"


def shown(value: Value) -> str:
    """A value in a few words; a text that could be taken for something else stands in quotes."""
    if isinstance(value, str) and not is_plain(value, _OTHERS):
        return standard.dumps(brief(value), ensure_ascii=False)
    return brief(value)


def _gate(whole: Map, lines: Sequence[Line]) -> str:
    """Why something is not there that a layer says: the feature that it waits for is off."""
    said = [line.voice.value for line in lines if isinstance(line.voice.value, dict)]
    name = next((each[GATE] for each in said if GATE in each), "")
    return f": its feature `{name}` is off" if name and look(whole, ("features", str(name))) is False else ""


def _word(keys: Keys, voice: Voice) -> str:
    """What a layer says of a path, in a few words: nothing, where it only takes something away."""
    if isinstance(voice.value, dict) and keys[:1] == ("features",):
        return condition(voice.value)
    return "" if voice.verdict in ("deletes", "replaces") and voice.value is None else shown(voice.value)


def origin(line: Line) -> tuple[str, str]:
    """Where a line stands, and who wrote it, as far as that is known."""
    where = f"{line.voice.place.file}:{line.span.line}:{line.span.column}"
    return where, who(line.commit, beyond=line.beyond)


def who(commit: Commit | None, *, beyond: bool) -> str:
    """A commit in a few words; without one, whether it lies `beyond` what the clone holds, or there is none yet."""
    if commit is None:
        return "unknown" if beyond else "not committed yet"
    return f"{commit.id[:_ID]} {commit.date:%Y-%m-%d} {commit.author}"


def nobody(whole: Map, keys: Keys, stack: Stack, packs: Mapping[str, Pack]) -> str:
    """Why no layer of `stack` says anything at `keys`: varve does, or a pack's default, or nobody."""
    path = escape(dotted(keys))
    if keys in (("environment",), ("tenant", "id")):
        return f"{path} is {look(whole, keys)}: varve itself sets it, from the folder or the environment\n"
    match keys:
        case ("services", str(), "packs", str() as name, str() as parameter) if name in packs:
            properties = cast("dict[str, Map]", packs[name].parameters.get("properties", {}))
            if "default" in properties.get(parameter, {}):
                default = standard.dumps(properties[parameter]["default"], ensure_ascii=False)
                return f"{path} is {escape(default)}: the default of the pack, in {packs[name].folder}/pack.yaml\n"
    layers = "".join(f"  {layer.name:<12} {layer.file}\n" for layer in reversed(stack.layers))
    return f"{path}: none of these layers sets it\n{layers}{_correction(keys, whole)}"


def _correction(keys: Keys, value: Map) -> str:
    said = "" if says(value, keys) else advice(keys, value)
    return f"{escape(said)}\n" if said.startswith("did you mean") else ""
