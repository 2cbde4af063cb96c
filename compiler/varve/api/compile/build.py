"""Building: compile the sources, and make `build/` match them."""

import os
from functools import partial

from varve.api.compile import remembered
from varve.api.compile.built import Announce, Built, Sources
from varve.api.compile.loading import loading
from varve.api.effort import Work, working
from varve.api.findings import gather, with_report, without_report
from varve.api.looking import Looked, Looking, look
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.progress import report_remembered
from varve.model.unit import Selection
from varve.world.disk import transaction
from varve.world.git.repository import Repository
from varve.world.snapshot.views import WorkTree


def build(
    repository: Repository, selection: Selection, sources: Sources, announce: Announce, looking: Looking | None = None
) -> Built:
    """Compile and write, while the work tree is locked; if `announce` raises, nothing is written.

    If nothing has changed since a build that wrote nothing, its result is returned, and no file is read.
    """
    report = Report()
    with transaction.lock(repository.root, report) as lock, working(repository, sources.effort) as work:
        if lock is None:
            report.extend(work.cache_report)
            found = gather(report)
            announce(found)
            return Built(found)
        sources.effort.observer.entered("look")
        own = sources.revision is None and sources.base is None
        load = loading("varve.api.compile.making", work, _verdict_name(selection))
        look_now = looking or partial(look, remembering=sources.effort.cached)
        looked = look_now(repository, WorkTree(), load) if own else None
        known = _recalled(repository, selection, looked, work)
        if known is not None:
            report_remembered(sources.effort.observer, known.units)
            announce(known.findings)
            return known
        sources.effort.observer.entered("load")
        # The compiler is imported late, because a recalled result does not need it.
        from varve.api.compile import making

        order = making.Order(repository, selection, sources, looked, announce)
        built = making.make(order, work, lock, report)
        if looked and _wrote_nothing(built):
            _learn(built, selection, looked, work)
        return built


def _recalled(repository: Repository, selection: Selection, looked: Looked | None, work: Work) -> Built | None:
    """The result of an earlier build that wrote nothing, if nothing has changed since."""
    unfinished = os.path.lexists(repository.root / transaction.TEMPORARY)
    if looked is None or looked.fingerprint is None or unfinished or not work.plain:
        return None
    known = remembered.recall(work.store, _verdict_name(selection), looked.fingerprint, looked.found.glance)
    if known is None:
        return None
    findings, units, unchanged, kept, counts = known
    return Built(
        with_report(remembered.unpacked_findings(findings), work.cache_report),
        done=True,
        units=remembered.unpacked_units(units),
        unchanged=remembered.unpacked_paths(unchanged),
        kept=remembered.unpacked_paths(kept),
        proven=Proven(*counts),
    )


def _learn(built: Built, selection: Selection, looked: Looked, work: Work) -> None:
    findings, units = (
        remembered.packed_findings(without_report(built.findings, work.cache_report)),
        remembered.packed_units(built.units),
    )
    paths = remembered.packed_paths(built.unchanged), remembered.packed_paths(built.kept)
    if looked.fingerprint is not None and work.plain:
        found = [findings, units, *paths, built.proven]
        remembered.learn(work.store, _verdict_name(selection), looked.fingerprint, found, looked.found.glance)


def _wrote_nothing(built: Built) -> bool:
    return built.done and built.sound and not (built.written or built.deleted or built.strangers)


def _verdict_name(selection: Selection) -> str:
    return " ".join(("build", *(f"{name}={each}" for name, each in selection._asdict().items() if each)))
