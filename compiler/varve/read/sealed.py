"""What a SOPS file says to those who hold no key: the names of its secrets, and whether all of them are sealed."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from varve.model.diagnostic import Diagnostic, Place, Report, Rule
from varve.model.source import Keys, Map, Source, Value
from varve.read import plain
from varve.read.parse import parse
from varve.read.veil import discreet

NOT_SEALED = Rule(
    "read/not-sealed",
    "A secrets file is not sealed",
    "Files under `secrets/` are committed, so everything in them is encrypted by SOPS: each value is an "
    "`ENC[AES256_GCM,…]` and a `sops` block holds the keys' recipients and a seal over the whole. A value in the "
    "clear is already known to everyone who can read the repository: encrypt the file with `sops --encrypt --in-"
    "place`, and replace the secret if it was pushed.",
)

_HINT: Final = "encrypt the file with `sops --encrypt --in-place`"
_METADATA: Final = "sops"
_BASE64: Final = "[A-Za-z0-9+/]*={0,2}"
_SEALED: Final = re.compile(
    rf"ENC\[AES256_GCM,data:{_BASE64},iv:{_BASE64},tag:{_BASE64},type:(?:str|int|float|bool|bytes|comment)\]",
)


def sealed(source: Source, report: Report) -> frozenset[str] | None:
    """The names of the secrets in `source`, leaf paths joined with dots, or None after saying what is wrong.

    A list's items are named by their positions. No value is decrypted, and none is ever shown.
    """
    said = Report()
    value = parse(source, said)
    if value is None:
        report.extend(_discreet(each) for each in said)
        return None
    said = Report()
    _check(value, source, said)
    report.extend(said)
    return None if said.broken else frozenset(_name(keys) for keys, _ in _leaves(_secrets(value), ()))


def _discreet(diagnostic: Diagnostic) -> Diagnostic:
    """What is wrong with the text of a secrets file, without the words that may quote a secret in the clear."""
    place = diagnostic.place and replace(diagnostic.place, sealed=True)
    notes = (replace(note, place=note.place and replace(note.place, sealed=True)) for note in diagnostic.notes)
    return replace(discreet(diagnostic), place=place, notes=tuple(notes))


def _check(value: Map, source: Source, report: Report) -> None:
    metadata = value.get(_METADATA)
    if not isinstance(metadata, dict) or not _is_sealed(metadata.get("mac")):
        message = "the file has no `sops` block with a `mac`, so nothing says that it was encrypted"
        report.say(NOT_SEALED, message, Place(source.path, sealed=True), hint=_HINT)
        return
    for keys, leaf in _leaves(_secrets(value), ()):
        if not _is_sealed(leaf):
            place = Place(source.path, keys, "key", sealed=True)
            report.say(NOT_SEALED, f"`{plain.show(_name(keys))}` is not encrypted", place, hint=_HINT)


def _name(keys: Keys) -> str:
    return ".".join(map(str, keys))


def _secrets(value: Map) -> Map:
    return {key: held for key, held in value.items() if key != _METADATA}


def _leaves(value: Value, keys: Keys) -> Iterator[tuple[Keys, Value]]:
    if isinstance(value, dict):
        for key, held in value.items():
            yield from _leaves(held, (*keys, key))
    elif isinstance(value, list):
        for position, held in enumerate(value):
            yield from _leaves(held, (*keys, position))
    else:
        yield keys, value


def _is_sealed(leaf: Value) -> bool:
    return isinstance(leaf, str) and _SEALED.fullmatch(leaf) is not None
