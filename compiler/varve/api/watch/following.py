"""The looks of a watch: each takes from the one before what surely is the same, and asks git for the rest."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeAlias

from varve.api.looking import Looked
from varve.model.diagnostic import Report
from varve.world.git.command import GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import fingerprint, relooking, views, work_tree
from varve.world.snapshot.relooking import Ground
from varve.world.snapshot.views import Found, View, WorkTree
from varve.world.snapshot.work_tree import Glanced, Seen

_Written: TypeAlias = tuple[int, int] | None
"""Which file it is, and when it was written, where there is one."""


class _Before(NamedTuple):
    """What the last look saw, and on which ground."""

    ground: Ground
    seen: Seen


@dataclass(slots=True)
class Following:
    """What is known of a work tree between two looks: what the last one saw, and what was `told` since.

    A look is `partial` where it has taken anything from the one before: then it holds only as far as the system tells
    of every change. Of too much at once it does not, nor of a file that is changed under a name elsewhere. `held` are
    the bytes by id that were at hand when somebody had made use of it: git need not be asked for them again. `indexed`
    tells which index git had when the look began.
    """

    told: frozenset[Path] = frozenset()
    partial: bool = False
    before: _Before | None = None
    held: dict[str, bytes] = field(default_factory=dict)
    indexed: _Written = None

    def look(self, repository: Repository, view: View, glanced: Glanced = lambda *_: None) -> Looked | None:
        """What git says of the work tree; None where it cannot say, which is found out anew by whoever opens it."""
        said, before, told = Report(), self.before, self.told
        self.before, self.told, self.indexed = None, frozenset(), _written(repository)
        try:
            ground = relooking.ground(repository)
            seen = relooking.again(repository, before.seen, told) if before and before.ground == ground else None
            self.partial = bool(seen and ground and relooking.is_same(repository, ground))
            if seen is None or not self.partial:
                seen = work_tree.look(repository, said, glanced)
        except (GitError, OSError):
            return None
        if ground and not len(said):
            self.before = _Before(ground, seen)
        found = self._holding(views.found_in(seen))
        return Looked(found, said, fingerprint.of(found, repository, view, said))

    def _holding(self, found: Found) -> Found:
        """The same, with what was fetched for earlier looks, as far as it is still a source."""
        known = {id_: data for id_, data in self.held.items() if id_ in found.sizes}
        self.held = known | found.held
        return found._replace(held=self.held)

    def wrote(self, paths: Iterable[str], *, done: bool) -> None:
        """These paths we have changed, or some where it was not `done`; the system may tell of them too late."""
        self.told |= frozenset(map(Path, paths))
        if not done:
            self.before = None

    def stands(self, repository: Repository) -> bool:
        """Whether the whole is as the last look saw it; nobody looks again who has seen all of it by the same index."""
        if not self.partial and _written(repository) == self.indexed:
            return True
        known, self.before = self.before, None
        if known is None:
            return False
        now = self.look(repository, WorkTree())
        return bool(now and not len(now.said) and _is_same(views.found_in(known.seen), now.found))


def _written(repository: Repository) -> _Written:
    try:
        status = (repository.folder / "index").lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _is_same(one: Found, other: Found) -> bool:
    alike = (one.entries, one.said, one.sizes) == (other.entries, other.said, other.sizes)
    return alike and one.tracked.keys() == other.tracked.keys()
