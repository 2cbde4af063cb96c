"""Puts a plan on the disk, so that whoever looks finds every artifact whole, whatever happens in between."""

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
    """The right to change the work tree at `root`, an open folder; `state` is its folder `.varve`, open too."""

    root: int
    state: int


class _Step(NamedTuple):
    """What is moved at once: the artifact at `path`, or the folder that is not there yet, with all that it holds."""

    path: str
    writes: "tuple[Write, ...]"


@contextmanager
def lock(root: Path, report: Report, patience: float = _PATIENCE) -> Iterator[Lock | None]:
    """The lock of the work tree at `root`, or None after saying who holds it or why there can be none.

    Take it before the snapshot: a plan that was made without it may be out of date. `patience` is in seconds.
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
            _say(refusal, report)
        yield held


def _acquire(descriptor: int, patience: float, report: Report) -> bool:
    end = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= end:
                report.say(
                    LOCKED, f"{_holder(descriptor)} is writing here", Place(_STATE + "/lock"), hint="wait for it"
                )
                return False
            time.sleep(_PAUSE)
        else:
            # Who cannot write a name into the lock still holds it.
            with suppress(OSError):
                file.rewrite(descriptor, json.dumps({"process": os.getpid(), "host": os.uname().nodename}).encode())
            return True


def _ignore(state: int) -> None:
    """Keep all of `.varve` out of git, from its first moment on."""
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
    """The blob ids of what varve wrote under `build/` in this work tree; none where that cannot be read."""
    try:
        return frozenset(record(root).decode("ascii").split())
    except ValueError:
        return frozenset()


def record(root: Path) -> bytes:
    """The text in which those ids are kept; empty where it cannot be read."""
    try:
        with file.opened(root) as here, file.inside(here, _STATE) as state:
            return file.read(state, "written").data
    except OSError:
        return b""


def apply(plan: "Plan", lock: Lock, report: Report, copied: Callable[[], object] = lambda: None) -> bool:
    """Make `build/` what `plan` says; False after saying what the disk refused.

    `copied` is called when nobody needs to ask for the bytes of artifacts any more, and before they are synchronised.
    A refusal before the first move leaves `build/` as it was; whenever it comes, every artifact is the old one or the
    new one, whole. The next run removes what a killed one left behind, and does the rest.
    """
    try:
        _recover(lock)
        if not plan.empty:
            _carry_out(plan, lock, copied)
    except Refusal as refusal:
        _say(refusal, report)
        # The disk that refused one change may refuse this one too; then it is left to the next run.
        with suppress(Refusal):
            _recover(lock)
        return False
    return True


def _recover(lock: Lock) -> None:
    """Remove what a run left that did not come to its end: temporary files, and empty folders."""
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
            # From here on the new artifacts are known to be ours, also to a run that finds only some of them in place.
            file.move(temporary, "written", lock.state, "written")
        _remove(plan.clear, lock)
        _move(steps, lock, temporary)
    _remove(plan.delete, lock)
    with about(TEMPORARY):
        # The folder goes last, because it is the sign of a run that did not come to its end.
        file.remove_empty(lock.state, "tmp")


def _recorded(plan: "Plan", lock: Lock) -> bytes:
    new = {write.id for write in plan.write}
    try:
        before = file.read(lock.state, "written").data.decode("ascii", "ignore").split()
    except FileNotFoundError:
        before = []
    # They are sorted already, and to sort a few more among them takes no time.
    now = sorted([*before, *new.difference(before)])
    if len(now) > _MOST_RECORDED:
        now = sorted({*plan.known, *new})
    return "".join(f"{id_}\n" for id_ in now).encode()


def _steps(plan: "Plan", lock: Lock, temporary: int) -> "list[_Step]":
    """What is moved at once; what would refuse a move is looked for while nothing has been changed yet."""
    cleared = set(plan.clear)
    around = {folder for path in plan.clear for folder in _above(path)}
    steps: dict[str, list[Write]] = {}
    missing = ""
    with closing(Folders(lock.root)) as folders:
        for folder, group in groupby(sorted(plan.write, key=_folder_of), key=_folder_of):
            writes = list(group)
            if not cleared.isdisjoint((folder, *_above(folder))):
                missing = ""  # there is a file now: the folder is made when that is gone
            elif not missing or not folder.startswith(f"{missing}/"):
                with about(folder):
                    here, missing = folders.reach(folder)
                    _admit(here, temporary)
                _look(here, [] if missing else [each.path for each in writes if each.path not in around])
            for each in writes:
                steps.setdefault(missing or each.path, []).append(each)
    return [_Step(path, tuple(writes)) for path, writes in steps.items()]


def _admit(here: int, temporary: int) -> None:
    """Refuse a folder into which nothing can be moved."""
    if file.system(here) != file.system(temporary):
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if not file.can_change(here):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))


def _look(here: int, paths: list[str]) -> None:
    """Refuse artifacts in whose places folders stand."""
    for path in paths:
        with about(path):
            if file.is_folder(here, _name(path)):
                raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))


def _create(steps: "list[_Step]", temporary: int) -> None:
    """Write what belongs to each step under its number."""
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
    """Remove `folder` if it is empty, and then those above it, as far as `build/` itself."""
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


def _say(refusal: Refusal, report: Report) -> None:
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
    report.say(CANNOT_WRITE, str(refusal), Place(refusal.path), hint=hint)
