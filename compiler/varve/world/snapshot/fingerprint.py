"""One digest of everything in a view of a repository, which takes hardly longer than `git status`.

git compares the files on disk with its index, and only files that may differ are opened. The digest covers git's
answers and what was read because of them: every list of files, every attribute and every missing object. So a split or
sparse index, a file marked as assumed unchanged, or one that was edited within the second in which it was staged need
no special treatment here. Each part is preceded by its length, so no content of one part can be taken for another.
"""

import hashlib
from typing import Final

from varve.model.diagnostic import Report
from varve.world.disk import transaction
from varve.world.git.repository import Repository
from varve.world.snapshot.views import Found, View, WorkTree

_FORM: Final = b"1"
"""The version of the format; it changes whenever the same parts would mean something else."""


def of(found: Found, repository: Repository, view: View, report: Report) -> str | None:
    """The digest of what `views.look` found in `view`; equal digests mean the same snapshot and the same `build/`.

    None if the look has reported anything in `report`, because files that are in conflict or cannot be opened were not
    read; and None if `found` is a combination of two views.
    """
    if len(report) or not found.answers:
        return None
    record = transaction.record(repository.root) if isinstance(view, WorkTree) else b""
    place = repository.prefix.encode("utf-8", "surrogateescape")
    parts = _FORM, repository.algorithm.encode(), place, record, *found.answers
    return hashlib.sha256(b"".join(map(_framed, parts))).hexdigest()


def _framed(part: bytes) -> bytes:
    return b"%d:%b" % (len(part), part)
