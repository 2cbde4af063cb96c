"""Where the CPU time of a cold compile goes: each stage's share, timed from outside, in one process."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from varve import pipeline
from varve.emit import target
from varve.link import link
from varve.model.diagnostic import Report
from varve.model.snapshot import Snapshot
from varve.pipeline import outcome
from varve.world import git, library, repository
from varve.world.git import WorkTree

STAGES: Final[dict[str, tuple[Any, str]]] = {
    "open": (pipeline, "open_judged"),
    "resolve": (outcome, "resolve_unit"),
    "check": (outcome, "is_consistent"),
    "link": (pipeline, "link_environment"),
}
"""The functions that stand for a stage, and where the pipeline finds them."""


def shares(folder: Path) -> Iterator[tuple[str, float]]:
    """Each stage of one compile of the repository in `folder`, with its CPU seconds; `rest` is what no stage claims."""
    snapshot = snapshot_of(folder)
    spent: Counter[str] = Counter()
    for stage, (home, name) in STAGES.items():
        setattr(home, name, _timed(getattr(home, name), stage, spent))
    for those in target.TARGETS.values():
        for each in those:
            module: Any = each
            module.emit = _drained(module.emit, f"emit {module.__name__.rpartition('.')[2]}", spent)
    for name, linked in link.LINKS.items():
        part: Any = linked
        part.link = _drained(part.link, f"link {name}", spent)
    start = time.process_time()
    build = pipeline.compile(snapshot)
    whole = time.process_time() - start
    if not build.artifacts:
        raise ValueError(f"{folder} gives no artifacts: {build.diagnostics[0].message}")
    spent["link"] -= sum(seconds for stage, seconds in spent.items() if stage.startswith("link "))
    yield from spent.items()
    yield "rest", whole - sum(spent.values())


def snapshot_of(folder: Path) -> Snapshot:
    """The work tree in `folder`, over the standard library."""
    report = Report()
    found = repository.find(folder, report)
    snapshot = git.snapshot(found, WorkTree(), report) if found else None
    if found is None or snapshot is None:
        raise ValueError(f"{folder} cannot be opened")
    return library.overlay(snapshot, found)


def _timed(call: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    def timed(*arguments: object) -> object:
        start = time.process_time()
        try:
            return call(*arguments)
        finally:
            spent[stage] += time.process_time() - start  # type: ignore[assignment]

    return timed


def _drained(call: Callable[..., Any], stage: str, spent: Counter[str]) -> Callable[..., Any]:
    """A generator's whole work is done where it is timed, not where somebody asks for the next."""
    return _timed(lambda *arguments: list(call(*arguments)), stage, spent)
