"""What a SOPS file reveals without a key: its secrets' names, who can open it, and whether everything is encrypted."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from posixpath import splitext
from typing import Final, NamedTuple

from varve.model.diagnostic import Diagnostic, Place, Report, Rule
from varve.model.source import Keys, Map, Source, Value
from varve.read import plain
from varve.read.mark import Lines
from varve.read.parse import parse
from varve.read.sealed import box, metadata
from varve.read.sealed.metadata import Metadata

NOT_SEALED = Rule(
    "read/not-sealed",
    "A secrets file is not sealed",
    "Files under `secrets/` are committed, so everything in them is encrypted by SOPS: each value is an "
    "`ENC[AES256_GCM,…]`, each comment too, and a `sops` block holds the keys' recipients and a seal over the whole. A "
    "value in the clear is already known to everyone who can read the repository: encrypt the file with `sops "
    "--encrypt --in-place`, and replace the secret if it was pushed.",
)
BAD_SEAL = Rule(
    "read/bad-seal",
    "The `sops` block of a sealed file is not as SOPS writes it",
    "The `sops` block of a sealed file is not encrypted, and tells tools which keys to ask, where, and what they may "
    "leave in the clear: it can send a token to a stranger's server. So varve reads it first, and refuses fields that "
    "it does not know, kinds of keys that are not allowed, settings that leave values unencrypted, and data keys that "
    "no tool would have written. Revert the edit before any tool reads the file.",
)

_HINT: Final = "encrypt the file with `sops --encrypt --in-place`"
_REVERT: Final = "revert the edit before any tool reads the file"
_METADATA: Final = "sops"
_COMMENT: Final = re.compile(r"(?:(?<=[\s])|^)#[^\r\n]*", re.MULTILINE)
_WITH_COMMENTS: Final = (".yaml", ".yml", ".toml")


class Holder(NamedTuple):
    """The owner of a file's secrets: a tenant or, without one, the platform; in one environment, or in all."""

    tenant: str | None
    environment: str | None


class Sealed(NamedTuple):
    """A sealed file: the keys of each secret by its name, the `metadata`, and the `marks` of all its ciphertexts.

    The name of a secret is its keys, joined with dots; a list's items are named by their positions. `marks` are those
    of the values and comments, and the lines of the data keys; `seal` is the mark of the MAC, which every edit changes.
    `types` are the types of the secrets that are not texts, by name, as SOPS names them.
    """

    path: str
    names: Mapping[str, Keys]
    metadata: Metadata
    marks: frozenset[str]
    seal: str
    types: Mapping[str, str]

    @property
    def holder(self) -> Holder | None:
        """The owner of these secrets, or None if the file is not where secrets are looked up."""
        return holder(self.path)

    @property
    def modified(self) -> datetime:
        """When the file was written, according to SOPS."""
        return self.metadata.modified


def holder(path: str) -> Holder | None:
    """The owner of the secrets in a sealed file at `path`, or None if secrets are not looked up there."""
    match path.split("/"):
        case ["environments", "secrets", _]:
            return Holder(None, None)
        case ["tenants", tenant, "secrets", _]:
            return Holder(tenant, None)
        case ["tenants", tenant, "secrets", environment, _]:
            return Holder(tenant, environment)
    return None


def is_sealed_file(path: str) -> bool:
    """Whether the file at `path` must be sealed, by its folder and its name."""
    return "/secrets/" in path and splitext(splitext(path)[0])[1] == ".sops"


def is_among_sealed(path: str) -> bool:
    """Whether the file at `path` is in a folder of sealed files, or below one: a tenant's, or the platform's."""
    if "/secrets/" not in path:
        return False
    match path.split("/"):
        case ["environments", "secrets", *_] | ["tenants", _, "secrets", _, *_]:
            return True
    return False


def sealed(source: Source, report: Report) -> Sealed | None:
    """What `source` reveals without a key, or None after reporting what is wrong.

    No value is decrypted, and none is ever shown.
    """
    diagnostics = Report()
    value = parse(source, diagnostics)
    if value is None:
        report.extend(_redacted(each) for each in diagnostics)
        return None
    diagnostics = Report()
    found = _read(value, source, diagnostics)
    report.extend(diagnostics)
    return found


def _redacted(diagnostic: Diagnostic) -> Diagnostic:
    """A diagnostic of a secrets file that cannot be parsed, without words that may quote a secret in the clear."""
    from varve.read.redaction import redacted

    place = diagnostic.place and diagnostic.place._replace(sealed=True)
    notes = (note._replace(place=note.place and note.place._replace(sealed=True)) for note in diagnostic.notes)
    return redacted(diagnostic)._replace(place=place, notes=tuple(notes))


def _read(value: Map, source: Source, report: Report) -> Sealed | None:
    block = value.get(_METADATA)
    if not isinstance(block, dict) or "mac" not in block:
        message = "the file has no `sops` block with a `mac`, so nothing shows that it was encrypted"
        report.add(NOT_SEALED, message, Place(source.path, sealed=True), hint=_HINT)
        return None
    leaves = dict(_leaves({key: inner for key, inner in value.items() if key != _METADATA}, ()))
    for keys, leaf in leaves.items():
        if not box.is_box(leaf) or any(str(key).endswith(metadata.SUFFIX) for key in keys):
            place = Place(source.path, keys, "key", sealed=True)
            report.add(NOT_SEALED, f"`{plain.show(_name(keys))}` is not encrypted", place, hint=_HINT)
    text = source.data.decode()
    _comments(text, source.path, report)
    found = metadata.read(block)
    if isinstance(found, list):
        for keys, message in found:
            report.add(BAD_SEAL, message, Place(source.path, (_METADATA, *keys), "key", sealed=True), hint=_REVERT)
        return None
    boxes = list(box.marks(text))
    if len(set(boxes)) < len(boxes):
        message = "the same ciphertext occurs twice in the file, but SOPS never writes one twice"
        report.add(BAD_SEAL, message, Place(source.path, sealed=True), hint="encrypt each value separately")
    seal = "".join(box.marks(str(block["mac"])))
    marks = {*boxes, *(run for key in found.keys for run in box.runs(key))} - {seal}
    names = {_name(keys): keys for keys in leaves}
    types = {_name(keys): type_ for keys, leaf in leaves.items() if (type_ := box.type_of(leaf)) not in {None, "str"}}
    return None if report.broken else Sealed(source.path, names, found, frozenset(marks), seal, types)


def _comments(text: str, path: str, report: Report) -> None:
    if splitext(path)[1] not in _WITH_COMMENTS or "#" not in text:
        return
    lines = Lines(text)
    for found in _COMMENT.finditer(text):
        if not box.is_comment(found[0].rstrip()):
            place = Place(path, span=lines.span(found.start(), found.start() + 1), sealed=True)
            report.add(NOT_SEALED, "a comment is not encrypted", place, hint="remove it, or encrypt the file again")


def _name(keys: Keys) -> str:
    return ".".join(map(str, keys))


def _leaves(value: Value, keys: Keys) -> Iterator[tuple[Keys, Value]]:
    """All values except non-empty maps and lists; empty ones are included, because SOPS leaves them in the clear."""
    if isinstance(value, dict) and (value or not keys):
        for key, inner in value.items():
            yield from _leaves(inner, (*keys, key))
    elif isinstance(value, list) and value:
        for position, inner in enumerate(value):
            yield from _leaves(inner, (*keys, position))
    else:
        yield keys, value
