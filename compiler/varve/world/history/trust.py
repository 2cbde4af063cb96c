"""A change compared with the trusted commit: the paths that it touches, and the repository without and with it."""

import posixpath
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from varve.check.trust.owner import owners
from varve.model.diagnostic import Place, Report, Rule
from varve.model.snapshot import Entry, Snapshot
from varve.resolve.reporting import file_notes
from varve.world.git import listing
from varve.world.git.command import Git, GitError
from varve.world.git.listing import BUILD, SOURCES, shown
from varve.world.git.repository import Repository, report_failure
from varve.world.history.revision import beginnings, trusted
from varve.world.snapshot import views as world
from varve.world.snapshot.views import Commit, Found, Index, View, refusing

CHANGED_TWICE = Rule(
    "world/changed-twice",
    "A source was changed both here and on the trusted commit",
    "A change is judged as it will be when it is merged: with everything that the trusted commit has by now. If both "
    "have changed the same file since they diverged, only a merge can tell what the file will contain. Merge the "
    "trusted branch into this one, or rebase, and build again.",
)

_DIFFERENCE: Final = ("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-relative", "--ignore-submodules=none")
_SHOWN: Final = 9


class Change(NamedTuple):
    """A change: the id of the trusted `commit`, the paths that it touches, and the files `before` and `after` it.

    `head` is the newest commit of the change; if not all of it is `committed`, the rest is on top of that.

    Paths are relative to the folder of `varve.yaml`; those outside begin with `../`. `before` has the files of the
    trusted commit that any unit of a touched tenant could read. `after` has the trusted commit with the changed files
    on top, so a file of the platform that the change does not touch is the trusted commit's, however old the branch is.
    """

    commit: str
    paths: tuple[str, ...]
    before: Snapshot
    after: Snapshot
    head: str
    committed: bool


class _Sides(NamedTuple):
    """The trusted commit `base`, the commits at which the change left it (`begun`), its newest commit, and its view."""

    base: str
    begun: list[str]
    head: str
    view: View


def change(repository: Repository, view: View, revision: str, report: Report) -> Change | None:
    """What `view` changes compared with the trusted commit that `revision` names; None, if that cannot be determined.

    The reason is reported then; and always the files that cannot be read, and those that were changed on both sides.
    """
    try:
        sides = _sides(repository, view, revision, report)
        return _change(repository, sides, report) if sides else None
    except GitError as error:
        report_failure(error, report)
        return None


def _sides(repository: Repository, view: View, revision: str, report: Report) -> _Sides | None:
    base = trusted(repository, revision, report)
    head = world.resolve(repository, view.revision if isinstance(view, Commit) else "HEAD", report)
    if base is None or head is None:
        return None
    begun = beginnings(repository, base, head, report)
    return _Sides(base, begun, head, Commit(head) if isinstance(view, Commit) else view) if begun else None


def _change(repository: Repository, sides: _Sides, report: Report) -> Change | None:
    diagnostics = Report()
    then = world.look(repository, Commit(sides.base), diagnostics)
    now = world.look(repository, sides.view, diagnostics)
    if then is None or now is None:
        report.extend(diagnostics)
        return None
    git = Git(repository.root)
    begun = [
        then.entries if commit == sides.base else listing.committed(git, commit, repository.prefix)[0]
        for commit in sides.begun
    ]
    own = _touched(then.entries, begun, now.entries)
    outside = _touched_outside(repository, sides)
    paths = tuple(sorted(map(shown, own | outside)))
    _refuse_twice(own, then.entries, begun, report)
    attributes_changed = any(posixpath.basename(path) == ".gitattributes" for path in own | outside)
    after = world.freeze(_merged(then, now, own, attributes_changed=attributes_changed), diagnostics)
    report.extend(diagnostics)
    before, committed = _before(then, owners(paths).tenants), _is_committed(repository, sides, now.entries)
    return Change(sides.base, paths, before, refusing(after, diagnostics), sides.head, committed)


def _is_committed(repository: Repository, sides: _Sides, now: Mapping[str, Entry]) -> bool:
    """Whether the view has no changes beyond the newest commit."""
    if isinstance(sides.view, Commit):
        return True
    held, _ = listing.committed(Git(repository.root), sides.head, repository.prefix)
    return held == now and not list(_differing(repository, sides.head, sides.view))


def _touched(then: Mapping[str, Entry], begun: Iterable[Mapping[str, Entry]], now: Mapping[str, Entry]) -> set[str]:
    """The paths whose entries differ both from the trusted commit and from a commit at which the change began."""
    differing = {path for each in begun for path, _ in each.items() ^ now.items()}
    return {path for path in differing if now.get(path) != then.get(path)}


def _touched_outside(repository: Repository, sides: _Sides) -> set[str]:
    """The touched paths among the files that varve does not read, as git compares them; of a work tree, staged ones."""
    differing = {path for commit in sides.begun for path in _differing(repository, commit, sides.view)}
    if sides.begun != [sides.base]:
        differing &= set(_differing(repository, sides.base, sides.view))
    named = {posixpath.relpath(f"/{path}", f"/{repository.prefix}") for path in differing}
    return {path for path in named if path.partition("/")[0] not in (*SOURCES, BUILD)}


def _differing(repository: Repository, commit: str, view: View) -> Iterable[str]:
    if isinstance(view, Commit):
        return Git(repository.root).records("diff-tree", "-r", *_DIFFERENCE, commit, view.revision)
    git = Git(repository.root, index_file=repository.staged if isinstance(view, Index) else None)
    return git.records("diff-index", "--cached", *_DIFFERENCE, commit)


def _refuse_twice(
    touched: set[str], then: Mapping[str, Entry], begun: Iterable[Mapping[str, Entry]], report: Report
) -> None:
    """Report the sources that have changed on the trusted commit too.

    Artifacts need no such check, because they are compared with what is compiled.
    """
    sources = sorted(path for path in touched if path.partition("/")[0] != BUILD)
    twice = [path for path in sources if any(each.get(path) != then.get(path) for each in begun)]
    if twice:
        first, *others = map(shown, twice)
        notes = file_notes(others, "so was this one", _SHOWN)
        hint = "merge the trusted branch into this one, and build again"
        report.add(CHANGED_TWICE, f"`{first}` was changed on both sides", Place(first), *notes, hint=hint)


def _merged(then: Found, now: Found, touched: set[str], *, attributes_changed: bool) -> Found:
    """The files of the trusted commit, with the touched ones as they are now."""
    kept = {path: entry for path, entry in then.entries.items() if path not in touched}
    entries = kept | {path: now.entries[path] for path in touched if path in now.entries}
    newly = now.entries.keys() if attributes_changed else touched
    attributes = {path: (now if path in newly else then).attributes.get(path, {}) for path in entries}
    return Found(now.git, entries, attributes, now.held, {**then.sizes, **now.sizes}, now.tracked)


def _before(then: Found, tenants: Iterable[str]) -> Snapshot:
    """The trusted commit's sources, without those of untouched tenants; its own mistakes are not reported."""
    own = tuple(f"tenants/{tenant}/" for tenant in tenants)
    read = {
        path: entry
        for path, entry in then.entries.items()
        if path.startswith(own) or path.partition("/")[0] not in ("tenants", BUILD)
    }
    return world.freeze(then._replace(entries=read), Report())
