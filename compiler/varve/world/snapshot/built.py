"""The files under `build/` in a snapshot, and which of them are varve's."""

from varve.model.snapshot import Snapshot
from varve.world.disk import transaction
from varve.world.git.listing import BUILD
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View, WorkTree
from varve.write.plan import Standing


def standing(repository: Repository, snapshot: Snapshot, view: View) -> Standing:
    """The files under `build/` in `snapshot`, which was taken of `view`."""
    if BUILD in snapshot:  # a file in the place of the folder, which nobody may replace
        return Standing({BUILD: snapshot.entries[BUILD].id}, frozenset(), frozenset())
    ids = snapshot.ids(BUILD)
    written = transaction.written(repository.root) if isinstance(view, WorkTree) else frozenset[str]()
    return Standing(ids, snapshot.tracked, written)
