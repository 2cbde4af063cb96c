"""Which sources change on disk, told as they are saved."""

import os
import time
from collections.abc import Collection, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple, TypeAlias

from varve.world.git.listing import BUILD, OF_GIT, SOURCES

_QUIET: Final = 5
"""How many milliseconds nothing may happen before what did is told, where it may be all: a file was written."""
_PATIENCE: Final = 50
"""How many milliseconds pass before somebody looks above the folders, whether they are still the same, and whether more
happens where what did may be only a part: editors save in several steps, and programs write many files."""
_FEW: Final = 8
"""Of how many paths it may be all."""
_MOMENT: Final = 1
"""How many milliseconds are waited above them, when whoever waits below has been heard."""
_SETTLED: Final = 2.0
"""How many seconds after others it is told that anything may have changed."""
_UNDECODED: Final = "Unable to decode path"
"""How a system speaks of a change under a name that is not UTF-8."""

_Link: TypeAlias = tuple[Path, int | None]
"""A link to a folder, and when it was made."""


class _Watched(NamedTuple):
    """A folder, the names in it of what is told, and git's index, where that is told of too."""

    root: Path
    names: tuple[str, ...]
    staged: Path | None


class Unwatched(Exception):  # noqa: N818 - what happened
    """The system tells no changes of these folders: there are too many, or they may not be read, or are gone."""


def changes(
    root: Path, stop: Event, *, artifacts: bool = False, index: Path | None = None
) -> Iterator[frozenset[Path]]:
    """What was saved, made or removed in the repository of `root`, some paths at a time, until `stop` is set.

    Paths count from `root`, and are those of sources, and of artifacts where they are asked for. A folder that is told
    stands for all below it, and what only passes by, as an editor's copies do, is told with what comes next, or when it
    is gone. An empty set stands for everything: the first of all is one, and says that nothing is missed from now on.
    One more comes a while after others, for of too much at once a system does not tell all, and a while after git's
    `index` has changed, which programs do that only look at it.
    `ModuleNotFoundError` where `watchfiles` is not installed; on the way `Unwatched`.
    """
    try:
        import watchfiles  # noqa: F401 - it is asked for now, and not when the first change is
    except ModuleNotFoundError as error:
        message = "cannot watch without `watchfiles`; install varve with its extra `watch`"
        raise ModuleNotFoundError(message, name=error.name) from None
    return _told(_Watched(root, (*SOURCES, BUILD) if artifacts else SOURCES, index), stop)


def _told(watched: _Watched, stop: Event) -> Iterator[frozenset[Path]]:
    root, names, _ = watched
    unseen: frozenset[Path] = frozenset()
    while not stop.is_set():
        folders = _folders(root, names)
        try:
            yield from _until_others(watched, stop, unseen)
        except FileNotFoundError:
            # A folder may go at the moment at which it is to be watched.
            if not root.is_dir():
                raise Unwatched(f"`{root}` is gone") from None
        except (OSError, RuntimeError) as error:
            if not str(error).startswith(_UNDECODED):
                raise Unwatched(f"the system can no longer watch: {error}") from None
        # Nobody has seen what happened in a folder before it was watched.
        unseen = frozenset(map(Path, {*folders, *_folders(root, names)}))


def _until_others(watched: _Watched, stop: Event, unseen: frozenset[Path]) -> Iterator[frozenset[Path]]:
    """What changes as long as the folders of these names are the same: one that is made anew has to be watched anew.

    `unseen` is told first, when all are watched.
    """
    from watchfiles import Change, DefaultFilter, watch

    root, names, index = watched
    folders, links, matters = _folders(root, names), frozenset[_Link](), partial(DefaultFilter(), Change.modified)
    everything = partial(watch, yield_on_timeout=True, stop_event=stop, watch_filter=None)
    above = everything(root, *([index.parent] if index else ()), recursive=False, step=_MOMENT, rust_timeout=_MOMENT)
    below = everything(*(root / name for name in folders), step=_QUIET, rust_timeout=_PATIENCE)
    burst, due, told, held, anew = unseen, True, 0.0, False, False
    for deep, shallow in zip(below, above, strict=False):
        here = _within(root, shallow, (*names, *OF_GIT))
        found = here | _within(root, deep, names)
        if index and not told and any(Path(path) == index for _, path in shallow):
            told = time.monotonic()
        # What is gone now may have stood there when somebody looked.
        due = due or any(matters(str(path)) or not os.path.lexists(root / path) for path in found)
        burst = burst | found
        anew = anew or folders != _folders(root, names) or any(Path(name) in found for name in folders)
        # The system follows links, and when one is gone it does not watch any more what that led to.
        anew = anew or bool(deep and any(_made(link) != made for link, made in links))
        # Many files are written one after the other, and what takes the name of a file may still come.
        part = len(burst) > _FEW or not any(matters(str(path)) and os.path.lexists(root / path) for path in burst)
        # Only below is it known that nothing has happened for a while.
        held = bool(here or (deep and part)) and not held
        if held:
            continue
        if due:
            yield burst
            links = links | _links(root, burst or map(Path, folders))
            burst, due, told = frozenset(), False, time.monotonic()
        elif told and time.monotonic() > told + _SETTLED:
            yield frozenset()
            told = 0.0
        if anew:
            return


def _within(root: Path, changes: Collection[tuple[object, str]], tops: Collection[str]) -> frozenset[Path]:
    """The paths of changes below `root` that lie in one of these files or folders, wherever a link makes them show."""
    real = cache(os.path.realpath)
    found = (Path(path) for _, path in changes)
    below = (at.relative_to(root) for path in found if (at := Path(real(path.parent), path.name)).is_relative_to(root))
    return frozenset(path for path in below if path.parts and path.parts[0] in tops)


def _links(root: Path, paths: Iterable[Path]) -> frozenset[_Link]:
    """The links to folders that lie below these paths."""
    walked = (found for path in paths if not (root / path).is_symlink() for found in os.walk(root / path))
    inner = (Path(folder, name) for folder, names, _ in walked for name in names)
    return frozenset((path, _made(path)) for path in inner if path.is_symlink())


def _made(link: Path) -> int | None:
    try:
        return link.lstat().st_ctime_ns
    except OSError:
        return None


def _folders(root: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if (root / name).is_dir())
