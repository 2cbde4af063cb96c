"""The policies, frameworks, waivers and settings of a repository, read from `policies/` with what varve ships."""

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.policy import Framework, Library
from varve.model.source import Document, Value
from varve.policy import definition, excuse, framework, settings
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
_ALWAYS: Final = b"\napplies: always\n"
"""How a file that varve ships says that it is asked in every repository."""

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
"""What no policy may be called: the names of varve's own rules of this room."""


def read(reading: Reading, report: Report, *, whole: bool = True) -> Library:
    """Everything under `policies/`; what is wrong with it is reported, and a file that is wrong is left out.

    Not `whole`, it lacks what varve ships that binds nobody who is held to no framework. It is then all there is to ask
    of such a unit; but what is reported may be wrong, as where a framework is not known.
    """
    shelf = _Shelf(reading, report, None if whole else _named(reading))
    files, frames = _files(shelf)
    policies = {id_: made for id_, each in files.items() if (made := definition.policy(each, CODES, report))}
    known = _frameworks(reading, frames, files, report)
    supported = framework.supported(known, policies, report)
    waivers = excuse.waivers(reading.find(_WAIVERS), policies, files, report)
    chosen = settings.chosen(reading.find(_SETTINGS), policies, files, supported, report)
    return Library(chosen.policies, chosen.frameworks, waivers, chosen.ids, chosen.severities)


def _frameworks(
    reading: Reading, frames: Mapping[str, Document], files: Mapping[str, Document], report: Report
) -> dict[str, Framework]:
    known = {id_: made for id_, each in frames.items() if (made := framework.framework(each, report))}
    for id_, made in known.items():
        # What varve ships names only what varve ships, which its tests see to.
        if made.file not in reading.snapshot.library:
            framework.judge_checks(frames[id_], made, files, report)
    return known


class _Shelf(NamedTuple):
    """What files are read from: all, or of those that varve ships only what is always asked, or `named`."""

    reading: Reading
    report: Report
    named: frozenset[str] | None

    def document(self, id_: str, path: str) -> Document:
        """The file at a path, without a value where nobody needs it."""
        snapshot = self.reading.snapshot
        is_needed = self.named is None or id_ in self.named or path not in snapshot.library
        if is_needed or _ALWAYS in snapshot.source(path).data:
            return self.reading.document(path)
        return Document(path, None)


def _named(reading: Reading) -> frozenset[str]:
    """Every text in the settings and the waivers: the ids that they name are among them."""
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


def _files(shelf: _Shelf) -> tuple[dict[str, Document], dict[str, Document]]:
    """The files of policies and those of frameworks, by id."""
    policies: dict[str, list[str]] = defaultdict(list)
    frameworks: dict[str, list[str]] = defaultdict(list)
    stems = shelf.reading.stems
    for stem in sorted(each for each in stems if each.startswith(_FOLDER)):
        if stem not in (_SETTINGS, _WAIVERS):
            group = frameworks if stem.startswith(_FRAMEWORKS) else policies
            group[posixpath.basename(stem)] += stems[stem]
    return _documents(policies, shelf), _documents(frameworks, shelf)


def _documents(paths: Mapping[str, list[str]], shelf: _Shelf) -> dict[str, Document]:
    return {id_: _document(id_, each, shelf) for id_, each in paths.items()}


def _document(id_: str, paths: list[str], shelf: _Shelf) -> Document:
    """The file that speaks, the repository's own before varve's; of two that both would, neither does."""
    own = [path for path in paths if path not in shelf.reading.snapshot.library] or paths
    if len(own) == 1:
        return shelf.document(id_, own[0])
    notes = (Note("and here", Place(path)) for path in own[1:])
    shelf.report.say(
        TWO_FILES, f"`{id_}` is defined by {len(own)} files", Place(own[0]), *notes, hint="rename one, or delete it"
    )
    return Document(own[0], None)
