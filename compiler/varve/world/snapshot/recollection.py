"""What a look found that depends on how the folders stand, remembered beside that, for the looks that come after it.

It lies under the seal of the repository's own cache: whoever could put something here could hide a file. A clone that
is looked at once, as in CI, remembers only that it was: to look at all folders takes longer than to ask git.
"""

import marshal
import os
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from importlib.util import MAGIC_NUMBER
from operator import itemgetter
from pathlib import Path
from typing import Final, NamedTuple

from varve.model.snapshot import Entry
from varve.world.cache import seal, sealed
from varve.world.git import listing
from varve.world.git.command import Git, GitError
from varve.world.git.repository import Repository
from varve.world.snapshot import folders, telling
from varve.world.snapshot.folders import Folders, Stand

_NAME: Final = "folders"
_FORM: Final = b"varve folders 1"
_LARGEST: Final = 1 << 26
_LINKED: Final = "160000"
"""The mode of another repository in an index."""


class Loose(NamedTuple):
    """What git does not track, `new` sources and what is `built`, and what is `said` of the attributes of the rest."""

    new: bytes
    built: bytes
    said: bytes


class Index(NamedTuple):
    """What git tracks: the digest of its list, and the entries by path."""

    digest: str
    entries: Mapping[str, Entry]


class Ground(NamedTuple):
    """A digest of what git tracks and of what it is told of many paths, and how the file of its index stood."""

    digest: str
    written: Stand


class Known(NamedTuple):
    """What a look found, on which ground; of folders that may have changed meanwhile it is not known how they stood."""

    ground: Ground
    folders: Folders
    loose: Loose


_BEGUN: Final = Known(Ground("", folders.UNKNOWN), folders.NOTHING, Loose(b"", b"", b""))
"""All that is known after the first look."""


def recall(repository: Repository) -> Known | None:
    """What is remembered of an earlier look, if there was one."""
    body = sealed.recall(repository.folder, _NAME, _stated(repository), _LARGEST)
    if body is None:
        return None
    ground, stood, loose = marshal.loads(body)  # noqa: S302 - its seal holds
    return Known(Ground(*ground), Folders(*stood), Loose(*loose))


def keep(repository: Repository, known: Known) -> None:
    """Remember this for the next look, in place of all else; nothing happens where the disk refuses."""
    body = marshal.dumps(tuple(map(tuple, known)))
    sealed.keep(repository.folder, _NAME, _stated(repository), body, _LARGEST)


def begin(repository: Repository) -> None:
    """Remember that somebody has looked, where there is a cache that remembers anything."""
    if seal.found(repository.folder) and telling.told(repository):
        keep(repository, _BEGUN)


def ground(git: Git, repository: Repository, index: Index, before: Ground) -> Ground | None:
    """The ground of a look that begins now; None where more decides than that, or where it cannot be read."""
    with suppress(GitError, OSError):
        stood, told = _index(repository), telling.told(repository)
        if told is None or _LINKED in map(itemgetter(1), index.entries.values()):
            return None
        missing = [os.path.relpath(path, repository.root) for path in telling.above(repository) if not path.exists()]
        parts = index.digest, repository.prefix, *missing, repr(told)
        found = Ground(sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest(), stood)
        # What would speak to git and is not there, git takes from the index.
        if not missing or found == before or not git.run("ls-files", "-z", "--", *missing):
            return found
    return None


def standing(repository: Repository) -> tuple[Stand, ...] | None:
    """How the index stands, and all that speaks of many paths; None where it cannot be seen.

    What stands after a look as it did before has not been another meanwhile, for some of git's answers alone.
    """
    with suppress(OSError):
        deciding = telling.deciding(repository)
        return _index(repository), *(_stand(path) for file in deciding for path in (file, file.parent))
    return None


def _index(repository: Repository) -> Stand:
    return _stand(repository.folder / "index")


def _stand(path: Path) -> Stand:
    with suppress(FileNotFoundError):
        return folders.stand(os.lstat(path))
    return folders.UNKNOWN


def _stated(repository: Repository) -> bytes:
    """What the seal vouches for: git's answers to these questions. Another Python could not even read them."""
    asked = repr((folders.NOTHING.paths, listing.NEW)).encode()
    return b"\n".join((_FORM, MAGIC_NUMBER.hex().encode(), asked, os.fsencode(repository.prefix)))
