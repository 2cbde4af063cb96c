"""The looks of a watch: each reuses what is certain from the one before, and asks git only for the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from varve.api.looking import Looked
from varve.model.diagnostic import Report
from varve.world.git.command import GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint, partial_look, views, work_tree
from varve.world.snapshot.partial_look import Ground
from varve.world.snapshot.views import Found, View, WorkTree
from varve.world.snapshot.work_tree import Glanced, Seen

_FileState: TypeAlias = tuple[int, int] | None
"""The inode of a file and when it was written, in nanoseconds since 1970, if it exists."""


class _Before(NamedTuple):
    """What the last look has found, and what it depended on."""

    ground: Ground
    seen: Seen


@dataclass(slots=True)
class Following:
    """What is known of a work tree between two looks: what the last one has found, and the paths reported since.

    A look is `partial` if it has reused results of the one before. It then holds only if the operating system has
    reported every change; but systems drop events when there are too many, and do not report a file that is changed
    through another hard link. `held` are contents by blob id that earlier looks have fetched, so that git need not be
    asked again. `indexed` identifies git's index at the beginning of the look.
    """

    reported: frozenset[Path] = frozenset()
    partial: bool = False
    before: _Before | None = None
    held: dict[str, bytes] = field(default_factory=dict)
    indexed: _FileState = None

    def look(self, repository: Repository, view: View, glanced: Glanced = lambda *_: None) -> Looked | None:
        """What git reports about the work tree; None if git fails, in which case opening the view reports why."""
        report, before, reported = Report(), self.before, self.reported
        self.before, self.reported, self.indexed = None, frozenset(), _file_state(repository)
        try:
            ground = partial_look.ground(repository)
            seen = partial_look.again(repository, before.seen, reported) if before and before.ground == ground else None
            self.partial = bool(seen and ground and partial_look.is_same(repository, ground))
            if seen is None or not self.partial:
                seen = work_tree.look(repository, report, glanced)
        except (GitError, OSError):
            return None
        if ground and not len(report):
            self.before = _Before(ground, seen)
        found = self._holding(views.found_in(seen))
        return Looked(found, report, fingerprint.of(found, repository, view, report))

    def _holding(self, found: Found) -> Found:
        """`found`, with the contents that earlier looks have fetched, as far as they are still sources."""
        known = {id_: data for id_, data in self.held.items() if id_ in found.sizes}
        self.held = known | found.held
        return found._replace(held=self.held)

    def record_writes(self, paths: Iterable[str], *, done: bool) -> None:
        """Record that varve has changed these paths, or some of them if not `done`; the system may report them late."""
        self.reported |= frozenset(map(Path, paths))
        if not done:
            self.before = None

    def is_current(self, repository: Repository) -> bool:
        """Whether all files are as the last look has found them; no new look is needed if that one was complete."""
        if not self.partial and _file_state(repository) == self.indexed:
            return True
        known, self.before = self.before, None
        if known is None:
            return False
        now = self.look(repository, WorkTree())
        return bool(now and not len(now.report) and _is_same(views.found_in(known.seen), now.found))


def _file_state(repository: Repository) -> _FileState:
    try:
        status = (repository.folder / "index").lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _is_same(one: Found, other: Found) -> bool:
    alike = (one.entries, one.attributes, one.sizes) == (other.entries, other.attributes, other.sizes)
    return alike and one.tracked.keys() == other.tracked.keys()
