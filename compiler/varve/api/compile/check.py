"""Checking: everything that a build does, except writing."""

from functools import partial

from varve.api.compile import remembered
from varve.api.compile.checked import Checked, Request
from varve.api.compile.loading import loading
from varve.api.effort import Work, working
from varve.api.findings import with_report, without_report
from varve.api.looking import Looked, Looking, look
from varve.model.artifact import Proven
from varve.model.diagnostic import Report
from varve.model.progress import report_remembered
from varve.world.git.repository import Repository
from varve.world.snapshot.views import View


def check(repository: Repository, view: View, request: Request, looking: Looking | None = None) -> Checked:
    """Judge the sources of a view, and whether the artifacts match them.

    If nothing has changed since a check that found no error, its result is returned, and no file is read.
    """
    report, (base, today, effort) = Report(), request
    with working(repository, effort) as work:
        effort.observer.entered("look")
        load = loading("varve.api.compile.judging", work, _verdict_name(view))
        look_now = looking or partial(look, remembering=effort.cached)
        looked = look_now(repository, view, load) if base is None else None
        known = _recalled(view, looked, work)
        if known is not None:
            report_remembered(effort.observer, known.units)
            return known
        effort.observer.entered("load")
        # The compiler is imported late, because a recalled result does not need it.
        from varve.api.compile import judging

        judged = judging.judge(judging.Order(repository, view, base, today, looked), work, report)
        if looked and judged.lasting:
            _learn(judged.checked, view, looked, work)
        return judged.checked


def _recalled(view: View, looked: Looked | None, work: Work) -> Checked | None:
    """The result of an earlier check that found no error, if nothing has changed since."""
    if looked is None or looked.fingerprint is None or not work.plain:
        return None
    known = remembered.recall(work.store, _verdict_name(view), looked.fingerprint, looked.found.glance)
    if known is None:
        return None
    findings, units, artifacts, counts = known
    found = with_report(remembered.unpacked_findings(findings), work.cache_report)
    paths = remembered.unpacked_paths(artifacts)
    return Checked(found, remembered.unpacked_units(units), paths, proven=Proven(*counts))


def _learn(checked: Checked, view: View, looked: Looked, work: Work) -> None:
    findings, units = (
        remembered.packed_findings(without_report(checked.findings, work.cache_report)),
        remembered.packed_units(checked.units),
    )
    found = [findings, units, remembered.packed_paths(checked.artifacts), checked.proven]
    if looked.fingerprint is not None and work.plain:
        remembered.learn(work.store, _verdict_name(view), looked.fingerprint, found, looked.found.glance)


def _verdict_name(view: View) -> str:
    return f"check {type(view).__name__}"
