"""One digest of all that a view of a repository holds, hardly dearer than git's own look at it.

git compares what stands on the disk with its index, and only what may differ is opened. The digest is that of what git
said, and of what was read then: every list of files, attribute and missing object is in it, with whatever decides them.
So an index that is split or sparse, a mark that a file is to be taken for unchanged, or a file that was edited within
the second in which it was staged, need no care here. Each part stands behind its length, and no name ends one.
"""

import hashlib
from typing import Final

from varve.model.diagnostic import Report
from varve.world.disk import transaction
from varve.world.git.repository import Repository
from varve.world.snapshot.views import Found, View, WorkTree

_FORM: Final = b"1"
"""Is another one whenever the same parts mean something else."""


def of(found: Found, repository: Repository, view: View, said: Report) -> str | None:
    """The digest of what `views.look` has found in `view`: the same only where the snapshot, and what stands, are.

    None where it has `said` anything meanwhile, for what is in conflict, or could not be opened, was not read. And None
    for what was put together of two views.
    """
    if len(said) or not found.answers:
        return None
    record = transaction.record(repository.root) if isinstance(view, WorkTree) else b""
    place = repository.prefix.encode("utf-8", "surrogateescape")
    parts = _FORM, repository.algorithm.encode(), place, record, *found.answers
    return hashlib.sha256(b"".join(map(_framed, parts))).hexdigest()


def _framed(part: bytes) -> bytes:
    return b"%d:%b" % (len(part), part)
