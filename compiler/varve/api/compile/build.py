"""To build: compile, and make `build/` what the sources say."""

import os
from functools import partial

from varve.api.compile import whole
from varve.api.compile.built import Announce, Built, Sources
from varve.api.compile.loading import loading
from varve.api.effort import Work, working
from varve.api.findings import beside, gather, lasting
from varve.api.looking import Looked, Looking, look
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.progress import tell_remembered
from varve.model.unit import Selection
from varve.world.disk import transaction
from varve.world.git.repository import Repository
from varve.world.snapshot.views import WorkTree


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
        load = loading("varve.api.compile.making", work, _named(selection))
        see = looking or partial(look, remembering=sources.effort.cached)
        looked = see(repository, WorkTree(), load) if own else None
        known = _recalled(repository, selection, looked, work)
        if known is not None:
            tell_remembered(sources.effort.observer, known.units)
            announce(known.findings)
            return known
        sources.effort.observer.entered("load")
        # Only who has to compile waits for the compiler.
        from varve.api.compile import making

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
