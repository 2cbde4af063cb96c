"""Replaces a source file atomically, and only if it has not changed since it was read."""

import contextlib
import errno
from typing import Final

from varve.model.diagnostic import Place, Report, Rule
from varve.read.decode import LIMIT
from varve.world.disk import file
from varve.world.disk.refusal import Refusal, about
from varve.world.disk.transaction import CANNOT_WRITE, Lock

CHANGED_MEANWHILE = Rule(
    "world/changed-meanwhile",
    "A file was changed while varve worked on it",
    "What varve computed is based on the previous content of the file, but somebody has changed or removed it in the "
    "meantime. Their change is kept and varve's is discarded: run the command again.",
)

_TEMPORARY: Final = "tmp"
_NEW: Final = "sealed"


def exchange(lock: Lock, path: str, before: bytes | None, data: bytes, report: Report) -> bool:
    """Replace the file at `path`, whose content must still be `before`, by `data`; False, with the reason reported.

    If `before` is None, the file must not exist. However this ends, `path` has the old content or the new one, complete
    and flushed to disk.
    """
    folder, _, name = path.rpartition("/")
    try:
        with about(path), file.inside(lock.root, folder, make=before is None) as here:
            if _content(here, name) != _with_git_newlines(before):
                message = f"`{path}` has changed since varve read it"
                report.add(CHANGED_MEANWHILE, message, Place(path, sealed=True), hint="run the command again")
                return False
            _replace(lock, here, name, data)
    except Refusal as refusal:
        report.add(CANNOT_WRITE, str(refusal), Place(refusal.path), hint=_hint(refusal.error))
        return False
    return True


def _content(folder: int, name: str) -> bytes | None:
    try:
        return _with_git_newlines(file.read(folder, name, LIMIT + 1).data)
    except FileNotFoundError:
        return None


def _with_git_newlines(data: bytes | None) -> bytes | None:
    """The text with git's line endings, because those on disk depend on the machine."""
    return None if data is None else data.replace(b"\r\n", b"\n")


def _replace(lock: Lock, folder: int, name: str, data: bytes) -> None:
    file.make_folder(lock.state, _TEMPORARY)
    with file.inside(lock.state, _TEMPORARY) as temporary:
        try:
            # A killed run may have left this file behind.
            file.remove(temporary, _NEW)
            file.create(temporary, _NEW, data)
            file.synchronise(temporary)
            file.move(temporary, _NEW, folder, name)
        except OSError:
            with contextlib.suppress(OSError):
                file.remove(temporary, _NEW)
            raise
    with contextlib.suppress(OSError):
        file.remove_empty(lock.state, _TEMPORARY)


def _hint(error: OSError) -> str:
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return "make room on the disk, and run the command again"
        case errno.EXDEV:
            return "`.varve` and the file have to be on the same file system"
    return "fix that, and run the command again"
