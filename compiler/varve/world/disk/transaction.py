"""Carries out a plan on the disk so that every artifact is complete at all times, even if varve is killed."""

import errno
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from varve.model.diagnostic import Place, Report, Rule
from varve.world.disk import file
from varve.world.disk.file import Folders
from varve.world.disk.refusal import Refusal, about
from varve.world.git.listing import BUILD

if TYPE_CHECKING:
    from varve.write.plan import Plan, Write

CANNOT_WRITE = Rule(
    "world/cannot-write",
    "A file cannot be written",
    "varve writes every artifact beside its place, in `.varve/tmp`, and moves it into place when all of them are safe "
    "on the disk, so a full disk or a missing permission leaves no half-written file. Fix what the message says and "
    "run `varve build` again: it does the rest.",
)
LOCKED = Rule(
    "world/locked",
    "Another varve process is writing here",
    "Two simultaneous builds of one work tree would mix their artifacts, so the second one waits a little and then "
    "gives up. The lock ends with the process that holds it; nothing has to be deleted. Wait, or end that process.",
)

_STATE: Final = ".varve"
TEMPORARY: Final = ".varve/tmp"
_WRITTEN: Final = ".varve/written"
_EVERYTHING: Final = b"*\n"
_MOST_RECORDED: Final = 100_000
_PATIENCE: Final = 5.0
_PAUSE: Final = 0.05


class Lock(NamedTuple):
    """The exclusive right to change the work tree at `root`; `root` and its folder `.varve`, `state`, are open."""

    root: int
    state: int


class _Step(NamedTuple):
    """One move: of the artifact to `path`, or of a whole new folder to `path`, with all artifacts in it."""

    path: str
    writes: "tuple[Write, ...]"


@contextmanager
def lock(root: Path, report: Report, patience: float = _PATIENCE) -> Iterator[Lock | None]:
    """The lock of the work tree at `root`; None, with the reason reported, if it is held or cannot be created.

    Take it before the snapshot: a plan that was made without it may be out of date. `patience` is how many seconds to
    wait for another process.
    """
    with ExitStack() as stack:
        held = None
        try:
            with about(_STATE + "/lock"):
                there = stack.enter_context(file.opened(root))
                state = stack.enter_context(file.inside(there, _STATE, make=True))
                if _acquire(stack.enter_context(file.lockable(state, "lock")), patience, report):
                    _ignore(state)
                    held = Lock(there, state)
        except Refusal as refusal:
            _report_refusal(refusal, report)
        yield held


def _acquire(descriptor: int, patience: float, report: Report) -> bool:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                report.add(
                    LOCKED, f"{_holder(descriptor)} is writing here", Place(_STATE + "/lock"), hint="wait for it"
                )
                return False
            time.sleep(_PAUSE)
        else:
            # The lock is held even if its file cannot be written.
            with suppress(OSError):
                file.rewrite(descriptor, json.dumps({"process": os.getpid(), "host": os.uname().nodename}).encode())
            return True


def _ignore(state: int) -> None:
    """Make git ignore everything in `.varve`, before anything else is written there."""
    try:
        known = file.read(state, ".gitignore", len(_EVERYTHING) + 1).data == _EVERYTHING
    except FileNotFoundError:
        known = False
    if not known:
        file.remove(state, "ignore")
        file.create(state, "ignore", _EVERYTHING)
        file.move(state, "ignore", state, ".gitignore")


def _holder(descriptor: int) -> str:
    match _json(os.pread(descriptor, 1000, 0)):
        case {"process": int(process), "host": str(host)}:
            return f"process {process} on `{host}`"
    return "another process"


def _json(data: bytes) -> object:
    try:
        return json.loads(data)
    except ValueError:
        return None


def written(root: Path) -> frozenset[str]:
    """The blob ids of the files that varve wrote under `build/` in this work tree; none if they cannot be read."""
    try:
        return frozenset(record(root).decode("ascii").split())
    except ValueError:
        return frozenset()


def record(root: Path) -> bytes:
    """The content of the file that records these ids; empty if it cannot be read."""
    try:
        with file.opened(root) as here, file.inside(here, _STATE) as state:
            return file.read(state, "written").data
    except OSError:
        return b""


def apply(plan: "Plan", lock: Lock, report: Report, copied: Callable[[], object] = lambda: None) -> bool:
    """Carry out `plan` under `build/`; False, with the reason reported, if the disk refused a change.

    `copied` is called when the artifacts' bytes have been copied to temporary files and are not needed any more.
    A refusal before the first move leaves `build/` unchanged; after that, every artifact is either the old one or the
    new one, complete. The next run removes what a killed one left behind, and does the rest.
    """
    try:
        _recover(lock)
        if not plan.empty:
            _carry_out(plan, lock, copied)
    except Refusal as refusal:
        _report_refusal(refusal, report)
        # If the disk refuses this too, the next run does it.
        with suppress(Refusal):
            _recover(lock)
        return False
    return True


def _recover(lock: Lock) -> None:
    """Remove the temporary files and empty folders of an unfinished run."""
    with about(TEMPORARY), suppress(FileNotFoundError):
        with file.inside(lock.state, "tmp") as temporary:
            for name in file.names(temporary):
                file.remove_all(temporary, name)
        file.sweep(lock.root, BUILD)
        file.remove_empty(lock.state, "tmp")


def _carry_out(plan: "Plan", lock: Lock, copied: Callable[[], object]) -> None:
    with about(TEMPORARY):
        file.make_folder(lock.state, "tmp")
    with about(TEMPORARY), file.inside(lock.state, "tmp") as temporary:
        steps = _steps(plan, lock, temporary)
        _create(steps, temporary)
        copied()
        with about(_WRITTEN):
            file.create(temporary, "written", _recorded(plan, lock))
        file.synchronise(temporary)
        with about(_WRITTEN):
            # From here on the new artifacts are recorded as varve's, so a later run recognises those already in place.
            file.move(temporary, "written", lock.state, "written")
        _remove(plan.clear, lock)
        _move(steps, lock, temporary)
    _remove(plan.delete, lock)
    with about(TEMPORARY):
        # This folder is removed last, because it marks an unfinished run.
        file.remove_empty(lock.state, "tmp")


def _recorded(plan: "Plan", lock: Lock) -> bytes:
    new = {write.id for write in plan.write}
    try:
        before = file.read(lock.state, "written").data.decode("ascii", "ignore").split()
    except FileNotFoundError:
        before = []
    # `before` is sorted already, so sorting it with a few more ids takes no time.
    now = sorted([*before, *new.difference(before)])
    if len(now) > _MOST_RECORDED:
        now = sorted({*plan.known, *new})
    return "".join(f"{id_}\n" for id_ in now).encode()


def _steps(plan: "Plan", lock: Lock, temporary: int) -> "list[_Step]":
    """The moves that `plan` needs; whatever would make one fail is detected here, before anything is changed."""
    cleared = set(plan.clear)
    around = {folder for path in plan.clear for folder in _above(path)}
    steps: dict[str, list[Write]] = {}
    missing = ""
    with closing(Folders(lock.root)) as folders:
        for folder, group in groupby(sorted(plan.write, key=_folder_of), key=_folder_of):
            writes = list(group)
            if not cleared.isdisjoint((folder, *_above(folder))):
                missing = ""  # a file is in the way now: the folder is made when that has been removed
            elif not missing or not folder.startswith(f"{missing}/"):
                with about(folder):
                    here, missing = folders.reach(folder)
                    _refuse_unusable(here, temporary)
                _refuse_folders(here, [] if missing else [each.path for each in writes if each.path not in around])
            for each in writes:
                steps.setdefault(missing or each.path, []).append(each)
    return [_Step(path, tuple(writes)) for path, writes in steps.items()]


def _refuse_unusable(here: int, temporary: int) -> None:
    """Raise `OSError` for a folder into which nothing can be moved."""
    if file.device(here) != file.device(temporary):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if not file.can_change(here):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def _refuse_folders(here: int, paths: list[str]) -> None:
    """Raise `Refusal` for an artifact whose path is a folder."""
    for path in paths:
        with about(path):
            if file.is_folder(here, _name(path)):
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))


def _create(steps: "list[_Step]", temporary: int) -> None:
    """Write the artifacts of each step into the temporary folder, under the step's number."""
    with closing(Folders(temporary)) as folders:
        for number, step in enumerate(steps):
            for each in step.writes:
                place = f"{number}{each.path.removeprefix(step.path)}"
                with about(each.path):
                    file.create(folders.at(_folder(place), make=True), _name(place), each.data)


def _move(steps: "list[_Step]", lock: Lock, temporary: int) -> None:
    with closing(Folders(lock.root)) as folders:
        for folder, group in groupby(enumerate(steps), key=lambda each: _folder_of(each[1])):
            with about(folder):
                here = folders.at(folder, make=True)
            for number, step in group:
                with about(step.path):
                    file.move(temporary, str(number), here, _name(step.path))


def _folder_of(each: "Write | _Step") -> str:
    return _folder(each.path)


def _remove(paths: tuple[str, ...], lock: Lock) -> None:
    with closing(Folders(lock.root)) as folders:
        for folder, group in groupby(sorted(paths, key=_folder), key=_folder):
            for path in group:
                with about(path), suppress(FileNotFoundError):
                    file.remove(folders.at(folder), _name(path))
            _prune(folder, folders)


def _prune(folder: str, folders: Folders) -> None:
    """Remove `folder` if it is empty, and then the folders above it, up to but not including `build/`."""
    while folder != BUILD:
        with about(folder), suppress(FileNotFoundError):
            if not file.remove_empty(folders.at(_folder(folder)), _name(folder)):
                return
        folder = _folder(folder)


def _above(path: str) -> Iterator[str]:
    while path := _folder(path):
        yield path


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _report_refusal(refusal: Refusal, report: Report) -> None:
    match refusal.error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            hint = "make room on the disk, then run `varve build` again"
        case errno.ENOTDIR | errno.ELOOP:
            hint = "replace the file or link there with a folder"
        case errno.EISDIR:
            hint = "remove the folder there, and run `varve build` again"
        case errno.ENOTEMPTY | errno.EEXIST:
            hint = "let nobody else write there, and run `varve build` again"
        case errno.EXDEV:
            hint = "`.varve` and `build` have to be on the same file system"
        case errno.EACCES | errno.EPERM | errno.EROFS:
            hint = "let the user that runs varve write there; `varve check` does not need to write"
        case _:
            hint = ""
    report.add(CANNOT_WRITE, str(refusal), Place(refusal.path), hint=hint)
