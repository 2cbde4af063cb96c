"""To build: compile, and make `build/` what the sources say."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from varve.api import whole
from varve.api.effort import USUAL, Effort, Work, working
from varve.api.findings import NONE, Findings, Summed, beside, count, gather, lasting, proven, trusting
from varve.api.looking import Looked, Looking, loading, look
from varve.model.artifact import NOTHING, Proven
from varve.model.diagnostic import Report
from varve.model.progress import tell_remembered
from varve.model.unit import Selection, Unit
from varve.world.disk import transaction
from varve.world.git.repository import Repository
from varve.world.snapshot.views import WorkTree

if TYPE_CHECKING:
    from varve.api.opening import Trust

Announce: TypeAlias = Callable[[Findings], object]
"""Is told what was found, once, before anything is written."""


@dataclass(frozen=True, slots=True)
class Built(Summed):
    """What a build did. All paths are from the folder of `varve.yaml`, sorted.

    `done` tells whether `build/` is now what the sources of `units` say. `kept` are the artifacts that stay because
    their unit is broken or was not selected, `strangers` the files under `build/` that are not varve's. `findings` are
    all that was said; `refusals` those of them that the disk said, when all else had been announced. `trust` tells by
    which commit the sources were judged, where one was named; of a change that it refuses nothing is built. `proven` is
    how much the proof of isolation looked at, of what is kept too. `trusted` counts the units that were not looked at.
    """

    findings: Findings
    refusals: Findings = NONE
    done: bool = False
    units: tuple[Unit, ...] = ()
    written: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    trust: "Trust | None" = None
    proven: Proven = NOTHING
    trusted: int = 0

    @property
    def summary(self) -> str:
        """What was done, in one line without an end; empty where nothing could be."""
        unchanged = f"{len(self.unchanged)} unchanged" + (f", {len(self.kept)} kept" if self.kept else "")
        idle = not (self.written or self.deleted)
        if not self.done:
            return ""
        if idle and not self.units:
            return "nothing was built, and build/ stays as it is"
        looked = f"{proven(self.proven)}{trusting(self.trusted)}"
        if idle and not self.strangers:
            return f"build/ is what the sources of {count(self.units, 'unit')} say: {unchanged}{looked}"
        did = f"{len(self.written)} written, {len(self.deleted)} deleted, {unchanged}"
        return f"built {count(self.units, 'unit')}: {did}{looked}"


class Sources(NamedTuple):
    """What to compile: the work tree or a `revision`; with a `base`, as a change that is judged by that commit.

    `effort` tells how.
    """

    revision: str | None = None
    base: str | None = None
    effort: Effort = USUAL


def build(
    repository: Repository, selection: Selection, sources: Sources, announce: Announce, looking: Looking | None = None
) -> Built:
    """Compile and write under the lock of the work tree; where `announce` raises, nothing is written.

    Where nothing has changed since a build that had nothing to write, what it found is found again, and nothing is
    read.
    """
    report = Report()
    with transaction.lock(repository.root, report) as lock, working(repository, sources.effort) as work:
        if lock is None:
            report.extend(work.aside)
            found = gather(report)
            announce(found)
            return Built(found)
        sources.effort.observer.entered("look")
        own = sources.revision is None and sources.base is None
        load = loading("varve.api.making", work, _named(selection))
        see = looking or partial(look, remembering=sources.effort.cached)
        looked = see(repository, WorkTree(), load) if own else None
        known = _recalled(repository, selection, looked, work)
        if known is not None:
            tell_remembered(sources.effort.observer, known.units)
            announce(known.findings)
            return known
        sources.effort.observer.entered("load")
        # Only who has to compile waits for the compiler.
        from varve.api import making

        order = making.Order(repository, selection, sources, looked, announce)
        built = making.make(order, work, lock, report)
        if looked and _is_idle(built):
            _learn(built, selection, looked, work)
        return built


def _recalled(repository: Repository, selection: Selection, looked: Looked | None, work: Work) -> Built | None:
    """What a build found that had nothing to write, where everything stands as it stood then."""
    unfinished = os.path.lexists(repository.root / transaction.TEMPORARY)
    if looked is None or looked.fingerprint is None or unfinished or not work.plain:
        return None
    known = whole.recall(work.store, _named(selection), looked.fingerprint, looked.found.glance)
    if known is None:
        return None
    findings, units, unchanged, kept, counts = known
    return Built(
        beside(whole.unpacked_findings(findings), work.aside),
        done=True,
        units=whole.unpacked_units(units),
        unchanged=whole.unpacked_paths(unchanged),
        kept=whole.unpacked_paths(kept),
        proven=Proven(*counts),
    )


def _learn(built: Built, selection: Selection, looked: Looked, work: Work) -> None:
    findings, units = whole.packed_findings(lasting(built.findings, work.aside)), whole.packed_units(built.units)
    paths = whole.packed_paths(built.unchanged), whole.packed_paths(built.kept)
    if looked.fingerprint is not None and work.plain:
        found = [findings, units, *paths, built.proven]
        whole.learn(work.store, _named(selection), looked.fingerprint, found, looked.found.glance)


def _is_idle(built: Built) -> bool:
    return built.done and built.sound and not (built.written or built.deleted or built.strangers)


def _named(selection: Selection) -> str:
    return " ".join(("build", *(f"{name}={each}" for name, each in selection._asdict().items() if each)))
