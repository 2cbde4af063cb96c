"""Which sources change on disk, told as they are saved."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Final

from varve.world.listing import BUILD, SOURCES

_BESIDE: Final = (".gitattributes", ".gitignore")
"""Files that decide which of the others are sources, and what git makes of them."""
_QUIET: Final = 50
"""How many milliseconds nothing may happen before what did is told: editors save in several steps."""
_PATIENCE: Final = 250
"""How many milliseconds pass before somebody looks whether the folders are still the same."""


class Unwatched(Exception):  # noqa: N818 - what happened
    """The system tells no changes of these folders: there are too many, or they may not be read, or are gone."""


def changes(root: Path, stop: Event, *, artifacts: bool = False) -> Iterator[frozenset[Path]]:
    """What was saved, made or removed in the repository of `root`, some paths at a time, until `stop` is set.

    Paths count from `root`, and are those of sources, and of artifacts where they are asked for. A folder that is told
    stands for all below it. The first of all is empty, and says that nothing is missed from now on.
    `ModuleNotFoundError` where `watchfiles` is not installed; on the way `Unwatched`.
    """
    try:
        import watchfiles  # noqa: F401 - it is asked for now, and not when the first change is
    except ModuleNotFoundError as error:
        message = "nothing can be watched without `watchfiles`; install varve with its extra `watch`"
        raise ModuleNotFoundError(message, name=error.name) from None
    return _told(root, (*SOURCES, BUILD) if artifacts else SOURCES, stop)


def _told(root: Path, names: tuple[str, ...], stop: Event) -> Iterator[frozenset[Path]]:
    unseen: frozenset[Path] = frozenset()
    while not stop.is_set():
        folders = _folders(root, names)
        try:
            yield from _until_others(root, names, stop, unseen)
        except FileNotFoundError:
            # A folder may go at the moment at which it is to be watched.
            if not root.is_dir():
                raise Unwatched(f"`{root}` is gone") from None
        except (OSError, RuntimeError) as error:
            raise Unwatched(f"the system watches no more: {error}") from None
        # Nobody has seen what happened in a folder before it was watched.
        unseen = frozenset(map(Path, {*folders, *_folders(root, names)}))


def _until_others(
    root: Path, names: tuple[str, ...], stop: Event, unseen: frozenset[Path]
) -> Iterator[frozenset[Path]]:
    """What changes as long as the folders of these names are the same: one that is made anew has to be watched anew.

    `unseen` is told first, when all are watched.
    """
    from watchfiles import watch

    folders, tops = _folders(root, names), {*names, *_BESIDE}
    above = watch(root, recursive=False, rust_timeout=_QUIET, yield_on_timeout=True, stop_event=stop, watch_filter=None)
    below = watch(*(root / name for name in folders), rust_timeout=_PATIENCE, yield_on_timeout=True, stop_event=stop)
    first = True
    for deep, shallow in zip(below, above, strict=False):
        found = frozenset(Path(path).relative_to(root) for _, path in (*deep, *shallow))
        told = frozenset(each for each in found if each.parts and each.parts[0] in tops)
        if told or first:
            yield told | unseen if first else told
            first = False
        if folders != _folders(root, names) or any(Path(name) in found for name in folders):
            return


def _folders(root: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if (root / name).is_dir())
