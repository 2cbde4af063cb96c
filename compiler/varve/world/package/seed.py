"""Creates a repository from the starter that varve ships."""

import contextlib
import os
from pathlib import Path
from typing import Final, NamedTuple

import varve
from varve.model.diagnostic import Note, Place, Report, Rule
from varve.world.disk import file
from varve.world.disk.existing import nearest
from varve.world.disk.refusal import Refusal, about
from varve.world.git.command import Git, GitError
from varve.world.git.listing import BUILD, SOURCES
from varve.world.git.repository import GIT_FAILED, real, report_no_git, report_refusal

NOT_EMPTY = Rule(
    "world/not-empty",
    "A file is in the way of a new repository",
    "`varve init` writes the files of a small repository and never overwrites anything: neither files of the same "
    "names nor sources that it would mix with. Name a folder that has none of them, or move them away.",
)
CANNOT_BEGIN = Rule(
    "world/cannot-begin",
    "A new repository cannot be written",
    "`varve init` could not write one of its files, and removed those that it had written. Fix what the message says, "
    "and run it again.",
)

_STARTER: Final = "starter"
_OCCUPIED: Final = (*SOURCES, BUILD)


class Initialised(NamedTuple):
    """What was created: the paths of the files, and whether a git repository was initialised too."""

    paths: tuple[str, ...]
    git: bool


def initialise(folder: Path, report: Report) -> Initialised | None:
    """Write the starter into `folder`, which may exist, and initialise a git repository unless it is in one.

    None, with the reason reported, if a file is in the way, git fails, or the disk refuses a file; then no file was
    written. If only `git init` fails, that is reported, and the files remain.
    """
    root = real(folder, report)
    if root is None:
        return None
    starter = _starter()
    within = _is_in_work_tree(nearest(root), report)
    if within is None or not _is_free(root, starter, report):
        return None
    try:
        _write(root, starter)
    except Refusal as refusal:
        report.add(CANNOT_BEGIN, str(refusal), hint="name a folder in which you can write")
        return None
    return Initialised(tuple(starter), git=not within and _has_new_repository(root, report))


def _starter() -> dict[str, bytes]:
    """The files of the starter by their paths in a repository, sorted."""
    home = Path(os.path.realpath(varve.__file__)).parent / _STARTER
    found = sorted(path for path in home.rglob("*") if path.is_file())
    # A checkout of varve may have other line endings than the wheel.
    return {path.relative_to(home).as_posix(): path.read_bytes().replace(b"\r\n", b"\n") for path in found}


def _is_in_work_tree(folder: Path, report: Report) -> bool | None:
    """Whether `folder` is in a git work tree; None, with the reason reported, if git fails."""
    try:
        Git(folder).run("rev-parse", "--show-toplevel")
    except GitError as error:
        if "not a git repository" in str(error):
            return False
        report_refusal(folder, str(error), report)
    except OSError as error:
        report_no_git(error, report)
    else:
        return True
    return None


def _has_new_repository(root: Path, report: Report) -> bool:
    """Whether `git init` could create a repository in `root`; reported if not."""
    try:
        Git(root).run("init", "--quiet")
    except GitError as error:
        hint = "all other files are written: fix what git names, and run `git init` there"
        report.add(GIT_FAILED, f"git could not create a repository in `{root}`: {error}", hint=hint)
    except OSError as error:
        report_no_git(error, report)
    else:
        return True
    return False


def _is_free(root: Path, starter: dict[str, bytes], report: Report) -> bool:
    """Whether `root` has none of the starter's files and folders, and no other sources; reported if not."""
    if os.path.lexists(root) and not root.is_dir():
        report.add(NOT_EMPTY, f"`{root}` is not a folder", hint="name another folder")
        return False
    tops = dict.fromkeys((*_OCCUPIED, *(path.partition("/")[0] for path in starter)))
    existing = [name for name in tops if os.path.lexists(root / name)]
    if existing:
        first, *others = existing
        notes = (Note("this exists too", Place(name)) for name in others)
        report.add(
            NOT_EMPTY,
            f"`{first}` already exists in `{root}`",
            Place(first),
            *notes,
            hint="name another folder, or move these away",
        )
    return not existing


def _write(root: Path, starter: dict[str, bytes]) -> None:
    """Write all files or none: if one fails, those that were already written are removed."""
    existing = nearest(root)
    below = "/".join(root.relative_to(existing).parts)
    with about(str(root)), file.opened(existing) as there, file.inside(there, below, make=True) as here:
        written: list[str] = []
        try:
            for path, data in starter.items():
                _write_one(here, path, data)
                written.append(path)
        except Refusal as refusal:
            # A part of the failed file may have been written, unless it exists because somebody else has created it.
            incomplete = [] if isinstance(refusal.error, FileExistsError) else [refusal.path]
            _undo(here, [*written, *incomplete])
            raise


def _write_one(root: int, path: str, data: bytes) -> None:
    above, _, name = path.rpartition("/")
    with about(path), file.inside(root, above, make=True) as folder:
        file.create(folder, name, data)


def _undo(root: int, written: list[str]) -> None:
    # The disk may refuse this too; then some files remain.
    with contextlib.suppress(OSError):
        for path in reversed(written):
            above, _, name = path.rpartition("/")
            with contextlib.suppress(FileNotFoundError), file.inside(root, above) as folder:
                file.remove(folder, name)
        for top in dict.fromkeys(path.partition("/")[0] for path in written if "/" in path):
            file.sweep(root, top)
            file.remove_empty(root, top)
