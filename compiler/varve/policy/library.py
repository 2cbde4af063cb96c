"""The policies, frameworks, waivers and settings of a repository, read from `policies/` with what varve ships."""

import posixpath
from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from varve.model.diagnostic import Note, Place, Report, Rule
from varve.model.policy import Framework, Library
from varve.model.source import Document
from varve.policy import definition, excuse, framework, settings
from varve.read.reading import Reading

TWO_FILES = Rule(
    "policy/two-files-for-one-id",
    "Two files say one policy or one framework",
    "The folder of a policy is for people: policies and frameworks are known by their file's name alone. A file of the "
    "repository takes the place of the one of that name that varve ships, but of two of the repository's own nobody "
    "could tell which one counts. Rename one of the two, or delete it.",
)

_FOLDER: Final = "policies/"
_FRAMEWORKS: Final = "policies/frameworks/"
_SETTINGS: Final = "policies/settings"
_WAIVERS: Final = "policies/waivers"

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


def read(reading: Reading, report: Report) -> Library:
    """Everything under `policies/`; what is wrong with it is reported, and a file that is wrong is left out."""
    files, frames = _files(reading, report)
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


def _files(reading: Reading, report: Report) -> tuple[dict[str, Document], dict[str, Document]]:
    """The files of policies and those of frameworks, by id."""
    policies: dict[str, list[str]] = defaultdict(list)
    frameworks: dict[str, list[str]] = defaultdict(list)
    for stem, paths in sorted(reading.stems.items()):
        if stem.startswith(_FOLDER) and stem not in (_SETTINGS, _WAIVERS):
            group = frameworks if stem.startswith(_FRAMEWORKS) else policies
            group[posixpath.basename(stem)] += paths
    return _documents(policies, reading, report), _documents(frameworks, reading, report)


def _documents(paths: Mapping[str, list[str]], reading: Reading, report: Report) -> dict[str, Document]:
    return {id_: _document(id_, each, reading, report) for id_, each in paths.items()}


def _document(id_: str, paths: list[str], reading: Reading, report: Report) -> Document:
    """The file that speaks, the repository's own before varve's; of two that both would, neither does."""
    own = [path for path in paths if path not in reading.snapshot.library] or paths
    if len(own) == 1:
        return reading.document(own[0])
    notes = (Note("and here", Place(path)) for path in own[1:])
    report.say(
        TWO_FILES, f"`{id_}` is said by {len(own)} files", Place(own[0]), *notes, hint="rename one, or delete it"
    )
    return Document(own[0], None)
