"""Notifications of sources that change on disk, as they are saved."""

import os
import time
from collections.abc import Collection, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple, TypeAlias

from varve.world.git.listing import BUILD, GIT_FILES, SOURCES

_QUIET: Final = 5
"""How many milliseconds must pass without a change before a complete change, such as one saved file, is reported."""
_PATIENCE: Final = 50
"""How many milliseconds pass before it is checked whether the watched folders are still the same, and whether a change
that may be incomplete goes on: editors save in several steps, and programs write many files."""
_FEW: Final = 8
"""The most paths that a change may have to be considered complete."""
_MOMENT: Final = 1
"""How many milliseconds to wait for changes in the root folder, after waiting for those in the folders below it."""
_SETTLED: Final = 2.0
"""How many seconds after a report another one says that anything may have changed."""
_UNDECODED: Final = "Unable to decode path"
"""The beginning of the error about a change of a file whose name is not UTF-8."""

_Link: TypeAlias = tuple[Path, int | None]
"""A link to a folder, and when the link was last changed, in nanoseconds since 1970; None if it is gone."""


class _Watched(NamedTuple):
    """What is watched: a folder, the names in it whose changes are reported, and optionally git's index."""

    root: Path
    names: tuple[str, ...]
    staged: Path | None


class Unwatched(Exception):  # noqa: N818 - named for what happened
    """The system cannot watch these folders: there are too many, or they cannot be read, or were deleted."""


def changes(
    root: Path, stop: Event, *, artifacts: bool = False, index: Path | None = None
) -> Iterator[frozenset[Path]]:
    """The paths that are saved, created or removed in the repository at `root`, in batches, until `stop` is set.

    Paths are relative to `root`: those of sources, and with `artifacts` also those of artifacts. A folder stands for
    everything below it. Temporary files, such as an editor's copies, are reported with the next batch or when they are
    gone. An empty set means that anything may have changed: the first batch is one, and says that no later change will
    be missed. Another one follows some time after other batches, because a system that is overloaded drops changes, and
    some time after git's `index` has changed, because even programs that only read the index may write it.
    Raises `ModuleNotFoundError` if `watchfiles` is not installed, and later `Unwatched`.
    """
    try:
        import watchfiles  # noqa: F401 - fails here, and not when the first change is requested
    except ModuleNotFoundError as error:
        message = "cannot watch without `watchfiles`; install varve with its extra `watch`"
        raise ModuleNotFoundError(message, name=error.name) from None
    return _batches(_Watched(root, (*SOURCES, BUILD) if artifacts else SOURCES, index), stop)


def _batches(watched: _Watched, stop: Event) -> Iterator[frozenset[Path]]:
    root, names, _ = watched
    unseen: frozenset[Path] = frozenset()
    while not stop.is_set():
        folders = _folders(root, names)
        try:
            yield from _batches_until_replaced(watched, stop, unseen)
        except FileNotFoundError:
            # A folder may be deleted at the moment when watching it begins.
            if not root.is_dir():
                raise Unwatched(f"`{root}` is gone") from None
        except (OSError, RuntimeError) as error:
            if not str(error).startswith(_UNDECODED):
                raise Unwatched(f"the system can no longer watch: {error}") from None
        # Changes in a folder before it was watched were not seen.
        unseen = frozenset(map(Path, {*folders, *_folders(root, names)}))


def _batches_until_replaced(watched: _Watched, stop: Event, unseen: frozenset[Path]) -> Iterator[frozenset[Path]]:
    """The changes until one of the watched folders is created, removed or replaced, and has to be watched anew.

    `unseen` is reported first, as soon as all folders are watched.
    """
    from watchfiles import Change, DefaultFilter, watch

    root, names, index = watched
    folders, links, matters = _folders(root, names), frozenset[_Link](), partial(DefaultFilter(), Change.modified)
    everything = partial(watch, yield_on_timeout=True, stop_event=stop, watch_filter=None)
    above = everything(root, *([index.parent] if index else ()), recursive=False, step=_MOMENT, rust_timeout=_MOMENT)
    below = everything(*(root / name for name in folders), step=_QUIET, rust_timeout=_PATIENCE)
    burst, due, reported, held, anew = unseen, True, 0.0, False, False
    for deep, shallow in zip(below, above, strict=False):
        here = _within(root, shallow, (*names, *GIT_FILES))
        found = here | _within(root, deep, names)
        if index and not reported and any(Path(path) == index for _, path in shallow):
            reported = time.monotonic()
        # A file that is gone now may have been read while it existed.
        due = due or any(matters(str(path)) or not os.path.lexists(root / path) for path in found)
        burst = burst | found
        anew = anew or folders != _folders(root, names) or any(Path(name) in found for name in folders)
        # The system follows links when watching begins, and stops watching the target of one that is removed.
        anew = anew or bool(deep and any(_link_time(link) != made for link, made in links))
        # Many paths, or none but temporary files, may be only a part of a change: more files, or a rename, may follow.
        part = len(burst) > _FEW or not any(matters(str(path)) and os.path.lexists(root / path) for path in burst)
        # Only the watch of the folders below waits until nothing has happened for a while.
        held = bool(here or (deep and part)) and not held
        if held:
            continue
        if due:
            yield burst
            links = links | _links(root, burst or map(Path, folders))
            burst, due, reported = frozenset(), False, time.monotonic()
        elif reported and time.monotonic() > reported + _SETTLED:
            yield frozenset()
            reported = 0.0
        if anew:
            return


def _within(root: Path, changes: Collection[tuple[object, str]], tops: Collection[str]) -> frozenset[Path]:
    """The paths of changes, relative to `root`, that are in one of the `tops`; links in the paths are resolved."""
    real = cache(os.path.realpath)
    found = (Path(path) for _, path in changes)
    below = (at.relative_to(root) for path in found if (at := Path(real(path.parent), path.name)).is_relative_to(root))
    return frozenset(path for path in below if path.parts and path.parts[0] in tops)


def _links(root: Path, paths: Iterable[Path]) -> frozenset[_Link]:
    """The links to folders below these paths."""
    walked = (found for path in paths if not (root / path).is_symlink() for found in os.walk(root / path))
    inner = (Path(folder, name) for folder, names, _ in walked for name in names)
    return frozenset((path, _link_time(path)) for path in inner if path.is_symlink())


def _link_time(link: Path) -> int | None:
    try:
        return link.lstat().st_ctime_ns
    except OSError:
        return None


def _folders(root: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if (root / name).is_dir())
