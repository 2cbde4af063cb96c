"""What stands under `build/`, and how much of it is varve's."""

from varve.model.snapshot import Snapshot
from varve.world import disk
from varve.world.git import View, WorkTree
from varve.world.listing import BUILD
from varve.world.repository import Repository
from varve.write.plan import Standing


def standing(repository: Repository, snapshot: Snapshot, view: View) -> Standing:
    """What `snapshot`, which was taken of `view`, holds under `build/`."""
    ids = snapshot.ids(BUILD)
    written = disk.written(repository.root) if isinstance(view, WorkTree) else frozenset[str]()
    return Standing(ids, snapshot.tracked, written)
