"""Reads the policies, frameworks, waivers and settings of a repository from `policies/`, with those varve ships."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.policy import Framework, Library
from varve.model.source import Document, Value
from varve.policy import definition, framework, settings, waiver_file
from varve.read.reading import Reading

TWO_FILES = Rule(
    "policy/two-files-for-one-id",
    "Policy or framework is defined twice",
    "Folders are for people only: a policy or a framework is identified by the name of its file. A file of the "
    "repository replaces the one of that name that varve ships, but if the repository has two, it is unclear which "
    "one applies. Rename one of the two, or delete it.",
)

_FOLDER: Final = "policies/"
_FRAMEWORKS: Final = "policies/frameworks/"
_SETTINGS: Final = "policies/settings"
_WAIVERS: Final = "policies/waivers"
_ALWAYS_ACTIVE: Final = b"\napplies: always\n"
"""The line by which a shipped policy is active in every repository."""

CODES: Final = frozenset(
    [
        "bad-date",
        "bad-expression",
        "bad-path",
        "cannot-judge",
        "expired-waiver",
        "failed-example",
        "incomplete",
        "long-waiver",
        "no-example",
        "not-committed",
        "not-waivable",
        "other-id",
        "repeated-control",
        "taken-id",
        "too-large",
        "two-files-for-one-id",
        "unknown-control",
        "unknown-framework",
        "unknown-name",
        "unknown-parameter",
        "unknown-policy",
        "unknown-rule",
        "unknown-variable",
        "unused-waiver",
    ]
)
"""The names of varve's own rules `policy/…`, which no policy may have."""


def read(reading: Reading, report: Report, *, whole: bool = True) -> Library:
    """Everything under `policies/`; mistakes are reported, and files with mistakes are left out.

    If not `whole`, shipped policies are left out that bind only units with frameworks. For a unit without frameworks
    this library is complete, but mistakes may be reported wrongly, for example that a policy is unknown.
    """
    reader = _Reader(reading, report, None if whole else _mentioned(reading))
    files, framework_files = _files(reader)
    policies = {id_: made for id_, each in files.items() if (made := definition.policy(each, CODES, report))}
    known = _frameworks(reading, framework_files, files, report)
    supported = framework.with_declared_support(known, policies, report)
    waivers = waiver_file.waivers(reading.find(_WAIVERS), policies, files, report)
    chosen = settings.chosen(reading.find(_SETTINGS), policies, files, supported, report)
    return Library(chosen.policies, chosen.frameworks, waivers, chosen.ids, chosen.severities)


def _frameworks(
    reading: Reading, framework_files: Mapping[str, Document], files: Mapping[str, Document], report: Report
) -> dict[str, Framework]:
    known = {id_: made for id_, each in framework_files.items() if (made := framework.framework(each, report))}
    for id_, made in known.items():
        # Shipped frameworks name only shipped policies; tests check that.
        if made.file not in reading.snapshot.library:
            framework.check_policies(framework_files[id_], made, files, report)
    return known


class _Reader(NamedTuple):
    """Where files are read from; if `named` is given, of shipped files only those that are always active or named."""

    reading: Reading
    report: Report
    named: frozenset[str] | None

    def document(self, id_: str, path: str) -> Document:
        """The file at a path; without a value if it is not needed."""
        snapshot = self.reading.snapshot
        is_needed = self.named is None or id_ in self.named or path not in snapshot.library
        if is_needed or _ALWAYS_ACTIVE in snapshot.source(path).data:
            return self.reading.document(path)
        return Document(path, None)


def _mentioned(reading: Reading) -> frozenset[str]:
    """Every text in the settings and the waivers, and so all ids that they name."""
    found = [reading.find(each) for each in (_SETTINGS, _WAIVERS)]
    return frozenset(text for each in found if each for text in _texts(each.value))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _files(reader: _Reader) -> tuple[dict[str, Document], dict[str, Document]]:
    """The files of policies and those of frameworks, by id."""
    policies: dict[str, list[str]] = defaultdict(list)
    frameworks: dict[str, list[str]] = defaultdict(list)
    stems = reader.reading.stems
    for stem in sorted(each for each in stems if each.startswith(_FOLDER)):
        if stem not in (_SETTINGS, _WAIVERS):
            group = frameworks if stem.startswith(_FRAMEWORKS) else policies
            group[posixpath.basename(stem)] += stems[stem]
    return _documents(policies, reader), _documents(frameworks, reader)


def _documents(paths: Mapping[str, list[str]], reader: _Reader) -> dict[str, Document]:
    return {id_: _document(id_, each, reader) for id_, each in paths.items()}


def _document(id_: str, paths: list[str], reader: _Reader) -> Document:
    """The file that applies: the repository's own replaces the shipped one; of two own files, neither applies."""
    own = [path for path in paths if path not in reader.reading.snapshot.library] or paths
    if len(own) == 1:
        return reader.document(id_, own[0])
    notes = (Note("and here", Place(path)) for path in own[1:])
    reader.report.add(
        TWO_FILES, f"`{id_}` is defined by {len(own)} files", Place(own[0]), *notes, hint="rename one, or delete it"
    )
    return Document(own[0], None)
