"""A repository to measure, and the ways to change it between two runs."""

import re
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.command import VARVE, once
from benchmarks.repository import ENVIRONMENTS, Kind, make

SERVICE: Final = "tenants/tenant-0000/services/service-0.yaml"
DEFAULTS: Final = "environments/defaults.yaml"


class Work(NamedTuple):
    """The repository in `folder`: its tenants, its kind, and the number of runs for each figure."""

    folder: Path
    tenants: int
    kind: Kind
    runs: int

    @property
    def units(self) -> int:
        """The number of its units."""
        return self.tenants * len(ENVIRONMENTS)

    def built(self) -> Iterator[Path]:
        """The artifacts in its `build/`."""
        return (path for path in (self.folder / "build").rglob("*") if path.is_file())


def made(folder: Path, tenants: int, kind: Kind, runs: int) -> Work:
    """A new repository in `folder`, which must not exist yet; committed but not built."""
    folder.mkdir()
    make(folder, tenants, kind)
    return Work(folder, tenants, kind, runs)


def build(folder: Path) -> None:
    """Build the repository in `folder`, unmeasured."""
    once((*VARVE, "build"), folder)


def forget(folder: Path) -> None:
    """Remove `build/` and varve's cache."""
    for name in ("build", ".varve"):
        aside(folder, name)


def aside(folder: Path, name: str) -> None:
    """Move `name` out of `folder`, into a new folder beside it.

    A file system such as ext4 does not reuse inodes that were freed seconds ago, and skips over all of them for each
    new file: a measurement after a deletion would measure that.
    """
    if (folder / name).exists():
        (folder / name).rename(Path(tempfile.mkdtemp(prefix="aside-", dir=folder.parent)) / name)


def changing_one(folder: Path) -> Callable[[], None]:
    """Returns a function that changes one tenant's file at every call: the threshold of an alert."""
    return partial(_count, folder / SERVICE, "> ")


def changing_all(folder: Path) -> Callable[[], None]:
    """Returns a function that changes a default at every call: a quota that is in an artifact of each unit."""
    return partial(_count, folder / DEFAULTS, "series: ")


def _count(file: Path, before: str) -> None:
    """Increment the first number after `before` in a file."""
    text, changes = re.subn(
        rf"(?<={before})\d+", lambda found: str(int(found[0]) + 1), file.read_text(encoding="utf-8"), count=1
    )
    if not changes:
        raise ValueError(f"{file} has no number after `{before}`")
    file.write_text(text, encoding="utf-8")
