"""Which sources change on disk, told as they are saved."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from varve.world.listing import SOURCES

_ASIDE: Final = frozenset({".git", ".varve", "build"})
_QUIET: Final = 50
"""How many milliseconds nothing may happen before what did is told: editors save in several steps."""
_PATIENCE: Final = 250
"""How many milliseconds pass before somebody looks whether the folders are still the same."""


def changes(root: Path, stop: Event) -> Iterator[frozenset[Path]]:
    """What was saved, made or removed in the repository of `root`, some paths at a time, until `stop` is set.

    Paths count from `root`; those of git, of the cache and of artifacts are left out, and most others that are no
    sources. A folder that is told stands for all below it. The first of all is empty, and says that nothing is missed
    from now on. `ModuleNotFoundError` where `watchfiles` is not installed.
    """
    try:
        import watchfiles  # noqa: F401 - it is asked for now, and not when the first change is
    except ModuleNotFoundError as error:
        message = "nothing can be watched without `watchfiles`; install `varve[watch]`"
        raise ModuleNotFoundError(message, name=error.name) from None
    return _told(root, stop)


def _told(root: Path, stop: Event) -> Iterator[frozenset[Path]]:
    unseen: frozenset[Path] = frozenset()
    while not stop.is_set():
        folders = _folders(root)
        yield from _until_others(root, folders, stop, unseen)
        # Nobody has seen what happened in a folder before it was watched.
        unseen = frozenset(map(Path, {*folders, *_folders(root)}))


def _until_others(
    root: Path, folders: tuple[str, ...], stop: Event, unseen: frozenset[Path]
) -> Iterator[frozenset[Path]]:
    """What changes as long as `folders` are those of the sources: one that is made anew has to be watched anew.

    `unseen` is told first, when all are watched.
    """
    from watchfiles import watch

    above = watch(root, recursive=False, rust_timeout=_QUIET, yield_on_timeout=True, stop_event=stop, watch_filter=None)
    below = watch(*(root / name for name in folders), rust_timeout=_PATIENCE, yield_on_timeout=True, stop_event=stop)
    first = True
    for deep, shallow in zip(below, above, strict=False):
        found = frozenset(Path(path).relative_to(root) for _, path in (*deep, *shallow))
        told = frozenset(each for each in found if each.parts and each.parts[0] not in _ASIDE)
        if told or first:
            yield told | unseen if first else told
            first = False
        if folders != _folders(root) or any(Path(name) in found for name in folders):
            return


def _folders(root: Path) -> tuple[str, ...]:
    return tuple(name for name in SOURCES if (root / name).is_dir())
