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
    """A repository of so many tenants and of one kind in `folder`, of which each figure takes so many runs."""

    folder: Path
    tenants: int
    kind: Kind
    runs: int

    @property
    def units(self) -> int:
        """How many units it has."""
        return self.tenants * len(ENVIRONMENTS)

    def built(self) -> Iterator[Path]:
        """The artifacts that stand in it."""
        return (path for path in (self.folder / "build").rglob("*") if path.is_file())


def made(folder: Path, tenants: int, kind: Kind, runs: int) -> Work:
    """A new repository in `folder`, which must not be there, committed and not yet built."""
    folder.mkdir()
    make(folder, tenants, kind)
    return Work(folder, tenants, kind, runs)


def build(folder: Path) -> None:
    """Build the repository in `folder`, unmeasured."""
    once((*VARVE, "build"), folder)


def forget(folder: Path) -> None:
    """Take away what was built, and what varve remembers of it."""
    for name in ("build", ".varve"):
        aside(folder, name)


def aside(folder: Path, name: str) -> None:
    """Take what stands under a name in `folder` away, and leave it beside the folder.

    A file system such as ext4 does not use again what was deleted seconds ago, and steps over all of it for each file
    that is written then: who deletes and measures, measures that.
    """
    if (folder / name).exists():
        (folder / name).rename(Path(tempfile.mkdtemp(prefix="aside-", dir=folder.parent)) / name)


def changing_one(folder: Path) -> Callable[[], None]:
    """Writes one file of one tenant anew at every call, with another threshold of an alert."""
    return partial(_count, folder / SERVICE, "> ")


def changing_all(folder: Path) -> Callable[[], None]:
    """Writes a default of everybody anew at every call, with another quota, of which an artifact of each unit tells."""
    return partial(_count, folder / DEFAULTS, "series: ")


def _count(file: Path, before: str) -> None:
    """Count up the first number after `before` in a file."""
    text, changes = re.subn(
        rf"(?<={before})\d+", lambda found: str(int(found[0]) + 1), file.read_text(encoding="utf-8"), count=1
    )
    if not changes:
        raise ValueError(f"{file} has no number after `{before}`")
    file.write_text(text, encoding="utf-8")
