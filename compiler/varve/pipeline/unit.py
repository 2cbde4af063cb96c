"""A unit on its way from its layers to one consistent value."""

from dataclasses import replace

from varve.check import consistency
from varve.check.shape import schema
from varve.check.shape.kind import strategy
from varve.check.shape.locate import in_stack
from varve.check.source import soundness, unmerged
from varve.check.unit.reference import Definitions
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Document, Map
from varve.model.unit import Environment, Resolved, Unit
from varve.pipeline.opening import Opened
from varve.resolve import facts, feature, merge, reference, stack
from varve.resolve.reporting import ValueReporter


def resolve_unit(opened: Opened, unit: Unit, report: Report) -> Resolved | None:
    """The merged value of a unit, valid by the unit's schema; None where anything is broken, which is reported."""
    refused = opened.reading.snapshot.refuses(f"tenants/{unit.tenant}")
    diagnostics = Report()
    layers = None if refused else stack_unit(opened, unit, diagnostics)
    if layers is None:
        report.extend(unmerged.combined(diagnostics, _judged_alone(opened, unit)))
        return None
    report.extend(diagnostics)
    if not soundness.layers(layers, opened.reading, opened.judged):
        return None
    value = merge_unit(opened, unit, layers, report)
    if report.broken or not schema.check("unit", value, in_stack(layers), report):
        return None
    vendor = _included(opened, unit, "rules", soundness.vendors)
    dashboards = _included(opened, unit, "dashboards", soundness.dashboards)
    return None if vendor is None or dashboards is None else Resolved(unit, value, layers, vendor, dashboards)


def _judged_alone(opened: Opened, unit: Unit) -> Report:
    """The diagnostics of a unit's files, each checked by itself, for a unit whose stack cannot be determined."""
    report, unreported = Report(), Report()
    reading = replace(opened.reading, report=report)
    known = facts.facts(unit, facts.documents(unit, opened.settings, reading), unreported)
    soundness.layers(stack.stack(opened.settings, known, reading, unreported), reading, opened.judged)
    reporting = opened._replace(reading=reading)
    _included(reporting, unit, "rules", soundness.vendors)
    _included(reporting, unit, "dashboards", soundness.dashboards)
    return report


def stack_unit(opened: Opened, unit: Unit, report: Report) -> Stack | None:
    """The layers of a unit; None where the files that define its facts, or a layer, are broken, which is reported."""
    documents = facts.documents(unit, opened.settings, opened.reading)
    if any(document.value is None for document in documents):
        return None
    known = facts.facts(unit, documents, report)
    layers = stack.stack(opened.settings, known, opened.reading, report)
    return None if report.broken else layers


def merge_unit(opened: Opened, unit: Unit, layers: Stack, report: Report) -> Map:
    """The value that the layers merge to, completed with the facts and features that varve itself sets."""
    merged = merge.merge(layers, strategy("unit"), report, opened.folded)
    feature.check(merged, opened.settings.environments, ValueReporter(layers, report))
    whole = feature.evaluated(facts.completed(merged, unit))
    return feature.without_disabled(reference.resolve(whole, layers, opened.settings.variables, report), layers, report)


def _included(opened: Opened, unit: Unit, folder: str, judge: soundness.Judge) -> dict[str, Document] | None:
    """The tenant's files in `folder` that are included as they are, by name; None where one of them is broken."""
    reading, path = opened.reading, f"tenants/{unit.tenant}/{folder}"
    found = {name: document for name in reading.names(path) if (document := reading.find(f"{path}/{name}"))}
    return found if judge(found, reading, opened.judged) else None


def is_consistent(opened: Opened, environment: Environment, unit: Resolved, report: Report) -> bool:
    """Whether the values of a unit agree with each other and with its environment; what does not is reported."""
    consistency.check(unit, Definitions(opened.kit.packs, opened.reading, environment), report)
    return not report.broken
