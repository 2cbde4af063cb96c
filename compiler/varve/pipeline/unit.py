"""A unit on its way: from its layers to one value that holds together."""

from dataclasses import replace

from varve.check import consistency
from varve.check.shape import schema
from varve.check.shape.kind import strategy
from varve.check.shape.locate import in_stack
from varve.check.source import alone, soundness
from varve.check.unit.reference import Named
from varve.model.diagnostic import Report
from varve.model.layer import Stack
from varve.model.source import Document, Map
from varve.model.unit import Environment, Resolved, Unit
from varve.pipeline.opening import Opened
from varve.resolve import facts, feature, merge, reference, stack
from varve.resolve.saying import Saying


def resolve_unit(opened: Opened, unit: Unit, report: Report) -> Resolved | None:
    """What the layers of a unit give, of the shape that the unit's schema asks for; None where something is broken."""
    refused = any(path.startswith(f"tenants/{unit.tenant}/") for path in opened.reading.snapshot.refused)
    said = Report()
    layers = None if refused else stack_unit(opened, unit, said)
    if layers is None:
        report.extend(alone.heard(said, _judged_alone(opened, unit)))
        return None
    report.extend(said)
    if not soundness.layers(layers, opened.reading, opened.judged):
        return None
    value = merge_unit(opened, unit, layers, report)
    if report.broken or not schema.check("unit", value, in_stack(layers), report):
        return None
    vendor = _taken(opened, unit, "rules", soundness.vendors)
    dashboards = _taken(opened, unit, "dashboards", soundness.dashboards)
    return None if vendor is None or dashboards is None else Resolved(unit, value, layers, vendor, dashboards)


def _judged_alone(opened: Opened, unit: Unit) -> Report:
    """What is wrong with the files of a unit, each by itself, where it is not known which of them speak."""
    said, unheard = Report(), Report()
    looking = replace(opened, reading=replace(opened.reading, report=said))
    known = facts.facts(unit, facts.documents(unit, opened.settings, looking.reading), unheard)
    soundness.layers(stack.stack(opened.settings, known, looking.reading, unheard), looking.reading, opened.judged)
    _taken(looking, unit, "rules", soundness.vendors)
    _taken(looking, unit, "dashboards", soundness.dashboards)
    return said


def stack_unit(opened: Opened, unit: Unit, report: Report) -> Stack | None:
    """The layers of a unit, or None where the files that say its facts cannot be read."""
    documents = facts.documents(unit, opened.settings, opened.reading)
    if any(document.value is None for document in documents):
        return None
    known = facts.facts(unit, documents, report)
    layers = stack.stack(opened.settings, known, opened.reading, report)
    return None if report.broken else layers


def merge_unit(opened: Opened, unit: Unit, layers: Stack, report: Report) -> Map:
    """The value that the layers give together, with what varve itself says of the unit."""
    merged = merge.merge(layers, strategy("unit"), report, opened.folded)
    feature.check(merged, opened.settings.environments, Saying(layers, report))
    whole = feature.decided(facts.completed(merged, unit))
    return feature.gated(reference.resolve(whole, layers, opened.settings.variables, report), layers, report)


def _taken(opened: Opened, unit: Unit, folder: str, judge: soundness.Judge) -> dict[str, Document] | None:
    """The tenant's files in `folder` that are taken as they are, by name; None where one of them is broken."""
    desk, path = opened.reading, f"tenants/{unit.tenant}/{folder}"
    found = {name: document for name in desk.names(path) if (document := desk.find(f"{path}/{name}"))}
    return found if judge(found, desk, opened.judged) else None


def is_consistent(opened: Opened, environment: Environment, unit: Resolved, report: Report) -> bool:
    """Whether what a unit says holds together, and with its environment: whatever does not is reported."""
    consistency.check(unit, Named(opened.kit.packs, opened.reading, environment), report)
    return not report.broken
