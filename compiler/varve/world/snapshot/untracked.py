"""Untracked files and attributes: git is asked about them only as far as an earlier look does not show them.

To find untracked files, and its own files such as `.gitignore`, git lists every folder. In an unchanged folder it would
find the same as before, if everything else that its answer depends on, the `Ground`, is the same too. So git is asked
only about the folders that changed, and about everything where it is not certain that this is enough.
"""

import marshal
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from itertools import chain
from pathlib import PurePath
from typing import Final, NamedTuple, TypeAlias

from varve.model.snapshot import below
from varve.world.disk import file
from varve.world.git import attribute, listing
from varve.world.git.command import Git, GitError, records
from varve.world.git.repository import Repository
from varve.world.machine.forked import apart
from varve.world.snapshot import folders, record
from varve.world.snapshot.folders import Folders, State
from varve.world.snapshot.record import Ground, Index, Known, Loose

_ARTIFACTS: Final = listing.BUILD + "/"
_OF_GIT: Final = tuple(f"/{name}" for name in listing.GIT_FILES)
_FEW: Final = 16
"""Up to so many changed folders need not be recorded at once: checking them again takes the next look no longer."""
_MANY: Final = 2000
"""Up to so many folders are checked in hardly more time than forking a process takes."""
_MOST: Final = 64
"""The most folders that git is asked about individually; for more of them, asking about everything is faster."""

Answering: TypeAlias = Callable[[], list[bytes]]
Asking: TypeAlias = Callable[[Index], AbstractContextManager[Callable[[], Loose]]]
"""Lets git look while the block does something else; calling the value returns what it found."""


class _Look(NamedTuple):
    """A look that `began` at a time, in nanoseconds since 1970, and what is `known` from an earlier one.

    `ground_states` are the states of the index and of git's own files above the sources, from before it began.
    `has_changes` waits until git has compared the tracked files, and returns something true if any has changed.
    `elsewhere` returns the states of folders that another process has read meanwhile.
    """

    git: Git
    repository: Repository
    began: int
    ground_states: tuple[State, ...] | None
    has_changes: Callable[[], object]
    remembering: bool
    known: Known | None
    elsewhere: Callable[[], bytes | None]


class _Valid(NamedTuple):
    """What is `known` and still valid on the same ground, the states of its folders `now`, and what has changed.

    `tops` are the topmost paths that have changed, and `inside` are the same, each with a slash at the end.
    """

    known: Known
    ground: Ground
    now: list[State]
    tops: tuple[str, ...]
    inside: tuple[str, ...]

    def touches(self, path: str) -> bool:
        """Whether a path has changed, or is in a folder that has."""
        return path in self.tops or path.startswith(self.inside)

    def touched(self, paths: Collection[str]) -> list[str]:
        """The paths for which `touches` holds, sorted; faster for many paths."""
        if not self.tops:
            return []
        ordered = sorted(paths)
        inside = chain.from_iterable(below(top, ordered) for top in self.tops)
        return sorted((*inside, *(top for top in self.tops if top in paths)))


@contextmanager
def looking(
    git: Git,
    repository: Repository,
    ground_states: tuple[State, ...] | None,
    *,
    has_changes: Callable[[], object] = lambda: False,
    remembering: bool,
) -> Iterator[Asking]:
    """A look for untracked files and attributes that begins now, to be finished when the index is known.

    `ground_states` is the result of `record.ground_states` from before the index was read.

    With `remembering`, the look uses what an earlier one has recorded, and records what it finds; if nothing was
    recorded, git starts before the index is known. If `has_changes` returns something true, so that there is more to do
    than to look, a few changed folders are not recorded, because the next look will find them just as fast.
    """
    known = record.recall(repository) if remembering else None
    began, questions = time.time_ns(), () if known else listing.NEW
    with git.meanwhile(*questions) as found, _elsewhere(repository, known) as elsewhere:
        look = _Look(git, repository, began, ground_states, has_changes, remembering, known, elsewhere)
        yield partial(_asking, look, found)


@contextmanager
def _asking(look: _Look, others: Answering, index: Index) -> Iterator[Callable[[], Loose]]:
    if look.known is None:
        with attribute.asking(look.git, index.entries) as attributes:
            yield partial(_first_look, look, others, attributes)
        return
    ground = record.ground(look.git, look.repository, index, look.known.ground)
    if ground and ground.digest == look.known.ground.digest:
        # The states of the folders are compared only later, so the caller can do something else first.
        yield partial(_later_look, look, look.known, ground, index)
        return
    with _everything(look.git, index) as found:
        yield partial(_look_anew, look, look.known, index, ground, found)


def _later_look(look: _Look, known: Known, ground: Ground, index: Index) -> Loose:
    valid = _same(look, known, ground)
    if valid is None:
        with _everything(look.git, index) as found:
            return _look_anew(look, known, index, ground, found)
    tracked = valid.touched(index.entries)
    with attribute.asking(look.git, tracked) as attributes, look.git.meanwhile(*_narrowed(valid.tops)) as others:
        return _look_again(look, index, valid, others, attributes)


def _first_look(look: _Look, others: Answering, attributes: Callable[[], bytes]) -> Loose:
    if look.remembering:
        record.begin(look.repository)
    return _joined(others(), attributes())


@contextmanager
def _everything(git: Git, index: Index) -> Iterator[Callable[[], Loose]]:
    with attribute.asking(git, index.entries) as attributes, git.meanwhile(*listing.NEW) as others:
        yield lambda: _joined(others(), attributes())


def _joined(others: list[bytes], attributes: bytes) -> Loose:
    new, built = others
    return Loose(new, built, attributes)


def _look_anew(look: _Look, known: Known, index: Index, ground: Ground | None, found: Callable[[], Loose]) -> Loose:
    """What git finds everywhere, and meanwhile the present states of the folders, which are recorded."""
    current = _current_folders(look, known.folders, None) if ground else None
    loose = found()
    if ground and current and _has_all(current, index):
        _keep(look, Known(ground, current, loose))
    return loose


def _look_again(look: _Look, index: Index, valid: _Valid, others: Answering, attributes: Callable[[], bytes]) -> Loose:
    """What git finds where something has changed, combined with what it found elsewhere before."""
    known = valid.known
    with suppress(GitError):
        answers, changed_attributes = others(), attributes()
        if changed_attributes == _changed_attributes(known.loose.attributes, valid):
            loose = _updated(known.loose, answers, valid)
            if valid.tops and len(valid.tops) <= _FEW and look.has_changes():
                return loose
            current = _current_folders(look, known.folders, valid.now) if valid.tops else known.folders
            if current and (current, valid.ground) != (known.folders, known.ground):
                _keep(look, Known(valid.ground, current, loose))
            return loose
    with _everything(look.git, index) as found:
        return _look_anew(look, known, index, valid.ground, found)


def _keep(look: _Look, known: Known) -> None:
    """Record this, unless the ground has changed during the look, so that some answers may be based on another one."""
    if look.ground_states and look.ground_states == record.ground_states(look.repository):
        record.keep(look.repository, known)


def _same(look: _Look, known: Known, ground: Ground) -> _Valid | None:
    """What of `known` is certainly still valid; None if that is not enough to be useful."""
    with suppress(OSError), file.opened(look.repository.root) as root:
        now = _states_elsewhere(look, known) or folders.current_states(root, known.folders.paths)
        changed = known.folders.changed(now)
        if len(changed) <= _MOST and not any(
            folders.configures_git(root, path, known.folders.paths) for path in changed
        ):
            tops = _topmost(changed)
            return _Valid(known, ground, now, tops, tuple(f"{top}/" for top in tops))
    return None


def _elsewhere(repository: Repository, known: Known | None) -> AbstractContextManager[Callable[[], bytes | None]]:
    """Let another process read the states of the folders, if there are many."""
    if known is None or len(known.folders.paths) < _MANY:
        return nullcontext(lambda: None)
    return apart(partial(_changed_states, repository, known.folders))


def _changed_states(repository: Repository, before: Folders) -> bytes:
    """The changed states, each with its position in `before`, marshalled; empty if they cannot be read."""
    with suppress(OSError), file.opened(repository.root) as root:
        pairs = zip(folders.current_states(root, before.paths), before.states, strict=True)
        return marshal.dumps([(at, now) for at, (now, was) in enumerate(pairs) if now != was])
    return b""


def _states_elsewhere(look: _Look, known: Known) -> list[State] | None:
    """The present states of all folders as read by another process; None if there was none, or it failed."""
    others = look.elsewhere()
    if not others:
        return None
    now = known.folders.states.copy()
    for at, each in marshal.loads(others):  # noqa: S302 - written by our own child process
        now[at] = each
    return now


def _topmost(changed: list[bytes]) -> tuple[str, ...]:
    """The paths that are not inside another one of them."""
    paths = {path.decode("utf-8", "surrogateescape") for path in changed}
    return tuple(sorted(path for path in paths if paths.isdisjoint(map(str, PurePath(path).parents))))


def _narrowed(tops: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The git commands that list untracked files, restricted to these paths."""
    for question, paths in zip(listing.NEW, _split(tops), strict=True):
        if paths:
            yield (*question[: question.index("--") + 1], *map(_argument, paths))


def _argument(path: str) -> str:
    """A path as an argument: encoded by the locale it has the bytes that git printed."""
    return os.fsdecode(path.encode("utf-8", "surrogateescape"))


def _split(tops: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """The paths of sources, and those of artifacts."""
    built = [path for path in tops if f"{path}/".startswith(_ARTIFACTS)]
    return [path for path in tops if path not in built], built


def _updated(before: Loose, answers: list[bytes], valid: _Valid) -> Loose:
    """What was found before, updated by git's answers about the paths that changed, in git's order."""
    answered = iter(answers)
    found = []
    for known, paths in zip(before, _split(valid.tops), strict=False):
        kept = (path for path in records(known) if not valid.touches(path))
        found.append(_lines([*kept, *records(next(answered))]) if paths else known)
    return _joined(found, before.attributes)


def _lines(paths: list[str]) -> bytes:
    return b"".join(sorted(f"{path}\0".encode("utf-8", "surrogateescape") for path in paths))


def _changed_attributes(answer: bytes, valid: _Valid) -> bytes:
    """The part of git's answer about attributes that is about the paths that changed."""
    if not (answer and valid.tops):
        return b""
    parts = list(records(answer))
    triples = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    lines = ("\0".join((*triple, "")) for triple in triples if valid.touches(triple[0]))
    return "".join(lines).encode("utf-8", "surrogateescape")


def _current_folders(look: _Look, before: Folders, now: list[State] | None) -> Folders | None:
    """The states of all folders, `UNKNOWN` for those that may have changed since the look began; None if unsure."""
    with suppress(OSError), file.opened(look.repository.root) as root:
        found = folders.updated(root, before, now or folders.current_states(root, before.paths))
        return found and found.settled(look.began)
    return None


def _has_all(current: Folders, index: Index) -> bool:
    """Whether all of git's own files in the index exist on disk; for missing ones, git reads the index instead."""
    if "/.git" not in "".join(index.entries):
        return True
    configuring = (path for path in index.entries if path.endswith(_OF_GIT))
    return {path.encode("utf-8", "surrogateescape") for path in configuring}.issubset(current.paths)
