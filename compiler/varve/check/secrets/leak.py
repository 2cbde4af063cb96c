"""Searches artifacts for credentials before they are written, and finds the sources of those that occur."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from varve.language import credential, regex
from varve.language.cache_key import IdentityKey
from varve.language.credential import Credential
from varve.model.artifact import Artifact
from varve.model.diagnostic import On, Place, Report, Rule, Span
from varve.model.layer import Stack
from varve.model.secret import Secret
from varve.model.source import Document, Keys, Map, Source, Value
from varve.model.unit import Environment, Resolved
from varve.read import plain
from varve.resolve.history import origin

LEAKED_SECRET = Rule(
    "check/leaked-secret",
    "Credential would be written to an artifact",
    "Artifacts are committed, and everybody who can read the repository could use a credential in them. Webhooks, "
    "tokens and private keys are recognised by their issuers' formats, passwords by the word before them. Seal it in "
    "a SOPS file and refer to it as `{secret: file/key}` where a field takes a secret; do not put it in a text. If "
    "it was pushed, it is in git's history: replace it where it was issued.",
)

_HINT: Final = (
    "seal it in a SOPS file and refer to it as `{secret: file/key}`; if it was pushed, replace it where it was issued"
)


_MIN_BYTES: Final = 8
"""The minimum size in bytes of a secret to search for: shorter ones occur by chance."""

_BATCH: Final = 400

_REPLACE: Final = "remove it, replace it where it was issued, and seal the new one"


class Inputs(NamedTuple):
    """The inputs of artifacts: a value with its stack, files that are included as they are, and templates by path."""

    value: Map
    stack: Stack
    files: tuple[Document, ...]
    templates: Mapping[str, str]


def check(unit: Resolved, templates: Mapping[str, str], artifacts: Iterable[Artifact], report: Report) -> None:
    """Report each credential in the artifacts of a unit, at its place in the sources."""
    files = (*unit.vendor.values(), *unit.dashboards.values())
    _check(Inputs(unit.value, unit.stack, files, templates), artifacts, report)


def check_linked(
    environment: Environment, templates: Mapping[str, str], artifacts: Iterable[Artifact], report: Report
) -> None:
    """Report each credential in the linked artifacts of an environment, at its place in the platform's sources."""
    _check(Inputs({"platform": environment.platform}, environment.stack, (), templates), artifacts, report)


def _check(inputs: Inputs, artifacts: Iterable[Artifact], report: Report) -> None:
    """Report each credential once, however many artifacts contain it."""
    suspect = [each for each in artifacts if not _is_clean(IdentityKey(each.data))]
    credentials = {found.secret: (found, each.path) for each in suspect for found in credential.find(each.data)}
    for found, path in credentials.values():
        place = (_place(inputs, found) or Place(path))._replace(sealed=True)
        message = f"this is {found.kind}, and it would be written to an artifact in plain text"
        report.add(LEAKED_SECRET, message, place, hint=_HINT)


@lru_cache(maxsize=256)
def _is_clean(data: IdentityKey[bytes]) -> bool:
    """Whether an artifact contains no credential; many tenants may have equal artifacts."""
    return next(credential.find(data.value), None) is None


def _place(inputs: Inputs, found: Credential) -> Place | None:
    """The place of a credential in a layer, in a file that is included as it is, or in a template."""
    for keys, on, text in _texts(inputs.value, ()):
        if found.secret in text:
            return origin(inputs.stack, keys)[0]._replace(on=on)
    for file in inputs.files:
        for keys, on, text in _texts(file.value, ()):
            if found.secret in text:
                return Place(file.path, keys, on)
    return next((each for path, text in inputs.templates.items() if (each := _in_template(path, text, found))), None)


def _texts(value: Value, keys: Keys) -> Iterator[tuple[Keys, On, str]]:
    """Every text and every key in a value, with its keys."""
    match value:
        case dict():
            for key, each in value.items():
                yield (*keys, key), "key", key
                yield from _texts(each, (*keys, key))
        case list():
            for index, each in enumerate(value):
                yield from _texts(each, (*keys, index))
        case str():
            yield keys, "value", value


def _in_template(path: str, text: str, found: Credential) -> Place | None:
    for number, line in enumerate(text.split("\n"), 1):
        if (column := line.find(found.secret)) >= 0:
            return Place(path, span=Span(number, column + 1, column + 1 + len(found.secret)))
    return None


def check_known(values: Mapping[str, Mapping[str, Secret]], files: Sequence[Source], report: Report) -> None:
    """Report each place in `files` that contains one of the known `values`, by file and name, as it is or encoded.

    Values of fewer than eight bytes are not searched for.
    """
    spellings = {
        spelling: (path, name)
        for path, named in values.items()
        for name, secret in named.items()
        if len(secret.reveal()) >= _MIN_BYTES
        for spelling in credential.encodings(secret.reveal())
    }
    every = sorted(spellings, key=len, reverse=True)
    for start in range(0, len(every), _BATCH):
        pattern = regex.literals(every[start : start + _BATCH])
        for file in files:
            for found in pattern.finditer(file.data):
                _report_known(file, found.start(), spellings[found.group(0)], report)


def _report_known(file: Source, at: int, secret: tuple[str, str], report: Report) -> None:
    """Report a place by its line alone: columns would reveal the length of the secret."""
    line = file.data.count(b"\n", 0, at) + 1
    path, name = secret
    message = f"the value sealed as `{plain.show(name)}` in `{path}` is here in plain text, or in another encoding"
    report.add(LEAKED_SECRET, message, Place(file.path, span=Span(line, 1, 2), sealed=True), hint=_REPLACE)
