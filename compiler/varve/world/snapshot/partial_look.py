"""A look at the work tree that asks git only about the paths that have changed since an earlier look.

What git says about a path depends on its state on disk, on the index, on git's settings and on files such as
`.gitignore`. While none of these changes, git's answer about an untouched path remains the same. Where that is not
certain, there is no such look, and the caller has to look at everything.
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
from varve.world.snapshot import git_config
from varve.world.snapshot.git_config import Configuration
from varve.world.snapshot.work_tree import Seen, glance_of, read

_MOST: Final = 64
"""The most paths that git is asked about individually; for more of them, asking about everything is faster."""
_ARTIFACTS: Final = listing.BUILD + "/"
_GITS: Final = ".git"
_PLAIN: Final = "100"
"""The beginning of git's modes of regular files."""


class Ground(NamedTuple):
    """What git's answers about all paths depend on: the index and its time, and git's configuration.

    `written` are the times of the configuring files, which reveal that one was changed for a moment and restored.
    """

    indexed: tuple[bytes, int]
    configuration: Configuration
    written: tuple[int, ...]


def ground(repository: Repository) -> Ground | None:
    """The ground of a look that begins now; None if git's answers depend on more. Raises `GitError` and `OSError`."""
    written, config = (
        tuple(map(_written, git_config.configuring_files(repository))),
        git_config.configuration(repository),
    )
    try:
        return Ground(_index(repository), config, written) if config else None
    except IsADirectoryError:
        return None


def is_same(repository: Repository, before: Ground) -> bool:
    """Whether the index is still that of `before`: git commands may change it during a look."""
    return _index(repository) == before.indexed


def again(repository: Repository, before: Seen, changed: Collection[Path]) -> Seen | None:
    """The work tree as seen now, on the same ground as `before`, if only the paths in `changed` have changed.

    These are relative to the root. None if it is not certain that they are enough, or if anything would be reported.
    """
    paths = [path.as_posix() for path in changed]
    try:
        return _again(repository, before, paths) if _is_sure(repository.root, before, paths) else None
    except (GitError, OSError):
        return None


def _again(repository: Repository, before: Seen, paths: list[str]) -> Seen | None:
    tracked = [path for path in paths if path in before.indexed.entries]
    others = [path for path in paths if path not in before.indexed.entries]
    artifacts = [path for path in others if f"{path}/".startswith(_ARTIFACTS)]
    sources = [path for path in others if path not in artifacts]
    groups = list(zip((listing.CHANGED, *listing.NEW), (tracked, sources, artifacts), strict=True))
    questions = [(*question[: question.index("--") + 1], *some) for question, some in groups if some]
    with attribute.asking(before.git, paths) as attributes, before.git.meanwhile(*questions) as answers:
        attribute_answer, answered = attributes(), iter(answers())
    altered, new, built = (next(answered) if some else b"" for _, some in groups)
    changed = before._replace(altered=altered, new=new, built=built)
    seen = before._replace(
        altered=_updated(before.altered, altered, tracked, 2),
        new=_updated(before.new, new, sources, 1),
        built=_updated(before.built, built, artifacts, 1),
    )
    report = Report()
    kept = {path: each for path, each in before.read.items() if path not in paths}
    seen = seen._replace(
        attributes=before.attributes if _loose(seen) == _loose(before) else attribute.ask(seen.git, seen.untracked),
        read={**kept, **read(repository, seen, changed.present, attribute_answer, report)},
        glance=glance_of(repository, seen.indexed.digest, seen.altered),
    )
    return None if len(report) else seen


def _loose(seen: Seen) -> tuple[bytes, bytes]:
    return seen.new, seen.built


def _updated(before: bytes, answer: bytes, paths: Collection[str], width: int) -> bytes:
    """git's complete answer from `before`, updated by its new answer about `paths`, in git's order.

    Each record has `width` parts, of which the path is the last.
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
    """Whether each path is, and was, a regular file or missing, and changes git's answers about no other path."""
    index = before.indexed.entries
    below, untracked = (tuple(f"{path}/" for path in paths if path not in known) for known in ((), index))
    return (
        len(paths) <= _MOST
        and not any(path.startswith(below) for path in before.untracked)
        and not (untracked and any(path.startswith(untracked) for path in index))
        and not any(_is_another(root, above, index) for above in _above(paths))
        and all(_was_plain(before, path) and _is_plain(root, path) for path in paths)
    )


def _above(paths: list[str]) -> set[str]:
    """All folders above the paths, without the root."""
    return {str(above) for path in paths for above in PurePath(path).parents if above.parts}


def _is_another(root: Path, folder: str, index: Collection[str]) -> bool:
    """Whether a folder is, or may be, another repository, which git lists as one entry and not file by file."""
    return folder in index or os.path.lexists(root / folder / _GITS)


def _was_plain(before: Seen, path: str) -> bool:
    known = [before.indexed.entries.get(path), before.read[path].entry if path in before.read else None]
    return all(each is None or each.mode.startswith(_PLAIN) for each in known)


def _is_plain(root: Path, path: str) -> bool:
    """Whether a path is a regular file or missing, without links on the way, and is not one of git's own files."""
    at = root / path
    if not (path.isascii() or sys.getfilesystemencoding() == "utf-8"):
        # The system would encode this name differently from git, and so mean another file.
        return False
    if any(part.lower().startswith(_GITS) for part in path.split("/")) or os.path.realpath(at) != str(at):
        return False
    try:
        return stat.S_ISREG(at.lstat().st_mode)
    except FileNotFoundError:
        return True


def _written(file: Path) -> int:
    """The ctime of a file in nanoseconds since 1970, 0 if it is missing."""
    try:
        return file.lstat().st_ctime_ns
    except FileNotFoundError:
        return 0


def _index(repository: Repository) -> tuple[bytes, int]:
    """The content of the index and its mtime, by which git also decides whether to compare a file's content."""
    file = repository.folder / "index"
    data = git_config.data(file)
    return data, file.lstat().st_mtime_ns if data else 0
