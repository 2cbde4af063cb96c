"""A memory like the cache, and the results of compiles that use it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tests.workbench import snapshot
from varve import pipeline
from varve.language.blob import identify
from varve.model.artifact import Build, Proven
from varve.model.diagnostic import Diagnostic
from varve.model.memory import Remembered
from varve.model.policy import Waiver
from varve.model.snapshot import Snapshot
from varve.model.unit import Unit
from varve.pipeline import Means


class Kept:
    """A memory that returns what was learnt, newest first; all of it is `old`, or none."""

    def __init__(self) -> None:
        self.known: dict[str, list[Remembered]] = {}
        self.old = False

    def recall(self, name: str) -> Iterator[Remembered]:
        """The verdicts of that name."""
        return iter(self.known.get(name, ()))

    def recall_young(self, name: str) -> Iterator[Remembered]:
        """The verdicts of that name that are not old."""
        return iter(()) if self.old else self.recall(name)

    def keep(self, learnt: Iterable[Remembered]) -> None:
        """Remember verdicts."""
        for each in learnt:
            self.known.setdefault(each.name, []).insert(0, each)


class Given(NamedTuple):
    """The result of a compile, whether it was made now or recalled."""

    artifacts: Mapping[str, str]
    kept: frozenset[str]
    diagnostics: tuple[Diagnostic, ...]
    units: tuple[Unit, ...]
    proven: Proven
    unused_waivers: tuple[Waiver, ...]


def given(build: Build) -> Given:
    """The result of a build, with the blob ids of its artifacts by path."""
    assert all(build.made[path] == identify(each.data) for path, each in build.artifacts.items())
    return Given(build.made, build.kept, build.diagnostics, build.units, build.proven, build.unused_waivers)


def compiled(seen: Snapshot, memory: Kept) -> Build:
    """The build of a snapshot, with a memory that learns from it."""
    build = pipeline.compile(seen, means=Means(memory))
    memory.keep(build.learnt)
    return build


def written(files: Mapping[str, bytes], build: Build) -> dict[str, bytes]:
    """The files after a build was written: what it made and what it keeps, and no others under build/."""
    unchanged = {path: data for path, data in files.items() if not path.startswith("build/")}
    unchanged |= {path: files[path] for path in (*build.kept, *(build.made.keys() - build.artifacts.keys()))}
    return unchanged | {path: each.data for path, each in build.artifacts.items()}


def seen(files: Mapping[str, bytes]) -> Snapshot:
    """The files as a snapshot, with the standard library."""
    return snapshot(files)
