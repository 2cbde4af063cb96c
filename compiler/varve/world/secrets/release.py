"""Writes plain secrets to the folder where deployed systems read them: atomically, and readable by their owner alone.

The folder has the links `tenants` and `platform`, which lead through `.varve/current` into the current release. A new
release is written beside that one, and a single rename makes it the current one.
"""

import contextlib
import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Final, NamedTuple

from varve.model.diagnostic import Report, Rule, Severity
from varve.model.secret import Secret
from varve.world.disk import file
from varve.world.disk.existing import is_link
from varve.world.disk.file import Owner
from varve.world.disk.refusal import Refusal, about
from varve.world.secrets.private import in_memory

UNSAFE_FOLDER = Rule(
    "world/unsafe-folder",
    "Secrets cannot be written to this folder",
    "Rendered secrets are in the clear. In a git repository they would be committed sooner or later; in a folder that "
    "others may write to, or behind a link, somebody else decides what deployed systems read; on a disk they may be "
    "found long after they were removed. Name a folder of its own, best in memory, such as one below `/run`.",
)
ON_DISK = Rule(
    "world/on-disk",
    "Secrets would be on a disk",
    "The folder is not in memory, so secrets may be found on the disk after they were removed, and in its backups. "
    "Mount a tmpfs there; `--require-tmpfs` enforces it.",
    Severity.WARNING,
)
CANNOT_RENDER = Rule(
    "world/cannot-render",
    "Secrets cannot be rendered",
    "All secrets are written beside the current ones and replace them in one step, so a full disk or a missing "
    "permission leaves the old ones intact. Fix what the message says and render again.",
)

_STATE: Final = ".varve"
_CURRENT: Final = "current"
_NEXT: Final = "next"
_LOCK: Final = "lock"
_LOCK_MODE: Final = 0o600
_TOPS: Final = ("platform", "tenants")
_WRITABLE_BY_OTHERS: Final = 0o022
_PAUSE: Final = 0.05
"""How many seconds to wait before removing the old release, so that programs that are opening its files succeed."""


class Target(NamedTuple):
    """The folder for secrets, the owner of the files, and whether it must be on a file system in memory."""

    folder: Path
    owner: Owner = Owner()
    in_memory: bool = False


class Released(NamedTuple):
    """How many files the new release has, and the paths of the old release that it lacks."""

    files: int
    removed: tuple[str, ...]


class _Folders(NamedTuple):
    """The open folder that deployed systems read (`top`), and the folder `.varve` in it with the releases (`state`)."""

    top: int
    state: int


def is_safe(target: Target, report: Report) -> bool:
    """Whether secrets may be written there, as far as can be seen before any file is unsealed; reported if not."""
    folder = target.folder
    real = Path(os.path.realpath(folder))
    if fault := _fault(folder, real):
        report.add(UNSAFE_FOLDER, f"`{folder}` {fault}", hint="name a folder of its own, outside any repository")
        return False
    if in_memory(real):
        return True
    if target.in_memory:
        report.add(UNSAFE_FOLDER, f"`{folder}` is not in memory", hint="mount a tmpfs there")
        return False
    report.add(ON_DISK, f"`{folder}` is not in memory", hint="mount a tmpfs there")
    return True


def _fault(folder: Path, real: Path) -> str | None:
    if real == Path(real.anchor):
        return "is the root of the file system"
    if is_link(folder):
        return "is a symbolic link"
    if any(_is_of_git(each) for each in (real, *real.parents)):
        return "is in a git repository"
    return None


def _is_of_git(folder: Path) -> bool:
    bare = all(os.path.lexists(folder / each) for each in ("HEAD", "objects", "refs"))
    return bare or os.path.lexists(folder / ".git")


def release(target: Target, files: Mapping[str, Secret], report: Report) -> Released | None:
    """Replace the current release by `files`, given by path below the folder; None, with the reason reported, if not.

    However this ends, the current release is the old one or the new one, complete.
    """
    try:
        with _opened(target) as folders:
            if folders is None:
                report.add(UNSAFE_FOLDER, f"others can write to `{target.folder}`", hint="name another folder")
                return None
            if (obstacle := _obstacle(folders)) is not None:
                message = f"`{target.folder / obstacle}` is not varve's"
                report.add(UNSAFE_FOLDER, message, hint="name a folder of its own, or remove what is there")
                return None
            with about(str(target.folder)):
                return _exchange(folders, files, target.owner)
    except Refusal as refusal:
        running = refusal.error.errno == errno.EAGAIN
        hint = "another render may be running; wait for it" if running else "fix that, and render again"
        report.add(CANNOT_RENDER, str(refusal), hint=hint)
    return None


@contextmanager
def _opened(target: Target) -> Iterator[_Folders | None]:
    """The folder and its state, locked, and created if missing; None if somebody else can change them."""
    real = Path(os.path.realpath(target.folder))
    with ExitStack() as stack:
        with about(str(target.folder)):
            anchor = stack.enter_context(file.opened(Path(real.anchor)))
            parent = stack.enter_context(file.inside(anchor, str(real.parent)))
            file.make_private(parent, real.name, target.owner)
            top = stack.enter_context(file.inside(parent, real.name))
            state = _state(stack, top, target.owner) if _is_protected(top, target.owner) else None
        yield None if state is None else _Folders(top, state)


def _state(stack: ExitStack, top: int, owner: Owner) -> int | None:
    """The open folder of releases, locked; None if somebody else can change it."""
    file.make_private(top, _STATE, owner)
    state = stack.enter_context(file.inside(top, _STATE))
    if not _is_protected(state, owner):
        return None
    fcntl.flock(stack.enter_context(file.lockable(state, _LOCK, _LOCK_MODE)), fcntl.LOCK_EX | fcntl.LOCK_NB)
    file.change_owner(top, owner)
    file.change_owner(state, owner)
    return state


def _is_protected(folder: int, owner: Owner) -> bool:
    status = os.fstat(folder)
    return status.st_uid in {0, os.geteuid(), owner.user} and not stat.S_IMODE(status.st_mode) & _WRITABLE_BY_OTHERS


def _obstacle(folders: _Folders) -> str | None:
    """The first name that varve needs for a link but that is something else; None if there is none."""
    return next((each for each in _TOPS if file.target(folders.top, each) not in {None, _link_target(each)}), None)


def _link_target(top: str) -> str:
    return f"{_STATE}/{_CURRENT}/{top}"


def _exchange(folders: _Folders, files: Mapping[str, Secret], owner: Owner) -> Released:
    old = file.target(folders.state, _CURRENT) or ""
    _sweep(folders, old)
    before = set(file.below(folders.state, old)) if _is_release(old) else set()
    new = token_hex(8)
    try:
        _write(folders.state, new, files, owner)
        file.synchronise(folders.state)
        _switch(folders, new, {path.partition("/")[0] for path in files})
    except OSError:
        # The current release is kept, whichever that is; if the disk refuses this too, the next run does the rest.
        with contextlib.suppress(OSError):
            _sweep(folders, file.target(folders.state, _CURRENT) or "")
        raise
    time.sleep(_PAUSE)
    _sweep(folders, new)
    return Released(len(files), tuple(sorted(before - files.keys())))


def _is_release(name: str) -> bool:
    return bool(name) and "/" not in name and not name.startswith(".")


def _write(state: int, name: str, files: Mapping[str, Secret], owner: Owner) -> None:
    file.make_private(state, name, owner)
    with file.inside(state, name) as root:
        for path, secret in files.items():
            *folders, last = path.split("/")
            for depth, folder in enumerate(folders):
                with file.inside(root, "/".join(folders[:depth])) as above:
                    file.make_private(above, folder, owner)
            with file.inside(root, "/".join(folders)) as here:
                file.create_private(here, last, secret.reveal(), owner)


def _switch(folders: _Folders, new: str, tops: set[str]) -> None:
    """Make the new release the current one; links that are missing are created first, so it all appears in one step."""
    for top in sorted(tops):
        if file.target(folders.top, top) is None:
            file.link(folders.top, top, _link_target(top))
    file.link(folders.state, _NEXT, new)
    file.move(folders.state, _NEXT, folders.state, _CURRENT)
    for top in sorted({*_TOPS} - tops):
        file.remove(folders.top, top)
    os.fsync(folders.state)
    os.fsync(folders.top)


def _sweep(folders: _Folders, kept: str) -> None:
    """Remove every release but one, and everything that an unfinished run has left."""
    for name in file.names(folders.state):
        if name not in {kept, _CURRENT, _LOCK}:
            file.remove_all(folders.state, name)
