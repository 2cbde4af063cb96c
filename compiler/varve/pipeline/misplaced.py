"""Tenants whose artifacts stay because sources of theirs, which were meant to be read, are read by nobody."""

from collections.abc import Collection, Iterator, Mapping
from itertools import chain, filterfalse
from posixpath import basename, splitext
from typing import Final

from varve.check.source import misplaced
from varve.model.diagnostic import Report
from varve.model.unit import Unit
from varve.pipeline.opening import Opened
from varve.pipeline.outcome import Outcome, kept_outcome
from varve.read.parse import EXTENSIONS
from varve.read.repository import is_reported_if_unread

_STEPS: Final = 5
"""The folders above an artifact of a service: `build/<environment>/tenants/<tenant>/<kind>/`."""


def without_misplaced(
    opened: Opened, found: Mapping[Unit, Outcome], report: Report, *, whole: bool
) -> dict[Unit, Outcome]:
    """The outcomes `found`; tenants with sources that were meant to be read keep their artifacts, which is reported.

    All questions of these outcomes must be among those of the reading. The platform's files are only judged where
    these are the outcomes of the `whole` repository.
    """
    tenants = dict.fromkeys(unit.tenant for unit, each in found.items() if each.made is not None)
    unread = sorted(_unread(opened, tenants, whole=whole))
    if not unread:
        return dict(found)
    outcomes: dict[str, list[Outcome]] = {path.split("/")[1]: [] for path in unread if path.startswith("tenants/")}
    for unit, each in found.items():
        if unit.tenant in outcomes:
            outcomes[unit.tenant].append(each)
    lost = {tenant: _lost(opened, own) for tenant, own in outcomes.items()}
    kept = misplaced.refuse(unread, lost, opened.settings, opened.reading, report)
    return {unit: _kept(opened, each) if {"", unit.tenant} & kept else each for unit, each in found.items()}


def _unread(opened: Opened, tenants: Collection[str], *, whole: bool) -> Iterator[str]:
    """The sources that nothing reads, of these tenants and, of a `whole` repository, of the platform."""
    snapshot = opened.reading.snapshot
    folders = (*(f"tenants/{each}" for each in tenants), *(["environments"] if whole else []))
    paths = chain.from_iterable(map(snapshot.under, folders))
    for path in filterfalse(opened.reading.questions.__contains__, paths):
        if path.endswith(EXTENSIONS) and is_reported_if_unread(path):
            yield path


def _lost(opened: Opened, outcomes: Collection[Outcome]) -> frozenset[str]:
    """The names of a tenant's artifacts that are not made any more, of services and of its own rules and dashboards."""
    existing = opened.existing_artifacts()
    before = chain.from_iterable(existing.get(each.unit, ()) for each in outcomes if each.made is not None)
    return _names(before) - _names(chain.from_iterable(each.made or () for each in outcomes))


def _names(paths: Iterator[str]) -> frozenset[str]:
    """The names of the artifacts that are in a folder of their kind."""
    return frozenset(splitext(basename(path))[0] for path in paths if path.count("/") >= _STEPS)


def _kept(opened: Opened, outcome: Outcome) -> Outcome:
    """The outcome of a unit that was compiled, but keeps its artifacts."""
    kept = kept_outcome(opened, outcome.unit)
    return kept._replace(judged=outcome.judged, diagnostics=outcome.diagnostics, questions=outcome.questions)
