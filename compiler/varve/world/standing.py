"""What stands under `build/`, and how much of it is varve's."""

from varve.model.snapshot import Snapshot
from varve.world import disk
from varve.world.command import Git
from varve.world.git import View, WorkTree
from varve.world.listing import BUILD
from varve.world.repository import Repository
from varve.write.plan import Standing


def standing(repository: Repository, snapshot: Snapshot, view: View) -> Standing:
    """What `snapshot`, which was taken of `view`, holds under `build/`; raises `GitError` without an index."""
    ids = {path: snapshot.entries[path].id for path in snapshot.under(BUILD)}
    if not isinstance(view, WorkTree):
        return Standing(ids, frozenset(ids), frozenset())
    tracked = Git(repository.root).records("ls-files", "-z", "--", BUILD)
    return Standing(ids, frozenset(tracked), disk.written(repository.root))
