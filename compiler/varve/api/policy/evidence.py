"""Handing over evidence: a report with everything that it was made from, and making it again from that elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import varve
from varve.api.findings import NO_FINDINGS, Findings, Summarised, gather
from varve.api.given import plain
from varve.api.policy.assessment import Assessed, Request, assess
from varve.model.diagnostic import Report
from varve.read.parse import parse
from varve.render.document import document
from varve.world import evidence
from varve.world.bundle import bundle, opened
from varve.world.evidence import BUNDLE, OTHER_COMPILER, OTHER_REPORT, UNSOUND_EVIDENCE
from varve.world.git import repository as world
from varve.world.git.command import GitError
from varve.world.git.repository import Repository, report_failure
from varve.world.package import digest
from varve.world.snapshot import views

REQUEST: Final = "request.json"
README: Final = "README.txt"
REPORTS: Final = ("report.txt", "report.json", "report.html")
NAMES: Final = frozenset({BUNDLE, REQUEST, README, *REPORTS})

_FORMAT: Final = "varve/evidence/v1"
_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Removing a folder recurses to the deepest one below it, so the depth is limited.
_FOLDER: Final = re.compile(r"(?:(?!\.{1,2}/|\.[gG][iI][tT]/)[^/\0]{1,255}/){0,64}")

_README_TEXT: Final = """\
This folder is evidence of how tenants stood to compliance frameworks, at one commit
of their repository, on one day. request.json says which.

  commit    {commit}
  made by   varve {version}
  digest    {compiler}

What is in it
  report.txt, report.json, report.html   the same report three times
  repository.bundle   the commit with its whole history, as `git bundle` writes it
  request.json        what was asked
  MANIFEST.sha256     the digests of all these files

To make the report again, offline
  1. Install varve {version}; it needs Python 3.11 or newer, and git.
  2. varve policy evidence --verify <this folder>
     It checks the manifest, opens the bundle in a private folder, asks the same question
     again, and says whether the three reports are the same, byte for byte. Nothing that
     the repository holds is run. With a compiler of another digest, it fails.
  Without varve: `sha256sum --check MANIFEST.sha256` checks the files, and
  `git clone repository.bundle` gives the repository.

What that shows
  That the report is what this compiler says of this commit and of its history.

What it does not show
  That this commit is the one that was deployed, or the one that its owners know: compare
  its id with that on their server. That the day is the day on which it was asked. Who made
  this folder: it is not signed. That a system runs as it is configured. A check supports
  a control and never proves it; the report says of each what it leaves open.
"""


class _Subject(NamedTuple):
    """What evidence is about: the request, the commit, the folder in it, and which varve made the reports."""

    request: Request
    commit: str
    folder: str
    compiler: str
    version: str


@dataclass(frozen=True, slots=True)
class WrittenEvidence(Summarised):
    """What was written: the `commit`, and the names of the `files`; none if nothing was."""

    findings: Findings
    commit: str = ""
    files: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What was written, in one line without a newline; empty if nothing was."""
        return f"evidence of {self.commit}: {', '.join(self.files)}" if self.files else ""


@dataclass(frozen=True, slots=True)
class Reproduced(Summarised):
    """Whether evidence is sound: then the repository of its `commit` gives the same reports again.

    The commit is empty if the evidence does not name one.
    """

    findings: Findings
    commit: str = ""

    @property
    def summary(self) -> str:
        """That the reports are the same, in one line without a newline; empty if they are not."""
        same = f"the commit {self.commit} gives the same {len(REPORTS)} reports again, byte for byte"
        return "" if self.broken else same


def write_evidence(repository: Repository, folder: Path, request: Request) -> WrittenEvidence:
    """Write a commit's repository, the request, and the reports, to a folder that is new or empty.

    The reports are made from the bundle that is written, in the same way as they will be verified. Without a revision
    in the request, the commit is that of the work tree, which must not have any other changes.
    """
    report = Report()
    try:
        commit = _commit(repository, request, report) if evidence.is_free(folder, repository, report) else None
    except GitError as error:
        report_failure(error, report)
        commit = None
    data = bundle(repository, commit, report) if commit else None
    if commit is None or data is None:
        return WrittenEvidence(gather(report))
    subject = _Subject(
        request._replace(revision=commit), commit, repository.prefix, digest.compiler(), varve.__version__
    )
    assessed = _assessed(subject, data, report)
    if assessed is None or assessed.assessment is None:
        return WrittenEvidence(
            Findings((*gather(report).situated, *(assessed.findings if assessed else NO_FINDINGS).situated))
        )
    files = {BUNDLE: data, **_files(subject, assessed)}
    written = evidence.write(folder, files, report)
    return WrittenEvidence(gather(report), commit, (*files, evidence.MANIFEST) if written else ())


def _commit(repository: Repository, request: Request, report: Report) -> str | None:
    """The id of the commit that the request is about; None if there is none, which is reported."""
    if request.revision is None and not evidence.is_committed(repository, report):
        return None
    return views.resolve(repository, "HEAD" if request.revision is None else request.revision, report)


def verify_evidence(folder: Path) -> Reproduced:
    """Whether the evidence in `folder` is complete, and its repository gives the same reports again.

    This needs no repository, only git and this varve; nothing is fetched, and nothing that the evidence contains is
    run. The result has the `commit`, and a diagnostic for each difference, also if the reports were made by another
    varve.
    """
    report = Report()
    files = evidence.read(folder, NAMES, report) if world.is_git_there(report) else None
    subject = _read_request(files[REQUEST], report) if files else None
    if files is None or subject is None:
        return Reproduced(gather(report))
    if _is_other_compiler(subject):
        _report_other_compiler(subject, report)
        return Reproduced(gather(report), subject.commit)
    assessed = _assessed(subject, files[BUNDLE], report)
    if assessed is not None and _is_empty(assessed):
        message = f"the repository gives no report for what `{REQUEST}` asks"
        report.add(UNSOUND_EVIDENCE, message, hint="request the evidence again")
    elif assessed is not None:
        _compare(files, _files(subject, assessed), report)
    return Reproduced(gather(report), subject.commit)


def _assessed(subject: _Subject, data: bytes, report: Report) -> Assessed | None:
    """The report on the repository in a bundle; None if it cannot be opened, which is reported."""
    with opened(data, subject.commit, subject.folder, report) as repository:
        return assess(repository, subject.request) if repository else None


def _files(subject: _Subject, assessed: Assessed) -> dict[str, bytes]:
    """The files to write, except the bundle."""
    made = (assessed.text(), assessed.json(), assessed.html())
    reports = {name: text.encode() for name, text in zip(REPORTS, made, strict=True)}
    return {REQUEST: _request_file(subject), **reports, README: _readme(subject)}


def _is_other_compiler(subject: _Subject) -> bool:
    """Whether another compiler made the reports: its version is part of the README, so both are compared."""
    return (subject.compiler, subject.version) != (digest.compiler(), varve.__version__)


def _is_empty(assessed: Assessed) -> bool:
    """Whether there is no report: three empty files would be reproduced, but prove nothing."""
    return assessed.assessment is None


def _compare(files: Mapping[str, bytes], made: Mapping[str, bytes], report: Report) -> None:
    """Report each file that differs from the one that was made again."""
    for name, data in made.items():
        if files[name] != data:
            lines = zip(files[name].split(b"\n"), data.split(b"\n"), strict=False)
            number = next((number for number, (written, expected) in enumerate(lines, 1) if written != expected), None)
            where = f"from line {number} on" if number else "at its end"
            message = f"`{name}` is not what the repository gives, {where}"
            report.add(OTHER_REPORT, message, hint="trust what the repository gives: `git clone` its bundle")


def _report_other_compiler(subject: _Subject, report: Report) -> None:
    message = f"the reports were made by varve {subject.version} with the digest {subject.compiler}"
    hint = f"verify with that compiler; this is {varve.__version__} with {digest.compiler()}"
    report.add(OTHER_COMPILER, message, hint=hint)


def _request_file(subject: _Subject) -> bytes:
    request = subject.request
    fields = {
        "format": _FORMAT,
        "commit": subject.commit,
        "folder": subject.folder,
        "framework": request.framework,
        "tenant": request.tenant,
        "today": request.today.isoformat(),
        "history": request.history,
        "version": subject.version,
        "compiler": subject.compiler,
    }
    return document(fields).encode()


def _read_request(data: bytes, report: Report) -> _Subject | None:
    """The content of a request file; None, which is reported, if varve did not write it or a path in it is unsafe."""
    match parse(plain.source(REQUEST, data), Report()):
        case {
            "commit": str(commit),
            "folder": str(folder),
            "framework": None | str() as framework,
            "tenant": None | str() as tenant,
            "today": str(day),
            "history": int(history),
            "version": str(version),
            "compiler": str(compiler),
        } if _is_commit_with(commit, folder) and (today := _day(day)) and type(history) is int and history >= 0:
            subject = _Subject(Request(today, framework, tenant, commit, history), commit, folder, compiler, version)
            if _request_file(subject) == data:
                return subject
    report.add(UNSOUND_EVIDENCE, f"`{REQUEST}` was not written by varve", hint="request the evidence again")
    return None


def _is_commit_with(commit: str, folder: str) -> bool:
    """Whether these have the form of a commit's id and of a folder in it."""
    return bool(_COMMIT.fullmatch(commit) and _FOLDER.fullmatch(folder))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _readme(subject: _Subject) -> bytes:
    return _README_TEXT.format(commit=subject.commit, version=subject.version, compiler=subject.compiler).encode()
