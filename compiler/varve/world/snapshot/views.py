"""Snapshots of a repository's files: in a commit, in the index, or in the work tree."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, TypeAlias

from varve.language.blob import identify
from varve.model.diagnostic import Report, Rule, Severity
from varve.model.snapshot import Entry, Snapshot
from varve.world.git import attribute, listing
from varve.world.git.attribute import Attributes, altering
from varve.world.git.command import Git, GitError
from varve.world.git.content import Contents, contents, measured_sources
from varve.world.git.repository import Repository, report_failure
from varve.world.snapshot import work_tree
from varve.world.snapshot.work_tree import Glanced, Seen

NO_COMMIT = Rule(
    "world/no-commit",
    "The branch has no commit yet",
    "A repository that was just made has no commit to read. Commit its files, or let varve read the work tree.",
)
UNKNOWN_REVISION = Rule(
    "world/unknown-revision",
    "Unknown commit",
    "The name must be one that `git rev-parse` turns into a commit of this clone. A shallow clone, as is usual in CI, "
    "has only the newest commits, and a clone of one branch does not have the others: fetch the one you need.",
)

_ID: Final = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"


@dataclass(frozen=True, slots=True)
class WorkTree:
    """The files on disk: tracked ones, and those that git could add."""


@dataclass(frozen=True, slots=True)
class Index:
    """The staged files, which would be committed now."""


@dataclass(frozen=True, slots=True)
class Commit:
    """The files of a commit, named by any `revision` that git understands."""

    revision: str


View: TypeAlias = WorkTree | Index | Commit


class Found(NamedTuple):
    """varve's files in a view, before any is rejected.

    `entries` are by path, and `attributes` are only those that make git alter files. `held` are the bytes in memory, by
    id, `sizes` the sizes of all other sources that git has, by id, and `tracked` the tracked entries by path. `answers`
    is everything that this is derived from: git's answers, and what was read from the disk. `glance` is the digest that
    was passed to `glanced` before all of that was known, if any.
    """

    git: Git
    entries: dict[str, Entry]
    attributes: Attributes
    held: dict[str, bytes]
    sizes: Mapping[str, int]
    tracked: Mapping[str, Entry]
    answers: tuple[bytes, ...] = ()
    glance: str = ""


def snapshot(repository: Repository, view: View, report: Report) -> Snapshot | None:
    """The files of `view` that varve may read; the others are reported and left out.

    None, with the reason reported, if git cannot list them.
    """
    try:
        found = look(repository, view, report)
        return freeze(found, report) if found else None
    except GitError as error:
        report_failure(error, report)
        return None


class Near(NamedTuple):
    """A view from which a commit hardly differs, and its tracked entries by path."""

    view: WorkTree | Index
    tracked: Mapping[str, Entry]


def outline(repository: Repository, commit: str, report: Report, near: Near | None = None) -> Snapshot | None:
    """The files of the commit with this id, sorted; none of their contents is fetched before it is needed.

    Files that varve may not read are reported, left out, and named in `refused`. None, with the reason reported, if git
    cannot list the files. With `near`, git lists only the differences from that view.
    """
    git, diagnostics = Git(repository.root), Report()
    try:
        entries, names = _listed(repository, commit, near)
        kept = _admitted(entries, altering(attribute.committed(git, names, entries)), diagnostics)
    except GitError as error:
        report_failure(error, report)
        return None
    report.extend(diagnostics)
    return refusing(Snapshot(kept, Contents(git, {}, (), [entry.id for entry in kept.values()])), diagnostics)


def _listed(repository: Repository, commit: str, near: Near | None) -> tuple[dict[str, Entry], bytes]:
    if near is None:
        return listing.committed(Git(repository.root), commit, repository.prefix)
    index = repository.staged if isinstance(near.view, Index) else None
    git = Git(repository.root, index_file=index)
    return listing.committed_by_difference(git, commit, repository.prefix, near.tracked)


def look(
    repository: Repository,
    view: View,
    report: Report,
    glanced: Glanced = lambda *_: None,
    *,
    remembering: bool = False,
) -> Found | None:
    """What git says about the files of `view`; None if there is no such commit. Raises `GitError`.

    Files that have no single content, such as those in conflict, are reported.
    """
    match view:
        case WorkTree():
            return found_in(work_tree.look(repository, report, glanced, remembering=remembering))
        case Index():
            return _index(repository, report, glanced)
        case Commit(revision):
            return _commit(repository, revision, report)


def refusing(snapshot: Snapshot, report: Report) -> Snapshot:
    """`snapshot` with the files at which `report` has errors in `refused`: they exist but cannot be read."""
    wrong = (each.place.file for each in report if each.place and each.rule.severity is Severity.ERROR)
    return replace(snapshot, refused=frozenset(wrong))


def resolve(repository: Repository, revision: str, report: Report) -> str | None:
    """The id of the commit that `revision` names; None, which is reported, if there is none."""
    git = Git(repository.root)
    try:
        found = git.run("rev-parse", "--verify", "--end-of-options", revision + "^{commit}").decode().strip()
    except GitError:
        found = ""
    # git also accepts the exclusion `^main`, but prints it as `^` and an id.
    if not re.fullmatch(_ID, found):
        if revision in {"HEAD", "@"}:
            _report_no_head(git, report)
            return None
        hint = "fetch it first: this clone is shallow" if repository.shallow else "name a commit that this clone has"
        named = f"unknown commit `{listing.shown(revision)}`" if revision else "an empty text is not a commit"
        report.add(UNKNOWN_REVISION, named, hint=hint)
        return None
    return found


def _report_no_head(git: Git, report: Report) -> None:
    """Report that there is no commit yet, or that git cannot read it."""
    try:
        git.run("rev-parse", "--verify", "--quiet", "HEAD")
    except GitError:
        report.add(NO_COMMIT, "the branch has no commit yet", hint="commit the files first")
    else:
        report_failure(GitError("it cannot read the commit of HEAD"), report)


def _commit(repository: Repository, revision: str, report: Report) -> Found | None:
    git, commit = Git(repository.root), resolve(repository, revision, report)
    if commit is None:
        return None
    entries, names = listing.committed(git, commit, repository.prefix)
    attributes = attribute.committed(git, names, entries)
    sizes, missing = measured_sources(git, entries)
    return Found(git, entries, altering(attributes), {}, sizes, entries, (b"commit", names, attributes, missing))


def _index(repository: Repository, report: Report, glanced: Glanced) -> Found:
    git = Git(repository.root, index_file=repository.staged)
    stages = git.run(*listing.STAGED)
    tracked = entries = listing.staged_entries(stages, report)
    intended = _intended(git, entries, identify(b"", repository.algorithm))
    entries = {path: entry for path, entry in entries.items() if path not in intended} if intended else entries
    glance = identify(stages)
    with attribute.asking(git, entries, cached=True) as attribute_answer:
        glanced(lambda: glance, lambda: True)
        sizes, missing = measured_sources(git, entries)
        attributes = attribute_answer()
    answers = b"index", stages, "\0".join(intended).encode("utf-8", "surrogateescape"), attributes, missing
    return Found(git, entries, altering(attributes), {}, sizes, tracked, answers, glance)


def _intended(git: Git, entries: Mapping[str, Entry], empty: str) -> list[str]:
    """The paths that `git add --intent-to-add` has put into the index as empty files, which no commit will contain."""
    if not any(entry.id == empty for entry in entries.values()):
        return []
    changed = listing.changed(attribute.without_filters(git).run(*listing.CHANGED))
    return [path for path, letter in changed.items() if letter == "A"]


def found_in(seen: Seen) -> Found:
    """varve's files as a look at the work tree has found them."""
    entries, indexed = work_tree.entries(seen), seen.indexed
    attributes = indexed.attributes + seen.attributes
    read = "\0".join(f"{path} {each.entry}" for path, each in sorted(seen.read.items()))
    last = attributes, indexed.missing, read.encode("utf-8", "surrogateescape")
    answers = b"work tree", indexed.digest.encode(), seen.new, seen.built, seen.altered, *last
    held = {each.entry.id: each.data for each in seen.read.values()}
    return Found(seen.git, entries, altering(attributes), held, indexed.sizes, indexed.entries, answers, seen.glance)


def freeze(found: Found, report: Report) -> Snapshot:
    """The files that varve may read, with their contents; the others are reported. Raises `GitError`."""
    kept = _admitted(found.entries, found.attributes, report)
    # The order matters: `contents` removes entries from `kept`.
    held = contents(found.git, kept, found.held, found.sizes, report)
    return Snapshot(kept, held, tracked=found.tracked)


def _admitted(entries: dict[str, Entry], attributes: Attributes, report: Report) -> dict[str, Entry]:
    """The files whose names and kinds varve accepts and that git does not alter; the others are reported."""
    admitted = listing.admit(entries, report)
    refused = attribute.refuse({path: each for path, each in attributes.items() if path in admitted}, report)
    return {path: entry for path, entry in admitted.items() if path not in refused} if refused else admitted
