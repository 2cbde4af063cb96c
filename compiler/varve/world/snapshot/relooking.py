"""A look at the work tree that asks git about the paths which have changed since another look, and about no others.

What git says of a path follows from how the path stands on the disk, from the index, and from what git is told by its
settings and by files such as `.gitignore`. So of a path that nobody has touched it says what it said before, where none
of those is another. Only what surely is such a case is taken for one: everywhere else there is no such look, and
somebody has to look at the whole.
"""

import os
import stat
import sys
from collections.abc import Collection, Iterable
from pathlib import Path, PurePath
from typing import Final, NamedTuple

from varve.model.diagnostic import Report
from varve.world.git import attribute, listing
from varve.world.git.command import GitError, records
from varve.world.git.repository import Repository
from varve.world.snapshot import telling
from varve.world.snapshot.telling import Told
from varve.world.snapshot.work_tree import Seen, glance_of, read

_MOST: Final = 64
"""How many paths are asked about one by one; of more, git is faster with the whole."""
_ARTIFACTS: Final = listing.BUILD + "/"
_GITS: Final = ".git"
_PLAIN: Final = "100"
"""How git's modes of files begin."""


class Ground(NamedTuple):
    """What decides what git says of every path: the index and its time, and what git is told of all.

    `written` are the times of the files that tell it: what they say may have been something else for a moment.
    """

    indexed: tuple[bytes, int]
    told: Told
    written: tuple[int, ...]


def ground(repository: Repository) -> Ground | None:
    """The ground of a look that begins now; None where more decides than that. Raises `GitError` and `OSError`."""
    written, told = tuple(map(_written, telling.deciding(repository))), telling.told(repository)
    try:
        return Ground(_index(repository), told, written) if told else None
    except IsADirectoryError:
        return None


def is_same(repository: Repository, before: Ground) -> bool:
    """Whether the index is still that of a ground: git may change it while somebody looks."""
    return _index(repository) == before.indexed


def again(repository: Repository, before: Seen, told: Collection[Path]) -> Seen | None:
    """What stands on the disk, on the same ground as `before`, where nothing has changed but the `told` paths.

    They count from the root. None where it is not sure that this is so, or where anything would have to be reported.
    """
    paths = [path.as_posix() for path in told]
    try:
        return _again(repository, before, paths) if _is_sure(repository.root, before, paths) else None
    except (GitError, OSError):
        return None


def _again(repository: Repository, before: Seen, paths: list[str]) -> Seen | None:
    tracked = [path for path in paths if path in before.indexed.entries]
    others = [path for path in paths if path not in before.indexed.entries]
    artifacts = [path for path in others if f"{path}/".startswith(_ARTIFACTS)]
    sources = [path for path in others if path not in artifacts]
    asked = list(zip((listing.CHANGED, *listing.NEW), (tracked, sources, artifacts), strict=True))
    questions = [(*question[: question.index("--") + 1], *some) for question, some in asked if some]
    with attribute.asking(before.git, paths) as attributes, before.git.meanwhile(*questions) as answers:
        said, answered = attributes(), iter(answers())
    altered, new, built = (next(answered) if some else b"" for _, some in asked)
    here = before._replace(altered=altered, new=new, built=built)
    seen = before._replace(
        altered=_put(before.altered, altered, tracked, 2),
        new=_put(before.new, new, sources, 1),
        built=_put(before.built, built, artifacts, 1),
    )
    report = Report()
    kept = {path: each for path, each in before.read.items() if path not in paths}
    seen = seen._replace(
        said=before.said if _loose(seen) == _loose(before) else attribute.ask(seen.git, seen.untracked),
        read={**kept, **read(repository, seen, here.present, said, report)},
        glance=glance_of(repository, seen.indexed.digest, seen.altered),
    )
    return None if len(report) else seen


def _loose(seen: Seen) -> tuple[bytes, bytes]:
    return seen.new, seen.built


def _put(before: bytes, answer: bytes, paths: Collection[str], width: int) -> bytes:
    """An answer that git gave `before` of everything, with what it has answered of these paths now, in git's order.

    A path is the last of so many parts.
    """
    if not paths:
        return before
    kept = [each for each in _lines(before, width) if each[-1] not in paths]
    lines = sorted([*kept, *_lines(answer, width)], key=lambda each: _encoded(each[-1]))
    return _encoded("".join(f"{part}\0" for line in lines for part in line))


def _lines(answer: bytes, width: int) -> Iterable[tuple[str, ...]]:
    parts = records(answer)
    return zip(*(parts,) * width, strict=True)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _is_sure(root: Path, before: Seen, paths: list[str]) -> bool:
    """Whether each path is, and was, a file or nothing, and says nothing of others."""
    index = before.indexed.entries
    below, strange = (tuple(f"{path}/" for path in paths if path not in known) for known in ((), index))
    return (
        len(paths) <= _MOST
        and not any(path.startswith(below) for path in before.untracked)
        and not (strange and any(path.startswith(strange) for path in index))
        and not any(_is_another(root, above, index) for above in _above(paths))
        and all(_was_plain(before, path) and _is_plain(root, path) for path in paths)
    )


def _above(paths: list[str]) -> set[str]:
    """The folders in which paths lie."""
    return {str(above) for path in paths for above in PurePath(path).parents if above.parts}


def _is_another(root: Path, folder: str, index: Collection[str]) -> bool:
    """Whether a folder is, or may be, another repository, of which git says one thing to who asks about all of it."""
    return folder in index or os.path.lexists(root / folder / _GITS)


def _was_plain(before: Seen, path: str) -> bool:
    known = [before.indexed.entries.get(path), before.read[path].entry if path in before.read else None]
    return all(each is None or each.mode.startswith(_PLAIN) for each in known)


def _is_plain(root: Path, path: str) -> bool:
    """Whether a file stands there, or nothing, on a way without links; and it is not one that speaks to git."""
    at = root / path
    if not (path.isascii() or sys.getfilesystemencoding() == "utf-8"):
        # By this text the system would name another file than git.
        return False
    if any(part.lower().startswith(_GITS) for part in path.split("/")) or os.path.realpath(at) != str(at):
        return False
    try:
        return stat.S_ISREG(at.lstat().st_mode)
    except FileNotFoundError:
        return True


def _written(file: Path) -> int:
    """When a file was last changed in any way, 0 where there is none."""
    try:
        return file.lstat().st_ctime_ns
    except FileNotFoundError:
        return 0


def _index(repository: Repository) -> tuple[bytes, int]:
    """The index, and when it was written: that decides too whether git compares a file by what it holds."""
    file = repository.folder / "index"
    data = telling.data(file)
    return data, file.lstat().st_mtime_ns if data else 0
